"""The fast method, for whole provinces: prices give the bound, fill a draft by them, better it until it is near enough."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from chiakhoa.engines.planner.arrays import Arrays, Bools, arrays
from chiakhoa.engines.planner.draft import Draft, Menu, menu
from chiakhoa.engines.planner.fill import fill, fill_up, open_locked
from chiakhoa.engines.planner.floors import many_are_reached, mended, missing
from chiakhoa.engines.planner.found import TOLERANCE, Found, Impossible, Limits, Progress, Watch, unwatched
from chiakhoa.engines.planner.improve import improve
from chiakhoa.engines.planner.prices import Dual, Prices, Reply, cheapest_prices
from chiakhoa.engines.planner.roster import kinds
from chiakhoa.engines.planner.scenario import PlannedClass, Scenario

# As in the exact method: so many more people of all targets may be missing than the best that phase 1 found.
SLACK = 0.01
# What a seat of a target is worth, as a multiple of its price, until the draft holds the targets.
RAISED = (1.0, 1.3, 2.0)


def solve_fast(
    scenario: Scenario, *, time_limit: float, gap: float, seed: int, tell: Progress, watch: Watch = unwatched
) -> Found:
    """The best plan found in the time, or within `gap` of the bound. Impossible where the locked classes find no place."""
    began = time.monotonic()
    a = arrays(scenario)
    may_miss, begun = 0.0, Draft(scenario, a)
    if scenario.aims:
        tell("targets")
        begun = _targets_first(scenario, a)
        may_miss = shortfall(a, begun) + SLACK * a.slack

    def allowed(draft: Draft) -> bool:
        return shortfall(a, draft) <= may_miss

    tell("prices")
    prices, reply = cheapest_prices(Dual(a, a.value, may_miss))
    tell("classes")
    draft, priced, plain = _drafted(scenario, a, prices, reply, begun, allowed)
    if scenario.floors and shortfall(a, draft) + SLACK * a.slack < may_miss:
        # It misses fewer than phase 1 did: no plan after it may miss more, and the bound is for such plans.
        may_miss = shortfall(a, draft) + SLACK * a.slack
        tighter = Dual(a, a.value, may_miss)
        prices, reply = cheapest_prices(tighter, start=tighter.pack(prices))

    def enough(best: Draft) -> bool:
        over = best.worth >= (1 - gap) * reply.bound or time.monotonic() - began > time_limit
        return watch(best.worth, reply.bound) or over

    if not enough(draft):
        even = _by_gain_per_dong(scenario, a, prices, plain)
        draft = max(draft, even, key=lambda one: (allowed(one), one.worth))
    draft = improve(draft, priced, plain, enough=enough, allowed=allowed, rng=np.random.default_rng(seed))
    return Found(classes_of(scenario, a, draft), reply.bound, limits_of(scenario, a, prices), may_miss)


def _drafted(
    scenario: Scenario, a: Arrays, prices: Prices, reply: Reply, begun: Draft, allowed: Callable[[Draft], bool]
) -> tuple[Draft, Menu, Menu]:
    """A draft filled by the prices that holds the targets, and its menus; if need be, phase 1's draft filled further.

    Where there are floors, what the prices leave missing is mended.
    """
    for raised in RAISED:
        weight = a.value + raised * prices.targets @ a.counts
        priced, plain = menu(a, prices, weight - reply.seat[a.group]), menu(a, prices, weight)
        draft = Draft(scenario, a)
        _lock(draft, plain)
        fill_up(draft, priced, plain)
        if scenario.floors:
            draft = mended(a, draft, prices, priced, plain)
        if allowed(draft):
            return draft, priced, plain
    fill_up(begun, priced, plain)
    return begun, priced, plain


def _by_gain_per_dong(scenario: Scenario, a: Arrays, prices: Prices, plain: Menu) -> Draft:
    """A draft filled as if all money were equally dear: better now and then where every line runs dry."""
    even = replace(prices, money=np.full(a.amount.size, max(float(prices.money.mean()), TOLERANCE)))
    on = menu(a, even, a.value + prices.targets @ a.counts)
    draft = Draft(scenario, a)
    _lock(draft, on)
    fill_up(draft, on, plain)
    return draft


def shortfall(a: Arrays, draft: Draft) -> float:
    """Weighted people missing at targets."""
    return float(a.target_weight @ np.maximum(missing(a, draft), 0))


def _lock(draft: Draft, on: Menu) -> None:
    if not open_locked(draft, on):
        raise Impossible()


def _targets_first(scenario: Scenario, a: Arrays) -> Draft:
    """Phase 1: few people missing at targets, and no class that serves no target.

    Cheap classes first reach most targets; where that leaves people missing, prices of what stands in the way do better.
    """
    weight = a.target_weight @ a.counts
    dual = Dual(a, weight, float(a.target_weight @ a.target_people))
    simple = _aimed(scenario, a, dual, dual.unpack(dual.first()))
    if shortfall(a, simple) == 0:
        return simple
    priced = _aimed(scenario, a, dual, cheapest_prices(dual)[0])
    return min(priced, simple, key=lambda draft: shortfall(a, draft))


def _aimed(scenario: Scenario, a: Arrays, dual: Dual, prices: Prices) -> Draft:
    """Classes for people whom targets count. A target counts until it is reached."""
    draft = Draft(scenario, a)
    _lock(draft, menu(a, prices, a.value))
    seat = dual(dual.pack(prices)).seat[a.group]
    while True:
        short = missing(a, draft) > 0
        weight = (a.target_weight * short) @ a.counts
        fill(
            draft, menu(a, prices, np.where(weight > 0, weight - seat, 0.0)), until=partial(many_are_reached, a, short)
        )
        if not _one_is_reached(a, short, draft) or not (missing(a, draft) > 0).any():
            return draft


def _one_is_reached(a: Arrays, short: Bools, draft: Draft) -> bool:
    return bool((short & (missing(a, draft) <= 0)).any())


def numbers_of(draft: Draft) -> list[int]:
    """The numbers of the draft's classes, in the order of `classes_of`."""
    return sorted(draft.classes, key=lambda number: (draft.classes[number].offer, number))


