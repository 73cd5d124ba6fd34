"""Many provinces that share budget lines: how much of each line a province gets; each is planned alone, one in memory at a time.

The prices of a province's relaxation bound what it can reach with any part of the shared money, for prices prove a bound
whatever there is: a line over the part, with the price of the shared đồng as its slope. Provinces are asked in turns. A small
linear program divides the money so that the least of each province's lines add up to the most (Geoffrion 1970, by resources;
Kelley 1960, by cuts), and that sum is more than any plan of the country can reach. It ends when what the parts are worth comes
near to it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import linprog

from chiakhoa.engines.planner.arrays import MILLION, Floats, Ints, arrays
from chiakhoa.engines.planner.found import Progress
from chiakhoa.engines.planner.portfolio import solve
from chiakhoa.engines.planner.prices import Dual, cheapest_prices
from chiakhoa.engines.planner.scenario import Plan, Scenario

ROUNDS = 12
NEAR = 1e-3  # the money is divided well enough when the parts' worth comes so near to the bound
STEP = 2.0  # a part grows or shrinks so many times at most from one turn to the next, half as far each time

Keep = Callable[[str, Scenario, Plan], None]


@dataclass(frozen=True)
class Shared:
    """A budget line of the whole country. In each province the line of this id may pay; what it may pay is decided here."""

    id: str
    amount_vnd: int


@dataclass(frozen=True)
class Province:
    """A name, and how its scenario is read when its turn comes."""

    name: str
    read: Callable[[], Scenario]


@dataclass(frozen=True)
class Part:
    """What a province got of each shared line in đồng, and what its plan comes to."""

    province: str
    shares: tuple[int, ...]
    objective: float
    spent_vnd: tuple[int, ...]
    classes: int


@dataclass(frozen=True)
class CountryPlan:
    """The parts, the grades that they close together, and what no plan of the country can pass."""

    parts: tuple[Part, ...]
    bound: float
    seconds: float

    @property
    def objective(self) -> float:
        """Grades of gap that all provinces close."""
        return sum(part.objective for part in self.parts)

    @property
    def gap(self) -> float:
        """How far the plan can be from the best at most, as a share of the bound."""
        return max(0.0, 1 - self.objective / self.bound) if self.bound > 0 else 0.0


@dataclass(frozen=True)
class Cut:
    """What a province can reach at most: `least` without shared money, and `prices` (S,) more for each million đồng of it."""

    least: float
    prices: Floats


def plan_country(
    provinces: Sequence[Province],
    shared: Sequence[Shared],
    *,
    keep: Keep,
    time_limit: float,
    gap: float = 0.01,
    seed: int = 1,
    progress: Progress | None = None,
) -> CountryPlan:
    """Share the lines out and plan each province with its part.

    `keep` is handed each province's name, its scenario with its part of the money, and its plan; nothing of it is held here.
    `time_limit`: seconds in all; half of them at most go to dividing. Targets count within each province; the bound, which
    leaves them out, is one all the same. What a province leaves over is the next one's. ValueError where a province
    lacks a shared line.
    """
    tell = progress or (lambda _word: None)
    began = time.monotonic()
    shares, bound = _divided(provinces, shared, until=began + time_limit / 2, tell=tell)
    parts: list[Part] = []
    over = np.zeros(len(shared), np.int64)
    for number, (province, share) in enumerate(zip(provinces, shares, strict=True)):
        tell(f"{province.name}: classes")
        left = (time_limit - (time.monotonic() - began)) / (len(provinces) - number)
        parts.append(_planned(province, shared, share + over, keep, seconds=max(left, 1.0), gap=gap, seed=seed))
        over = share + over - np.array(parts[-1].spent_vnd, np.int64)
    return CountryPlan(tuple(parts), bound, time.monotonic() - began)


def _planned(
    province: Province, shared: Sequence[Shared], given: Ints, keep: Keep, *, seconds: float, gap: float, seed: int
) -> Part:
    """The province with these đồng of the shared lines."""
    amounts = dict(zip((line.id for line in shared), _whole(given), strict=True))
    scenario = province.read()
    money = tuple(replace(row, amount_vnd=amounts.get(row.id, row.amount_vnd)) for row in scenario.money)
    scenario = replace(scenario, money=money)
    plan = solve(scenario, time_limit=seconds, gap=gap, seed=seed)
    keep(province.name, scenario, plan)
    spent = tuple(sum(row.cost_vnd for row in plan.classes if row.line == line.id) for line in shared)
    return Part(province.name, _whole(given), plan.objective, spent, len(plan.classes))


def _divided(
    provinces: Sequence[Province], shared: Sequence[Shared], *, until: float, tell: Progress
) -> tuple[Ints, float]:
    """Each province's parts in đồng (P, S), and the bound."""
    money = np.array([line.amount_vnd for line in shared]) / MILLION
    parts = np.tile(money / len(provinces), (len(provinces), 1))
    cuts: list[list[Cut]] = [[] for _ in provinces]
    ways: list[Floats | None] = [None] * len(provinces)
    best, best_parts, bound = -np.inf, parts, np.inf
    for turn in range(ROUNDS):
        worth = 0.0
        for number, province in enumerate(provinces):
            tell(f"{province.name}: prices, turn {turn + 1}")
            cut, ways[number] = _cut(province, shared, parts[number], ways[number])
            cuts[number].append(cut)
            worth += cut.least + float(cut.prices @ parts[number])
        if worth > best:
            best, best_parts = worth, parts
        bound = min(bound, _best_division(cuts, money, np.zeros(parts.shape), np.full(parts.shape, np.inf))[1])
        if bound - best <= NEAR * bound or time.monotonic() > until:
            break
        # Lines drawn at few parts promise much far away from them.
        step = STEP ** (1 / (1 + turn // 2))
        parts, _promised = _best_division(cuts, money, best_parts / step, best_parts * step)
    return _whole_dong(best_parts, money), bound


def _cut(province: Province, shared: Sequence[Shared], part: Floats, way: Floats | None) -> tuple[Cut, Floats]:
    """What bounds the province, at the prices it has with its part; and these prices, where the next search begins."""
    scenario = replace(province.read(), targets=())
    ids = [line.id for line in scenario.money]
    missing = next((line.id for line in shared if line.id not in ids), None)
    if missing is not None:
        raise ValueError(f"{province.name} has no budget line {missing!r}")
    a, lines = arrays(scenario), [ids.index(line.id) for line in shared]
    amount = a.amount.copy()
    amount[lines] = part
    dual = Dual(replace(a, amount=amount), a.value, 0.0)
    prices, reply = cheapest_prices(dual, start=way)
    dear = prices.money[lines]
    return Cut(reply.bound - float(dear @ part), dear), dual.pack(prices)


def _best_division(cuts: list[list[Cut]], money: Floats, least: Floats, most: Floats) -> tuple[Floats, float]:
    """The parts (P, S) between `least` and `most` that the cuts promise most for, and what they promise."""
    provinces, lines = least.shape
    width = provinces * lines
    rows, right = [], []
    for number, row in enumerate(cuts):
        for cut in row:
            line = np.zeros(width + provinces)
            line[number * lines : (number + 1) * lines], line[width + number] = -cut.prices, 1.0
            rows.append(line)
            right.append(cut.least)
    for number in range(lines):
        line = np.zeros(width + provinces)
        line[number:width:lines] = 1.0
        rows.append(line)
        right.append(money[number])
    answer: Any = linprog(
        np.r_[np.zeros(width), -np.ones(provinces)], A_ub=np.array(rows), b_ub=np.array(right),
        bounds=[*zip(least.ravel(), most.ravel(), strict=True), *[(None, None)] * provinces], method="highs",
    )  # fmt: skip
    return answer.x[:width].reshape(provinces, lines), -float(answer.fun)


def _whole_dong(parts: Floats, money: Floats) -> Ints:
    """Whole đồng, each line given away once and whole."""
    whole = np.floor(parts * MILLION).astype(np.int64)
    whole[0] += np.round(money * MILLION).astype(np.int64) - whole.sum(0)
    return whole


def _whole(amounts: Ints) -> tuple[int, ...]:
    return tuple(int(amount) for amount in amounts)
