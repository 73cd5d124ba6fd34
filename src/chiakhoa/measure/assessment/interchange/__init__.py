"""Items given to other tools and taken from them: Moodle XML, GIFT, QTI 2.x and QTI 3. Pure: rows as in the item files, bytes.

Read in this order: marked (texts in two languages as markup), extras (what other forms have no place for), questions (Moodle's
questions) with moodle, gift and gaps, qti_writing and qti_reading with qti_names and packages. Others use `read` and `write`.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.measure.assessment import bank, checking, paper, scoring
from chiakhoa.measure.assessment.interchange import extras, gift, moodle, packages, qti_names
from chiakhoa.measure.assessment.interchange.found import Entry, Written
from chiakhoa.measure.assessment.models import Item, ItemKind

MOODLE, GIFT, QTI2, QTI3 = "moodle", "gift", "qti2", "qti3"
FORMATS = {
    MOODLE: (gettext_lazy("Moodle XML"), "xml", "application/xml"),
    GIFT: ("GIFT", "txt", "text/plain; charset=utf-8"),
    QTI2: ("QTI 2.2", "zip", "application/zip"),
    QTI3: ("QTI 3.0", "zip", "application/zip"),
}

ANY_CUTS = [-2.8, -2.0, -1.2, -0.4, 0.4, 1.2, 2.0, 2.8]  # how hard it is plays no part here

__all__ = ["FORMATS", "Entry", "Written", "read", "write"]


def write(rows: Sequence[dict[str, Any]], form: str) -> Written:
    """The items in one of FORMATS. KeyError for another."""
    return {
        MOODLE: lambda: moodle.write(rows),
        GIFT: lambda: gift.write(rows),
        QTI2: lambda: packages.write(rows, qti_names.TWO),
        QTI3: lambda: packages.write(rows, qti_names.THREE),
    }[form]()


def read(
    content: bytes, *, language: str = "vi", competence: str = "", grade: int = 0, known: Sequence[str] = ()
) -> list[Entry]:
    """Every question of a file in whatever form it is, each as a row or with the reason why it is none.

    `language` is that of texts which do not say theirs. `competence` and `grade` are for items that name none; `known` are the
    competences there are. Refusal where the file is in no form that can be read.
    """
    entries: list[Entry] = _reader(content)(content, language)
    if not entries:
        raise Refusal(_("There is no question in this file."), code="file_empty")
    for entry in entries:
        _settle(entry, competence, grade, known)
    return entries


def _reader(content: bytes) -> Any:
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(b"PK"):
        return packages.read
    if start.startswith(b"<") or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return moodle.read if b"<quiz" in content[:5000] else packages.read
    return gift.read


def _settle(entry: Entry, competence: str, grade: int, known: Sequence[str]) -> None:
    """Give the row what it lacks of the outside, and leave it out where it still is no item."""
    if entry.row is None:
        return
    row = extras.tidied(entry.row)
    row.setdefault("competence", competence)
    row.setdefault("grade", grade)
    fault = (
        _("it names no competence; choose one for such items")
        if not row["competence"]
        else _("there is no competence %s in the framework of the scale") % row["competence"]
        if known and row["competence"] not in known
        else _("it names no grade; choose one for such items")
        if not row["grade"]
        else _fault(row)
    )
    entry.row, entry.reason = (None, fault) if fault else (row, "")


def _fault(row: dict[str, Any]) -> str:
    """Why the row is no item; empty where it can be shown and its key is right. Nothing in a file is believed."""
    try:
        lacks = checking.faults(_with_all_texts(row))
        if lacks:
            return lacks[0].words
        item = Item(**bank.fields_of({**row, "code": "?"}, ANY_CUTS))
        paper.lay_out(item, seed=0)
        is_right = scoring.score(item, item.key) == 1
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        is_right = False
    return "" if is_right else _("its parts do not fit together")


def _with_all_texts(row: dict[str, Any]) -> dict[str, Any]:
    """The row with an empty text where one is missing, as a form leaves it."""
    for part in checking.parts(row):
        for text in checking.texts_of(row["kind"], part):
            for language in checking.LANGUAGES:
                part.setdefault(checking.named(text, language), "")
    if row["kind"] == ItemKind.HOTSPOT:
        row["screen"] = {"alt_vi": "", "alt_en": "", "blocks": [], **row["screen"]}
    return row
