"""Provinces that share a budget line: the money is given once, the bound holds for the country as a whole, one is in memory."""

import gc
import json
import weakref
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chiakhoa.engines.planner import Money, Province, Scenario, Shared, broken, generate, plan_country, solve
from chiakhoa.engines.planner.command import planner
from chiakhoa.engines.planner.generate import generate_country


def a_country(sizes, seed=1, **kind):
    return list(generate_country(sizes, seed=seed, **kind))


def planned(named, shared, **kind):
    kept = {}
    provinces = [Province(name, lambda made=made: made) for name, made in named]
    found = plan_country(
        provinces,
        shared,
        keep=lambda name, scenario, plan: kept.update({name: (scenario, plan)}),
        time_limit=30,
        **kind,
    )
    return found, kept


def as_one(named, amount):
    """The country as one scenario: every name with its province before it, the shared line once."""

    def own(name, text):
        return f"{name}/{text}"

    parts = {"courses": [], "offers": [], "rooms": [], "trainers": [], "groups": [], "gains": [], "money": []}
    for n, made in named:
        code = {row.code: own(n, row.code) for row in made.courses}
        skills = lambda row, n=n: tuple(own(n, skill) for skill in row.skills)  # noqa: E731
        parts["courses"] += [replace(row, code=code[row.code], skills=skills(row)) for row in made.courses]
        parts["offers"] += [
            replace(row, course=code[row.course], venue=own(n, row.venue), groups=tuple(own(n, g) for g in row.groups))
            for row in made.offers
        ]
        parts["rooms"] += [replace(row, venue=own(n, row.venue)) for row in made.rooms]
        parts["trainers"] += [replace(row, id=own(n, row.id), skills=skills(row)) for row in made.trainers]
        parts["groups"] += [replace(row, id=own(n, row.id), unit=own(n, row.unit)) for row in made.groups]
        parts["gains"] += [replace(row, group=own(n, row.group), course=code[row.course]) for row in made.gains]
        parts["money"] += [
            replace(row, id=own(n, row.id), courses=tuple(code[c] for c in row.courses)) for row in made.money[:-1]
        ]
    parts["money"].append(Money("national", amount, tuple(row.code for row in parts["courses"])))
    return Scenario(**{name: tuple(rows) for name, rows in parts.items()})


@pytest.fixture(scope="module")
def three():
    named = a_country([2, 3, 4])
    shared = [Shared("national", sum(made.money[-1].amount_vnd for _name, made in named))]
    return named, shared, *planned(named, shared)


def test_every_province_has_a_sound_plan_with_its_part(three):
    _named, _shared, found, kept = three
    assert [part.province for part in found.parts] == ["p01", "p02", "p03"]
    for part in found.parts:
        scenario, plan = kept[part.province]
        assert broken(scenario, plan) == []
        assert scenario.money[-1].amount_vnd == part.shares[0] >= part.spent_vnd[0]
        assert (plan.objective, len(plan.classes)) == (part.objective, part.classes)


def test_the_shared_money_is_spent_once(three):
    _named, shared, found, _kept = three
    assert sum(part.spent_vnd[0] for part in found.parts) <= shared[0].amount_vnd


def test_the_bound_holds_for_the_country_planned_as_one(three):
    named, shared, found, _kept = three
    whole = solve(as_one(named, shared[0].amount_vnd), time_limit=30, gap=0.0)
    assert found.bound >= whole.objective * (1 - 1e-9)
    assert found.objective <= whole.bound * (1 + 1e-9)
    assert found.objective >= 0.97 * whole.objective


def test_money_goes_where_it_closes_more():
    poor, rich = a_country([3, 3], shared=0.5)
    # In the first province everything brings ten times as much.
    name, made = poor
    gains = tuple(replace(row, value=10 * row.value) for row in made.gains)
    named = [(name, replace(made, gains=gains, targets=())), (rich[0], replace(rich[1], targets=()))]
    found, _kept = planned(named, [Shared("national", made.money[-1].amount_vnd)])
    assert found.parts[0].spent_vnd[0] > found.parts[1].spent_vnd[0]


