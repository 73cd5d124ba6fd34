"""Making the index of people, and comparing one with the people there are. Reads; the action `store_index` writes."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.registry.searching import places
from chiakhoa.ground.registry.searching.places import Places
from chiakhoa.ground.registry.searching.stored import BLOCK, NOWHERE, NUMBER, PERSON, UNIT, WORD
from chiakhoa.ground.registry.searching.tables import IndexBlock, IndexTerm, PeopleIndex, Touched


@dataclass(frozen=True)
class Snapshot:
    """Everybody in the order of name and number: their ids, at which places each term stands, which touches are in it.

    `over` is the index that stood when this was taken: it may replace that one alone.
    """

    over: int | None
    ids: NDArray[np.int64]
    terms: dict[tuple[str, str], NDArray[np.uint32]]
    touches: list[tuple[int, int]]

    def packed_terms(self) -> Iterator[tuple[str, str, int, bool, bytes]]:
        """Kind, text, count, whether as bits, bytes: the rows of `IndexTerm`."""
        for (kind, text), numbers in self.terms.items():
            yield kind, text, len(numbers), *places.stored(places.packed(numbers, len(self.ids)))

    def blocks(self) -> Iterator[tuple[str, int, bytes]]:
        """Kind, number, bytes: the rows of `IndexBlock`."""
        for start in range(0, len(self.ids), BLOCK):
            yield PERSON, start // BLOCK, self.ids[start : start + BLOCK].astype("<i8").tobytes()
        order = np.argsort(self.ids)
        numbers, starts = np.unique(self.ids[order] // BLOCK, return_index=True)
        for number, own in zip(numbers, np.split(order, starts)[1:], strict=True):
            entries = np.full(BLOCK, NOWHERE, "<u4")
            entries[self.ids[own] % BLOCK] = own
            yield NUMBER, int(number), entries.tobytes()


def take() -> Snapshot:
    """Read everybody. Whoever is touched meanwhile stays touched: the touches are read before the people."""
    over = PeopleIndex.objects.values_list("pk", flat=True).first()
    touches = _spans(np.fromiter(Touched.objects.order_by("pk").values_list("pk", flat=True).iterator(), np.int64))
    rows = Person.objects.filter(merged_into__isnull=True).order_by("search_key", "pk")
    ids = array("q")
    found: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("I"))
    last, words = "", []
    for place, (pk, key, unit) in enumerate(rows.values_list("pk", "search_key", "unit_id").iterator(chunk_size=5000)):
        ids.append(pk)
        if key != last:
            last, words = key, [found[WORD, word] for word in set(key.split())]
        for word in words:
            word.append(place)
        found[UNIT, unit].append(place)
    terms = {term: np.frombuffer(numbers, np.uint32) for term, numbers in found.items()}
    return Snapshot(over, np.array(ids, np.int64), terms, touches)


def faults() -> list[str]:
    """In English words, what the stored index says of untouched people that is not so; empty for a sound one."""
    index = PeopleIndex.objects.first()
    if index is None:
        return []
    now = take()
    touched = np.fromiter(Touched.objects.values_list("person_id", flat=True).iterator(), np.int64)
    ids = _ids(index)
    found = [] if len(ids) == index.people else [f"{len(ids)} places instead of {index.people}"]
    held = {(kind, text): (dense, data) for kind, text, dense, data in _terms(index)}
    for term in sorted(held.keys() | now.terms.keys()):
        dense, data = held.get(term, (False, b""))
        said = _numbers(places.read(bytes(data), dense))
        is_so = now.ids[now.terms.get(term, np.empty(0, np.uint32))]
        wrong = np.setdiff1d(np.setxor1d(ids[said[said < len(ids)]], is_so), touched)
        if len(wrong):
            found.append(f"{len(wrong)} people wrong at a {'word' if term[0] == WORD else 'commune'}")
    return found


def _terms(index: PeopleIndex) -> Iterator[tuple[str, str, bool, bytes]]:
    return IndexTerm.objects.filter(index=index).values_list("kind", "text", "dense", "places").iterator()


def _ids(index: PeopleIndex) -> NDArray[np.int64]:
    rows = IndexBlock.objects.filter(index=index, kind=PERSON).order_by("number").values_list("entries", flat=True)
    return np.concatenate([np.empty(0, np.int64), *(np.frombuffer(bytes(one), "<i8") for one in rows)])


def _numbers(found: Places) -> NDArray[np.uint32]:
    return places.between(found, 0, places.count(found))


def _spans(keys: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of keys without a gap, so that many are named in few words and none besides."""
    if not len(keys):
        return []
    ends = np.flatnonzero(np.diff(keys) > 1)
    starts = np.concatenate([[0], ends + 1])
    return [(int(keys[a]), int(keys[b])) for a, b in zip(starts, [*ends, len(keys) - 1], strict=True)]
