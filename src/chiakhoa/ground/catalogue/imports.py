"""The kinds of lists that the catalogue owns: courses, venues, rooms, trainers. Declared to the registry, which has the flow."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.catalogue.models import Course, Mode, Provider, Room, RoomKind, Trainer, TrainerSkill, Venue
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.importing import cells
from chiakhoa.ground.registry.importing.kinds import Column, Directory, Kind
from chiakhoa.ground.registry.importing.people import in_reach, unit_directory
from chiakhoa.ground.registry.importing.rows import RowHandler, directory, named
from chiakhoa.ground.registry.models import Body
from chiakhoa.ground.territory import queries as territory

ROLES = (Role.ADMINISTRATOR, Role.COORDINATOR)
PERIODS_A_SESSION = 4


def _number(name: str, label: Any, example: str, *, needed: bool = True) -> Column:
    return Column(name, label, needed=needed, read=cells.number, example=example)


def _choices(choices: type[Mode] | type[RoomKind]) -> Directory:
    """The choices by their values and by their words in the language of the page and in Vietnamese."""
    found = [(value, value) for value in choices.values]
    for language in ("vi", "en"):
        with override(language):
            found += [(str(label), value) for value, label in choices.choices]
    return directory(found)


def _searchable(row: Any) -> None:
    row.search_key = fold(f"{row.code} {row.name_vi} {row.name_en}")[:500]


COURSE_COLUMNS = (
    Column("code", _("Code"), needed=True, example="KN-01"),
    Column("name_vi", _("Name"), needed=True, example="Kỹ năng số cơ bản"),
    Column("name_en", _("Name in English")),
    _number("sessions", _("Sessions"), "6"),
    Column("mode", _("How it is held"), needed=True, looks_up="modes"),
    _number("min_size", _("Fewest learners"), "12"),
    _number("max_size", _("Most learners"), "30"),
    Column("room_kind", _("Kind of room"), needed=True, looks_up="rooms"),
    _number("entry_low", _("Lowest grade at entry"), "1"),
    _number("entry_high", _("Highest grade at entry"), "3"),
    _number("ceiling", _("Highest grade taught"), "4"),
    _number("trainers", _("Trainers"), "1", needed=False),
)


def _course_directories(_reader: Reader, _on: date) -> dict[str, Directory]:
    return {"modes": _choices(Mode), "rooms": _choices(RoomKind)}


def _course(values: dict[str, Any], _directories: Mapping[str, Directory]) -> dict[str, Any]:
    return {**values, "periods": PERIODS_A_SESSION * values["sessions"]} if "sessions" in values else values


def _wrong_course(values: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    if values.get("min_size", 0) > values.get("max_size", 10**6):
        yield "min_size", _now("There are more learners at least than at most. Exchange the two."), "sizes_exchanged"
    if values.get("entry_low", 0) > values.get("entry_high", 10**6):
        yield "entry_low", _now("The lowest grade is above the highest. Exchange the two."), "grades_exchanged"
    for name in ("sessions", "min_size", "max_size", "entry_low", "entry_high", "ceiling", "trainers"):
        if not 0 <= values.get(name, 0) <= 32_000 or values.get(name, 0) != int(values.get(name, 0)):
            yield name, _now("Write a whole number from 0 on."), "number_malformed"


def _course_offers(_reader: Reader, _on: date) -> dict[str, list[str]]:
    return {"mode": list(map(str, Mode.labels)), "room_kind": list(map(str, RoomKind.labels))}


VENUE_COLUMNS = (
    Column("code", _("Code"), needed=True, example="nvh-tan-cuong"),
    Column("name_vi", _("Name"), needed=True, example="Nhà văn hóa xã Tân Cương"),
    Column("name_en", _("Name in English")),
    Column("unit_id", _("Commune"), needed=True, looks_up="units"),
    Column("body_id", _("Body"), looks_up="bodies"),
)
ROOM_COLUMNS = (
    Column("venue_id", _("Venue"), needed=True, looks_up="venues"),
    Column("name", _("Room"), needed=True, example="Phòng 1"),
    Column("kind", _("Kind of room"), needed=True, looks_up="rooms"),
    _number("seats", _("Seats"), "30"),
    _number("computers", _("Computers"), "20", needed=False),
    _number("sessions_per_year", _("Sessions a year"), "200"),
)


def _venue_directories(reader: Reader, on: date) -> dict[str, Directory]:
    bodies = Body.objects.filter(territory.in_force(on))
    return {"units": in_reach(reader, unit_directory(on)), "bodies": named(bodies, "name_vi", "name_en", "short")}


def _room_directories(reader: Reader, _on: date) -> dict[str, Directory]:
    return {"venues": named(Venue.objects.filter(_reach(reader)), "name_vi", "name_en"), "rooms": _choices(RoomKind)}


def _venue_offers(reader: Reader, on: date) -> dict[str, list[str]]:
    return {"unit_id": [str(unit) for unit in territory.communes(reader, on=on)]}


def _room_offers(reader: Reader, _on: date) -> dict[str, list[str]]:
    venues = Venue.objects.filter(_reach(reader))
    return {"venue_id": [venue.name_vi for venue in venues], "kind": list(map(str, RoomKind.labels))}


def _trainer_offers(_reader: Reader, _on: date) -> dict[str, list[str]]:
    providers = Provider.objects.select_related("body")
    return {"provider_id": [row.body.name_vi for row in providers], "rank": ["a", "b", "c"]}


def _wrong_room(values: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    for name in ("seats", "computers", "sessions_per_year"):
        if not 0 <= values.get(name, 0) <= 32_000 or values.get(name, 0) != int(values.get(name, 0)):
            yield name, _now("Write a whole number from 0 on."), "number_malformed"


TRAINER_COLUMNS = (
    Column("person_id", _("Person"), needed=True, looks_up="people",
           help=_("The key of your list, or the whole name where only one person bears it.")),
    Column("provider_id", _("Provider"), needed=True, looks_up="providers"),
    Column("rank", _("Rank as a trainer"), needed=True, looks_up="ranks", example="b",
           help=_("a, b or c: it picks the pay norm.")),
    _number("sessions_per_year", _("Sessions a year"), "60"),
    Column("skills", _("Teaches"), looks_up="skills", lists=True, help=_("Codes, separated by commas.")),
)  # fmt: skip


def _trainer_directories(reader: Reader, _on: date) -> dict[str, Directory]:
    people = registry.people(reader).order_by().values_list("external_key", "full_name", "pk")
    return {
        "people": directory((said, pk) for key, name, pk in people for said in (key, name, f"#{pk}")),
        "providers": directory(
            (said, row.pk) for row in Provider.objects.select_related("body")
            for said in (row.pk, row.body.name_vi, row.body.name_en, row.body.short)
        ),
        "ranks": {"a": "a", "b": "b", "c": "c"},
        "skills": named(TrainerSkill.objects.all()),
    }  # fmt: skip


def _trainer(values: dict[str, Any], directories: Mapping[str, Directory]) -> dict[str, Any]:
    found = dict(values)
    if "person_id" in values and str(values["person_id"]).isdigit():
        found["person_id"] = int(values["person_id"])
    if "skills" in values:
        parts = [part.strip() for part in str(values["skills"]).replace(";", ",").split(",") if part.strip()]
        found["skills"] = sorted({directories["skills"].get(fold(part), part) for part in parts})
    return found


def _reach(reader: Reader) -> Q:
    return Q() if reader == SYSTEM else territory.within(reader, "unit")


COURSES = Kind(
    "courses", _("Courses"), ROLES, COURSE_COLUMNS,
    RowHandler(
        Course, ("code",), COURSE_COLUMNS, _course_directories, offers=_course_offers, complete=_course, finish=_searchable,
        wrong=_wrong_course,
    ),
    listed_at="catalogue:courses", order=30,
)  # fmt: skip
VENUES = Kind(
    "venues", _("Venues"), ROLES, VENUE_COLUMNS,
    RowHandler(Venue, ("code",), VENUE_COLUMNS, _venue_directories, offers=_venue_offers, finish=_searchable, reach=_reach),
    listed_at="catalogue:venues", order=40,
)  # fmt: skip
ROOMS = Kind(
    "rooms", _("Rooms"), ROLES, ROOM_COLUMNS,
    RowHandler(
        Room, ("venue_id", "name"), ROOM_COLUMNS, _room_directories, offers=_room_offers, wrong=_wrong_room, named_by="name",
        reach=lambda reader: Q() if reader == SYSTEM else territory.within(reader, "venue__unit"),
    ),
    listed_at="catalogue:venues", order=50,
)  # fmt: skip
TRAINERS = Kind(
    "trainers", _("Trainers"), ROLES, TRAINER_COLUMNS,
    RowHandler(
        Trainer, ("person_id",), TRAINER_COLUMNS, _trainer_directories, offers=_trainer_offers, complete=_trainer,
        wrong=_wrong_room,
        named_by="person_id", sets=("skills",),
        reach=lambda reader: Q() if reader == SYSTEM else Q(person__in=registry.people(reader)),
    ),
    listed_at="catalogue:trainers", order=60,
)  # fmt: skip
KINDS = (COURSES, VENUES, ROOMS, TRAINERS)
