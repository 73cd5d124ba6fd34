"""Plans: what can be worked out by hand comes out so, and at the size of a province the bound is near."""

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from chiakhoa.engines.planner import (
    Course,
    Gain,
    Group,
    Lock,
    Money,
    Offer,
    Room,
    Scenario,
    Target,
    Trainer,
    broken,
    generate,
    program,
    solve,
)
from chiakhoa.engines.planner.arrays import arrays
from chiakhoa.engines.planner.exact import limits_of as exact_limits
from chiakhoa.engines.planner.fast import limits_of
from chiakhoa.engines.planner.prices import Dual, cheapest_prices

MILLION = 1_000_000


def plan_of(scenario, **options):
    """A plan that its own checker finds sound."""
    plan = solve(scenario, **({"time_limit": 5.0, "gap": 1e-6} | options))
    assert broken(scenario, plan) == []
    return plan


def seated(plan):
    people = Counter()
    for row in plan.classes:
        people.update(dict(row.groups))
    return people


def kinds(plan):
    return {kind for kind, _name, _value in plan.marginal}


def test_money_for_three_classes_goes_to_those_who_gain_most(scenario):
    plan = plan_of(scenario())
    assert len(plan.classes) == 3
    assert seated(plan) == {"near": 50, "far": 10}
    assert plan.objective == pytest.approx(55.0)


def test_the_bound_of_a_small_plan_is_reached(scenario):
    assert plan_of(scenario()).bound == pytest.approx(55.0)


def test_a_class_costs_its_fixed_part_and_each_learner(scenario):
    plan = plan_of(scenario(offers=(Offer("BASIC", "hall", 1 * MILLION, 50_000, 20, ("near", "far")),)))
    assert {row.cost_vnd for row in plan.classes} <= {MILLION + 50_000 * size for size in range(10, 21)}


def test_what_one_more_million_brings_is_the_next_class_shared_out(scenario):
    """A further class of 20 of the second group costs 2 million and closes 10 grades."""
    assert plan_of(scenario()).marginal == (("money", "state", pytest.approx(5.0)),)


def test_trainers_without_sessions_are_the_limit_and_are_told_as_one(scenario):
    plan = plan_of(scenario(trainers=(Trainer("Mai", ("digital",), 4),)))
    assert len(plan.classes) == 2
    assert kinds(plan) == {"trainer"}


def test_a_trainer_without_the_skill_teaches_nothing(scenario):
    plan = plan_of(scenario(trainers=(Trainer("Mai", ("digital",), 2), Trainer("Lan", ("sewing",), 100))))
    assert len(plan.classes) == 1


def test_rooms_are_the_limit_where_they_are_scarce(scenario):
    plan = plan_of(scenario(rooms=(Room("school", "classroom", 2), Room("hall", "classroom", 0))))
    assert [row.venue for row in plan.classes] == ["school"]
    assert kinds(plan) == {"room"}


def test_a_line_pays_only_its_own_courses(scenario):
    plan = plan_of(
        scenario(
            courses=(Course("BASIC", 2, 10, 20, "classroom", ()), Course("DEEP", 2, 10, 20, "classroom", ())),
            offers=(Offer("BASIC", "hall", 2 * MILLION, 0, 20, ("near",)), Offer("DEEP", "hall", 2 * MILLION, 0, 20, ("far",))),
            gains=(Gain("near", "BASIC", 1.0, 50), Gain("far", "DEEP", 9.0, 50)),
        )
    )  # fmt: skip
    assert {row.course for row in plan.classes} == {"BASIC"}


def test_two_lines_together_pay_more_classes_than_either(scenario):
    both = (Money("state", 4 * MILLION, ("BASIC",)), Money("donor", 2 * MILLION, ("BASIC",)))
    plan = plan_of(scenario(money=both))
    assert Counter(row.line for row in plan.classes) == {"state": 2, "donor": 1}


def test_too_few_people_for_a_class_get_none(scenario):
    plan = plan_of(scenario(gains=(Gain("near", "BASIC", 1.0, 9),)))
    assert plan.classes == ()
    assert plan.unmet == (("near", 9, "size"),)


