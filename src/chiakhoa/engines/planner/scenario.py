"""What a plan is made from, and what a plan is: plain data, and its form as JSON. Knows nothing of any solver.

Gains are expected grades of gap closed per person; money is integer đồng; distances are already cut away: an offer lists
the groups that may come.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields
from functools import cached_property
from math import ceil
from typing import Any, TypeVar

from chiakhoa.engines.planner.dates import Busy, Held, Season, Space, Term, Venue, check_days, check_half

T = TypeVar("T")
# What one person missing at a floor counts as, in people missing at a target.
FLOOR_WEIGHT = 100.0
NEARLY = 1e-9


@dataclass(frozen=True)
class Course:
    """A course: sessions of a class, least and largest size, kind of room, the skills its trainers must have.

    `per_week`: sessions of a class in one week at most (0: as many as a week holds); `online`: how many of the sessions, the
    last ones, are held online, without a room.
    """

    code: str
    sessions: int
    min_size: int
    max_size: int
    room_kind: str
    skills: tuple[str, ...]
    per_week: int = 0
    online: int = 0


@dataclass(frozen=True)
class Offer:
    """A course at a venue: what a class costs at least and for each learner, how many learners it holds, who may come.

    `sessions` of rooms of the course's kind are limited by `Room`; `groups` are ids of the groups near enough.
    """

    course: str
    venue: str
    fixed_vnd: int
    per_learner_vnd: int
    capacity: int
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Room:
    """Sessions a year that a venue has in rooms of one kind."""

    venue: str
    kind: str
    sessions: int


@dataclass(frozen=True)
class Trainer:
    """Somebody who teaches: skills, sessions a year, where they live (in degrees), and spans of days when they are away."""

    id: str
    skills: tuple[str, ...]
    sessions: int
    latitude: float = 0.0
    longitude: float = 0.0
    away: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    """People of one audience in one unit who need something. `seats` is how many seats they may take in all.

    `people`: how many they are, of whom nobody sits in two classes at once; 0 where each takes one seat at most.
    """

    id: str
    unit: str
    audience: str
    seats: int
    people: int = 0


@dataclass(frozen=True)
class Gain:
    """What a course brings to one person of a group, and how many of the group need it."""

    group: str
    course: str
    value: float
    people: int


@dataclass(frozen=True)
class Money:
    """A budget line, and the courses it may pay."""

    id: str
    amount_vnd: int
    courses: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """People of these audiences in these units (all where empty) to be seated in these courses. A higher weight comes first."""

    id: str
    courses: tuple[str, ...]
    audiences: tuple[str, ...]
    people: int
    weight: float = 1.0
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Floor:
    """Of every unit at least so many `people`, or this `share` of its people in need where that is more, but no more than all.

    In these courses, of these audiences (all where empty). It comes before all targets of ordinary weight.
    """

    id: str
    people: int = 0
    share: float = 0.0
    courses: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lock:
    """Classes of a course at a venue that must be in the plan."""

    course: str
    venue: str
    classes: int


@dataclass(frozen=True)
class Scenario:
    """Everything a plan is made from. ValueError naming the first reference that leads nowhere."""

    courses: tuple[Course, ...]
    offers: tuple[Offer, ...]
    rooms: tuple[Room, ...]
    trainers: tuple[Trainer, ...]
    groups: tuple[Group, ...]
    gains: tuple[Gain, ...]
    money: tuple[Money, ...]
    targets: tuple[Target, ...] = ()
    locks: tuple[Lock, ...] = ()
    terms: tuple[Term, ...] = ()
    seasons: tuple[Season, ...] = ()
    venues: tuple[Venue, ...] = ()
    spaces: tuple[Space, ...] = ()
    held: tuple[Held, ...] = ()
    busy: tuple[Busy, ...] = ()
    floors: tuple[Floor, ...] = ()

    @cached_property
    def aims(self) -> tuple[Target, ...]:
        """The targets, and of each floor a target for each unit, `floor@unit`."""
        return (*self.targets, *(aim for floor in self.floors for aim in _by_unit(self, floor)))

    def __post_init__(self) -> None:
        _check_rows(self)
        courses = {row.code for row in self.courses}
        groups = {row.id for row in self.groups}
        offered = {(row.course, row.venue) for row in self.offers}
        _all_known("offer", [(row.course,) for row in self.offers], courses)
        _all_known("offer", [row.groups for row in self.offers], groups)
        _all_known("gain", [(row.group,) for row in self.gains], groups)
        _all_known("gain", [(row.course,) for row in self.gains], courses)
        _all_known("budget line", [row.courses for row in self.money], courses)
        _all_known("target", [row.courses for row in self.targets], courses)
        _all_known("floor", [row.courses for row in self.floors], courses)
        if large := next((row.id for row in self.floors if row.share > 1), None):
            raise ValueError(f"floor {large!r}: a share is 1 at most")
        for number, lock in enumerate(self.locks):
            if (lock.course, lock.venue) not in offered:
                raise ValueError(f"lock {number}: no offer of {lock.course} at {lock.venue}")
        _check_calendar(self)


def _by_unit(scenario: Scenario, floor: Floor) -> Iterable[Target]:
    """What the floor asks of each unit in which somebody whom it counts needs a course that it counts."""
    courses = floor.courses or tuple(row.code for row in scenario.courses)
    counted = set(courses)
    most: dict[str, int] = defaultdict(int)
    for gain in scenario.gains:
        if gain.value > 0 and gain.course in counted:
            most[gain.group] = max(most[gain.group], gain.people)
    need: dict[str, int] = defaultdict(int)
    for group in scenario.groups:
        if not floor.audiences or group.audience in floor.audiences:
            need[group.unit] += min(most[group.id], group.seats)
    for unit, people in need.items():
        least = min(people, max(floor.people, ceil(floor.share * people - NEARLY)))
        if least > 0:
            yield Target(f"{floor.id}@{unit}", courses, floor.audiences, least, FLOOR_WEIGHT, (unit,))


def _check_calendar(scenario: Scenario) -> None:
    """Days are days and in order; places of rooms are known; no more classes are firm than are locked."""
    for number, term in enumerate(scenario.terms):
        check_days(f"terms[{number}]", term.first, term.last)
    for number, season in enumerate(scenario.seasons):
        check_days(f"seasons[{number}]", season.first, season.last)
    for number, trainer in enumerate(scenario.trainers):
        for span in trainer.away:
            check_days(f"trainers[{number}]", *span)
    halves = [(f"busy[{n}]", busy.day, busy.half) for n, busy in enumerate(scenario.busy)]
    halves += [(f"held[{n}]", *half) for n, held in enumerate(scenario.held) for half in held.sessions]
    _check_held(scenario)
    for place, day, half in halves:
        check_days(place, day)
        check_half(place, half)
    if scenario.terms:
        _all_known("room", [(row.venue,) for row in scenario.spaces], {row.id for row in scenario.venues})
        _all_known("held", [(row.course,) for row in scenario.held], {row.code for row in scenario.courses})


def _check_held(scenario: Scenario) -> None:
    """No more is over than is firm; no more classes are firm than are locked."""
    for number, held in enumerate(scenario.held):
        if held.begun > len(held.sessions) * held.firm:
            raise ValueError(f"held[{number}]: {held.begun} sessions are over, of {len(held.sessions)} that are firm")
        if held.rooms and len(held.rooms) != len(held.sessions):
            raise ValueError(f"held[{number}]: {len(held.rooms)} rooms, {len(held.sessions)} sessions")
    locked = Counter({(row.course, row.venue): row.classes for row in scenario.locks})
    firm = Counter((row.course, row.venue) for row in scenario.held if row.firm)
    for (course, venue), classes in firm.items():
        if classes > locked[course, venue]:
            raise ValueError(f"held: {classes} firm classes of {course} at {venue}, {locked[course, venue]} locked")


def _check_rows(scenario: Scenario) -> None:
    """Ids stand once, numbers are numbers and not negative, a class has a least size and a largest not below it."""
    for name, ids in (
        ("course", [row.code for row in scenario.courses]),
        ("group", [row.id for row in scenario.groups]),
        ("budget line", [row.id for row in scenario.money]),
        ("trainer", [row.id for row in scenario.trainers]),
        ("target", [row.id for row in scenario.targets]),
        ("floor", [row.id for row in scenario.floors]),
        ("venue", [row.id for row in scenario.venues]),
        ("room", [row.id for row in scenario.spaces]),
    ):
        twice = next((key for key in ids if ids.count(key) > 1), None) if len(set(ids)) < len(ids) else None
        if twice is not None:
            raise ValueError(f"{name} {twice!r} stands twice")
    for part in fields(scenario):
        for number, row in enumerate(getattr(scenario, part.name)):
            _check_numbers(f"{part.name}[{number}]", row)
    for number, course in enumerate(scenario.courses):
        if not 1 <= course.min_size <= course.max_size:
            raise ValueError(
                f"courses[{number}]: need 1 <= min_size <= max_size, got {course.min_size}, {course.max_size}"
            )
        if course.online > course.sessions:
            raise ValueError(f"courses[{number}]: {course.online} sessions online, {course.sessions} in all")
    for number, offer in enumerate(scenario.offers):
        if offer.capacity < 1:
            raise ValueError(f"offers[{number}]: need capacity >= 1, got {offer.capacity}")


def _check_numbers(place: str, row: Any) -> None:
    for field in fields(row):
        value = getattr(row, field.name)
        if field.type in (int, float):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value < float("inf"):
                raise ValueError(f"{place}: {field.name} must be a number and not negative, got {value!r}")
        if field.type is bool and not isinstance(value, bool):
            raise ValueError(f"{place}: {field.name} must be true or false, got {value!r}")


@dataclass(frozen=True)
class PlannedClass:
    """One class of a plan: how many of which group sit in it, which line pays, what it costs, who teaches it.

    `sessions`: day, half and room of each (no room where it is online), empty where a locked class finds no place in the
    calendar; then it has no trainer either, and `unplaced` says what is missing: season, room, trainer, travel or group.
    """

    course: str
    venue: str
    line: str
    groups: tuple[tuple[str, int], ...]
    cost_vnd: int
    trainer: str = ""
    sessions: tuple[tuple[str, str, str], ...] = ()
    unplaced: str = ""

    @property
    def learners(self) -> int:
        """People seated."""
        return sum(people for _group, people in self.groups)


def room_of(row: PlannedClass) -> str:
    """The room of a class; empty where it is all online or has no place in the calendar."""
    return next((room for _day, _half, room in row.sessions if room), "")


@dataclass(frozen=True)
class Plan:
    """A proposal: classes, expected grades of gap closed, and a bound that no plan of the scenario can pass.

    `shortfalls` people missing by target; `marginal` (kind, name, grades of gap that one more unit would bring);
    `unmet` (group, people, reason); `closed` (course, venue, reason): classes that would be in the plan if the calendar had a
    place for them: season, room, trainer, travel or group.
    """

    status: str
    objective: float
    bound: float
    seconds: float
    classes: tuple[PlannedClass, ...]
    shortfalls: tuple[tuple[str, int], ...] = ()
    marginal: tuple[tuple[str, str, float], ...] = ()
    unmet: tuple[tuple[str, int, str], ...] = ()
    closed: tuple[tuple[str, str, str], ...] = ()

    @property
    def gap(self) -> float:
        """How far the plan can be from the best at most, as a share of the bound."""
        return max(0.0, (self.bound - self.objective) / self.bound) if self.bound > 0 else 0.0


def dump(thing: Scenario | Plan) -> str:
    """The scenario or plan as JSON."""
    extra = {"gap": thing.gap} if isinstance(thing, Plan) else {}
    return json.dumps(asdict(thing) | extra, ensure_ascii=False, indent=1)


def load_scenario(text: str) -> Scenario:
    """The scenario in a JSON text. ValueError naming the place for a missing or unknown field."""
    kinds = {"courses": Course, "offers": Offer, "rooms": Room, "trainers": Trainer, "groups": Group, "gains": Gain,
             "money": Money, "targets": Target, "locks": Lock, "terms": Term, "seasons": Season, "venues": Venue,
             "spaces": Space, "held": Held, "busy": Busy, "floors": Floor}  # fmt: skip
    data = _object(text)
    unknown = sorted(set(data) - set(kinds))
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; known: {', '.join(kinds)}")
    missing = [field.name for field in fields(Scenario) if field.default is MISSING and field.name not in data]
    if missing:
        raise ValueError(f"the scenario has no field {missing[0]!r}")
    parts: dict[str, Any] = {name: tuple(_rows(name, data[name], kind)) for name, kind in kinds.items() if name in data}
    return Scenario(**parts)


def load_plan(text: str) -> Plan:
    """The plan in a JSON text. ValueError naming the place."""
    data = _object(text)
    data.pop("gap", None)
    data["classes"] = tuple(_rows("classes", data.pop("classes", []), PlannedClass))
    return _row("plan", data, Plan)


def _object(text: str) -> dict[str, Any]:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("the file must hold one JSON object")
    return data


def _rows(name: str, rows: list[dict[str, Any]], kind: type[T]) -> list[T]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{name}: must be a list of objects")
    return [_row(f"{name}[{i}]", row, kind) for i, row in enumerate(rows)]


def _row(place: str, row: dict[str, Any], kind: type[T]) -> T:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(row) - known)
    if unknown:
        raise ValueError(f"{place}: unknown field {unknown[0]!r}; known: {', '.join(sorted(known))}")
    try:
        return kind(**{key: _tuples(value) for key, value in row.items()})
    except TypeError as fault:
        raise ValueError(f"{place}: {fault}") from fault


def _tuples(value: Any) -> Any:
    """Lists, and lists in lists, as tuples."""
    return tuple(_tuples(part) for part in value) if isinstance(value, list | tuple) else value


def _all_known(what: str, named: list[tuple[str, ...]], known: set[str]) -> None:
    for number, names in enumerate(named):
        missing = [name for name in names if name not in known]
        if missing:
            raise ValueError(f"{what} {number}: nothing is called {missing[0]!r}")
