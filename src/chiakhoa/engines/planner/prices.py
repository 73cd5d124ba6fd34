"""Prices of scarce limits, and the bound that they prove: the Lagrangian dual of the linear relaxation.

In the relaxation a learner at an offer simply pays a share of a class (1/capacity), so the numbers of classes drop out. With
a price on money, trainers' sessions, rooms and targets, each demand goes to its cheapest offer, and each group takes its best
demands until its seats are full. What the limits are worth at these prices, and what the groups then gain, is more than any
plan can reach, whatever the prices: the bound needs no trust in the search for good ones. A few hundred prices stand for
a hundred thousand columns. Source: Geoffrion (1974), Lagrangean relaxation for integer programming.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from chiakhoa.engines.planner.arrays import Arrays, Bools, Floats, Ints

# Widths of the soft minimum over lines and trainers, as shares of the mean price; the bound itself is computed without it.
SOFTNESS = (0.05, 0.01, 0.002)
STEPS = 40
FEW = 1e-9


@dataclass(frozen=True)
class Prices:
    """Grades of gap closed by one more million đồng, session of a trainer or room, seat of a target, locked class."""

    money: Floats  # (L,)
    staff: Floats  # (K,)
    rooms: Floats  # (R,)
    targets: Floats  # (T,)
    locks: Floats  # (O,)


@dataclass(frozen=True)
class Reply:
    """What groups do at given prices."""

    bound: float
    slope: Floats  # of the bound, by price in the order of `Dual.pack`
    learners: Floats  # (D,)
    offer: Ints  # (D,) where the demand is cheapest
    rent: Floats  # (D,) gain of a person less the price of the seat
    seat: Floats  # (G,) what one more seat of the group would bring


class Dual:
    """The bound as a function of the prices. `value` is what a person of a demand brings, `missing` may be missing."""

    def __init__(self, a: Arrays, value: Floats, missing: float) -> None:
        self.a, self.value, self.missing = a, value, missing
        self.locks = np.flatnonzero(a.locked * a.open)
        self.sizes = (a.amount.size, a.staff.size, a.room_sessions.size, a.target_people.size, self.locks.size)
        self._pays = np.where(a.pays, 0.0, np.inf)
        self._teaches = np.where(a.teaches, 0.0, np.inf)
        self._money_a_seat = a.fixed / a.capacity + a.each
        self._sessions_a_seat = a.sessions / a.capacity

    def unpack(self, packed: Floats) -> Prices:
        """The prices in a vector that the search moves."""
        money, staff, rooms, targets, locks = np.split(packed, np.cumsum(self.sizes)[:-1])
        by_offer = np.zeros(self.a.offers)
        by_offer[self.locks] = locks
        return Prices(money, staff, rooms, targets, by_offer)

    def pack(self, prices: Prices) -> Floats:
        """The prices as one vector."""
        return np.concatenate([prices.money, prices.staff, prices.rooms, prices.targets, prices.locks[self.locks]])

    def first(self) -> Floats:
        """Money at what an average seat brings for its price; nothing else is scarce yet."""
        packed = np.zeros(sum(self.sizes))
        price = self._money_a_seat[self.a.open]
        if price.size and self.value.size:
            packed[: self.a.amount.size] = float(self.value.mean()) / max(float(price.mean()), FEW)
        return packed

    def __call__(self, packed: Floats, softness: float = 0.0) -> Reply:
        """The bound at these prices and its slope. With softness it is smooth in lines and trainers, and no bound."""
        a, prices = self.a, self.unpack(packed)
        money, money_parts = _cheapest(prices.money + self._pays, softness)
        staff, staff_parts = _cheapest(prices.staff + self._teaches, softness)
        session = staff[a.offer_course] + prices.rooms[a.room]
        kept = np.minimum(prices.locks, money[a.offer_course] * a.fixed + session * a.sessions)
        seat_price = np.where(
            a.open,
            money[a.offer_course] * self._money_a_seat + session * self._sessions_a_seat - kept / a.capacity,
            np.inf,
        )
        offer, price = _cheapest_offer(a, seat_price)
        rent = self.value + prices.targets @ a.counts - price
        learners, seat = _seated(a, rent)
        let_off, forgiven_slope = _forgiven(a, prices.targets, self.missing)
        taken = np.bincount(offer, learners, a.offers + 1)[: a.offers]
        courses = len(a.pays)
        spent = np.bincount(a.offer_course, taken * self._money_a_seat, courses)
        taught = np.bincount(a.offer_course, taken * self._sessions_a_seat, courses)
        bound = (
            prices.money @ a.amount + prices.staff @ a.staff + prices.rooms @ a.room_sessions
            + let_off - prices.targets @ a.target_people - kept[self.locks] @ a.locked[self.locks]
            + float(np.where(learners > 0, rent, 0.0) @ learners)
        )  # fmt: skip
        slope = np.concatenate([
            a.amount - spent @ money_parts,
            a.staff - taught @ staff_parts,
            a.room_sessions - np.bincount(a.room, taken * self._sessions_a_seat, a.room_sessions.size),
            a.counts @ learners - a.target_people + forgiven_slope,
            (taken / a.capacity - a.locked)[self.locks],
        ])  # fmt: skip
        return Reply(float(bound), slope, learners, offer, rent, seat)


def cheapest_prices(dual: Dual, start: Floats | None = None) -> tuple[Prices, Reply]:
    """Prices that make the bound nearly as low as the linear relaxation, and the reply to them. Deterministic.

    `start`: prices to begin at, as `Dual.pack` has them, where such a relaxation was priced before.
    Limited-memory BFGS: the kinks of thousands of demands add up to something nearly smooth; the few big kinks, where one
    line or trainer becomes cheaper than another, are rounded off less and less.
    """
    a = dual.a
    packed = dual.first() if start is None else start
    best, reply = packed, dual(packed)
    for softness in SOFTNESS:
        width = softness * max(float(packed[: a.amount.size].mean()), FEW)
        packed = minimize(
            _smoothed, packed, args=(dual, width), jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * packed.size,
            options={"maxiter": STEPS, "maxfun": 2 * STEPS, "maxcor": 20},
        ).x  # fmt: skip
        found = dual(packed)
        if found.bound < reply.bound:
            best, reply = packed, found
    return dual.unpack(best), reply


def _smoothed(packed: Floats, dual: Dual, width: float) -> tuple[float, Floats]:
    reply = dual(packed, width)
    return reply.bound, reply.slope


def _cheapest(prices: Floats, softness: float) -> tuple[Floats, Floats]:
    """Row by row the least price, and which share each column carries; with softness shares near the least one mix."""
    if prices.shape[1] == 0:
        return np.full(len(prices), np.inf), prices
    least = prices.min(1)
    finite = np.where(np.isfinite(least), least, 0.0)
    if softness == 0:
        parts = np.zeros_like(prices)
        parts[np.arange(len(prices)), prices.argmin(1)] = 1.0
        return finite, parts
    weights = np.exp(-(prices - finite[:, None]) / softness)
    total = np.maximum(weights.sum(1), FEW)
    return finite - softness * np.log(total), weights / total[:, None]


def _cheapest_offer(a: Arrays, seat_price: Floats) -> tuple[Ints, Floats]:
    padded = np.append(seat_price, np.inf)
    at_sites = padded[a.sites]
    place = at_sites.argmin(1)
    rows = np.arange(place.size)
    return a.sites[rows, place], at_sites[rows, place]


def forgiven(a: Arrays, prices: Floats, missing: float) -> float:
    """What the people who may be missing at targets are worth at most."""
    return _forgiven(a, prices, missing)[0]


def _forgiven(a: Arrays, prices: Floats, missing: float) -> tuple[float, Floats]:
    """What the people who may be missing at targets are worth at most, and its slope.

    The dearest are forgiven first: min over h >= 0 of h * missing + sum of people * max(0, price - h * weight).
    """
    slope = np.zeros(prices.size)
    if missing == 0 or not prices.size:
        return 0.0, slope
    if missing >= float(a.target_weight @ a.target_people):
        # Everybody may be missing: no price of a target is paid, and where prices are nought the kinks below would mislead.
        return float(prices @ a.target_people), a.target_people
    levels = np.append(prices / np.maximum(a.target_weight, FEW), 0.0)
    over = np.maximum(0.0, prices - levels[:, None] * a.target_weight)
    worth = levels * missing + over @ a.target_people
    best = int(worth.argmin())
    slope[over[best] > 0] = a.target_people[over[best] > 0]
    if best < prices.size:
        others = float((over[best] > 0) @ (a.target_people * a.target_weight))
        slope[best] = (missing - others) / max(float(a.target_weight[best]), FEW)
    return float(worth[best]), slope


def _seated(a: Arrays, rent: Floats) -> tuple[Floats, Floats]:
    """Learners by demand, best rents first until the group's seats are full, and the rent at which they are."""
    rents = np.append(rent, -np.inf)[a.members]
    people = np.where(rents > 0, np.append(a.people, 0)[a.members], 0)
    order = np.argsort(-rents, axis=1, kind="stable")
    reached = np.minimum(np.take_along_axis(people, order, 1).cumsum(1), a.seats[:, None])
    learners = np.zeros(rent.size + 1)
    learners[np.take_along_axis(a.members, order, 1)] = np.diff(reached, axis=1, prepend=0)
    full: Bools = reached >= a.seats[:, None]
    last = full.argmax(1)
    at_last = np.take_along_axis(np.take_along_axis(rents, order, 1), last[:, None], 1)[:, 0]
    return learners[:-1], np.where(full.any(1) & (a.seats > 0), np.maximum(at_last, 0.0), 0.0)
