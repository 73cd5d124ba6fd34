"""Asking for people by name: how many there are, exactly, and any part of them in the order of name and number.

The index answers for whoever was not touched since it was made, the database for the others; where there is no index yet, or
it fits a reader's reach badly (a role over a body), the database answers alone, by the same rules and with the same result.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from chiakhoa.ground.registry.searching import places, rules
from chiakhoa.ground.registry.searching.places import Places
from chiakhoa.ground.registry.searching.snapshot import BLOCK, NOWHERE, NUMBER, PERSON, UNIT, WORD
from chiakhoa.ground.registry.searching.tables import IndexBlock, IndexTerm, PeopleIndex, Touched
from chiakhoa.ground.territory.queries import subtree

MOST_TOUCHED = 20_000  # beyond this the database alone is not slower
FEW = 500
TRIES = 3


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


def find(people: QuerySet[Any], reach: Reach | None, text: str) -> Found:
    """Those of the people whose names agree with the text. `reach` says the same people for the index, if it can."""
    words = rules.words_of(text)
    if not words:
        return Found(people.count(), False, Q())
    for _try in range(TRIES):
        index = PeopleIndex.objects.first() if reach else None
        if index is None or reach is None or Touched.objects.count() > MOST_TOUCHED:
            break
        found = _by_index(Indexed(people, reach, index), words)
        # An index that was made anew meanwhile may have lost half of what was read.
        if PeopleIndex.objects.filter(pk=index.pk).exists():
            return found
    return _by_database(people, words)


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

    people: QuerySet[Any]
    within: Reach
    index: PeopleIndex
    cache: dict[str, Places] = field(default_factory=dict)

    def known(self, words: Iterable[str]) -> set[str]:
        """Those of the words that occur in a name."""
        wanted = set(words)
        held = IndexTerm.objects.filter(index=self.index, kind=WORD, text__in=sorted(wanted))
        fresh = {word for key, _pk in self.touched for word in key.split()}
        return set(held.values_list("text", flat=True)) | (wanted & fresh)

    def result(
        self, words: Sequence[str], near: Sequence[set[str]], stage: Sequence[frozenset[int]]
    ) -> "Result":
        """Whom the stage finds."""
        size = self.index.people
        ways = [places.common(self._within([self._word(word, near[i], i in may) for i, word in enumerate(words)]))
                for may in stage]  # fmt: skip
        base = places.without(places.union(ways, size), self.stale)
        fresh = [one for one in self.touched if rules.agrees(one[0], words, near, stage)]
        return Result(self.people, self.index, base, fresh)

    def _within(self, sets: list[Places]) -> list[Places]:
        return sets if self.reach is None else [*sets, self.reach]

    def _word(self, word: str, near: set[str], lenient: bool) -> Places:
        begun = self._union(word, Q(text__gte=word, text__lt=word + rules.LAST))
        if not (lenient and near):
            return begun
        return places.union([begun, self._union(f"~{word}", Q(text__in=sorted(near)))], self.index.people)

    def _union(self, name: str, which: Q) -> Places:
        if name not in self.cache:
            rows = IndexTerm.objects.filter(which, index=self.index, kind=WORD).values_list("dense", "places")
            sets = [places.read(bytes(data), dense) for dense, data in rows]
            self.cache[name] = places.union(sets, self.index.people)
        return self.cache[name]

    @cached_property
    def touched(self) -> list[tuple[str, int]]:
        """Name and id of those visible people who were touched since the index was made, in order."""
        if not len(self.touched_ids):
            return []
        some = Touched.objects.values("person_id")
        return list(self.people.filter(pk__in=some).order_by("search_key", "pk").values_list("search_key", "pk"))

    @cached_property
    def touched_ids(self) -> NDArray[np.int64]:
        """All who were touched, seen by the reader or not."""
        return np.unique(np.fromiter(Touched.objects.values_list("person_id", flat=True).iterator(), np.int64))

    @cached_property
    def stale(self) -> NDArray[np.uint32]:
        """The places of all who were touched: what the index says of them holds no longer."""
        ids = self.touched_ids
        if not len(ids):
            return np.empty(0, np.uint32)
        rows = IndexBlock.objects.filter(index=self.index, kind=NUMBER, number__in=np.unique(ids // BLOCK).tolist())
        held = [
            np.frombuffer(bytes(entries), "<u4")[ids[ids // BLOCK == number] % BLOCK]
            for number, entries in rows.values_list("number", "entries")
        ]
        found = np.concatenate([np.empty(0, np.uint32), *held])
        return np.sort(found[found != NOWHERE]).astype(np.uint32)

    @cached_property
    def reach(self) -> Places | None:
        """The places of whom the reader reaches; None where that is everybody."""
        if self.within.unit_id is None:
            return None
        units = IndexTerm.objects.filter(index=self.index, kind=UNIT)
        below = subtree(self.within.unit_id)
        own = units.filter(text__in=below)
        if not units.exclude(text__in=below).exists():
            return None
        sets = [places.read(bytes(data), dense) for dense, data in own.values_list("dense", "places")]
        return places.union(sets, self.index.people)


@dataclass(frozen=True)
class Result:
    """What is found: places in the index, and name and id of touched people besides."""

    people: QuerySet[Any]
    index: PeopleIndex
    base: Places
    fresh: Sequence[tuple[str, int]]

    @cached_property
    def total(self) -> int:
        """How many people."""
        return places.count(self.base) + len(self.fresh)

    def part(self, start: int, stop: int) -> list[int] | None:
        """Their ids from the `start`-th to before the `stop`-th; None where the index is no longer there."""
        # Of the touched, at most all come before the part: it begins at most so much earlier among the others.
        low = max(0, start - len(self.fresh))
        wanted = places.between(self.base, low, stop)
        ids = self._ids(wanted)
        if ids is None:
            return None
        if not self.fresh:
            return ids
        keys = dict(self.people.filter(pk__in=ids).order_by().values_list("pk", "search_key"))
        merged = sorted([*self.fresh, *((keys[pk], pk) for pk in ids if pk in keys)])
        return [pk for _key, pk in merged[start - low : stop - low]]

    def _ids(self, wanted: NDArray[np.uint32]) -> list[int] | None:
        numbers = np.unique(wanted // BLOCK).tolist()
        rows = IndexBlock.objects.filter(index=self.index, kind=PERSON, number__in=numbers)
        held = {number: np.frombuffer(bytes(data), "<i8") for number, data in rows.values_list("number", "entries")}
        if len(held) < len(numbers):
            return None
        return [int(held[place // BLOCK][place % BLOCK]) for place in wanted.tolist()]
