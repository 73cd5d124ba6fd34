"""The published schemas: what we write is valid, what we refuse is not, and each example is a sound one."""

import json
from dataclasses import replace

import jsonschema
import pytest
from click.testing import CliRunner

from chiakhoa.engines.planner import Plan, Scenario, broken, dump, generate, load_plan, load_scenario, solve
from chiakhoa.engines.planner.command import planner
from chiakhoa.engines.planner.schema import PLAN, SCENARIO, schema


@pytest.fixture
def valid():
    """Whether the file of a scenario or plan keeps its schema."""
    return lambda kind, data: jsonschema.Draft202012Validator(schema(kind)).is_valid(data)


@pytest.mark.parametrize("kind", [Scenario, Plan])
def test_the_schema_is_one_and_its_example_is_valid(kind):
    jsonschema.Draft202012Validator.check_schema(schema(kind))
    for example in schema(kind)["examples"]:
        jsonschema.validate(example, schema(kind), cls=jsonschema.Draft202012Validator)


def test_the_example_plan_is_a_sound_plan_of_the_example_scenario():
    assert broken(SCENARIO, PLAN) == []


@pytest.mark.parametrize(("file", "kind"), [("scenario", Scenario), ("plan", Plan)])
def test_the_command_prints_the_schema(file, kind):
    assert json.loads(CliRunner().invoke(planner, ["schema", file]).output) == schema(kind)


def test_what_the_planner_writes_is_valid(valid):
    made = generate(3, courses=6, trainers=6, seed=2)
    assert valid(Scenario, json.loads(dump(made)))
    assert valid(Plan, json.loads(dump(solve(made, time_limit=3.0, gap=0.05))))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("money"),
        lambda data: data | {"colour": []},
        lambda data: data["groups"][0].pop("seats"),
        lambda data: data["groups"][0].update(seats="fifty"),
        lambda data: data["groups"][0].update(chairs=3),
        lambda data: data["money"][0].update(amount_vnd=-5),
    ],
    ids=["no money", "unknown part", "no seats", "seats in words", "chairs", "money owed"],
)  # fmt: skip
def test_schema_and_reader_refuse_the_same(valid, change):
    data = json.loads(dump(SCENARIO))
    changed = change(data)
    data = changed if isinstance(changed, dict) and "colour" in changed else data
    assert not valid(Scenario, data)
    with pytest.raises(ValueError):
        load_scenario(json.dumps(data))


def test_a_plan_file_without_bound_is_refused_by_both(valid):
    data = json.loads(dump(replace(PLAN, bound=30.0)))
    del data["bound"]
    assert not valid(Plan, data)
    with pytest.raises(ValueError):
        load_plan(json.dumps(data))
