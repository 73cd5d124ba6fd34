"""Asking for people by name: how many there are, exactly, and any part of them in the order of name and number.

The index answers for whoever was not touched since it was made, the database for the others; where there is no index yet, or
it fits a reader's reach badly (a role over a body), the database answers alone, by the same rules and with the same result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from chiakhoa.ground.registry.searching import places, rules, stored
from chiakhoa.ground.registry.searching.places import Places
from chiakhoa.ground.registry.searching.stored import Standing
from chiakhoa.ground.registry.searching.tables import Touched

MOST_TOUCHED = 20_000  # beyond this the database alone is not slower
FEW = 20
TRIES = 3
People = Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Found:
    """The people of a search: how many, whether they are only near to what was asked, the same as a condition.

    `part` gives ids; None where they must be asked of the database.
    """

    total: int
    near: bool
    condition: Q
    result: "Result | None" = None

    def part(self, start: int, stop: int) -> list[int] | None:
        """The ids of the `start`-th to before the `stop`-th, in the order of name and number."""
        return self.result.part(start, stop) if self.result else None


@dataclass(frozen=True)
class Reach:
    """Whose people are asked for, as far as the index can tell: those of a unit and all below it, or everybody."""

    unit_id: str | None = None


def find(people: People, reach: Reach | None, text: str) -> Found:
    """Those of the people whose names agree with the text. `reach` says the same people for the index, if it can.

    `people` is called only where the database must be asked: to put a reader's reach in words takes longer than a search.
    """
    words = rules.words_of(text)
    if not words:
        return Found(people().count(), False, Q())
    for _try in range(TRIES if reach else 0):
        standing = stored.standing()
        if standing is None or standing.touched > MOST_TOUCHED:
            break
        found = _by_index(Indexed(people, reach, standing), words)
        # An index that was made anew meanwhile may have lost half of what was read.
        if stored.still_stands(standing):
            return found
    return _by_database(people(), words)


def _by_index(source: "Indexed", words: Sequence[str]) -> Found:
    near: list[set[str]] = [set() for _word in words]
    for number, stage in enumerate(rules.stages(len(words))):
        if number == 1:
            near = [source.known(rules.slips(word)) for word in words]
        result = source.result(words, near, stage)
        if result.total:
            some = result.part(0, FEW) if result.total <= FEW else None
            condition = rules.condition(words, near, stage) if some is None else Q(pk__in=some)
            return Found(result.total, number > 0, condition, result)
    return Found(0, False, Q(pk__in=[]))


def _by_database(people: QuerySet[Any], words: Sequence[str]) -> Found:
    near: list[set[str]] = [set() for _word in words]
    for number, stage in enumerate(rules.stages(len(words))):
        if number == 1:
            known = _words_of_all(people)
            near = [rules.slips(word) & known for word in words]
        condition = rules.condition(words, near, stage)
        total = people.filter(condition).count()
        if total:
            return Found(total, number > 0, condition)
    return Found(0, False, Q(pk__in=[]))


def _words_of_all(people: QuerySet[Any]) -> set[str]:
    keys = people.order_by().values_list("search_key", flat=True).distinct()
    return {word for key in keys.iterator() for word in key.split()}


@dataclass
class Indexed:
    """An index as one reader sees it, with the touched people as they are now."""

    people: People
    within: Reach
    index: Standing

    def known(self, words: set[str]) -> set[str]:
        """Those of the words that occur in a name."""
        fresh = {word for key, _pk in self.touched for word in key.split()}
        return words & (stored.vocabulary(self.index) | fresh)

    def result(self, words: Sequence[str], near: Sequence[set[str]], stage: Sequence[frozenset[int]]) -> "Result":
        """Whom the stage finds."""
        reach = [] if self.reach is None else [self.reach]
        ways = [places.common([*(self._word(word, near[i], i in may) for i, word in enumerate(words)), *reach])
                for may in stage]  # fmt: skip
        base = places.without(places.union(ways, self.index.people), self.stale)
        fresh = [one for one in self.touched if rules.agrees(one[0], words, near, stage)]
        return Result(self.people, self.index, base, fresh)

    def _word(self, word: str, near: set[str], lenient: bool) -> Places:
        begun = stored.beginning(self.index, word)
        if not (lenient and near):
            return begun
        return places.union([begun, stored.words(self.index, frozenset(near))], self.index.people)

    @cached_property
    def touched(self) -> list[tuple[str, int]]:
        """Name and id of those visible people who were touched since the index was made, in order."""
        if not self.index.touched:
            return []
        rows = self.people().filter(pk__in=Touched.objects.values("person_id")).order_by("search_key", "pk")
        return list(rows.values_list("search_key", "pk"))

    @cached_property
    def stale(self) -> NDArray[np.uint32]:
        """The places of all who were touched, seen by the reader or not: what the index says of them holds no longer."""
        return stored.places_of(self.index, stored.touched()) if self.index.touched else np.empty(0, np.uint32)

    @cached_property
    def reach(self) -> Places | None:
        """The places of whom the reader reaches; None where that is everybody."""
        if self.within.unit_id is None:
            return None
        units = stored.units(self.index, self.within.unit_id)
        if all(units.values()):
            return None
        return stored.communes(self.index, [unit for unit, inside in units.items() if inside])


@dataclass(frozen=True)
class Result:
    """What is found: places in the index, and name and id of touched people besides."""

    people: People
    index: Standing
    base: Places
    fresh: Sequence[tuple[str, int]]

    @cached_property
    def total(self) -> int:
        """How many people."""
        return places.count(self.base) + len(self.fresh)

    def part(self, start: int, stop: int) -> list[int] | None:
        """Their ids from the `start`-th to before the `stop`-th; None where the index is no longer there."""
        if (start, stop) == (0, FEW):
            return self.first
        return self._part(start, stop)

    @cached_property
    def first(self) -> list[int] | None:
        """The first page."""
        return self._part(0, FEW)

    def _part(self, start: int, stop: int) -> list[int] | None:
        # Of the touched, at most all come before the part: it begins at most so much earlier among the others.
        low = max(0, start - len(self.fresh))
        ids = stored.people_at(self.index, places.between(self.base, low, stop))
        if ids is None or not self.fresh:
            return ids
        keys = dict(self.people().filter(pk__in=ids).order_by().values_list("pk", "search_key"))
        merged = sorted([*self.fresh, *((keys[pk], pk) for pk in ids if pk in keys)])
        return [pk for _key, pk in merged[start - low : stop - low]]
