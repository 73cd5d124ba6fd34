"""The kind “people”: its columns, how a record is matched with somebody registered, what would change.

A record is somebody's when the key of the sender's list is theirs, or the citizen number; without either, when name, birthday and
commune all agree. Anything less is a doubt that a person decides. An empty cell says nothing: what is registered stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import repeat
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import citizen_number, queries
from chiakhoa.ground.registry.checking import PersonRow
from chiakhoa.ground.registry.importing import cells
from chiakhoa.ground.registry.importing.kinds import Column, Directory, Fault, Judged, Kind, Records, Touched
from chiakhoa.ground.registry.importing.matching import COMPARED, Judgement, shown
from chiakhoa.ground.registry.importing.reading import SEVERAL, nearest, spelled
from chiakhoa.ground.registry.models import Audience, Body, Person, Sex
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit

REGISTRARS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER)
COLUMNS = (
    Column("external_key", gettext_lazy("Key in your list"), example="CB-0001",
           help=gettext_lazy("The key that your own list gives the person; next month it finds the same one again.")),
    Column("full_name", gettext_lazy("Full name"), needed=True, example="Nguyễn Thị Hòa"),
    Column("born_on", gettext_lazy("Date of birth"), is_day=True, example="02/05/1990",
           help=gettext_lazy("Day/month/year.")),
    Column("sex", gettext_lazy("Sex"), read=cells.sex, example="Nữ"),
    Column("unit_id", gettext_lazy("Commune"), needed=True, looks_up="units", example="",
           help=gettext_lazy("Name or code of the commune of today's map.")),
    Column("audience_code", gettext_lazy("Audience"), looks_up="audiences"),
    Column("body_id", gettext_lazy("Body"), looks_up="bodies", help=gettext_lazy("Where the person works or learns now.")),
    Column("position", gettext_lazy("Position"), example="Chuyên viên"),
    Column("phone", gettext_lazy("Telephone"), read=cells.phone, example="0912345678"),
    Column("email", gettext_lazy("E-mail"), read=cells.email, example="hoa@example.vn"),
    Column("citizen_number", gettext_lazy("Citizen number"), read=cells.citizen_number, example="019190000001",
           help=gettext_lazy("12 digits, as text, so that leading zeros stay.")),
    Column("family_name", gettext_lazy("Family and middle name"), part_of="full_name"),
    Column("given_name", gettext_lazy("Given name"), part_of="full_name"),
    Column("birth_day", gettext_lazy("Day of birth"), part_of="born_on"),
    Column("birth_month", gettext_lazy("Month of birth"), part_of="born_on"),
    Column("birth_year", gettext_lazy("Year of birth"), part_of="born_on"),
    Column("male_mark", gettext_lazy("Male (ticked, or the birthday)"), part_of="sex"),
    Column("female_mark", gettext_lazy("Female (ticked, or the birthday)"), part_of="sex"),
)  # fmt: skip
LABELS = {column.name: column.label for column in COLUMNS if not column.part_of}


def combine(raw: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Columns that are parts of a name, a birthday or a sex, as the raw columns of those fields."""
    made = dict(raw)
    if "given_name" in raw or "family_name" in raw:
        parts = [raw[name] for name in ("family_name", "given_name") if name in raw]
        if "full_name" in raw and "given_name" in raw:  # “Họ và tên” over two columns: the first holds the family name
            parts = [raw["full_name"], raw["given_name"]]
        made["full_name"] = [" ".join(filter(None, map(cells.text, row))) for row in zip(*parts, strict=True)]
    if "birth_year" in raw:
        parts = [raw.get(name) or [""] * len(raw["birth_year"]) for name in ("birth_day", "birth_month", "birth_year")]
        made["born_on"] = [_joined_day(*row) for row in zip(*parts, strict=True)]
    marks = [(name, word) for name, word in (("male_mark", "nam"), ("female_mark", "nữ")) if name in raw]
    if marks and "sex" not in raw:
        made["sex"] = [
            next((word for name, word in marks if cells.is_marked(raw[name][row])), "")
            for row in range(len(raw[marks[0][0]]))
        ]
        if "born_on" not in made:
            made["born_on"] = [
                next((raw[name][row] for name, _word in marks if len(cells.text(raw[name][row])) >= 4), "")
                for row in range(len(raw[marks[0][0]]))
            ]
    return made