# Made whole, one more person is missing at a target there than the program held.
@example([1, 1, 3], 10, 0.05)
@settings(max_examples=5)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.integers(1, 50), st.sampled_from([0.05, 0.5, 2.0]))
def test_whatever_the_country_the_bound_is_above_and_the_money_enough(sizes, seed, money):
    named = a_country(sizes, seed=seed, money=money)
    shared = [Shared("national", sum(made.money[-1].amount_vnd for _name, made in named))]
    found, kept = planned(named, shared, gap=0.05)
    assert found.bound >= found.objective * (1 - 1e-9)
    assert sum(part.spent_vnd[0] for part in found.parts) <= shared[0].amount_vnd
    assert all(broken(*pair) == [] for pair in kept.values())


def test_two_shared_lines_are_divided_each():
    named = [
        (name, replace(made, money=(*made.money, Money("science", 0, tuple(c.code for c in made.courses[:9])))))
        for name, made in a_country([2, 3])
    ]
    shared = [Shared("national", 300_000_000), Shared("science", 200_000_000)]
    found, kept = planned(named, shared)
    for line, row in enumerate(shared):
        assert sum(part.spent_vnd[line] for part in found.parts) <= row.amount_vnd
    assert all(broken(*pair) == [] for pair in kept.values())


def test_one_province_is_in_memory_at_a_time():
    alive, most = 0, 0

    def gone():
        nonlocal alive
        alive -= 1

    def read(seed):
        nonlocal alive, most
        gc.collect()
        made = next(iter(generate_country([2], seed=seed)))[1]
        alive, most = alive + 1, max(most, alive + 1)
        weakref.finalize(made.groups[0], gone)
        return made

    provinces = [Province(f"p{n}", lambda n=n: read(n)) for n in range(1, 5)]
    plan_country(provinces, [Shared("national", 500_000_000)], keep=lambda *_: None, time_limit=20)
    assert most == 1


def test_a_province_without_the_shared_line_is_named():
    named = [("here", generate(2)), *a_country([2])]
    with pytest.raises(ValueError, match="here has no budget line 'national'"):
        planned(named, [Shared("national", 1)])


def test_a_country_is_a_folder_of_files(tmp_path):
    run = CliRunner().invoke
    made = run(planner, ["country", "generate", "--communes", "1,2", "--out", str(tmp_path / "in")])
    assert made.exit_code == 0, made.output
    given, out = tmp_path / "in" / "country.json", tmp_path / "out"
    told = run(planner, ["country", "solve", str(given), "--out", str(out), "--time-limit", "20", "--json"])
    assert told.exit_code == 0, told.output
    assert set(json.loads(told.output)) == {"objective", "bound", "gap", "seconds"}
    assert run(planner, ["country", "check", str(given), str(out)]).output == "sound\n"
    spent_twice = json.loads(given.read_text())
    spent_twice["shared"][0]["amount_vnd"] //= 10
    given.write_text(json.dumps(spent_twice))
    checked = run(planner, ["country", "check", str(given), str(out)])
    assert checked.exit_code == 1
    assert "line national" in checked.output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "need"),
        ("[", "need"),
        ('{"provinces": {}, "shared": []}', "names no province"),
        ('{"provinces": {"../x": "a.json"}, "shared": [{"id": "n", "amount_vnd": 1}]}', "cannot be the name"),
        ('{"provinces": {"x": "no.json"}, "shared": [{"id": "n", "amount_vnd": 1}]}', "no.json"),
    ],
)
def test_a_bad_country_is_refused_in_words(tmp_path, text, says):
    given = tmp_path / "country.json"
    given.write_text(text)
    told = CliRunner().invoke(planner, ["country", "solve", str(given), "--out", str(tmp_path / "out")])
    assert told.exit_code == 2
    assert says in told.output
