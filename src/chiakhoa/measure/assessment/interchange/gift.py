"""GIFT: the plain text form of Moodle, which people write by hand.

A comment before a question carries what the form has no place for, as Moodle itself does: `// [id:1.1-a] [tag:…]`. The order of
steps stands as the ordering question of Moodle writes it, `{>5 ALL VERTICAL ALL_OR_NOTHING`, a line a step.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.measure.assessment.interchange import escapes, questions
from chiakhoa.measure.assessment.interchange.found import Entry, Unreadable, Written, amount
from chiakhoa.measure.assessment.interchange.questions import Choice, Question

SPECIAL = re.compile(r"([~=#{}:\\])")
COMMENTED = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
FORMATS = re.compile(r"^\s*\[(html|plain|markdown|moodle)\]", re.IGNORECASE)
WEIGHT = re.compile(r"^%(-?[\d.]+)%")
BLANK = "_____"


def write(rows: Sequence[dict[str, Any]]) -> Written:
    """The items as one text; small tasks have several fields, for which GIFT has no form."""
    texts, left_out = [], []
    for row in rows:
        question = questions.from_row(row)
        if question.type == "cloze":
            left_out.append((str(row["code"]), _("GIFT has no question with several fields; take Moodle XML or QTI.")))
        else:
            texts.append(_written(question))
    said = ["\n".join(f"// {code}: {reason}" for code, reason in left_out)] if left_out else []
    return Written("\n\n".join([*texts, *said, ""]).encode(), left_out)


def read(content: bytes, language: str) -> list[Entry]:
    """Every question of the text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refusal(
            _("The file is no text in UTF-8. Save it as UTF-8 and send it again."), code="file_unreadable"
        ) from fault
    return list(_entries(text.replace("\r\n", "\n").replace("\r", "\n"), language))


def _written(question: Question) -> str:
    tags = "".join(f" [tag:{_bracketed(tag)}]" for tag in question.tags)
    head = f"// [id:{_bracketed(question.code)}]{tags}\n::{_escaped(question.name)}::[html]{_escaped(question.text)} "
    after = f"\n####[html]{_escaped(question.feedback)}" if question.feedback else ""
    return f"{head}{{{_answers(question)}{after}\n}}"


def _answers(question: Question) -> str:
    if question.type == "ordering":
        steps = [f"\n{_escaped(choice.text)}" for choice in question.choices]
        return f">{len(steps)} ALL VERTICAL ALL_OR_NOTHING{''.join(steps)}"
    if question.type == "matching":
        return "".join(f"\n=[html]{_escaped(left)} -> {_escaped(right)}" for left, right in question.pairs)
    if question.type == "numerical":
        return "#" + "".join(f"\n={choice.text}:{choice.tolerance or 0}" for choice in question.choices)
    if question.type == "shortanswer":
        return "".join(f"\n={_escaped(choice.text)}" for choice in question.choices)
    return "".join(f"\n{_choice(question, choice)}" for choice in question.choices)


def _choice(question: Question, choice: Choice) -> str:
    sign = "=" if question.single and choice.fraction == 100 else "~"
    worth = "" if question.single else f"%{choice.fraction:.5f}".rstrip("0").rstrip(".") + "%"
    after = f"#[html]{_escaped(choice.feedback)}" if choice.feedback else ""
    return f"{sign}{worth}[html]{_escaped(choice.text)}{after}"


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)


def _bracketed(text: str) -> str:
    return text.replace("\\", "\\\\").replace("]", "\\]")


def _bare(text: str) -> str:
    """The text without its escapes."""
    return re.sub(r"\\(n|.)", lambda found: "\n" if found[1] == "n" else found[1], text.strip())


def _entries(text: str, language: str) -> Iterator[Entry]:
    number = 0
    for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text):
        comments, lines = _sorted(block)
        body = "\n".join(lines).strip()
        if not body:
            continue
        number += 1
        name = _("Question %(number)d") % {"number": number}
        try:
            question = _question(body, comments, name)
            name = question.name
            row, notes = questions.to_row(question, language)
            yield Entry(name, row, notes=notes)
        except Unreadable as fault:
            yield Entry(name, reason=str(fault))


def _sorted(block: str) -> tuple[list[str], list[str]]:
    """The comments of a block, and its lines; a line that names a category is neither."""
    comments, lines = [], []
    for line in block.split("\n"):
        if line.lstrip().startswith("//"):
            comments.append(line)
        elif not line.lstrip().startswith("$CATEGORY"):
            lines.append(line)
    return comments, lines


