"""Reading the stored index. In plain SQL: a search asks a dozen small things, and to put each together would cost most of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from chiakhoa.ground.registry.searching import places
from chiakhoa.ground.registry.searching.places import Places
from chiakhoa.ground.registry.searching.rules import LAST

BLOCK = 512
NOWHERE = 2**32 - 1
REMEMBERED = 64  # sets of at most 125 kB each for a million people
WORD, UNIT = "w", "u"
PERSON, NUMBER = "p", "n"


@dataclass(frozen=True)
class Standing:
    """The index that stands: its key and mark, how many places it has, how many touches were written down since."""

    pk: int
    mark: str
    people: int
    touched: int = field(compare=False)


def standing() -> Standing | None:
    """The index that stands; None before the first."""
    found = _rows("SELECT id, mark, people, (SELECT COUNT(*) FROM registry_touched) FROM registry_peopleindex")
    return Standing(found[0][0], str(found[0][1]), *found[0][2:]) if found else None


def still_stands(index: Standing) -> bool:
    """Whether no other took its place."""
    return bool(_rows("SELECT 1 FROM registry_peopleindex WHERE id = %s", [index.pk]))


@lru_cache(maxsize=REMEMBERED)
def beginning(index: Standing, word: str) -> Places:
    """Where the words that begin so stand."""
    return places.union(_terms("text >= %s AND text < %s", index, WORD, [word, word + LAST]), index.people)


@lru_cache(maxsize=REMEMBERED)
def words(index: Standing, some: frozenset[str]) -> Places:
    """Where these words stand."""
    return places.union(_terms_of(index, WORD, some), index.people)


def communes(index: Standing, some: Iterable[str]) -> Places:
    """Where the people of these communes stand."""
    return places.union(_terms_of(index, UNIT, some), index.people)


@lru_cache(maxsize=2)
def vocabulary(index: Standing) -> frozenset[str]:
    """Every word that occurs in a name: a few thousand."""
    rows = _rows("SELECT text FROM registry_indexterm WHERE index_id = %s AND kind = %s", [index.pk, WORD])
    return frozenset(text for (text,) in rows)


def units(index: Standing, above: str) -> dict[str, bool]:
    """The communes where somebody is, each with whether it lies in the unit `above`."""
    sql = """SELECT term.text, ancestry.unit_id IS NOT NULL FROM registry_indexterm term
        LEFT JOIN territory_unitancestry ancestry ON ancestry.unit_id = term.text AND ancestry.ancestor_id = %s
        WHERE term.index_id = %s AND term.kind = %s"""
    return {text: bool(inside) for text, inside in _rows(sql, [above, index.pk, UNIT])}


def touched() -> NDArray[np.int64]:
    """Whoever was touched since the index was made, each once."""
    return np.array([pk for (pk,) in _rows("SELECT DISTINCT person_id FROM registry_touched ORDER BY 1")], np.int64)


def places_of(index: Standing, people: NDArray[np.int64]) -> NDArray[np.uint32]:
    """At which places these people stand, in order; those who stand nowhere are left out."""
    numbers = people // BLOCK
    found = [
        np.frombuffer(bytes(entries), "<u4")[people[numbers == number] % BLOCK]
        for number, entries in _blocks(index, NUMBER, np.unique(numbers).tolist())
    ]
    held = np.concatenate([np.empty(0, np.uint32), *found])
    return np.sort(held[held != NOWHERE]).astype(np.uint32)


def people_at(index: Standing, wanted: NDArray[np.uint32]) -> list[int] | None:
    """Who stands at these places, in their order; None where the index is no longer there."""
    numbers = np.unique(wanted // BLOCK).tolist()
    held = {number: np.frombuffer(bytes(data), "<i8") for number, data in _blocks(index, PERSON, numbers)}
    if len(held) < len(numbers):
        return None
    return [int(held[place // BLOCK][place % BLOCK]) for place in wanted.tolist()]


def _terms_of(index: Standing, kind: str, some: Iterable[str]) -> list[Places]:
    wanted = sorted(some)
    return _terms(f"text IN ({_marks(wanted)})", index, kind, wanted) if wanted else []


def _terms(which: str, index: Standing, kind: str, values: Sequence[str]) -> list[Places]:
    sql = f"SELECT dense, places FROM registry_indexterm WHERE index_id = %s AND kind = %s AND {which}"
    return [places.read(bytes(data), bool(dense)) for dense, data in _rows(sql, [index.pk, kind, *values])]


def _blocks(index: Standing, kind: str, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
    if not numbers:
        return []
    sql = f"""SELECT number, entries FROM registry_indexblock
        WHERE index_id = %s AND kind = %s AND number IN ({_marks(numbers)})"""
    return _rows(sql, [index.pk, kind, *numbers])


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
