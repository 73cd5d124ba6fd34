"""Checks what a plan does with classes that have begun: what is over stays, and the rest moves only where it must.

As `check_dates` it shares no code with what makes plans: only the words of `scenario` and `dates`.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from chiakhoa.engines.planner.dates import Held
from chiakhoa.engines.planner.scenario import PlannedClass, Scenario

Session = tuple[str, str, str]


def begun(scenario: Scenario, classes: tuple[PlannedClass, ...]) -> dict[int, Held]:
    """Number of a class -> the promised class that has begun and goes on as this one."""
    found: dict[int, Held] = {}
    for held in scenario.held:
        if held.firm and held.begun:
            over = promised(scenario, held)[: held.begun]
            number = next(
                (
                    number
                    for number, row in enumerate(classes)
                    if number not in found
                    and (row.course, row.venue, row.sessions[: held.begun]) == (held.course, held.venue, over)
                ),
                None,
            )
            if number is not None:
                found[number] = held
    return found


def promised(scenario: Scenario, held: Held) -> tuple[Session, ...]:
    """Day, half and room of each session, as it was promised."""
    course = next(course for course in scenario.courses if course.code == held.course)
    in_room = course.sessions - course.online
    return tuple((*half, held.room_at(place, in_room)) for place, half in enumerate(held.sessions))


def broken_rest(scenario: Scenario, row: PlannedClass, held: Held) -> Iterator[str]:
    """The rules that the rest of a class breaks that is held otherwise than it was promised."""
    before, now = promised(scenario, held), row.sessions
    if now == before and row.trainer == held.trainer:
        return
    unable = _unable(scenario, before, held)
    if not unable:
        yield "its rest moves, though nothing is in its way"
        return
    moves = [place for place in range(held.begun, min(len(before), len(now))) if now[place][:2] != before[place][:2]]
    if moves:
        if moves[0] < min(unable):
            yield f"session {moves[0]} moves, though it could stay"
        if now[moves[0]][:2] < before[moves[0]][:2]:
            yield f"session {moves[0]} comes earlier than it was promised"
        yield from _too_many(scenario, row, {now[place][0] for place in moves})
    days = {before[place][0] for place in unable}
    for place in range(held.begun, moves[0] if moves else len(now)):
        if now[place][2] != before[place][2] and before[place][0] not in days:
            yield f"session {place} is in another room, though it could stay"
    yield from _elsewhere(scenario, row, held.begun)


def _unable(scenario: Scenario, before: tuple[Session, ...], held: Held) -> set[int]:
    """The sessions to come that cannot be held as they were promised."""
    busy = {(row.what, row.id, row.day, row.half) for row in scenario.busy}
    trainer = next((row for row in scenario.trainers if row.id == held.trainer), None)
    return {
        place
        for place, (day, half, room) in enumerate(before)
        if place >= held.begun
        and (
            ("room", room, day, half) in busy
            or ("trainer", held.trainer, day, half) in busy
            or trainer is None
            or any(first <= day <= last for first, last in trainer.away)
        )
    }


def _too_many(scenario: Scenario, row: PlannedClass, moved: set[str]) -> Iterator[str]:
    """No more sessions in a week into which some moved than the course has."""
    per_week = next(course.per_week for course in scenario.courses if course.code == row.course)
    into = {date.fromisoformat(day).isocalendar()[:2] for day in moved}
    weeks = Counter(date.fromisoformat(day).isocalendar()[:2] for day, _half, _room in row.sessions)
    most = max((count for week, count in weeks.items() if week in into), default=0)
    if per_week and most > per_week:
        yield f"{most} sessions in one week, at most {per_week}"


def _elsewhere(scenario: Scenario, row: PlannedClass, over: int) -> Iterator[str]:
    """Another venue is one to which all its people may come."""
    sitting = {group for group, _people in row.groups}
    reached = {offer.venue for offer in scenario.offers if offer.course == row.course and sitting <= set(offer.groups)}
    venue_of = {space.id: space.venue for space in scenario.spaces}
    for venue in sorted({venue_of[room] for _day, _half, room in row.sessions[over:] if room in venue_of}):
        if venue not in reached | {row.venue}:
            yield f"its people may not come to {venue}"
