"""QTI assessment items read as rows: what this house or another tool wrote, in the names of version 2.x."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from chiakhoa.foundation.text import nfc
from chiakhoa.measure.assessment import checking
from chiakhoa.measure.assessment.interchange import extras, marked, safe_xml
from chiakhoa.measure.assessment.interchange.found import Unreadable, amount
from chiakhoa.measure.assessment.models import ItemKind

BLANKS = ("textEntryInteraction", "inlineChoiceInteraction")
BESIDE = ("rubricBlock", "feedbackInline", "feedbackBlock", "prompt", "infoControl")


def row(root: Element, language: str) -> dict[str, Any]:
    """The item as a row. Unreadable where it cannot be one."""
    body = root.find("itemBody")
    if body is None:
        raise Unreadable(_("it has no body"))
    labels = root.get("label", "").split()
    found: dict[str, Any] = {"code": _code(labels), **extras.from_labels(labels)}
    asked = [element for element in body.iter() if safe_xml.local(element.tag).endswith("Interaction")]
    more = _rest(body)
    found |= _Reading(root, body, language, more).read(asked)
    extras.restore(found, more)
    _bring_reasons(root, found, language)
    return found


def _code(labels: list[str]) -> str:
    begins = f"{extras.LABEL}code:"
    return next((label.removeprefix(begins) for label in labels if label.startswith(begins)), "")


def _rest(body: Element) -> Any:
    """What the note for authors says."""
    for note in body.iter("rubricBlock"):
        for element in note.iter("div"):
            if element.get("class") == f"{marked.BLOCK}more":
                try:
                    return json.loads("".join(element.itertext()))
                except ValueError:
                    return None
    return None


class _Reading:
    """One item being read."""

    def __init__(self, root: Element, body: Element, language: str, more: Any) -> None:
        self.root, self.body, self.language, self.more = root, body, language, more

    def read(self, asked: list[Element]) -> dict[str, Any]:
        """Kind, stem and parts."""
        names = [element.tag for element in asked]
        if not asked:
            raise Unreadable(_("it asks nothing"))
        if all(name in BLANKS for name in names):
            return self.filled_in(asked)
        if len(asked) > 1:
            raise Unreadable(_("it asks several things at once"))
        reader = {
            "choiceInteraction": self.choice, "orderInteraction": self.order, "matchInteraction": self.match,
            "hotspotInteraction": self.point,
        }.get(names[0])  # fmt: skip
        if reader is None:
            raise Unreadable(_("there is no such kind of question here: %s") % names[0])
        return reader(asked[0])

    def stem(self) -> dict[str, str]:
        """The words of the body without what is asked and said in it, and the prompt."""
        own = [element for element in self.body.iter("div") if element.get("class") == f"{marked.BLOCK}stem"]
        if own:
            return self.words(own[0]).named("stem")
        rest = _without(self.body, (*BESIDE, *BLANKS), endings=("Interaction",), numbered=BLANKS)
        prompts = [self.words(prompt) for prompt in self.body.iter("prompt")]
        found = [self.words(rest), *prompts]
        return {
            "stem_vi": nfc(" ".join(words.vi for words in found)), "stem_en": nfc(" ".join(words.en for words in found)),
        }  # fmt: skip

    def words(self, element: Element) -> marked.Words:
        """The words inside an element, without feedback. Unreadable where it shows more than words."""
        words = marked.read(safe_xml.inside(_without(element, ("feedbackInline", "feedbackBlock"))), self.language)
        if words.has_media:
            raise Unreadable(_("it shows a picture, a sound or a formula, which an item here cannot hold"))
        return words

    def declared(self, element: Element) -> Element:
        """The declaration of the response that an interaction asks for."""
        name = element.get("responseIdentifier", "")
        for declaration in self.root.iter("responseDeclaration"):
            if declaration.get("identifier") == name:
                return declaration
        raise Unreadable(_("it does not say which answer is right"))

    def right(self, element: Element) -> list[str]:
        """The right values: the correct response, or else what a mapping gives points for."""
        declaration = self.declared(element)
        found = [nfc("".join(value.itertext())) for value in declaration.iterfind("correctResponse/value")]
        if not found:
            found = [
                entry.get("mapKey", "")
                for entry in declaration.iter("mapEntry")
                if amount(entry.get("mappedValue")) > 0
            ]
        if not found:
            raise Unreadable(_("it does not say which answer is right"))
        return found

    def choice(self, asked: Element) -> dict[str, Any]:
        """One choice, or several."""
        right = self.right(asked)
        several = self.declared(asked).get("cardinality") == "multiple" and (
            asked.get("maxChoices") != "1" or len(right) > 1
        )
        kind = ItemKind.MULTIPLE if several else ItemKind.SINGLE
        options = [
            {**self.words(one).named(""), **self.reason(one).named("why"), "correct": one.get("identifier") in right}
            for one in asked.iter("simpleChoice")
        ]
        return {"kind": str(kind), **self.stem(), "options": options}

    def reason(self, choice: Element) -> marked.Words:
        """What is said to who took the choice: in it, or anywhere in the item under its name."""
        name = choice.get("identifier", "")
        inside = [*choice.iter("feedbackInline"), *choice.iter("feedbackBlock")]
        said = inside or [
            one
            for tag in ("feedbackInline", "feedbackBlock", "modalFeedback")
            for one in self.root.iter(tag)
            if one.get("identifier") == name
        ]
        return marked.read(safe_xml.inside(said[0]), self.language) if said else marked.Words()

    def order(self, asked: Element) -> dict[str, Any]:
        """Steps, in the right order."""
        by_name = {one.get("identifier", ""): self.words(one).named("") for one in asked.iter("simpleChoice")}
        right = self.right(asked)
        if sorted(right) != sorted(by_name):
            raise Unreadable(_("its right order does not name every step once"))
        return {"kind": str(ItemKind.ORDERING), **self.stem(), "options": [by_name[name] for name in right]}

    def match(self, asked: Element) -> dict[str, Any]:
        """Pairs."""
        sides = [
            {one.get("identifier", ""): self.words(one) for one in group.iter("simpleAssociableChoice")}
            for group in asked.iter("simpleMatchSet")
        ]
        right = [tuple(value.split()) for value in self.right(asked)]
        if len(sides) != 2 or sorted(sides[0]) != sorted(left for left, *_r in right) or sorted(sides[1]) != sorted(
            pair[-1] for pair in right
        ):  # fmt: skip
            raise Unreadable(_("its pairs do not give each line one partner"))
        partner = {pair[0]: pair[-1] for pair in right}
        pairs = [{**words.named("left"), **sides[1][partner[name]].named("right")} for name, words in sides[0].items()]
        return {"kind": str(ItemKind.MATCHING), **self.stem(), "pairs": pairs}

    def point(self, asked: Element) -> dict[str, Any]:
        """Places on a drawn screen of ours; a picture of somebody else's is none."""
        if not isinstance(self.more, dict) or "screen" not in self.more.get("row", {}):
            raise Unreadable(_("it shows a picture, a sound or a formula, which an item here cannot hold"))
        right = self.right(asked)
        options = [
            {"vi": one.get("hotspotLabel", ""), "en": _english(one), "correct": one.get("identifier") in right,
             "at": _place(one.get("coords", ""))}
            for one in asked.iter("hotspotChoice")
        ]  # fmt: skip
        return {"kind": str(ItemKind.HOTSPOT), **self.stem(), "options": options}

    def filled_in(self, asked: list[Element]) -> dict[str, Any]:
        """One short answer, or a small task with several fields."""
        own = [element for element in self.body.iter("div") if element.get("class") == f"{marked.BLOCK}field"]
        task = isinstance(self.more, dict) and "look" in self.more.get("row", {})
        if len(asked) == 1 and asked[0].tag == "textEntryInteraction" and not task:
            kind, standard, more = ItemKind.SHORT, [marked.Words("Câu trả lời", "Answer")], {}
        else:
            kind, more = ItemKind.TASK, {"look": "form"}
            standard = [marked.Words(f"Chỗ ({n})", f"Blank ({n})") for n in range(1, len(asked) + 1)]
        labels = [self.words(_without(one, BLANKS)) for one in own] if len(own) == len(asked) else standard
        fields = [{**label.named("label"), **self.field(one)} for label, one in zip(labels, asked, strict=True)]
        return {"kind": str(kind), **self.stem(), **more, "fields": fields}

    def field(self, asked: Element) -> dict[str, Any]:
        """How one field is filled in rightly."""
        right = self.right(asked)
        if asked.tag == "inlineChoiceInteraction":
            choices = [self.inline(one) for one in asked.iter("inlineChoice")]
            names = [one.get("identifier") for one in asked.iter("inlineChoice")]
            if right[0] not in names:
                raise Unreadable(_("it does not say which answer is right"))
            keyed = [{"key": letter, **one} for letter, one in zip(extras.LETTERS, choices, strict=False)]
            return {"choices": keyed, "right": extras.LETTERS[names.index(right[0])]}
        mapped = [
            nfc(entry.get("mapKey", ""))
            for entry in self.declared(asked).iter("mapEntry")
            if amount(entry.get("mappedValue")) > 0
        ]
        number = self.declared(asked).get("baseType") in ("float", "integer")
        found = {**extras.answered(list(dict.fromkeys([*right, *mapped]))), "marking": "number" if number else "text"}
        off = self.tolerance(asked.get("responseIdentifier", "")) if number else 0
        return {**found, "tolerance": int(off) if off == int(off) else off} if off else found

    def inline(self, choice: Element) -> dict[str, str]:
        """The words of a choice inside a line."""
        words = self.words(choice)
        return {"vi": words.vi, "en": _english(choice) if choice.get("label", "").startswith("en:") else words.en}

    def tolerance(self, name: str) -> float:
        """How far off the number may be."""
        for equal in self.root.iter("equal"):
            if any(one.get("identifier") == name for one in equal.iter("variable")):
                return amount(equal.get("tolerance", "").split()[0]) if equal.get("tolerance") else 0.0
        return 0.0


