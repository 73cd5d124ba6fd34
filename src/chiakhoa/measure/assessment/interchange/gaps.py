"""Blanks inside a text, as Moodle's cloze questions write them.

{1:MULTICHOICE:=right~wrong}, {1:SHORTANSWER:=a~=b}, {1:NUMERICAL:=5:0.1}
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.measure.assessment.interchange import escapes, extras, marked
from chiakhoa.measure.assessment.interchange.found import Unreadable, amount

GAP = re.compile(r"\{\d*:([A-Z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
CHOICES = ("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH")
WRITTEN = ("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC")
NUMBERS = ("NUMERICAL", "NM")


def written(part: Mapping[str, Any]) -> str:
    """A field of a task with its label, as a block."""
    if "choices" in part:
        said = [("=" if one["key"] == part["right"] else "") + _choice(one) for one in part["choices"]]
        gap = f"{{1:MULTICHOICE:{'~'.join(said)}}}"
    elif part["marking"] == "number":
        off = f":{part['tolerance']}" if part.get("tolerance") else ":0"
        gap = f"{{1:NUMERICAL:{'~'.join(f'={text}{off}' for text in extras.answers(part))}}}"
    else:
        texts = [_escaped(marked.write({"vi": text})) for text in extras.answers(part)]
        gap = f"{{1:SHORTANSWER:{'~'.join(f'={text}' for text in texts)}}}"
    return marked.block("field", f"{marked.write(part, 'label')} {gap}")


def taken_out(text: str, language: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its blanks (their numbers stand there where no label of ours does), and the fields."""
    fields: list[dict[str, Any]] = []

    def take(found: re.Match[str]) -> str:
        fields.append(_field(found[1], found[2], language))
        return f"({len(fields)})" if f'class="{marked.BLOCK}field"' not in text else ""

    rest = GAP.sub(take, text)
    if not fields:
        raise Unreadable(_("it has no blank that can be filled in"))
    return rest, fields


def _field(kind: str, inside: str, language: str) -> dict[str, Any]:
    parts = [_part(one) for one in escapes.split(inside, "~") if one.strip()]
    right = [text for worth, text, _why in parts if worth >= 99.99]
    if not right:
        raise Unreadable(_("none of its answers is wholly right"))
    if kind in CHOICES:
        choices = [
            {"key": letter, **marked.read(text, language).named(""), **marked.read(why, language).named("why")}
            for letter, (_worth, text, why) in zip(extras.LETTERS, parts, strict=False)
        ]
        key = next(choice["key"] for choice, part in zip(choices, parts, strict=False) if part[0] >= 99.99)
        return {"choices": choices, "right": key}
    if kind in WRITTEN:
        texts = [marked.read(text).vi for text in right]
        return {**extras.answered(texts), "marking": "text"}
    if kind in NUMBERS:
        numbers = [text.partition(":") for text in right]
        off = amount(numbers[0][2])
        more = {"tolerance": int(off) if off == int(off) else off} if off else {}
        return {**extras.answered([value.strip() for value, _colon, _off in numbers]), "marking": "number", **more}
    raise Unreadable(_("there is no such kind of blank here: %s") % kind)


def _part(text: str) -> tuple[float, str, str]:
    """What an answer is worth (percent), and its words; what stands after # is the word after it."""
    found = re.match(r"\s*(?:(=)|%(-?[\d.]+)%)?(.*)$", text, re.DOTALL)
    assert found is not None  # every part of the pattern may be empty
    words, why = ([*escapes.split(found[3], "#"), ""])[:2]
    return (100.0 if found[1] else amount(found[2])), _bare(words), _bare(why)


def _choice(one: Mapping[str, Any]) -> str:
    why = marked.write(one, "why")
    return _escaped(marked.write(one)) + (f"#{_escaped(why)}" if why else "")


def _bare(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _escaped(text: str) -> str:
    return re.sub(r"([\\}~#=])", r"\\\1", text)
