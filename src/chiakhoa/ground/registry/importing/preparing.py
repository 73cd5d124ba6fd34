"""One import from its kept file to judged records: the same for the preview and for the registration.

The preview is kept as a small file beside the upload, so that turning its pages does not read the list again; the registration
never uses it, but judges anew.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chiakhoa.foundation import sheets
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.registry import uploads
from chiakhoa.ground.registry.importing import headings, layout, reading
from chiakhoa.ground.registry.importing.cells import text
from chiakhoa.ground.registry.importing.kinds import DOUBTFUL, KINDS, REFUSED, STATES, Fault, Judged, Kind, Records
from chiakhoa.ground.registry.importing.layout import Layout
from chiakhoa.ground.registry.importing.reading import Reading
from chiakhoa.ground.registry.models import Import

ERROR_HEADING = "lỗi"
LONG = 5_000
Tell = Callable[[float, str], None]  # what part of the work is done, and what is being done


@dataclass(frozen=True)
class Opened:
    """A kept file with its sheets and the place of the list in it."""

    tabs: list[sheets.Tab]
    layout: Layout


@dataclass(frozen=True)
class Prepared:
    """A list read and judged. `faults` are those of the cells and of the records, by line."""

    opened: Opened
    reading: Reading
    judged: list[Judged]
    faults: list[Fault]

    @property
    def counts(self) -> dict[str, int]:
        """How many records are in each state."""
        found = Counter(one.state for one in self.judged)
        return {state: found[state] for state in STATES}

    def let_go(self) -> None:
        """Forget the cells of the file: what is to be written stands in `judged`."""
        self.opened.tabs.clear()
        self.reading.raw.clear()
        self.reading.records = Records()


def kind_of(row: Import) -> Kind:
    """The kind of an import."""
    return KINDS[row.kind]


def known_headings(kind: Kind) -> dict[str, str]:
    """Plain heading -> field of a kind."""
    return headings.wordings(kind.name, kind.labels)


def look_into(path: Path, kind: Kind) -> tuple[Opened, dict[int, str]]:
    """A file just sent: where its list is and what its columns say. Refusal where it cannot be read or holds nothing."""
    tabs = sheets.tabs(path)
    known = known_headings(kind)
    found = layout.find(tabs, known)
    if found is None:
        raise Refusal(_("The file is empty. Fill in the template and send it again."), code="file_empty", field="file")
    return Opened(tabs, found), layout.map_columns(found, known)


def open_kept(row: Import) -> Opened:
    """The kept file of an import, with the layout that it has by now. Refusal where the file is gone."""
    tabs = sheets.tabs(kept_file(row))
    place = row.layout
    return Opened(tabs, layout.at(tabs, place["tab"], place["header"], place["depth"]))


def kept_file(row: Import) -> Path:
    """Where the file of an import is. Refusal where it is gone."""
    path = uploads.find(row.kept)
    if path is None:
        raise Refusal(_("The file is no longer here. Send it again."), code="file_gone")
    return path


def in_silence(_part: float, _words: str) -> None:
    """For whoever waits for the answer itself."""


def prepare(reader: Reader, row: Import, on: date, tell: Tell = in_silence) -> Prepared:
    """Read and judge an import. Refusal where the file is gone."""
    opened, read = read_kept(reader, row, on, tell)
    return judge(reader, row, opened, read, on)


def read_kept(reader: Reader, row: Import, on: date, tell: Tell = in_silence) -> tuple[Opened, Reading]:
    """The list of an import as records: the long part of the work, which needs no lock."""
    tell(0.05, _("Opening the file"))
    kind, opened = kind_of(row), open_kept(row)
    columns = {int(column): name for column, name in row.columns.items()}

    def read_so_far(rows: int, read: int, of: int) -> None:
        words = _("%(rows)s rows found; of %(of)s columns, %(read)s are read")
        tell(0.2 + 0.5 * read / of, words % {"rows": num(rows), "of": of, "read": read})

    known = kind.handler.directories(reader, on)
    found = reading.read(opened.tabs, opened.layout, columns, kind, known, row.fixes, read_so_far)
    tell(0.7, _("%(rows)s rows read; they are compared with the register") % {"rows": num(len(found.records))})
    return opened, found


def judge(reader: Reader, row: Import, opened: Opened, read: Reading, on: date) -> Prepared:
    """What would become of each record by the register of this moment."""
    decisions = {int(line): said for line, said in row.decisions.items()}
    judged, found = kind_of(row).handler.judge(reader, read.records, decisions, on)
    unread = {(fault.line, fault.field) for fault in read.faults}
    places = {line: place for place, line in enumerate(read.records.lines)}
    faults = [
        *read.faults,
        *(_as_typed(fault, read, places) for fault in found if (fault.line, fault.field) not in unread),
    ]
    bad = {line for line, _field in unread}
    judged = [one if one.line not in bad else _refused(one) for one in judged]
    faults.sort(key=lambda fault: fault.line)
    return Prepared(opened, read, judged, faults)


def _as_typed(fault: Fault, read: Reading, places: Mapping[int, int]) -> Fault:
    """The fault with the text that stands in the file: a correction is kept under that, not under what it was read as."""
    if fault.field not in read.raw:
        return fault
    return replace(fault, said=text(read.raw[fault.field][places[fault.line]]))


def _refused(one: Judged) -> Judged:
    return Judged(one.line, one.name, REFUSED, one.values, one.thing)


def missing(kind: Kind, columns: Mapping[Any, str]) -> list[str]:
    """The words of the needed fields that no column holds, parts counted for their whole."""
    mapped = set(columns.values())
    mapped |= {column.part_of for column in kind.columns if column.name in mapped and column.part_of}
    return [str(column.label) for column in kind.columns if column.needed and column.name not in mapped]


def returned(prepared: Prepared) -> list[list[Any]]:
    """The rows not taken as the file they came in, title and headings included, with a column that says what is wrong."""
    opened = prepared.opened
    rows = opened.tabs[opened.layout.tab].rows
    width = max((len(row) for row in rows), default=0)
    said: dict[int, list[str]] = {}
    for fault in prepared.faults:
        said.setdefault(fault.line, []).append(fault.message)
    for one in prepared.judged:
        if one.state == DOUBTFUL:
            said.setdefault(one.line, []).append(_("Not decided: this may be somebody who is registered already."))
    top = [list(row) for row in rows[: opened.layout.first]]
    if top:
        top[-1] = [*top[-1], *[""] * (width - len(top[-1])), ERROR_HEADING]
    below = [
        [*rows[line - 1], *[""] * (width - len(rows[line - 1])), " ".join(words)]
        for line, words in sorted(said.items())
    ]
    return [*top, *below]


def is_long(row: Import) -> bool:
    """Whether looking through the list takes longer than somebody waits for a page: then the worker does it."""
    return int(row.layout.get("rows", 0)) > LONG


def preview(reader: Reader, row: Import, on: date, tell: Tell = in_silence) -> dict[str, Any]:
    """What the pages of the preview show: counts, problems by what is said, records in short. Kept until anything changes."""
    shown = kept_preview(reader, row, on)
    if shown is None:
        shown = _shown(prepare(reader, row, on, tell), kind_of(row), reader, on)
        name = f"{row.kept}.{_state_of(row, reader, on)}.{_digest(row.decisions)}.preview.json"
        uploads.keep_beside(row.kept, name, json.dumps(shown, ensure_ascii=False))
    return shown


def kept_preview(reader: Reader, row: Import, on: date, *, whatever_decided: bool = False) -> dict[str, Any] | None:
    """The preview where it is kept; `whatever_decided` takes one from before the last doubts were judged, too."""
    decided = "*" if whatever_decided else _digest(row.decisions)
    path = uploads.find_beside(row.kept, f"{_state_of(row, reader, on)}.{decided}.preview.json")
    return json.loads(path.read_text(encoding="utf-8")) if path else None


def _state_of(row: Import, reader: Reader, on: date) -> str:
    return _digest([row.layout, row.columns, row.fixes, reader.unit_id, reader.body_id, str(on), get_language()])


def _digest(said: Any) -> str:
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=8).hexdigest()


def _shown(prepared: Prepared, kind: Kind, reader: Reader, on: date) -> dict[str, Any]:
    directories = kind.handler.directories(reader, on)
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    by_line: dict[int, list[str]] = {}
    for fault in prepared.faults:
        by_line.setdefault(fault.line, []).append(fault.message)
        group = groups.setdefault(
            (fault.field, fault.code, fault.said),
            {"field": fault.field, "said": fault.said, "message": fault.message, "lines": [], "near": fault.near},
        )
        group["lines"].append(fault.line)
    for (_field, code, said), group in groups.items():
        fault = Fault(0, group["field"], "", code, said, group.pop("near"))
        group["near"] = list(kind.handler.suggestions(fault, directories))
    return {
        "counts": prepared.counts,
        "records": [
            [
                one.line,
                one.state,
                one.name,
                {k: list(v) for k, v in one.changes.items()},
                [*by_line.get(one.line, []), *one.notes],
            ]
            for one in prepared.judged
        ],
        "groups": sorted(groups.values(), key=lambda group: (-len(group["lines"]), group["lines"][0])),
        "pairs": {one.line: kind.handler.pair(one) for one in prepared.judged if one.twins},
        "odd": sum(1 for one in prepared.judged if one.notes),
        "notes": [[note.line, note.field, note.message] for note in prepared.reading.notes],
        "left_out": [[one.line, one.said, one.reason] for one in prepared.reading.left_out],
        "old_fonts": prepared.reading.old_fonts,
    }


def about_columns(row: Import, opened: Opened | None = None) -> dict[str, Any]:
    """What the page of the columns shows of the file: samples, sheets, how many rows. Kept, since it means reading the file.

    `opened` is the file where the caller has read it.
    """
    name = f"{row.kept}.{_digest(row.layout)}.columns.json"
    path = uploads.find(name)
    if path:
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    about = _about_columns(opened or open_kept(row))
    uploads.keep_beside(row.kept, name, json.dumps(about, ensure_ascii=False))
    return about


def _about_columns(opened: Opened) -> dict[str, Any]:
    place = opened.layout
    return {
        "samples": list(samples(opened, range(len(place.headings))).values()),
        "tabs": [tab.name for tab in opened.tabs],
        "records": max(0, len(opened.tabs[place.tab].rows) - place.first),
    }


def samples(opened: Opened, columns: Sequence[int]) -> dict[int, dict[str, Any]]:
    """For each column, its heading, how many of its cells are filled in percent, and three different values."""
    rows = [cells for _line, cells in layout.records(opened.tabs[opened.layout.tab], opened.layout, columns).rows]
    found = {}
    for column in columns:
        cells = [row[column] for row in rows if column < len(row)]
        filled = sum(1 for cell in cells if cell not in ("", None))
        found[column] = {
            "heading": opened.layout.headings[column].replace("\n", " › ")
            if column < len(opened.layout.headings)
            else "",
            "filled": round(100 * filled / len(rows)) if rows else 0,
            "values": reading.most_frequent(cells),
        }
    return found


def keep_returned(row: Import, prepared: Prepared) -> None:
    """Keep the rows that were not taken, as a file to be corrected and sent again."""
    if prepared.counts[REFUSED] or prepared.counts[DOUBTFUL]:
        uploads.keep_beside(row.kept, row.kept + uploads.RETURNED, sheets.as_xlsx(returned(prepared)))


def next_pair(reader: Reader, row: Import, on: date) -> tuple[dict[str, Any] | None, int]:
    """The first doubtful record that nobody judged yet, beside whom it may be, and how many are left."""
    shown = kept_preview(reader, row, on, whatever_decided=True) if is_long(row) else None
    shown = shown or preview(reader, row, on)
    left = [record[0] for record in shown["records"] if record[1] == DOUBTFUL and str(record[0]) not in row.decisions]
    if not left:
        return None, 0
    pair = shown["pairs"][str(left[0])]
    return {"line": left[0], **pair}, len(left)
