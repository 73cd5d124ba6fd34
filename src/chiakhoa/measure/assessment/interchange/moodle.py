"""Moodle XML: the form in which Moodle hands out its question bank."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.measure.assessment.interchange import questions, safe_xml
from chiakhoa.measure.assessment.interchange.found import Entry, Unreadable, Written, amount
from chiakhoa.measure.assessment.interchange.questions import Choice, Question

PLAIN = ("plain_text", "markdown")
ORDER = {
    "layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": "0", "gradingtype": "ALL_OR_NOTHING",
    "showgrading": "SHOW", "numberingstyle": "none",
}  # fmt: skip


def write(rows: Sequence[dict[str, Any]]) -> Written:
    """The items as one file that Moodle imports."""
    root = Element("quiz")
    for row in rows:
        _write(root, questions.from_row(row))
    ElementTree.indent(root)
    return Written(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def read(content: bytes, language: str) -> list[Entry]:
    """Every question of the file. Refusal where it is no Moodle XML."""
    root = safe_xml.parse(content)
    if safe_xml.local(root.tag) != "quiz":
        raise Refusal(
            _("This XML is no question bank of Moodle: it does not begin with <quiz>."), code="file_unreadable"
        )
    return list(_entries(root, language))


def _entries(root: Element, language: str) -> Iterator[Entry]:
    number = 0
    for element in root.iter("question"):
        kind = element.get("type", "")
        if kind == "category":
            continue
        number += 1
        name = _text(element.find("name")) or _("Question %(number)d") % {"number": number}
        try:
            row, notes = questions.to_row(_question(element, kind, name), language)
            yield Entry(name, row, notes=notes)
        except Unreadable as fault:
            yield Entry(name, reason=str(fault))


def _question(element: Element, kind: str, name: str) -> Question:
    found = Question(kind, name, _marked(element.find("questiontext")), code=_text(element.find("idnumber")))
    found.tags = [_text(tag) for tag in element.iter("tag")]
    found.feedback = _marked(element.find("generalfeedback"))
    found.single = _text(element.find("single")).lower() in ("true", "1", "")
    plain = kind in ("shortanswer", "numerical", "truefalse")
    for answer in element.findall("answer"):
        text = _text(answer) if plain else _marked(answer)
        off = _text(answer.find("tolerance"))
        found.choices.append(Choice(text, amount(answer.get("fraction")), _marked(answer.find("feedback")), off))
    found.pairs = [(_marked(one), _marked(one.find("answer"))) for one in element.findall("subquestion")]
    return found


def _text(element: Element | None) -> str:
    """The words of an element: inside <text>, or its own."""
    if element is None:
        return ""
    text = element.find("text")
    return ("".join((element if text is None else text).itertext())).strip()


def _marked(element: Element | None) -> str:
    """The marked-up text of an element; one that says it is plain becomes markup first."""
    text = _text(element)
    if element is not None and element.find("file") is not None:
        return text + "<img>"
    return escape(text, quote=False) if element is not None and element.get("format") in PLAIN else text


def _write(root: Element, question: Question) -> None:
    element = SubElement(root, "question", type=question.type)
    _say(SubElement(element, "name"), question.name)
    _say(SubElement(element, "questiontext", format="html"), question.text)
    _say(SubElement(element, "generalfeedback", format="html"), question.feedback)
    for name, value in (("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0"), ("idnumber", question.code)):
        SubElement(element, name).text = value
    if question.type == "multichoice":
        SubElement(element, "single").text = "true" if question.single else "false"
        SubElement(element, "shuffleanswers").text = "true"
        SubElement(element, "answernumbering").text = "abc"
    elif question.type == "shortanswer":
        SubElement(element, "usecase").text = "0"
    elif question.type == "matching":
        SubElement(element, "shuffleanswers").text = "true"
    elif question.type == "ordering":
        for name, value in ORDER.items():
            SubElement(element, name).text = value
    _write_answers(element, question)
    tags = SubElement(element, "tags")
    for tag in question.tags:
        _say(SubElement(tags, "tag"), tag)


def _write_answers(element: Element, question: Question) -> None:
    plain = question.type in ("shortanswer", "numerical")
    for choice in question.choices:
        style = "moodle_auto_format" if plain else "html"
        answer = SubElement(element, "answer", fraction=f"{choice.fraction:.5f}".rstrip("0").rstrip("."), format=style)
        _say(answer, choice.text)
        _say(SubElement(answer, "feedback", format="html"), choice.feedback)
        if question.type == "numerical":
            SubElement(answer, "tolerance").text = choice.tolerance
    for left, right in question.pairs:
        pair = SubElement(element, "subquestion", format="html")
        _say(pair, left)
        _say(SubElement(pair, "answer"), right)


def _say(element: Element, text: str) -> None:
    SubElement(element, "text").text = text
