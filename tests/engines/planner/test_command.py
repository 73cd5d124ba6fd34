"""The planner on files: what it prints, what it writes, and how it ends."""

import json

import pytest
from click.testing import CliRunner

from chiakhoa.engines.planner import dump, load_plan
from chiakhoa.engines.planner.command import planner


@pytest.fixture
def files(tmp_path, scenario):
    """A folder with the small scenario in it."""
    (tmp_path / "scenario.json").write_text(dump(scenario()), encoding="utf-8")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(planner, [str(argument) for argument in arguments])


def solved(files, *more):
    return run("solve", files / "scenario.json", "--out", files / "plan.json", *more)


def test_solve_prints_four_figures_as_json(files):
    result = solved(files, "--json")
    assert result.exit_code == 0
    assert set(json.loads(result.stdout)) == {"objective", "bound", "gap", "seconds"}


def test_solve_prints_the_figures_for_people_too(files):
    assert [line.split()[0] for line in solved(files).stdout.splitlines()] == ["objective", "bound", "gap", "seconds"]


def test_what_solve_writes_passes_the_check(files):
    solved(files)
    result = run("check", files / "scenario.json", files / "plan.json")
    assert (result.exit_code, result.output.strip()) == (0, "sound")


def test_the_written_plan_has_a_list_of_classes(files):
    solved(files)
    assert len(json.loads((files / "plan.json").read_text(encoding="utf-8"))["classes"]) == 3


def test_check_ends_with_1_and_names_the_broken_rule(files):
    solved(files)
    plan = json.loads((files / "plan.json").read_text(encoding="utf-8"))
    plan["classes"][0]["cost_vnd"] = 5
    (files / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    result = run("check", files / "scenario.json", files / "plan.json")
    assert result.exit_code == 1
    assert "costs 5" in result.output


@pytest.mark.parametrize("text", ["", "[]", '{"colour": []}', '{"courses": [{}]}'])
def test_a_file_that_is_no_scenario_ends_with_2_and_names_the_file(files, text):
    (files / "scenario.json").write_text(text, encoding="utf-8")
    result = solved(files)
    assert result.exit_code == 2
    assert "scenario.json" in result.output


def test_a_part_that_is_no_list_ends_with_2(files):
    (files / "scenario.json").write_text('{"courses": 1}', encoding="utf-8")
    assert solved(files).exit_code == 2


def test_generate_makes_a_scenario_that_can_be_solved(tmp_path):
    made = tmp_path / "made.json"
    assert run("generate", "--communes", 3, "--seed", 7, "--out", made).exit_code == 0
    result = run("solve", made, "--out", tmp_path / "plan.json", "--time-limit", 3, "--gap", 0.05, "--json")
    assert result.exit_code == 0
    assert load_plan((tmp_path / "plan.json").read_text(encoding="utf-8")).classes


def test_generate_makes_the_same_scenario_twice(tmp_path):
    for name in ("a", "b"):
        run("generate", "--communes", 3, "--seed", 7, "--out", tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_generate_refuses_no_communes_with_2(tmp_path):
    result = run("generate", "--communes", 0, "--out", tmp_path / "none.json")
    assert result.exit_code == 2
    assert "at least 1" in result.output


def test_a_made_scenario_has_a_calendar_and_its_plan_keeps_it(tmp_path):
    made = run("generate", "--communes", 2, "--weeks", 30, "--seed", 3, "--out", tmp_path / "scenario.json")
    assert made.exit_code == 0 and "30 weeks" in made.output
    solved(tmp_path, "--time-limit", 2, "--gap", 0.1)
    classes = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["classes"]
    assert classes and all(row["sessions"] or row["unplaced"] for row in classes)
    assert run("check", tmp_path / "scenario.json", tmp_path / "plan.json").output.strip() == "sound"
    first = next(row for row in classes if row["sessions"])
    first["sessions"][0][0] = "2027-02-06"
    (tmp_path / "plan.json").write_text(
        json.dumps(json.loads((tmp_path / "plan.json").read_text(encoding="utf-8")) | {"classes": classes}),
        encoding="utf-8",
    )
    result = run("check", tmp_path / "scenario.json", tmp_path / "plan.json")
    assert result.exit_code == 1 and "2027-02-06 is in Tết" in result.output


def test_solve_tells_which_classes_find_no_place_and_why(tmp_path):
    run("generate", "--communes", 2, "--weeks", 2, "--seed", 3, "--out", tmp_path / "scenario.json")
    told = solved(tmp_path, "--time-limit", 2, "--gap", 0.1).stdout
    assert "kinds of class find no place in the calendar: " in told
