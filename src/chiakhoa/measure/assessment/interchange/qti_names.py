"""QTI 2.x and 3 name the same things differently: `choiceInteraction maxChoices` is `qti-choice-interaction max-choices` in 3.

Inside, everything has its name of 2.x, without a namespace; this is where names change on the way in and out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from chiakhoa.measure.assessment.interchange import safe_xml

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HTML = {"div", "p", "span", "object", "br"}


@dataclass(frozen=True)
class Version:
    """One version of QTI: its namespaces, the kinds of its resources, the words of its manifest, and how it names things."""

    space: str
    manifest_space: str
    schema: str
    schema_version: str
    item_type: str
    is_three: bool


TWO = Version(
    "http://www.imsglobal.org/xsd/imsqti_v2p2", "http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.2 Package", "1.0.0",
    "imsqti_item_xmlv2p2", False,
)  # fmt: skip
THREE = Version(
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0", "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1", "QTI Package", "3.0.0",
    "imsqti_item_xmlv3p0", True,
)  # fmt: skip


def outward(element: Element, version: Version) -> Element:
    """The tree with the names of the version; the root carries its namespace."""
    found = _renamed(element, _out if version.is_three else _same, _kebab if version.is_three else _same)
    if version.is_three:
        _wrap(found)
    found.set("xmlns", version.space)
    return found


def inward(element: Element) -> Element:
    """The tree with the names of 2.x, whatever version it came in."""
    return _renamed(
        element, lambda name: _in(safe_xml.local(name)), lambda name: name if name == XML_LANG else _camel(name)
    )


def _renamed(element: Element, tag: Callable[[str], str], attribute: Callable[[str], str]) -> Element:
    found = Element(tag(element.tag), {attribute(name): value for name, value in element.attrib.items()})
    found.text, found.tail = element.text, element.tail
    for child in element:
        if isinstance(child.tag, str):
            found.append(_renamed(child, tag, attribute))
        elif len(found):
            found[-1].tail = (found[-1].tail or "") + (child.tail or "")
        else:
            found.text = (found.text or "") + (child.tail or "")
    return found


def _wrap(root: Element) -> None:
    """What is said beside an item stands in a body of its own in version 3."""
    for name in ("qti-modal-feedback", "qti-rubric-block"):
        for element in root.iter(name):
            body = Element("qti-content-body")
            body.text, element.text = element.text, None
            body.extend(list(element))
            for child in list(element):
                element.remove(child)
            element.append(body)
    for element in root.iter("qti-rubric-block"):
        element.set("use", "instructions")


def _same(name: str) -> str:
    return name


def _out(name: str) -> str:
    return name if name in HTML else "qti-" + _kebab(name)


def _in(name: str) -> str:
    return _camel(name.removeprefix("qti-")) if name.startswith("qti-") else name


def _kebab(name: str) -> str:
    return name if name.startswith("{") else re.sub(r"(?<=[a-z])([A-Z])", lambda found: "-" + found[1].lower(), name)


def _camel(name: str) -> str:
    local = safe_xml.local(name)
    return re.sub(r"-([a-z])", lambda found: found[1].upper(), local) if not local.startswith("data-") else local
