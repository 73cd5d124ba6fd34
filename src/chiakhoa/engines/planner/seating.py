"""Who sits in which class: named people to the seats that a plan meant for their groups, without a reason for envy.

People propose, classes choose (deferred acceptance; Gale & Shapley 1962), each class with so many seats kept for each group and
the rest open to all who may come (a choice of reserves and open seats; Hafalir, Yenmez & Yildirim 2013). So nobody would rather
have a seat that somebody of less need has, and it never pays to hide a wish. A seat kept for a group of whom too few are
registered is held for those who come later; whoever finds no seat waits where they would like to be, most need first.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

# Whoever had a seat lately comes after others of like need: their gain counts a half, a third, a quarter …
# Gains that differ by less than this are alike, and nearness decides.
LIKE = 0.1
# After every wish.
NO_WISH = 1_000_000


@dataclass(frozen=True)
class Option:
    """A class that somebody may attend: what it would bring them, how far it is; `wished`: 1 their first wish, 0 no wish."""

    class_id: int
    gain: float
    km: float = 0.0
    wished: int = 0


@dataclass(frozen=True)
class Seeker:
    """Somebody who needs training: group, classes they may attend, seats had lately, half days on which they cannot come."""

    id: int
    group: str
    options: tuple[Option, ...]
    had: int = 0
    busy: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seating:
    """A class with seats: so many kept for people of each group; `halves`: when it is held."""

    id: int
    seats: int
    kept: tuple[tuple[str, int], ...] = ()
    halves: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seated:
    """By class: who has a seat and who waits, most need first; and the seats held for people who are not registered yet."""

    seats: dict[int, tuple[int, ...]]
    waiting: dict[int, tuple[int, ...]]
    held: dict[int, int]


def seat(seekers: Sequence[Seeker], classes: Sequence[Seating], *, seed: int = 1) -> Seated:
    """Give each seeker at most one seat. The seed decides between people of like need. ValueError for more kept than there is."""
    by_id = {row.id: row for row in classes}
    for row in classes:
        if row.seats < 0 or any(people < 0 for _group, people in row.kept) or sum(p for _g, p in row.kept) > row.seats:
            raise ValueError(f"class {row.id}: more seats kept than the {row.seats} there are")
    people = {row.id: row for row in seekers}
    rank = {row.id: _rank(row, seed) for row in seekers}
    wishes = {row.id: [option.class_id for option in liked(row, by_id)] for row in seekers}
    held: dict[int, list[int]] = {row.id: [] for row in classes}
    asked = dict.fromkeys(people, 0)
    proposing = sorted(people)
    while proposing:
        at: dict[int, list[int]] = defaultdict(list)
        for person in proposing:
            if asked[person] < len(wishes[person]):
                at[wishes[person][asked[person]]].append(person)
                asked[person] += 1
        proposing = []
        for number in sorted(at):
            order = sorted(held[number] + at[number], key=lambda person: rank[person][number])
            held[number] = _chosen(by_id[number], order, people)
            inside = set(held[number])
            proposing += [person for person in order if person not in inside]
    return _told(classes, people, held, wishes, rank)


def liked(seeker: Seeker, classes: dict[int, Seating]) -> list[Option]:
    """The classes that somebody can attend, best first: by wish, then by gain in tenths of a grade, then the nearest."""
    able = [row for row in seeker.options if row.class_id in classes and not classes[row.class_id].halves & seeker.busy]
    return sorted(able, key=lambda row: (row.wished or NO_WISH, -round(row.gain / LIKE), round(row.km), row.class_id))


def likely(seats: int, leaving: float) -> int:
    """How many who wait may expect a seat where so large a share of seats is given up."""
    return round(seats * leaving)


def _rank(seeker: Seeker, seed: int) -> dict[int, tuple[float, bytes]]:
    """By class, the seeker's place in the order of need: the least comes first."""
    lot = blake2b(f"{seed}|{seeker.id}".encode(), digest_size=8).digest()
    return {row.class_id: (-row.gain / (1 + seeker.had), lot) for row in seeker.options}


def _chosen(row: Seating, order: Iterable[int], people: dict[int, Seeker]) -> list[int]:
    """Of those who ask, in the order of need: each group into its own seats, then whoever is next into the open ones."""
    kept = dict(row.kept)
    open_seats = row.seats - sum(kept.values())
    chosen = []
    for person in order:
        group = people[person].group
        if kept.get(group, 0) > 0:
            kept[group] -= 1
            chosen.append(person)
        elif open_seats > 0:
            open_seats -= 1
            chosen.append(person)
    return chosen


def _told(
    classes: Sequence[Seating], people: dict[int, Seeker], held: dict[int, list[int]], wishes: dict[int, list[int]],
    rank: dict[int, dict[int, tuple[float, bytes]]],
) -> Seated:  # fmt: skip
    seated = {person for inside in held.values() for person in inside}
    waiting: dict[int, list[int]] = {row.id: [] for row in classes}
    for person, classes_liked in wishes.items():
        if classes_liked and person not in seated:
            waiting[classes_liked[0]].append(person)
    empty = {}
    for row in classes:
        inside: dict[str, int] = defaultdict(int)
        for person in held[row.id]:
            inside[people[person].group] += 1
        empty[row.id] = sum(max(0, number - inside[group]) for group, number in row.kept)
    return Seated(
        {number: tuple(inside) for number, inside in held.items()},
        {
            number: tuple(sorted(some, key=lambda person: rank[person][number]))
            for number, some in waiting.items()
        },
        empty,
    )  # fmt: skip
