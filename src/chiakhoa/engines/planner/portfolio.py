"""The portfolio of a scenario: targets first, then as much gap closed as the limits allow, with a proven bound.

Chooses the method, then makes the calendar where the scenario has terms: what finds no place there makes way for what does
(`placing`). Where no plan meets all limits, tells which of them conflict.
"""

import time

from chiakhoa.engines.planner.bycourse import lower
from chiakhoa.engines.planner.conflict import conflict
from chiakhoa.engines.planner.exact import closer, solve_exactly
from chiakhoa.engines.planner.fast import solve_fast
from chiakhoa.engines.planner.found import EXACT_PAIRS, Found, Impossible, Progress, Watch, unwatched
from chiakhoa.engines.planner.placing import held
from chiakhoa.engines.planner.reasons import finished, worth
from chiakhoa.engines.planner.scenario import Plan, Scenario

# Up to so many, HiGHS cannot find the best plan but lowers the bound of the prices, where a class is much of a budget line.
PROVEN_PAIRS = 25_000
SHARE_OF_FAST = 0.3
# A province whose gap is not closed keeps some of its time for that, if it has so many seconds.
SHARE_OF_PROVINCE, WORTH_PROVING = 0.6, 20.0
LEAST_SECONDS = 2.0


def solve(
    scenario: Scenario, *, time_limit: float, gap: float = 0.01, seed: int = 1, progress: Progress | None = None,
    watch: Watch = unwatched,
) -> Plan:  # fmt: skip
    """The best plan found within `time_limit` seconds, or within `gap` of the bound.

    `progress` is called with a word for each phase; `watch` with the grades found and the bound, again and again: once it says
    so, the search ends with the best plan so far. Deterministic under the seed as long as the time limit does not cut in.
    Raises ValueError where no offer helps anybody, and Impossible with the limits that conflict where locks cannot be met.
    """
    tell = progress or (lambda _word: None)
    began = time.monotonic()
    if not _helps(scenario):
        raise ValueError("no course on offer helps any group: check audiences, rooms and budget lines")
    found = _found(scenario, time_limit=time_limit, gap=gap, seed=seed, tell=tell, watch=watch)
    if scenario.terms:
        tell("calendar")
        found = held(scenario, found, seed=seed)
    plan = finished(scenario, found, time.monotonic() - began)
    tell("done")
    return plan


def _found(scenario: Scenario, *, time_limit: float, gap: float, seed: int, tell: Progress, watch: Watch) -> Found:
    """By the method that suits the size. Where locked classes find no place, the limits that conflict are told.

    The fast method may place locked classes unluckily: where nothing conflicts, the exact one finds them their place.
    """
    pairs = sum(len(offer.groups) for offer in scenario.offers)
    if pairs > EXACT_PAIRS:
        try:
            return _by_prices(scenario, pairs, time_limit=time_limit, gap=gap, seed=seed, tell=tell, watch=watch)
        except Impossible:
            pass
    if scenario.locks:
        limits = conflict(scenario)
        if limits:
            raise Impossible(limits)
    return solve_exactly(scenario, time_limit=time_limit, gap=gap, seed=seed, tell=tell, watch=watch)


def _by_prices(
    scenario: Scenario, pairs: int, *, time_limit: float, gap: float, seed: int, tell: Progress, watch: Watch
) -> Found:
    """By prices; where they cannot close the gap, HiGHS lowers the bound: of a district as a whole, of a province by course."""
    began = time.monotonic()
    if pairs > PROVEN_PAIRS:
        share = SHARE_OF_PROVINCE if time_limit >= WORTH_PROVING else 1.0
        found = solve_fast(scenario, time_limit=share * time_limit, gap=gap, seed=seed, tell=tell, watch=watch)
        left = time_limit - (time.monotonic() - began)
        reached = worth(scenario, found.classes)
        if share == 1.0 or reached >= (1 - gap) * found.bound or left < LEAST_SECONDS or watch(reached, found.bound):
            return found
        return lower(scenario, found, seconds=left)
    share = SHARE_OF_FAST if (1 - SHARE_OF_FAST) * time_limit >= LEAST_SECONDS else 1.0
    found = solve_fast(scenario, time_limit=share * time_limit, gap=gap, seed=seed, tell=tell, watch=watch)
    left = time_limit - (time.monotonic() - began)
    reached = worth(scenario, found.classes)
    if reached >= (1 - gap) * found.bound or left < LEAST_SECONDS or watch(reached, found.bound):
        return found
    return closer(scenario, found, seconds=left, gap=gap, seed=seed, watch=watch)


def _helps(scenario: Scenario) -> bool:
    """Whether any offer that a line may pay helps a group that may come."""
    helped = {(gain.group, gain.course) for gain in scenario.gains if gain.value > 0 and gain.people > 0}
    paid = {course for line in scenario.money for course in line.courses}
    return any(
        offer.course in paid and (group, offer.course) in helped for offer in scenario.offers for group in offer.groups
    )
