"""An item as a QTI assessment item, in the names of version 2.x.

Both languages stand side by side, each with its `xml:lang`. Reasons are feedback, as QTI has it; the label of the item
carries its code, competence and grade; a note for authors, which no test shows, carries what QTI has no place for.
"""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from chiakhoa.measure.assessment import checking
from chiakhoa.measure.assessment.interchange import extras, marked
from chiakhoa.measure.assessment.interchange.qti_names import XML_LANG
from chiakhoa.measure.assessment.models import ItemKind

RESPONSE, FEEDBACK, SCORE = "RESPONSE", "FEEDBACK", "SCORE"
LETTERS = extras.LETTERS


def item(row: Mapping[str, Any]) -> Element:
    """The row as an assessmentItem."""
    kind, parts = ItemKind(row["kind"]), checking.parts(dict(row))
    labels = " ".join([f"{extras.LABEL}code:{row['code']}", *extras.labels(row)])
    root = Element("assessmentItem", {
        "identifier": f"item-{row['code']}", "title": row["code"], "label": labels, XML_LANG: "vi",
        "adaptive": "false", "timeDependent": "false",
    })  # fmt: skip
    _declare(root, kind, parts)
    SubElement(root, "outcomeDeclaration", identifier=SCORE, cardinality="single", baseType="float")
    SubElement(root, "outcomeDeclaration", identifier=FEEDBACK, cardinality="multiple", baseType="identifier")
    body = SubElement(root, "itemBody")
    more = extras.rest(row)
    if more:
        note = SubElement(body, "rubricBlock", view="author")
        SubElement(note, "div", {"class": f"{marked.BLOCK}more"}).text = json.dumps(
            more, ensure_ascii=False, sort_keys=True
        )
    _say(SubElement(body, "div", {"class": f"{marked.BLOCK}stem"}), row, "stem")
    _BODIES[kind](body, row, parts)
    said = _feedbacks(row, kind, parts)
    _process(root, kind, parts, [name for name, _words, _part in said])
    for name, words, part in said:
        element = SubElement(root, "modalFeedback", outcomeIdentifier=FEEDBACK, identifier=name, showHide="show")
        _say(SubElement(element, "p"), words, part)
    return root


def _declare(root: Element, kind: ItemKind, parts: list[dict[str, Any]]) -> None:
    letters = LETTERS[: len(parts)]
    if kind in checking.CHOICES:
        right = [letter for letter, part in zip(letters, parts, strict=True) if part["correct"]]
        _declaration(root, RESPONSE, "multiple" if kind == ItemKind.MULTIPLE else "single", "identifier", right)
    elif kind == ItemKind.ORDERING:
        _declaration(root, RESPONSE, "ordered", "identifier", letters)
    elif kind == ItemKind.MATCHING:
        _declaration(root, RESPONSE, "multiple", "directedPair", [f"left-{one} right-{one}" for one in letters])
    else:
        for name, part in _fields(kind, parts):
            _declare_field(root, name, part)


def _declare_field(root: Element, name: str, part: Mapping[str, Any]) -> None:
    if "choices" in part:
        keys = [choice["key"] for choice in part["choices"]]
        _declaration(root, name, "single", "identifier", [LETTERS[keys.index(part["right"])]])
        return
    number = part["marking"] == "number"
    answers = extras.answers(part)
    declared = _declaration(root, name, "single", "float" if number else "string", answers[:1])
    mapping = SubElement(declared, "mapping", defaultValue="0")
    for text in answers:
        SubElement(mapping, "mapEntry", mapKey=text, mappedValue="1", caseSensitive="false")


def _declaration(root: Element, name: str, cardinality: str, base: str, right: Iterable[str]) -> Element:
    found = SubElement(root, "responseDeclaration", identifier=name, cardinality=cardinality, baseType=base)
    correct = SubElement(found, "correctResponse")
    for value in right:
        SubElement(correct, "value").text = value
    return found


