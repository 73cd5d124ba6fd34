"""A spreadsheet of people: its template, and reading one that somebody filled in.

Headings may be in Vietnamese or English, in any order, without diacritics; what the list exports is read unchanged.
A unit is given by its code with the edition or by its name on the map, since bare codes changed their owner in 2025.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from chiakhoa.foundation import sheets
from chiakhoa.foundation.clock import today
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.registry.checking import Fault, PersonRow
from chiakhoa.ground.registry.models import Audience, Body, Sex
from chiakhoa.ground.territory import queries as territory

COLUMNS = {
    "external_key": gettext_lazy("Key in your list"),
    "full_name": gettext_lazy("Full name"),
    "born_on": gettext_lazy("Date of birth"),
    "sex": gettext_lazy("Sex"),
    "unit_id": gettext_lazy("Commune"),
    "audience_code": gettext_lazy("Audience"),
    "body_id": gettext_lazy("Body"),
    "position": gettext_lazy("Position"),
    "phone": gettext_lazy("Telephone"),
    "email": gettext_lazy("E-mail"),
    "citizen_number": gettext_lazy("Citizen number"),
}
NEEDED = ("external_key", "full_name", "unit_id")
SEXES = {"nu": Sex.FEMALE, "female": Sex.FEMALE, "f": Sex.FEMALE, "nam": Sex.MALE, "male": Sex.MALE, "m": Sex.MALE}
DAY_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d")


@dataclass
class Sheet:
    """What a file says: the rows that could be read, and the cells that could not."""

    rows: list[PersonRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Directory:
    """Folded names and codes -> what they mean, looked up once a file."""

    units: dict[str, str]
    audiences: dict[str, str]
    bodies: dict[str, str]


def template() -> list[list[str]]:
    """The headings to fill in, in the language of the page."""
    return [[str(label) for label in COLUMNS.values()]]


def read_people(path: Path) -> list[PersonRow]:
    """The people of a spreadsheet. Refusal naming row and column of the first cell that cannot be read."""
    sheet = read_sheet(path)
    if sheet.faults:
        first = sheet.faults[0]
        place = {"row": first.row, "column": COLUMNS[first.field], "said": first.message}
        raise Refusal(_("Row %(row)d, “%(column)s”: %(said)s") % place, code=first.code, row=first.row)
    return sheet.rows


def read_sheet(path: Path) -> Sheet:
    """Every row of a spreadsheet, with every fault. Refusal where the file or its headings cannot be read at all."""
    lines = sheets.read(path)
    if not lines:
        raise Refusal(_("The file is empty. Fill in the template and send it again."), code="file_empty")
    places = _places(lines[0])
    directory = _directory()
    sheet = Sheet()
    for number, cells in enumerate(lines[1:], 2):
        if any(_text(cell) for cell in cells):
            values = {name: cells[column] if column < len(cells) else "" for name, column in places.items()}
            row, faults = _row(number, values, directory)
            sheet.rows.append(row)
            sheet.faults += faults
    return sheet


def _places(headings: Iterable[Any]) -> dict[str, int]:
    """Which column holds which field. Refusal naming a needed heading that is missing."""
    known: dict[str, str] = {}
    for language in ("en", "vi"):
        with override(language):
            known |= {fold(str(label)): name for name, label in COLUMNS.items()}
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        name = known.get(fold(_text(heading)))
        if name:
            found.setdefault(name, column)
    missing = [str(COLUMNS[name]) for name in NEEDED if name not in found]
    if missing:
        raise Refusal(
            _("The first row lacks the heading “%(heading)s”. Use the headings of the template.")
            % {"heading": missing[0]},
            code="heading_missing",
        )
    return found


def _directory() -> Directory:
    return Directory(units=_units(), audiences=_audiences(), bodies=_bodies())


def _units() -> dict[str, str]:
    """Names and codes of the province's communes; a name of today wins over the same name on an earlier map."""
    place = territory.home()
    found: dict[str, str] = {}
    if place is not None:
        for day in [*_days_before_reforms(), today()]:
            for unit in territory.communes_on_map(SYSTEM, on=day):
                found |= {fold(str(unit)): unit.pk, fold(unit.pk): unit.pk}
    return found


def _days_before_reforms() -> list[date]:
    return [date.fromordinal(day.toordinal() - 1) for day in sorted(territory.reforms())]


def _audiences() -> dict[str, str]:
    rows = Audience.objects.filter(is_profile=True)
    return {fold(name): row.pk for row in rows for name in (row.name_vi, row.name_en, row.pk) if name}


def _bodies() -> dict[str, str]:
    rows = Body.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today())).order_by("pk")
    return {fold(name): row.pk for row in rows for name in (row.name_vi, row.name_en, row.short, row.pk) if name}


def _row(number: int, values: dict[str, Any], directory: Directory) -> tuple[PersonRow, list[Fault]]:
    readers: dict[str, Callable[[Any], Any]] = {
        "born_on": _day,
        "sex": _sex,
        "phone": _phone,
        "unit_id": lambda cell: _meant(cell, directory.units),
        "audience_code": lambda cell: _meant(cell, directory.audiences),
        "body_id": lambda cell: _meant(cell, directory.bodies),
    }
    read: dict[str, Any] = {}
    faults = []
    for name in COLUMNS:
        cell = values.get(name, "")
        try:
            read[name] = readers.get(name, _text)(cell)
        except ValueError as fault:
            read[name] = None if name == "born_on" else ""
            faults.append(Fault(number, _text(values.get("full_name")), name, str(fault), "cell_unreadable"))
    return PersonRow(**read, line=number), faults


def _meant(cell: Any, names: dict[str, str]) -> str:
    """The code behind a name or code; what is unknown is passed on, so that the check of the row says what is wrong."""
    return names.get(fold(_text(cell)), _text(cell))


def _text(cell: Any) -> str:
    """The cell as text; a whole number without the point that spreadsheets add."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return nfc("" if cell is None else str(cell))


def _day(cell: Any) -> date | None:
    """A date cell, or a day written as 02/05/1990 or 1990-05-02. ValueError for anything else."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    if text:
        raise ValueError(_("“%(text)s” is not a day. Write day/month/year, such as 02/05/1990.") % {"text": text})
    return None


def _sex(cell: Any) -> str:
    text = fold(_text(cell))
    if text and text not in SEXES:
        raise ValueError(_("“%(text)s” is not a sex. Write nam or nữ, or leave it empty.") % {"text": _text(cell)})
    return SEXES[text] if text else ""


def _phone(cell: Any) -> str:
    """The number as text; a spreadsheet that stored it as a number has dropped the leading zero, which is put back."""
    text = _text(cell)
    return f"0{text}" if isinstance(cell, int | float) and len(text) == 9 else text