def classes_of(scenario: Scenario, a: Arrays, draft: Draft) -> tuple[PlannedClass, ...]:
    """The draft's classes, by offer."""
    ids = [group.id for group in scenario.groups]
    made = []
    for number in numbers_of(draft):
        row = draft.classes[number]
        offer = scenario.offers[row.offer]
        groups = sorted(
            (ids[a.group[d]], int(n)) for d, n in zip(row.demands.tolist(), row.seated.tolist(), strict=True)
        )
        cost = offer.fixed_vnd + offer.per_learner_vnd * row.size
        made.append(
            PlannedClass(
                offer.course,
                offer.venue,
                scenario.money[row.line].id,
                tuple(groups),
                cost,
                draft.roster.trainer_of(number),
            )
        )
    return tuple(made)


def limits_of(scenario: Scenario, a: Arrays, prices: Prices) -> Limits:
    """What limits are worth at the prices, and the dearest one of each offer."""
    rooms = dict.fromkeys(
        (offer.venue, scenario.courses[course].room_kind)
        for offer, course in zip(scenario.offers, a.offer_course.tolist(), strict=True)
    )
    worth = (
        *(("money", line.id, price) for line, price in zip(scenario.money, prices.money.tolist(), strict=True)),
        *(("trainer", kind.name, price) for kind, price in zip(kinds(scenario), prices.staff.tolist(), strict=True)),
        *(
            ("room", f"{venue} {kind}", price)
            for (venue, kind), price in zip(rooms, prices.rooms.tolist(), strict=True)
        ),
    )
    money = np.where(a.pays, prices.money, np.inf).min(1, initial=np.inf)[a.offer_course]
    staff = np.where(a.teaches, prices.staff, np.inf).min(1, initial=np.inf)[a.offer_course]
    costs = np.stack([money * (a.fixed + a.each * a.capacity), staff * a.sessions, prices.rooms[a.room] * a.sessions])
    kinds_of = np.array(["money", "trainer", "room"])[costs.argmax(0)]
    return Limits(worth, {o: str(kinds_of[o]) for o in np.flatnonzero(costs.max(0) > TOLERANCE).tolist()})
