"""Which published classes go on: so that most people stay, within every limit; and a bound on how many can stay at all."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from chiakhoa.engines.planner.arrays import Arrays, Floats, Ints
from chiakhoa.engines.planner.found import Impossible

# Between plans in which as many stay, the one that changes fewer lines: a thousand lines count less than one person.
SAME_LINE = 1e-3
# As scipy's milp says it.
INFEASIBLE = 2


@dataclass(frozen=True)
class Stay:
    """A published class as it may go on: its place in the published plan, offer, who may stay, lines that may pay, its line.

    One that has begun `must` go on.
    """

    number: int
    offer: int
    demands: Ints
    people: Ints
    lines: tuple[int, ...]
    line: int
    must: bool = False

    @property
    def size(self) -> int:
        """People who may stay."""
        return int(self.people.sum())


Kept = list[tuple[Stay, int]]


def kept(a: Arrays, stays: list[Stay], *, seconds: float) -> tuple[Kept, int]:
    """The classes that go on, each with the line that pays it, and how many people can stay at most.

    Impossible where not all can go on that must.

    Columns: a class and a line that may pay it (0 or 1), then the sessions that a kind of trainers gives to a course.
    """
    pairs = [(stay, line) for stay in stays for line in stay.lines]
    if not pairs:
        return [], 0
    teaches = np.argwhere(a.teaches).tolist()
    rows = _Rows()
    for column, (stay, line) in enumerate(pairs):
        _class_rows(rows, a, stay, line, column)
    for column, (course, kind) in enumerate(teaches, len(pairs)):
        rows.put(("course", course), 0.0, column, -1.0)
        rows.put(("staff", kind), a.staff[kind], column, 1.0)
    whole = np.arange(len(pairs) + len(teaches)) < len(pairs)
    gain = np.zeros(whole.size)
    gain[whole] = [stay.size + SAME_LINE * (line == stay.line) for stay, line in pairs]
    answer = milp(
        -gain,
        integrality=whole.astype(int),
        bounds=Bounds(0, np.where(whole, 1.0, np.inf)),
        constraints=rows.constraint(whole.size),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    everybody = sum(stay.size for stay in stays)
    if answer.status == INFEASIBLE:
        raise Impossible()
    if answer.x is None:
        return [], everybody
    chosen = [pair for pair, value in zip(pairs, answer.x, strict=False) if value > 0.5]
    return chosen, min(everybody, int(-float(answer.mip_dual_bound) + 1e-6))


def _class_rows(rows: "_Rows", a: Arrays, stay: Stay, line: int, column: int) -> None:
    """What a class that goes on takes: money, a trainer, a room, people of its groups; and it goes on once."""
    o = stay.offer
    rows.put(("money", line), a.amount[line], column, a.fixed[o] + a.each[o] * stay.size)
    rows.put(("course", int(a.offer_course[o])), 0.0, column, a.sessions[o])
    rows.put(("room", int(a.room[o])), a.room_sessions[a.room[o]], column, a.sessions[o])
    rows.put(("class", stay.number), 1.0, column, 1.0)
    if stay.must:
        rows.put(("must", stay.number), -1.0, column, -1.0)
    for d, people in zip(stay.demands.tolist(), stay.people.tolist(), strict=True):
        rows.put(("demand", d), a.people[d], column, people)
        rows.put(("group", int(a.group[d])), a.seats[a.group[d]], column, people)


class _Rows:
    """Rows `sum <= most`, each made when it is first used."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, int], int] = {}
        self._most: list[float] = []
        self._entries: list[tuple[int, int, float]] = []

    def put(self, row: tuple[str, int], most: float, column: int, value: float) -> None:
        """Set one number of a row."""
        if row not in self._places:
            self._places[row] = len(self._most)
            self._most.append(float(most))
        self._entries.append((self._places[row], column, float(value)))

    def constraint(self, columns: int) -> LinearConstraint:
        """The rows over so many columns."""
        at_row, at_column, values = zip(*self._entries, strict=True)
        matrix = sparse.csr_array((values, (at_row, at_column)), shape=(len(self._most), columns))
        most: Floats = np.array(self._most) + 1e-6
        return LinearConstraint(matrix, -np.inf, most)
