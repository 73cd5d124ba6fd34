"""QTI packages: a ZIP with a manifest and a file for each item; read from a ZIP, or from the XML of one item."""

import io
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.measure.assessment.interchange import extras, qti_names, qti_reading, qti_writing, safe_xml
from chiakhoa.measure.assessment.interchange.found import Entry, Unreadable, Written
from chiakhoa.measure.assessment.interchange.qti_names import Version

MOST_FILES = 5000
LARGEST_FILE = 2_000_000
LARGEST_INFLATED = 100_000_000
MANIFEST = "imsmanifest.xml"
DAY = (2026, 1, 1, 0, 0, 0)  # the same items make the same file, whenever it is asked for


def write(rows: Sequence[dict[str, Any]], version: Version) -> Written:
    """The items as a package of the version."""
    buffer = io.BytesIO()
    manifest = Element("manifest", identifier="chiakhoa-items", xmlns=version.manifest_space)
    about = SubElement(manifest, "metadata")
    SubElement(about, "schema").text = version.schema
    SubElement(about, "schemaversion").text = version.schema_version
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in rows:
            _add(archive, f"{row['code']}.xml", _bytes(qti_names.outward(qti_writing.item(row), version)))
            resource = SubElement(
                resources, "resource", identifier=f"r-{row['code']}", type=version.item_type, href=f"{row['code']}.xml"
            )
            _describe(resource, row)
            SubElement(resource, "file", href=f"{row['code']}.xml")
            if row.get("screen"):
                _add(archive, qti_writing.picture_name(row), qti_writing.picture(row))
                SubElement(resource, "file", href=qti_writing.picture_name(row))
        _add(archive, MANIFEST, _bytes(manifest))
    return Written(buffer.getvalue())


def read(content: bytes, language: str) -> list[Entry]:
    """Every item of a package or of one XML file, QTI 2.x or 3."""
    return [entry for name, part in _documents(content) for entry in _entries(name, part, language)]


def _entries(name: str, content: bytes, language: str) -> Iterator[Entry]:
    root = qti_names.inward(safe_xml.parse(content))
    if root.tag == "questestinterop":
        said = _("This is QTI 1.2. Export it as QTI 2.1, 2.2 or 3 where it comes from.")
        raise Refusal(said, code="file_unreadable")
    for element in qti_reading.items(root):
        title = element.get("title") or element.get("identifier") or name
        try:
            yield Entry(title, qti_reading.row(element, language))
        except Unreadable as fault:
            yield Entry(title, reason=str(fault))


def _documents(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The XML files to read, with their names."""
    if not content.startswith(b"PK"):
        yield "", content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if part.filename.lower().endswith(".xml")]
            if len(archive.infolist()) > MOST_FILES:
                raise Refusal(_("The package holds too many files. Split it and send the parts."), code="file_too_long")
            total = 0
            for part in sorted(parts, key=lambda one: one.filename):
                with archive.open(part) as file:
                    text = file.read(LARGEST_FILE + 1)
                total += len(text)
                if len(text) > LARGEST_FILE or total > LARGEST_INFLATED:
                    raise Refusal(_("Opened, this package is far larger than its items need."), code="file_swells")
                if not part.filename.rpartition("/")[2].lower().startswith("imsmanifest"):
                    yield part.filename, text
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as fault:
        raise Refusal(
            _("This ZIP cannot be opened. Export it again from where it comes."), code="file_unreadable"
        ) from fault


def _describe(resource: Element, row: dict[str, Any]) -> None:
    """Competence and grade as keywords, for tools that read no labels."""
    lom = SubElement(SubElement(resource, "metadata"), "lom", xmlns="http://ltsc.ieee.org/xsd/LOM")
    general = SubElement(lom, "general")
    for label in extras.labels(row):
        SubElement(SubElement(general, "keyword"), "string", language="vi").text = label


def _bytes(root: Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)