def _question(body: str, comments: list[str], name: str) -> Question:
    kept = {"id": [""], "tag": list[str]()}
    for comment in comments:
        for kind, value in COMMENTED.findall(comment):
            kept[kind].append(re.sub(r"\\(.)", r"\1", value))
    title = re.match(r"::((?:\\.|[^:\\]|:(?!:))*)::", body)
    rest = body[title.end() :] if title else body
    begin, end = _braces(rest)
    inside = rest[begin + 1 : end]
    before, behind = rest[:begin].rstrip(), rest[end + 1 :].strip()
    text = f"{before} {BLANK} {behind}" if behind else before
    found = Question("", _bare(title[1]) if title else name, "", kept["id"][-1], kept["tag"])
    found.text, style = _marked(text, "moodle")
    parts = escapes.split(inside, "####")
    found.feedback = _marked(parts[1], style)[0] if len(parts) > 1 else ""
    _read_answers(found, parts[0].strip(), style)
    return found


def _braces(text: str) -> tuple[int, int]:
    """Where the answers begin and end."""
    opening, closing = escapes.places(text, "{"), escapes.places(text, "}")
    if not opening or not closing or closing[-1] < opening[0]:
        raise Unreadable(_("it has no answers in braces"))
    return opening[0], closing[-1]


def _read_answers(question: Question, inside: str, style: str) -> None:
    if not inside:
        question.type = "essay"
    elif inside.startswith(">"):
        question.type = "ordering"
        lines = [line for line in inside.split("\n")[1:] if line.strip()]
        question.choices = [Choice(_marked(line, style)[0], 100) for line in lines]
    elif inside.startswith("#"):
        question.type = "numerical"
        question.choices = list(_numbers(inside[1:].strip()))
    elif found := re.match(r"(TRUE|T|FALSE|F)\s*(?:(?<!\\)#|$)", inside, re.IGNORECASE):
        _true_or_false(question, inside, found[1].upper().startswith("T"), style)
    else:
        _listed(question, inside, style)


def _true_or_false(question: Question, inside: str, is_true: bool, style: str) -> None:
    """{T#said to who is wrong#said to who is right}"""
    said = [_marked(text, style)[0] for text in escapes.split(inside, "#")[1:]] + ["", ""]
    right = Choice("true" if is_true else "false", 100, said[1])
    wrong = Choice("false" if is_true else "true", 0, said[0])
    question.type = "truefalse"
    question.choices = [right, wrong] if is_true else [wrong, right]


def _listed(question: Question, inside: str, style: str) -> None:
    answers = [(sign, text) for sign, text in _signed(inside)]
    if not answers:
        raise Unreadable(_("its answers begin neither with = nor with ~"))
    if all(sign == "=" and "->" in text for sign, text in answers):
        question.type = "matching"
        for _sign, text in answers:
            left, _arrow, right = text.partition("->")
            question.pairs.append((_marked(left, style)[0], _marked(right, style)[0]))
        return
    question.type = "shortanswer" if all(sign == "=" for sign, _text in answers) else "multichoice"
    question.single = any(sign == "=" for sign, _text in answers)
    for sign, text in answers:
        weight = WEIGHT.match(text)
        worth = amount(weight[1]) if weight else 100.0 if sign == "=" else 0.0
        words, *after = escapes.split(text[weight.end() :] if weight else text, "#")
        said = _bare(words) if question.type == "shortanswer" else _marked(words, style)[0]
        question.choices.append(Choice(said, worth, _marked(after[0], style)[0] if after else ""))


def _numbers(inside: str) -> Iterator[Choice]:
    """5:0.1, 4..6, or several that begin with =."""
    answers = [text for _sign, text in _signed(inside)] if inside.startswith(("=", "~")) else [inside]
    for text in answers:
        weight = WEIGHT.match(text)
        said = escapes.split(text[weight.end() :] if weight else text, "#")[0].strip()
        worth = amount(weight[1]) if weight else 100.0
        low, dots, high = said.partition("..")
        try:
            if dots:
                yield Choice(
                    f"{(float(low) + float(high)) / 2:g}", worth, tolerance=f"{(float(high) - float(low)) / 2:g}"
                )
            else:
                value, _colon, off = said.partition(":")
                float(value), float(off or 0)
                yield Choice(value.strip(), worth, tolerance=off.strip())
        except ValueError as fault:
            raise Unreadable(_("its number cannot be read: %s") % said) from fault


def _signed(inside: str) -> Iterator[tuple[str, str]]:
    """The answers with the sign each begins with."""
    marks = escapes.places(inside, "=~")
    ends = [*marks[1:], len(inside)][: len(marks)]
    for begin, end in zip(marks, ends, strict=True):
        yield inside[begin], inside[begin + 1 : end].strip()


def _marked(text: str, style: str) -> tuple[str, str]:
    """The text as markup, and the form it is in: [html] says so, else that of the question; plain text becomes markup."""
    found = FORMATS.match(text)
    style = found[1].lower() if found else style
    said = _bare(text[found.end() :] if found else text)
    return (escape(said, quote=False) if style in ("plain", "markdown") else said), style