def test_two_groups_too_small_alone_share_a_class(scenario):
    plan = plan_of(scenario(gains=(Gain("near", "BASIC", 1.0, 6), Gain("far", "BASIC", 1.0, 6))))
    assert [dict(row.groups) for row in plan.classes] == [{"near": 6, "far": 6}]


def test_who_is_left_out_for_money_is_told_so(scenario):
    assert plan_of(scenario()).unmet == (("far", 40, "money"),)


def test_who_has_no_offer_within_reach_is_told_so(scenario):
    plan = plan_of(scenario(offers=(Offer("BASIC", "hall", 2 * MILLION, 0, 20, ("near",)),)))
    assert ("far", 50, "distance") in plan.unmet


def test_who_needs_a_course_that_no_line_pays_is_told_so(scenario):
    groups = tuple(Group(name, name, "farmer", 50) for name in ("near", "far", "poor"))
    plan = plan_of(
        scenario(
            groups=groups,
            courses=(scenario().courses[0], replace(scenario().courses[0], code="DEEP")),
            offers=(
                Offer("BASIC", "hall", 2 * MILLION, 0, 20, ("near", "far")),
                Offer("DEEP", "hall", 2 * MILLION, 0, 20, ("far", "poor")),
            ),
            gains=(Gain("near", "BASIC", 1.0, 50), Gain("far", "BASIC", 0.5, 50), Gain("far", "DEEP", 9.0, 50),
                   Gain("poor", "DEEP", 1.0, 50)),
        )
    )  # fmt: skip
    assert {group: reason for group, _people, reason in plan.unmet} == {
        "far": "money",
        "poor": "unpaid",
    }


def test_nobody_takes_more_seats_than_the_group_may(scenario):
    plan = plan_of(scenario(groups=(Group("near", "c1", "farmer", 12), Group("far", "c2", "official", 50))))
    assert seated(plan)["near"] == 12


def test_targets_come_before_gain(with_target):
    """Forty officials would close half as much as forty farmers; one person in a hundred of a target may be missing."""
    plan = plan_of(with_target)
    assert seated(plan)["far"] >= 39
    assert plan.objective == pytest.approx(40 * 0.5 + 20, abs=1.0)


def test_a_target_out_of_reach_tells_who_is_missing(scenario):
    plan = plan_of(scenario(targets=(Target("all", ("BASIC",), (), 100),)))
    assert dict(plan.shortfalls) == {"all": 40}


def test_locked_classes_are_in_the_plan(locked):
    assert sum(row.venue == "hall" for row in plan_of(locked).classes) >= 2


def test_locks_that_money_cannot_pay_are_refused_in_words(scenario):
    with pytest.raises(ValueError, match="unlock a class"):
        solve(scenario(locks=(Lock("BASIC", "hall", 9),)), time_limit=5.0)


def test_offers_that_help_nobody_are_refused_in_words(scenario):
    with pytest.raises(ValueError, match="helps any group"):
        solve(scenario(gains=()), time_limit=5.0)


def test_the_phases_are_told_in_order(with_target):
    told = []
    solve(with_target, time_limit=5.0, progress=told.append)
    assert told == ["targets", "prices", "classes", "done"]


def test_the_same_seed_gives_the_same_plan():
    made = generate(5, courses=8, trainers=20, seed=2)
    first, second = (solve(made, time_limit=30.0, gap=0.02, seed=4) for _ in range(2))
    assert (first.classes, first.objective, first.bound) == (second.classes, second.objective, second.bound)