def _bring_reasons(root: Element, found: dict[str, Any], language: str) -> None:
    """What is said after the answer, where the kind keeps no reason in its choices; and why and where to learn."""
    said = {
        one.get("identifier", ""): marked.read(safe_xml.inside(one), language) for one in root.iter("modalFeedback")
    }
    for letter, part in zip(extras.LETTERS, checking.parts(found), strict=False):
        if f"reason-{letter}" in said:
            part.update(said[f"reason-{letter}"].named("why"))
    for name in ("why", "learn"):
        if name in said:
            found |= said[name].named(name)


def _without(
    element: Element, tags: tuple[str, ...], *, endings: tuple[str, ...] = (), numbered: tuple[str, ...] = ()
) -> Element:
    """A copy without the elements of these names; where a numbered one was, its number stands."""
    found, count = deepcopy(element), iter(range(1, 1000))
    for parent in list(found.iter()):
        for child in list(parent):
            if child.tag in tags or (endings and str(child.tag).endswith(endings)):
                mark = f"({next(count)})" if child.tag in numbered else ""
                _drop(parent, child, mark)
    return found


def _drop(parent: Element, child: Element, mark: str) -> None:
    place, tail = list(parent).index(child), mark + (child.tail or "")
    if place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(child)


def _english(element: Element) -> str:
    return element.get("label", "").removeprefix("en:")


def _place(coords: str) -> list[int]:
    try:
        left, top, right, bottom = (int(float(one)) for one in coords.split(","))
    except ValueError as fault:
        raise Unreadable(_("a place on its screen cannot be read")) from fault
    return [left, top, right - left, bottom - top]


def items(root: Element) -> Iterator[Element]:
    """The assessment items of a document."""
    if root.tag == "assessmentItem":
        yield root
    else:
        yield from root.iter("assessmentItem")