def _joined_day(day: Any, month: Any, year: Any) -> str:
    said = [cells.text(part) for part in (day, month, year)]
    return "/".join(said) if all(said) else said[2]


class PeopleHandler:
    """How a list of people meets the register."""

    def directories(self, reader: Reader, on: date) -> dict[str, Directory]:
        """Names and codes of communes, audiences and bodies."""
        return {"units": unit_directory(on), "audiences": _audiences(), "bodies": _bodies(on)}

    def choices(self, reader: Reader, on: date) -> dict[str, list[str]]:
        """The drop-downs of the template: the reader's communes and bodies, the audiences, the sexes."""
        bodies = queries.bodies(reader).filter(territory.in_force(on))
        return {
            "sex": [str(label) for label in Sex.labels],
            "unit_id": [str(unit) for unit in territory.communes(reader, on=on)],
            "audience_code": [str(row) for row in Audience.objects.filter(is_profile=True)],
            "body_id": sorted({str(body) for body in bodies}),
        }

    def judge(
        self, reader: Reader, records: Records, decisions: Mapping[int, str], on: date
    ) -> tuple[list[Judged], list[Fault]]:
        """Who each record is, and what would become of it."""
        return Judgement(reader, _rows(records), decisions, on).all()

    def suggestions(self, fault: Fault, directories: Mapping[str, Directory]) -> tuple[str, ...]:
        """Heirs of a commune that ended; names that look alike."""
        if fault.near:
            return fault.near
        if fault.code == "unit_ended":
            ended = directories["units"].get(fold(fault.said), fault.said)
            heirs = Unit.objects.filter(forebears__old=ended).order_by("-forebears__share")
            return tuple(str(heir) for heir in heirs)
        looked_up = {column.name: column.looks_up for column in COLUMNS}.get(fault.field)
        if not looked_up or not fault.said:
            return ()
        codes = nearest(fault.said, directories[looked_up])
        named: dict[str, Any] = {"units": Unit, "audiences": Audience, "bodies": Body}[looked_up].objects.in_bulk(codes)
        return tuple(str(named[code]) for code in codes if code in named)

    def pair(self, one: Judged) -> dict[str, Any]:
        """The record beside the people whom it may be; a row of the same file is shown by its number."""
        row, _index, _held = one.values
        people = Person.objects.select_related("unit", "audience").in_bulk([twin.pk for twin in one.twins if twin.pk])
        twins = [twin for twin in one.twins if twin.line or twin.pk in people]
        said = {
            **{name: shown(getattr(row, name) or "") for name in COMPARED},
            "citizen_number": row.citizen_number[-3:],
        }
        said["sex"] = str(Sex(row.sex).label) if row.sex else ""
        said["unit_id"] = str(Unit.objects.filter(pk=row.unit_id).first() or row.unit_id)
        said["audience_code"] = str(Audience.objects.filter(pk=row.audience_code).first() or "")
        registered = [_as_said(people[twin.pk]) if twin.pk else {} for twin in twins]
        return {
            "name": row.full_name,
            "candidates": [
                {"decision": f"same:{twin.pk}" if twin.pk else "", "why": twin.why, "line": twin.line or 0} for twin in twins
            ],
            "fields": [
                {"field": name, "said": said[name],
                 "others": [_beside(said[name], other.get(name, "")) for other in registered]}
                for name in (*COMPARED, "citizen_number")
            ],
        }  # fmt: skip

    def store(self, reader: Reader, judged: Sequence[Judged], at: datetime) -> Iterable[Touched]:
        """Write the new and the changed people with their memberships."""
        from chiakhoa.ground.registry.actions import imported_people

        return imported_people.store(judged, at)

    def take_back(self, reader: Reader, touched: Sequence[Touched], at: datetime) -> list[str]:
        """Remove the new, restore the changed; or say who would be lost with them."""
        from chiakhoa.ground.registry.actions import imported_people

        return imported_people.take_back(touched, at)


