"""Checks the calendar of a plan from scratch. Shares no code with what makes it: only the words of `scenario` and `dates`."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from math import cos, hypot, radians

from chiakhoa.engines.planner.check_begun import begun, broken_rest
from chiakhoa.engines.planner.dates import Held
from chiakhoa.engines.planner.scenario import PlannedClass, Scenario

REASONS = ("season", "room", "trainer", "travel", "group")
KM_A_DEGREE = 111.2
Classes = tuple[PlannedClass, ...]
Half = tuple[str, str]


def broken_dates(scenario: Scenario, classes: Classes) -> Iterator[str]:
    """Every rule of the calendar that the classes break, in words; nothing where the scenario has no terms."""
    if scenario.terms:
        promised = {(held.course, held.venue, held.sessions) for held in scenario.held if held.firm}
        going_on = begun(scenario, classes)
        over = {number: held.begun for number, held in going_on.items()}
        for number, row in enumerate(classes):
            place = f"class {number} ({row.course} at {row.venue})"
            known = (row.course, row.venue, _halves(row)) in promised
            yield from (f"{place}: {fault}" for fault in _sessions(scenario, row, known, going_on.get(number)))
        yield from _twice(scenario, classes, over)
        yield from _travel(scenario, classes, over)
        yield from _heads(scenario, classes)
        yield from _years(scenario, classes)
        yield from _promises(scenario, classes, going_on)


def _halves(row: PlannedClass) -> tuple[Half, ...]:
    return tuple((day, half) for day, half, _room in row.sessions)


def _sessions(scenario: Scenario, row: PlannedClass, promised: bool, held: Held | None) -> Iterator[str]:
    """What is wrong with the sessions of a class; `held`: as what it was promised, where it has begun."""
    course = next(course for course in scenario.courses if course.code == row.course)
    if not row.sessions:
        if row.unplaced not in REASONS:
            yield "no sessions, and no reason why"
        return
    if row.unplaced:
        yield f"unplaced ({row.unplaced}), but with sessions"
    if len(row.sessions) != course.sessions:
        yield f"{len(row.sessions)} sessions, the course has {course.sessions}"
    halves = _halves(row)
    if list(halves) != sorted(set(halves)):
        yield "sessions are not one after another"
    yield from _rooms(scenario, row, course.sessions - course.online, course.room_kind, held)
    if held is not None:
        yield from broken_rest(scenario, row, held)
        moved = {half[0] for half in row.sessions if half[:2] not in held.sessions}
        yield from _days(scenario, row, sorted(moved), early=True)
    elif not promised:
        weeks = Counter(date.fromisoformat(day).isocalendar()[:2] for day, _half in halves)
        if course.per_week and max(weeks.values()) > course.per_week:
            yield f"{max(weeks.values())} sessions in one week, at most {course.per_week}"
        yield from _days(scenario, row, sorted({day for day, _half in halves}), early=False)


def _rooms(scenario: Scenario, row: PlannedClass, in_room: int, kind: str, held: Held | None) -> Iterator[str]:
    spaces = {space.id: space for space in scenario.spaces}
    named = [room for _day, _half, room in row.sessions]
    if any(named[in_room:]) or not all(named[:in_room]):
        yield f"the first {in_room} sessions need a room, the others none"
    for room in sorted({room for room in named[held.begun if held else 0 :] if room}):
        space = spaces.get(room)
        if space is None or space.kind != kind or (held is None and space.venue != row.venue):
            yield f"{room} is no room of kind {kind} there"
        elif space.seats < row.learners:
            yield f"{row.learners} learners in room {room} of {space.seats} seats"


def _days(scenario: Scenario, row: PlannedClass, days: list[str], *, early: bool) -> Iterator[str]:
    groups = {group.id: group for group in scenario.groups}
    sitting = [groups[name] for name, _people in row.groups if name in groups]
    for day in days:
        terms = [term for term in scenario.terms if term.first <= day <= term.last and term.early <= early]
        if not any(date.fromisoformat(day).weekday() in term.days for term in terms):
            yield f"{day} is in no term"
        for season in scenario.seasons:
            if season.first <= day <= season.last and any(
                (not season.audiences or group.audience in season.audiences)
                and (not season.units or group.unit in season.units)
                for group in sitting
            ):
                yield f"{day} is in {season.name}"


def _twice(scenario: Scenario, classes: Classes, over: dict[int, int]) -> Iterator[str]:
    """Rooms and trainers that are in two places at once, or are not there. Who taught what is `over` is not asked."""
    taken: Counter[tuple[str, str, str, str]] = Counter(
        (busy.what, busy.id, busy.day, busy.half) for busy in scenario.busy
    )
    away = {trainer.id: trainer.away for trainer in scenario.trainers}
    for number, row in enumerate(classes):
        for day, half, room in row.sessions[over.get(number, 0) :]:
            taken["trainer", row.trainer, day, half] += 1
            if room:
                taken["room", room, day, half] += 1
            if any(first <= day <= last for first, last in away.get(row.trainer, ())):
                yield f"trainer {row.trainer} is away on {day}"
    for (what, name, day, half), times in sorted(taken.items()):
        if times > 1:
            yield f"{what} {name} is taken {times} times on {day}, {half}"


def _travel(scenario: Scenario, classes: Classes, over: dict[int, int]) -> Iterator[str]:
    spots = {venue.id: venue for venue in scenario.venues if not venue.online}
    where: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for busy in scenario.busy:
        if busy.what == "trainer" and busy.at in spots:
            where[busy.id, busy.day][busy.half] = busy.at
    venue_of = {space.id: space.venue for space in scenario.spaces}
    for number, row in enumerate(classes):
        for day, half, room in row.sessions[over.get(number, 0) :]:
            venue = venue_of.get(room, row.venue)
            if room and venue in spots:
                where[row.trainer, day][half] = venue
    for (trainer, day), halves in sorted(where.items()):
        if len(halves) == 2 and halves["am"] != halves["pm"]:
            one, other = (spots[halves[half]] for half in ("am", "pm"))
            north = (one.latitude - other.latitude) * KM_A_DEGREE
            east = (one.longitude - other.longitude) * KM_A_DEGREE * cos(radians(one.latitude))
            most = max((term.between_km for term in scenario.terms if term.first <= day <= term.last), default=0.0)
            if hypot(north, east) > most + 0.5:
                yield f"trainer {trainer} goes {hypot(north, east):.0f} km on {day}, at most {most:.0f}"


def _heads(scenario: Scenario, classes: Classes) -> Iterator[str]:
    """No more of a group sit in classes at once than there are."""
    people = {group.id: group.people for group in scenario.groups if group.people}
    sitting: Counter[tuple[str, Half]] = Counter()
    for row in classes:
        for day, half, _room in row.sessions:
            for group, count in row.groups:
                sitting[group, (day, half)] += count
    for (group, when), count in sorted(sitting.items()):
        if group in people and count > people[group]:
            yield f"group {group}: {count} people in classes at once on {', '.join(when)}, {people[group]} there are"


def _years(scenario: Scenario, classes: Classes) -> Iterator[str]:
    given = {space.id: space.sessions for space in scenario.spaces}
    used = Counter(room for row in classes for _day, _half, room in row.sessions if room)
    for room, sessions in sorted(used.items()):
        if sessions > given.get(room, sessions):
            yield f"room {room}: {sessions} sessions, {given[room]} given"


def _promises(scenario: Scenario, classes: Classes, going_on: dict[int, Held]) -> Iterator[str]:
    """What is firm keeps half days, room and, as long as there, trainer; or it is said to find no place.

    What has begun and goes on otherwise is judged for itself.
    """
    trainers = {trainer.id for trainer in scenario.trainers}
    kept: Counter[tuple[str, str, tuple[Half, ...], str]] = Counter()
    by_whom: dict[tuple[str, str, tuple[Half, ...], str], list[str]] = defaultdict(list)
    lost = Counter((row.course, row.venue) for row in classes if not row.sessions)
    for number, row in enumerate(classes):
        if number in going_on:
            continue
        key = (row.course, row.venue, _halves(row), next((room for _day, _half, room in row.sessions if room), ""))
        kept[key] += 1
        by_whom[key].append(row.trainer)
    for held in scenario.held:
        if not held.firm or any(held is one for one in going_on.values()):
            continue
        key = (held.course, held.venue, held.sessions, held.room)
        if not kept[key]:
            lost[held.course, held.venue] -= 1
            if lost[held.course, held.venue] < 0:
                yield f"the promised class of {held.course} at {held.venue} on {held.sessions[:1]} is not kept"
            continue
        kept[key] -= 1
        if held.trainer in trainers and held.trainer not in by_whom[key]:
            yield f"the promised class of {held.course} at {held.venue} has another trainer than {held.trainer}"
