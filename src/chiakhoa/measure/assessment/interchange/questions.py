"""Items as Moodle's questions and back: what the Moodle XML and GIFT forms have in common, before either writes it down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.text import nfc
from chiakhoa.measure.assessment import checking
from chiakhoa.measure.assessment.interchange import extras, gaps, marked
from chiakhoa.measure.assessment.interchange.found import Unreadable, amount
from chiakhoa.measure.assessment.models import ItemKind

NAME = 60  # letters of the name by which a question is found in a list
TYPES = {
    ItemKind.SINGLE: "multichoice", ItemKind.HOTSPOT: "multichoice", ItemKind.MULTIPLE: "multichoice",
    ItemKind.ORDERING: "ordering", ItemKind.MATCHING: "matching", ItemKind.TASK: "cloze",
}  # fmt: skip
OTHERS = {
    "essay": gettext_lazy("it is marked by a person"),
    "description": gettext_lazy("it asks nothing"),
}


@dataclass
class Choice:
    """An answer of a question: its words, what it is worth (percent), the words after it, how far off a number may be."""

    text: str
    fraction: float
    feedback: str = ""
    tolerance: str = ""


@dataclass
class Question:
    """A question as Moodle knows it. Texts are marked-up, except the answers of shortanswer and numerical."""

    type: str
    name: str
    text: str
    code: str = ""
    tags: list[str] = field(default_factory=list)
    feedback: str = ""
    single: bool = True
    choices: list[Choice] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)


def from_row(row: Mapping[str, Any]) -> Question:
    """The item as a question."""
    kind = ItemKind(row["kind"])
    name = f"{row['code']} {row['stem_vi'] or row['stem_en']}"[:NAME]
    found = Question(_type(kind, row), nfc(name), marked.write(row, "stem"), row["code"], extras.labels(row))
    parts = checking.parts(dict(row))
    if kind in checking.CHOICES:
        found.single = kind != ItemKind.MULTIPLE
        right = sum(part["correct"] for part in parts)
        worth = {True: 100 / right, False: 0 if found.single else -100}
        found.choices = [
            Choice(marked.write(part), worth[part["correct"]], marked.write(part, "why")) for part in parts
        ]
    elif kind == ItemKind.ORDERING:
        found.choices = [Choice(marked.write(part), 100) for part in parts]
    elif kind == ItemKind.MATCHING:
        found.pairs = [(marked.write(part, "left"), marked.write(part, "right")) for part in parts]
    elif kind == ItemKind.SHORT:
        found.text += marked.block("field", marked.write(parts[0], "label"))
        found.choices = [Choice(text, 100, tolerance=_tolerance(parts[0])) for text in extras.answers(parts[0])]
    else:
        found.text += "".join(gaps.written(part) for part in parts)
    found.feedback = _after(row, kind, parts)
    return found


def to_row(question: Question, language: str) -> tuple[dict[str, Any], list[str]]:
    """The question as a row, and what was lost. Unreadable where it cannot be an item."""
    notes: list[str] = []
    after = marked.read(question.feedback, language)
    row: dict[str, Any] = {"code": question.code, **extras.from_labels(question.tags)}
    read = _READERS.get(question.type)
    if read is None:
        raise Unreadable(
            str(OTHERS.get(question.type) or _("there is no such kind of question here: %s") % question.type)
        )
    row |= read(question, language, notes)
    more = after.block("more")
    extras.restore(row, more.data if more else None)
    _bring_back(row, after, more)
    if after.has_media:
        raise Unreadable(_media())
    return row, notes


def _type(kind: ItemKind, row: Mapping[str, Any]) -> str:
    if kind == ItemKind.SHORT:
        return "numerical" if row["fields"][0]["marking"] == "number" else "shortanswer"
    return TYPES[kind]


def _tolerance(part: Mapping[str, Any]) -> str:
    return str(part.get("tolerance", 0)) if part["marking"] == "number" else ""


def _after(row: Mapping[str, Any], kind: ItemKind, parts: list[dict[str, Any]]) -> str:
    """What stands behind the answer: why, the reasons that have no place of their own, where to learn, and the rest."""
    found = marked.block("why", marked.write(row, "why")) if row.get("why_vi") or row.get("why_en") else ""
    if kind not in checking.CHOICES and any(part.get("why_vi") or part.get("why_en") for part in parts):
        found += "".join(marked.block("reason", marked.write(part, "why")) for part in parts)
    if row.get("learn_vi") or row.get("learn_en"):
        found += marked.block("learn", marked.write(row, "learn"))
    more = extras.rest(row)
    if kind == ItemKind.HOTSPOT and row.get("screen"):
        found += marked.block("screen", marked.write(row["screen"], "alt"))
    return found + (marked.block("more", "", more) if more else "")


def _bring_back(row: dict[str, Any], after: marked.Words, more: Any) -> None:
    why, learn = after.block("why"), after.block("learn")
    row |= (why or after).named("why")
    row |= (learn or marked.Words()).named("learn")
    reasons, parts = after.all("reason"), checking.parts(row)
    if len(reasons) == len(parts):
        for part, reason in zip(parts, reasons, strict=True):
            part.update(reason.named("why"))
    if row["kind"] == ItemKind.SINGLE and more is not None and row.get("screen"):
        row["kind"] = str(ItemKind.HOTSPOT)


def _media() -> str:
    return _("it shows a picture, a sound or a formula, which an item here cannot hold")


def _stem(question: Question, language: str) -> marked.Words:
    words = marked.read(question.text, language)
    if words.has_media:
        raise Unreadable(_media())
    return words


def _choice(question: Question, language: str, notes: list[str]) -> dict[str, Any]:
    partly = any(0 < choice.fraction < 100 for choice in question.choices)
    if question.single and not any(choice.fraction >= 99.99 for choice in question.choices):
        raise Unreadable(_("none of its answers is wholly right"))
    if question.single and partly:
        notes.append(_("Partial credit is not kept: an answer is right or wrong."))
    options = [
        {
            **_words(choice.text, language).named(""),
            **_words(choice.feedback, language).named("why"),
            "correct": choice.fraction >= 99.99 if question.single else choice.fraction > 0,
        }
        for choice in question.choices
    ]
    kind = ItemKind.SINGLE if question.single else ItemKind.MULTIPLE
    return {"kind": str(kind), **_stem(question, language).named("stem"), "options": options}


def _true_false(question: Question, language: str, notes: list[str]) -> dict[str, Any]:
    words = {"true": ("Đúng", "True"), "false": ("Sai", "False")}
    options = [
        {"vi": words[choice.text][0], "en": words[choice.text][1], "correct": choice.fraction >= 99.99,
         **_words(choice.feedback, language).named("why")}
        for choice in question.choices if choice.text in words
    ]  # fmt: skip
    return {"kind": str(ItemKind.SINGLE), **_stem(question, language).named("stem"), "options": options}


def _order(question: Question, language: str, notes: list[str]) -> dict[str, Any]:
    options = [_words(choice.text, language).named("") for choice in question.choices]
    return {"kind": str(ItemKind.ORDERING), **_stem(question, language).named("stem"), "options": options}


def _match(question: Question, language: str, notes: list[str]) -> dict[str, Any]:
    pairs = [
        {**_words(left, language).named("left"), **_words(right, language).named("right")}
        for left, right in question.pairs
    ]
    if any(not (pair["left_vi"] or pair["left_en"]) for pair in pairs):
        raise Unreadable(_("it has answers to the right that belong to nothing"))
    return {"kind": str(ItemKind.MATCHING), **_stem(question, language).named("stem"), "pairs": pairs}


def _short(question: Question, language: str, notes: list[str]) -> dict[str, Any]:
    stem = _stem(question, language)
    label = stem.block("field") or marked.Words("Câu trả lời", "Answer")
    right = [choice for choice in question.choices if choice.fraction >= 99.99]
    if not right:
        raise Unreadable(_("none of its answers is wholly right"))
    if len(right) < len(question.choices):
        notes.append(_("Partial credit is not kept: an answer is right or wrong."))
    number = question.type == "numerical"
    if not number and any("*" in choice.text.replace("\\*", "") for choice in right) and not stem.block("field"):
        raise Unreadable(_("its answer holds *, which stands for any letters there and not here"))
    field: dict[str, Any] = {
        **label.named("label"), **extras.answered([nfc(choice.text) for choice in right]),
        "marking": "number" if number else "text",
    }  # fmt: skip
    tolerance = amount(right[0].tolerance) if number else 0
    if tolerance:
        field["tolerance"] = int(tolerance) if tolerance == int(tolerance) else tolerance
    return {"kind": str(ItemKind.SHORT), **stem.named("stem"), "fields": [field]}


def _task(question: Question, language: str, notes: list[str]) -> dict[str, Any]:
    text, fields = gaps.taken_out(question.text, language)
    words = marked.read(text, language)
    if words.has_media:
        raise Unreadable(_media())
    if len(words.all("field")) != len(fields):
        notes.append(_("The blanks of the text stand below it here, each with its number."))
    return {"kind": str(ItemKind.TASK), **words.named("stem"), "look": "form", "fields": list(_labelled(words, fields))}


def _labelled(words: marked.Words, fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    labels = words.all("field")
    for number, one in enumerate(fields, start=1):
        known = (
            labels[number - 1] if len(labels) == len(fields) else marked.Words(f"Chỗ ({number})", f"Blank ({number})")
        )
        yield {**known.named("label"), **one}


def _words(text: str, language: str) -> marked.Words:
    words = marked.read(text, language)
    if words.has_media:
        raise Unreadable(_media())
    return words


_READERS = {
    "multichoice": _choice, "truefalse": _true_false, "ordering": _order, "matching": _match, "shortanswer": _short,
    "numerical": _short, "cloze": _task,
}  # fmt: skip
