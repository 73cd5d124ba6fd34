"""Half days as bits: the open half days of the terms, what seasons close, and the ways in which a class can lie in them.

Slot 2d is the morning of open day d, slot 2d + 1 its afternoon; a set of slots is one integer, so that two sets meet where
their `&` is not nought.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from chiakhoa.engines.planner.dates import HALVES, Season, Term

# A class rests so many weeks at most (Tết closes two, with what is left of them); longer, and it begins after the pause.
LONGEST_PAUSE = 3


@dataclass(frozen=True)
class Pattern:
    """One way to hold a class: its slots in order, the same as bits, the other halves of its days, and its first week."""

    slots: tuple[int, ...]
    bits: int
    beside: int
    week: int

    @staticmethod
    def of(slots: tuple[int, ...], week: int) -> "Pattern":
        """The pattern of these slots."""
        bits = bits_of(slots)
        return Pattern(slots, bits, bits_of(slot ^ 1 for slot in slots) & ~bits, week)


def bits_of(slots: Iterable[int]) -> int:
    """The slots as bits."""
    found = 0
    for slot in slots:
        found |= 1 << slot
    return found


class Grid:
    """The open half days of the terms."""

    def __init__(self, terms: tuple[Term, ...], seasons: tuple[Season, ...]) -> None:
        between: dict[date, float] = {}
        early: set[date] = set()
        for term in sorted(terms, key=lambda term: not term.early):
            for day in _days(term.first, term.last):
                if day.weekday() in term.days:
                    between[day] = term.between_km
                    (early.add if term.early else early.discard)(day)
        self.days = sorted(between)
        self.between_km = [between[day] for day in self.days]
        self.place = {day.isoformat(): number for number, day in enumerate(self.days)}
        # Half days on which only what has begun is held.
        self.early = bits_of(2 * n + half for n, day in enumerate(self.days) if day in early for half in (0, 1))
        self._weeks = _by_week(self.days)
        self.week_of = [week for week, numbers in enumerate(self._weeks) for _day in numbers]
        self._seasons = [(season, self.span(season.first, season.last)) for season in seasons]
        self.closed = cache(self._closed)
        self.patterns = cache(self._patterns)

    @property
    def weeks(self) -> int:
        """Weeks from the first open day to the last."""
        return len(self._weeks)

    def slot(self, day: str, half: str) -> int | None:
        """The slot of a half day; None on a day of no term."""
        number = self.place.get(day)
        return None if number is None else 2 * number + HALVES.index(half)

    @staticmethod
    def week_at(day: str) -> tuple[int, int]:
        """Year and week of a day, in a term or not."""
        return date.fromisoformat(day).isocalendar()[:2]

    def said(self, slot: int) -> tuple[str, str]:
        """Day and half of a slot."""
        return self.days[slot // 2].isoformat(), HALVES[slot % 2]

    def span(self, first: str, last: str) -> int:
        """The slots between two days, both included."""
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
        return bits_of(
            slot
            for number, day in enumerate(self.days)
            if begins <= day <= ends
            for slot in (2 * number, 2 * number + 1)
        )

    def _closed(self, unit: str, audience: str) -> int:
        """The slots on which people of the audience in the unit sit in no class."""
        found = 0
        for season, bits in self._seasons:
            if (not season.audiences or audience in season.audiences) and (not season.units or unit in season.units):
                found |= bits
        return found

    def _patterns(self, sessions: int, per_week: int, closed: int) -> tuple[tuple[Pattern, ...], ...]:
        """By first week, the ways to hold a class: on the same days each week, half after half; closed weeks are left out."""
        fullest = max((2 * len(numbers) for numbers in self._weeks), default=0)
        most = min(per_week or fullest, fullest)
        found: list[tuple[Pattern, ...]] = []
        for week in range(self.weeks):
            starts = [(day, half) for day in range(7) for half in ((0, 1) if min(sessions, most) % 2 else (0,))]
            made = [self._from(week, start, sessions, most, closed) for start in starts] if most else []
            found.append(tuple(Pattern.of(slots, week) for slots in made if slots))
        return tuple(found)

    def _from(self, week: int, start: tuple[int, int], sessions: int, most: int, closed: int) -> tuple[int, ...]:
        """The slots of a class that begins in the week on this day of the week and half; none where it cannot."""
        slots: list[int] = []
        pause = 0
        while len(slots) < sessions:
            if week >= self.weeks or pause > (LONGEST_PAUSE if slots else 0):
                return ()
            part = self._within(week, start, min(most, sessions - len(slots)), closed)
            pause = 0 if part else pause + 1
            slots += part
            week += 1
        return tuple(slots)

    def _within(self, week: int, start: tuple[int, int], count: int, closed: int) -> list[int]:
        """So many slots in a row in the week, or none."""
        numbers = self._weeks[week]
        first = next((number for number in numbers if self.days[number].weekday() == start[0]), None)
        if first is None:
            return []
        begins = 2 * first + start[1]
        part = list(range(begins, begins + count))
        inside = part[-1] <= 2 * numbers[-1] + 1
        return part if inside and not closed & bits_of(part) else []


def _days(first: str, last: str) -> list[date]:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    return [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]


def _by_week(days: list[date]) -> list[list[int]]:
    """The numbers of the open days, for each week from the first to the last."""
    if not days:
        return []
    monday = days[0] - timedelta(days=days[0].weekday())
    weeks: list[list[int]] = [[] for _week in range((days[-1] - monday).days // 7 + 1)]
    for number, day in enumerate(days):
        weeks[(day - monday).days // 7].append(number)
    return weeks
