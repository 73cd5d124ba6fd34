"""XML from elsewhere, read without harm: neither deep nor long, and without a document type.

So it has no entities of its own, and asks for nothing from the network.
"""

import xml.etree.ElementTree as ElementTree
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal

DEEPEST = 100
LARGEST = 20_000_000


class _Builder(ElementTree.TreeBuilder):
    """Builds the tree, and refuses what no list of questions needs."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """A document type is where entities are declared: bombs, and files from elsewhere."""
        said = _("The file declares a document type of its own, which no list of questions needs.")
        raise Refusal(said, code="file_has_entities")

    def start(self, tag: Any, attrs: Any) -> Element:
        """Count how deep it goes."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refusal(_("The file is nested too deeply to be a list of questions."), code="file_too_deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """Come up again."""
        self.depth -= 1
        return super().end(tag)


def parse(content: bytes) -> Element:
    """The root of the document. Refusal, in words, where it is not well formed or not safe to read."""
    if len(content) > LARGEST:
        raise Refusal(_("The file is larger than 20 MB. Split it and send the parts."), code="file_too_large")
    try:
        parser = ElementTree.XMLParser(target=_Builder())
        parser.feed(content)
        root: Element = parser.close()
    except (ElementTree.ParseError, LookupError, ValueError) as fault:
        said = _("The file is no well-formed XML: %(fault)s. Export it again from where it comes.")
        raise Refusal(said % {"fault": fault}, code="file_unreadable") from fault
    return root


def inside(element: Element) -> str:
    """What stands inside an element, markup and all, without namespaces."""
    found = [_escaped(element.text)]
    for child in element:
        found.append(outside(child))
        found.append(_escaped(child.tail))
    return "".join(found)


def outside(element: Element) -> str:
    """The element with what stands inside it, without namespaces."""
    tag = local(element.tag)
    attrs = "".join(f' {_name(name)}="{_escaped(value, quote=True)}"' for name, value in element.attrib.items())
    return f"<{tag}{attrs}>{inside(element)}</{tag}>"


def local(tag: Any) -> str:
    """A name without its namespace; nothing for a comment or an instruction."""
    return str(tag).rpartition("}")[2] if isinstance(tag, str) else ""


def _name(name: str) -> str:
    return "xml:lang" if name.endswith("}lang") else local(name)


def _escaped(text: str | None, *, quote: bool = False) -> str:
    return escape(text or "", quote=quote)