def unit_directory(on: date) -> dict[str, str]:
    """Names and codes of the province's communes; a name of today wins over the same name on an earlier map.

    A name that several communes of one day bear gives all of their codes, and the reader of cells asks which.
    """
    if territory.home() is None:
        return {}
    found: dict[str, str] = {}
    days = [date.fromordinal(day.toordinal() - 1) for day in sorted(territory.reforms())]
    for day in [*days, on]:
        named: dict[str, list[str]] = {}
        for unit in territory.communes_on_map(SYSTEM, on=day):
            code = unit.code if day == on else unit.pk
            names = (str(unit), unit.name)
            for said in {*map(fold, (*names, unit.pk, code)), *map(spelled, names)}:
                named.setdefault(said, []).append(unit.pk)
        found |= {said: SEVERAL.join(pks) for said, pks in named.items()}
    return found


def in_reach(reader: Reader, units: Mapping[str, str]) -> dict[str, str]:
    """The entries of a directory of units that lie below the reader's own; all of them for the system."""
    if reader == SYSTEM:
        return dict(units)
    own = set(territory.subtree(reader.unit_id or "").values_list("unit", flat=True))
    return {said: code for said, code in units.items() if set(code.split(SEVERAL)) <= own}


def _audiences() -> dict[str, str]:
    rows = Audience.objects.filter(is_profile=True)
    return {fold(name): row.pk for row in rows for name in (row.name_vi, row.name_en, row.pk) if name}


def _bodies(on: date) -> dict[str, str]:
    rows = Body.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)).order_by("pk")
    return {fold(name): row.pk for row in rows for name in (row.name_vi, row.name_en, row.short, row.pk) if name}


def _rows(records: Records) -> list[PersonRow]:
    """The records as rows; what a column says nothing of, or is not there for, is as a row has it by itself."""
    empty = dict.fromkeys(PersonRow._fields, "") | PersonRow._field_defaults
    columns = [
        [value or empty[name] for value in records.columns[name]] if name in records.columns else repeat(empty[name])
        for name in PersonRow._fields[:-1]
    ]
    return list(map(PersonRow._make, zip(*columns, records.lines, strict=False)))


def _beside(said: str, other: str) -> dict[str, Any]:
    """What a candidate says beside the file; a difference where both say something."""
    return {"said": other, "differs": bool(said and other and said != other)}


def _as_said(person: Person) -> dict[str, str]:
    """A registered person in the words of a row, for comparing side by side."""
    return {
        "full_name": person.full_name, "born_on": shown(person.born_on or ""), "sex": person.get_sex_display(),
        "unit_id": str(person.unit), "audience_code": str(person.audience or ""), "phone": person.phone,
        "email": person.email, "citizen_number": citizen_number.masked(person.citizen_number_sealed)[-3:],
    }  # fmt: skip


def beside(person: Person, others: Sequence[Person]) -> list[dict[str, Any]]:
    """Rows of label, what one record says, what each of the others says: for judging people side by side."""
    said, other_said = _as_said(person), [_as_said(other) for other in others]
    return [
        {
            "label": LABELS[name],
            "said": said[name],
            "others": [_beside(said[name], other[name]) for other in other_said],
        }
        for name in (*COMPARED, "citizen_number")
    ]


PEOPLE = Kind(
    "people", gettext_lazy("People"), REGISTRARS, COLUMNS, PeopleHandler(),
    combine=combine, listed_at="registry:people", order=10,
)  # fmt: skip