def _fields(kind: ItemKind, parts: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """The fields with the names of their responses."""
    one = kind == ItemKind.SHORT
    return [(RESPONSE if one else f"{RESPONSE}_{letter}", part) for letter, part in zip(LETTERS, parts, strict=False)]


def _choices(body: Element, row: Mapping[str, Any], parts: list[dict[str, Any]]) -> None:
    most = "0" if row["kind"] == ItemKind.MULTIPLE else "1"
    asked = SubElement(body, "choiceInteraction", responseIdentifier=RESPONSE, shuffle="true", maxChoices=most)
    for letter, part in zip(LETTERS, parts, strict=False):
        choice = SubElement(asked, "simpleChoice", identifier=letter)
        _say(choice, part, "")
        if part.get("why_vi") or part.get("why_en"):
            after = SubElement(choice, "feedbackInline", outcomeIdentifier=FEEDBACK, identifier=letter, showHide="show")
            _say(after, part, "why")


def _order(body: Element, _row: Mapping[str, Any], parts: list[dict[str, Any]]) -> None:
    asked = SubElement(body, "orderInteraction", responseIdentifier=RESPONSE, shuffle="true")
    for letter, part in zip(LETTERS, parts, strict=False):
        _say(SubElement(asked, "simpleChoice", identifier=letter), part, "")


def _match(body: Element, _row: Mapping[str, Any], parts: list[dict[str, Any]]) -> None:
    most = str(len(parts))
    asked = SubElement(body, "matchInteraction", responseIdentifier=RESPONSE, shuffle="true", maxAssociations=most)
    for side in ("left", "right"):
        group = SubElement(asked, "simpleMatchSet")
        for letter, part in zip(LETTERS, parts, strict=False):
            one = SubElement(group, "simpleAssociableChoice", identifier=f"{side}-{letter}", matchMax="1")
            _say(one, part, side)


def _fill_in(body: Element, row: Mapping[str, Any], parts: list[dict[str, Any]]) -> None:
    for name, part in _fields(ItemKind(row["kind"]), parts):
        line = SubElement(body, "div", {"class": f"{marked.BLOCK}field"})
        _say(SubElement(line, "span"), part, "label")
        if "choices" not in part:
            SubElement(line, "textEntryInteraction", responseIdentifier=name, expectedLength="40")
            continue
        asked = SubElement(line, "inlineChoiceInteraction", responseIdentifier=name, shuffle="false")
        for letter, choice in zip(LETTERS, part["choices"], strict=False):
            _only_text(SubElement(asked, "inlineChoice", identifier=letter), choice)


def _only_text(element: Element, row: Mapping[str, Any]) -> None:
    """Where QTI takes no markup: the Vietnamese words (else the English), and the English ones as the label."""
    element.text = row.get("vi") or ""
    element.set("label", f"en:{row.get('en', '')}")


def _point(body: Element, row: Mapping[str, Any], parts: list[dict[str, Any]]) -> None:
    asked = SubElement(body, "hotspotInteraction", responseIdentifier=RESPONSE, maxChoices="1")
    height = str(row["screen"]["height"])
    drawn = SubElement(asked, "object", type="image/svg+xml", data=picture_name(row), width="320", height=height)
    drawn.text = row["screen"].get("alt_vi", "")
    for letter, part in zip(LETTERS, parts, strict=False):
        left, top, width, tall = part["at"]
        coords = f"{left},{top},{left + width},{top + tall}"
        spot = SubElement(asked, "hotspotChoice", identifier=letter, shape="rect", coords=coords)
        spot.set("hotspotLabel", part.get("vi") or "")
        spot.set("label", f"en:{part.get('en', '')}")


def picture_name(row: Mapping[str, Any]) -> str:
    """Where the drawn screen of a hot spot lies in a package."""
    return f"{row['code']}.svg"


def picture(row: Mapping[str, Any]) -> bytes:
    """The drawn screen of a hot spot, as plain as it is drawn here."""
    height = row["screen"]["height"]
    root = Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 320 {height}", width="320", height=str(height)
    )
    drawn = [(block, block.get("vi", "")) for block in row["screen"]["blocks"]]
    drawn += [(part, part.get("shows_vi") or part.get("vi", "")) for part in row["options"]]
    for block, text in drawn:
        left, top, width, tall = (str(number) for number in block["at"])
        SubElement(root, "rect", x=left, y=top, width=width, height=tall, fill="#fff", stroke="#555")
        words = SubElement(
            root, "text", {"x": str(int(left) + 6), "y": str(int(top) + int(tall) // 2 + 5), "font-size": "14"}
        )
        words.text = text
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


_BODIES = {
    ItemKind.SINGLE: _choices, ItemKind.MULTIPLE: _choices, ItemKind.ORDERING: _order, ItemKind.MATCHING: _match,
    ItemKind.SHORT: _fill_in, ItemKind.TASK: _fill_in, ItemKind.HOTSPOT: _point,
}  # fmt: skip


def _feedbacks(
    row: Mapping[str, Any], kind: ItemKind, parts: list[dict[str, Any]]
) -> list[tuple[str, Mapping[str, Any], str]]:
    """What is said after the answer, apart from what stands in a choice: name, the row that has the words, which of them."""
    found: list[tuple[str, Mapping[str, Any], str]] = []
    if kind not in (ItemKind.SINGLE, ItemKind.MULTIPLE):
        found += [(f"reason-{letter}", part, "why") for letter, part in zip(LETTERS, parts, strict=False)]
    found += [("why", row, "why"), ("learn", row, "learn")]
    return [(name, words, part) for name, words, part in found if words.get(f"{part}_vi") or words.get(f"{part}_en")]


def _process(root: Element, kind: ItemKind, parts: list[dict[str, Any]], said: list[str]) -> None:
    """One point for an answer that is right as a whole; then everything that there is to say."""
    process = SubElement(root, "responseProcessing")
    condition = SubElement(process, "responseCondition")
    right, wrong = SubElement(condition, "responseIf"), SubElement(condition, "responseElse")
    if kind in (ItemKind.SHORT, ItemKind.TASK):
        fields = _fields(kind, parts)
        every = SubElement(right, "and") if len(fields) > 1 else right
        for name, part in fields:
            _is_right(every, name, part)
    else:
        _matches(right, RESPONSE)
    for outcome, score in ((right, "1"), (wrong, "0")):
        value = SubElement(SubElement(outcome, "setOutcomeValue", identifier=SCORE), "baseValue", baseType="float")
        value.text = score
    chosen = kind in (ItemKind.SINGLE, ItemKind.MULTIPLE)
    if chosen or said:
        all_of_it = SubElement(SubElement(process, "setOutcomeValue", identifier=FEEDBACK), "multiple")
        if chosen:
            SubElement(all_of_it, "variable", identifier=RESPONSE)
        for name in said:
            SubElement(all_of_it, "baseValue", baseType="identifier").text = name


def _is_right(into: Element, name: str, part: Mapping[str, Any]) -> None:
    if "choices" in part:
        _matches(into, name)
    elif part["marking"] == "number":
        off = str(part.get("tolerance", 0))
        equal = SubElement(into, "equal", toleranceMode="absolute", tolerance=f"{off} {off}")
        SubElement(equal, "variable", identifier=name)
        SubElement(equal, "correct", identifier=name)
    else:
        enough = SubElement(into, "gte")
        SubElement(enough, "mapResponse", identifier=name)
        SubElement(enough, "baseValue", baseType="float").text = "1"


def _matches(into: Element, name: str) -> None:
    match = SubElement(into, "match")
    SubElement(match, "variable", identifier=name)
    SubElement(match, "correct", identifier=name)


def _say(element: Element, row: Mapping[str, Any], part: str) -> None:
    """The words in both languages, before whatever stands in the element already."""
    vi, en = (str(row.get(checking.named(part, language), "") or "") for language in marked.LANGUAGES)
    if vi and not en:
        element.text = vi
        return
    for language, text in (("vi", vi), ("en", en)):
        if text:
            SubElement(element, "span", {XML_LANG: language}).text = text