def test_solving_prints_nothing(scenario, capfd):
    solve(scenario(), time_limit=5.0)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_of_a_tiny_scenario_is_better(seed):
    """Against every number of classes at every offer, each filled by whoever gains most."""
    made = _tiny(seed)
    assert plan_of(made).objective == pytest.approx(_best_by_hand(made), abs=1e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_district_is_planned_within_two_percent_of_the_bound(seed):
    plan = plan_of(generate(12, courses=15, trainers=20, seed=seed), time_limit=20.0, gap=0.02)
    assert plan.gap <= 0.02


def test_a_fifth_of_the_money_still_gives_a_sound_plan():
    made = generate(10, courses=8, trainers=10, seed=3)
    assert plan_of(_with_money(made, 0.2), time_limit=4.0, gap=0.02).objective > 0


def test_money_for_no_class_gives_an_empty_plan_and_says_money():
    made = generate(6, courses=8, trainers=10, seed=3)
    plan = plan_of(_with_money(made, 0.0), time_limit=4.0, gap=0.02)
    assert plan.classes == ()
    assert {reason for _group, _people, reason in plan.unmet} == {"money"}


def test_more_money_never_closes_less(scenario):
    closed = [plan_of(scenario(money=(Money("state", m * MILLION, ("BASIC",)),))).objective for m in range(0, 13, 2)]
    assert closed == sorted(closed)
    assert closed[0] == 0


@pytest.mark.parametrize("seed", range(4))
def test_a_lock_holds_in_crowded_scenarios(seed):
    made = generate(4, courses=6, trainers=20, seed=seed)
    offer = made.offers[seed]
    held = replace(_with_money(made, 5.0), locks=(Lock(offer.course, offer.venue, 1),))
    plan = plan_of(held, time_limit=3.0, gap=0.02)
    assert any((row.course, row.venue) == (offer.course, offer.venue) for row in plan.classes)


def test_a_trainer_of_two_skills_is_not_spent_twice(scenario):
    """Only one trainer can teach either course; somebody else's sessions hide that from the sum over all trainers."""
    made = scenario(
        courses=(Course("A", 2, 10, 20, "classroom", ("a",)), Course("B", 2, 10, 20, "classroom", ("b",))),
        offers=(Offer("A", "hall", MILLION, 0, 20, ("near",)), Offer("B", "hall", MILLION, 0, 20, ("far",))),
        gains=(Gain("near", "A", 1.0, 50), Gain("far", "B", 1.0, 50)),
        money=(Money("state", 60 * MILLION, ("A", "B")),),
        trainers=(Trainer("Mai", ("a", "b"), 2), Trainer("Lan", ("c",), 100)),
    )
    assert [row.trainer for row in plan_of(made).classes] == ["Mai"]


def test_a_venue_without_the_kind_of_room_holds_no_class(scenario):
    assert [row.venue for row in plan_of(scenario(rooms=(Room("school", "classroom", 2),))).classes] == ["school"]


def test_two_rooms_of_a_kind_hold_twice_as_much(scenario):
    rooms = (Room("school", "classroom", 2), Room("school", "classroom", 2), Room("hall", "classroom", 0))
    assert len(plan_of(scenario(rooms=rooms)).classes) == 2


def _with_money(made, share):
    return replace(made, money=tuple(replace(m, amount_vnd=int(m.amount_vnd * share)) for m in made.money))


def _tiny(seed):
    """Three groups, two offers of one course, classes of 3 to 6, money for a few."""
    rng = np.random.default_rng(seed)
    names = ("a", "b", "c")
    people = rng.integers(2, 8, size=3)
    return Scenario(
        (Course("C", 1, 3, 6, "room", ()),),
        tuple(
            Offer("C", venue, int(rng.integers(1, 5)) * MILLION, 0, 6, tuple(rng.permutation(names)[: 2 + v].tolist()))
            for v, venue in enumerate(("v", "w"))
        ),
        (Room("v", "room", 2), Room("w", "room", 3)),
        (Trainer("t", (), int(rng.integers(2, 6))),),
        tuple(Group(name, name, "farmer", int(n)) for name, n in zip(names, people, strict=True)),
        tuple(Gain(name, "C", float(rng.integers(1, 9)) / 4, int(n)) for name, n in zip(names, people, strict=True)),
        (Money("m", int(rng.integers(3, 12)) * MILLION, ("C",)),),
    )


def _best_by_hand(made):
    best = 0.0
    for counts in product(range(3), range(4)):
        cost = sum(n * offer.fixed_vnd for n, offer in zip(counts, made.offers, strict=True))
        if cost <= made.money[0].amount_vnd and sum(counts) <= made.trainers[0].sessions:
            best = max(best, _filled(made, counts))
    return best


def _filled(made, counts):
    """The most that so many classes close: every split of each group over none, v and w."""
    value = {gain.group: gain.value for gain in made.gains}
    best = float("-inf")
    choices = [
        [
            split
            for split in product(range(group.seats + 1), repeat=2)
            if sum(split) <= group.seats
            and all(group.id in o.groups or not n for n, o in zip(split, made.offers, strict=True))
        ]
        for group in made.groups
    ]
    for splits in product(*choices):
        sizes = [sum(split[o] for split in splits) for o in range(2)]
        if all(3 * n <= size <= 6 * n for n, size in zip(counts, sizes, strict=True)):
            worth = sum(value[g.id] * sum(split) for g, split in zip(made.groups, splits, strict=True))
            best = max(best, worth)
    return best


@pytest.mark.parametrize("method", ["exact", "prices"])
def test_marginal_values_are_what_solving_again_brings(method):
    """One more unit of each scarce limit, added to the linear relaxation: the bound rises by what was told, or a little less."""
    made = replace(generate(4, courses=6, trainers=6, lines=2, money=0.5, seed=4), targets=())
    told, bound = MARGINAL[method](made)
    near = {"exact": 1e-6, "prices": 1e-4}[method] * bound
    for (kind, name), price in told.items():
        again = MARGINAL[method](_one_more(made, kind, name, 1))[1]
        assert -near <= again - bound <= price + near
    dearest = max((row for row in told if row[0] == "money"), key=lambda row: told[row])
    again = MARGINAL[method](_one_more(made, *dearest, 1))[1]
    assert again - bound == pytest.approx(told[dearest], rel=0.2)


def _by_highs(made):
    built = program.build(made)
    answer = program.solve(built, built.gain, maximise=True, seconds=20, gap=0.0, seed=1, relaxed=True)
    return {(k, n): price for k, n, price in exact_limits(built, answer).worth if price > 1e-6}, answer.objective


def _by_prices(made):
    a = arrays(made)
    prices, reply = cheapest_prices(Dual(a, a.value, 0.0))
    return {(k, n): price for k, n, price in limits_of(made, a, prices).worth if price > 1e-2}, reply.bound


MARGINAL = {"exact": _by_highs, "prices": _by_prices}


def _one_more(made, kind, name, step):
    if kind == "money":
        return replace(made, money=tuple(
            replace(m, amount_vnd=m.amount_vnd + int(step * MILLION)) if m.id == name else m for m in made.money
        ))  # fmt: skip
    if kind == "room":
        venue, room = name.split(" ", 1)
        return replace(made, rooms=(*made.rooms, Room(venue, room, step)))
    return replace(made, trainers=(*made.trainers, Trainer("more", tuple(name.split(", ")), step)))


def test_a_district_with_little_money_gets_a_lower_bound_by_branching():
    made = replace(generate(8, courses=10, lines=6, money=0.1, seed=1), targets=())
    a = arrays(made)
    relaxed = cheapest_prices(Dual(a, a.value, 0.0))[1].bound
    plan = plan_of(made, time_limit=6.0, gap=0.001)
    assert plan.objective <= plan.bound < 0.995 * relaxed


def test_the_same_seed_makes_the_same_plan_however_much_time_it_is_given_beyond_what_it_takes():
    """More is wanted than the money pays: the phase of the targets has to weigh who is missing, and ends by its gap."""
    made = generate(5, courses=12, trainers=10, lines=5, money=0.06, seed=1)
    wanted = tuple(
        Target(audience, tuple(sorted({gain.course for gain in made.gains if gain.group.endswith(f"-{audience}")})),
               (audience,), 200)
        for audience in sorted({group.audience for group in made.groups})
    )  # fmt: skip
    short = replace(made, targets=tuple(target for target in wanted if target.courses))
    plans = [solve(short, time_limit=seconds, seed=1) for seconds in (60.0, 600.0)]
    assert plans[0].shortfalls, "else nobody is missing"
    assert [replace(plan, seconds=0.0) for plan in plans[:1]] == [replace(plan, seconds=0.0) for plan in plans[1:]]
