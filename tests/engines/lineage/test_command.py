"""Restating on files, and the real reform of 2025-07-01."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from chiakhoa.engines.lineage import Step, restate, weights
from chiakhoa.engines.lineage.command import lineage

UNITS = """id,valid_from,valid_to
a,,2025-07-01
b,,2025-07-01
p,2025-07-01,
q,2025-07-01,
district,,2025-07-01
"""
SUCCESSION = """old_id,new_id,date,share,basis
a,p,2025-07-01,0.5,equal
a,q,2025-07-01,0.5,equal
b,p,2025-07-01,1,whole
district,,2025-07-01,,abolished
"""
COUNTS = "unit_id,value\na,10\nb,5\n"
REAL = Path(__file__).parents[3] / "data" / "units"


@pytest.fixture
def run(tmp_path):
    """Restates texts; the result and the rows it wrote."""

    def call(counts=COUNTS, *more, units=UNITS, succession=SUCCESSION):
        for name, text in (("c.csv", counts), ("u.csv", units), ("s.csv", succession)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return _restate(tmp_path, [tmp_path / "u.csv"], [tmp_path / "s.csv"], *more)

    return call


def test_counts_are_written_on_the_new_map(run):
    result, rows = run()
    assert result.exit_code == 0
    assert rows == [{"unit_id": "p", "value": "10"}, {"unit_id": "q", "value": "5"}]


def test_each_value_of_the_further_column_keeps_its_total(run):
    _result, rows = run("unit_id,value,sex\na,3,f\na,1,m\nb,5,m\n", "--by", "sex")
    assert [tuple(row.values()) for row in rows] == [("p", "2", "f"), ("p", "6", "m"), ("q", "1", "f"), ("q", "0", "m")]


def test_rows_of_one_unit_add_up(run):
    assert [row["value"] for row in run("unit_id,value\nb,5\nb,7\n")[1]] == ["12"]


def test_before_the_reform_the_map_is_as_it_was(run):
    _result, rows = run(COUNTS, "--to", "2025-06-30")
    assert [tuple(row.values()) for row in rows] == [("a", "10"), ("b", "5")]


def test_figures_can_be_had_as_json(run):
    figures = json.loads(run(COUNTS, "--json")[0].stdout)
    assert (figures["units"], figures["heirs"], figures["total"]) == (2, 2, 15)


@pytest.mark.parametrize(
    ("counts", "named"),
    [
        ("unit_id,value\na,10\nnowhere,5\n", ("c.csv", "row 3", "unit_id", "'nowhere'")),
        ("unit_id,value\na,ten\n", ("c.csv", "row 2", "value", "'ten'")),
        ("unit_id,value\na,1.5\n", ("c.csv", "row 2", "value", "'1.5'")),
        ("unit_id,value\na,-4\n", ("c.csv", "a", "-4")),
        ("unit,value\na,4\n", ("c.csv", "'unit_id'")),
    ],
)
def test_bad_counts_end_with_2_and_name_file_row_and_column(run, counts, named):
    result, rows = run(counts)
    assert (result.exit_code, rows) == (2, [])
    assert all(word in result.output for word in named)


@pytest.mark.parametrize("bad", ["a,p,soon,0.5,", "a,p,2025-07-01,half,"])
def test_a_bad_succession_row_ends_with_2_and_names_it(run, bad):
    result, _rows = run(succession=f"old_id,new_id,date,share,basis\n{bad}\n")
    assert result.exit_code == 2
    assert "row 2" in result.output


def test_an_earlier_map_divides_among_the_forebears_by_the_part_that_passed(run):
    """Half of a and the whole of b passed into p: a third of p's people count for a."""
    _result, rows = run("unit_id,value\np,9\nq,4\n", "--from", "2026-01-01", "--to", "2025-01-01")
    assert [tuple(row.values()) for row in rows] == [("a", "7"), ("b", "6")]


def test_an_abolished_unit_without_people_is_not_on_the_new_map(run):
    assert "district" not in {row["unit_id"] for row in run("unit_id,value\ndistrict,0\nb,5\n")[1]}


def test_the_count_of_an_abolished_unit_would_be_lost_and_ends_with_2(run):
    result, _rows = run("unit_id,value\ndistrict,9\nb,5\n")
    assert result.exit_code == 2
    assert "district" in result.output


def test_a_count_of_a_unit_that_is_not_yet_there_ends_with_2_and_names_row_day_and_forebears(run):
    result, rows = run("unit_id,value\na,1\np,9\n")
    assert (result.exit_code, rows) == (2, [])
    assert all(word in result.output for word in ("row 3", "unit_id", "p is in force only from 2025-07-01", "a, b"))


def test_a_count_of_a_unit_that_has_ended_ends_with_2_and_names_row_day_and_heirs(run):
    result, rows = run("unit_id,value\na,1\n", "--from", "2025-07-01")
    assert (result.exit_code, rows) == (2, [])
    assert all(word in result.output for word in ("row 2", "unit_id", "a ended on 2025-07-01", "p, q"))


@pytest.fixture(scope="module")
def real():
    """The two provinces and the rest of the country: units by id, and rows of succession."""
    units, rows = {}, []
    for start in ("", "country_"):
        units |= {row["id"]: row for row in _read(REAL / f"{start}units.csv")}
        rows += _read(REAL / f"{start}succession.csv")
    steps = [
        Step(r["old_id"], r["new_id"], date.fromisoformat(r["date"]), float(r["share"])) for r in rows if r["new_id"]
    ]
    return units, steps  # fmt: skip


def test_two_hundred_and_eighty_communes_become_ninety_two_and_nobody_is_lost(real):
    _units, steps = real
    old = [row["id"] for row in _read(REAL / "units.csv") if row["level"] == "3" and row["valid_to"]]
    people = np.random.default_rng(1).integers(500, 9000, size=len(old))
    passed = weights(old, steps, date(2025, 1, 1), date(2026, 1, 1))
    assert (len(old), len(passed.targets)) == (280, 92)
    assert restate(people, passed).sum() == people.sum()


def test_no_commune_of_the_country_loses_or_gains_anybody_in_sum(real):
    """Five island districts without communes became special zones, and are restated with the communes."""
    units, steps = real
    new = {unit for unit, row in units.items() if row["level"] == "3" and row["valid_from"]}
    old = sorted({step.old for step in steps if step.new in new})
    assert len(old) == 10_040
    people = np.random.default_rng(2).integers(0, 30_000, size=(len(old), 3))
    passed = weights(old, steps, date(2025, 1, 1), date(2026, 1, 1))
    assert set(passed.targets) == new
    assert len(new) == 3321
    assert restate(people, passed).sum(axis=0).tolist() == people.sum(axis=0).tolist()


def test_every_province_of_the_country_keeps_its_total(real):
    units, steps = real
    old = sorted(unit for unit, row in units.items() if row["level"] == "3" and row["valid_to"])
    people = np.random.default_rng(1).integers(0, 5000, size=len(old))
    passed = weights(old, steps, date(2025, 1, 1), date(2026, 1, 1))
    heir = {step.old: step.new for step in steps if units[step.old]["level"] == "1"}
    before, after = Counter(), Counter()
    for unit, count in zip(old, people, strict=True):
        before[heir[_province(units, unit)]] += int(count)
    for unit, count in zip(passed.targets, restate(people, passed), strict=True):
        after[_province(units, unit)] += int(count)
    assert after == before


def test_the_country_goes_from_file_to_file_and_keeps_its_total(real, tmp_path):
    units, _steps = real
    rows = [f"{unit},{i}" for i, (unit, row) in enumerate(units.items()) if row["level"] == "3" and row["valid_to"]]
    (tmp_path / "c.csv").write_text("unit_id,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    result, written = _restate(
        tmp_path,
        [REAL / "units.csv", REAL / "country_units.csv"],
        [REAL / "succession.csv", REAL / "country_succession.csv"],
    )
    assert result.exit_code == 0
    assert sum(int(row["value"]) for row in written) == sum(int(row.split(",")[1]) for row in rows)


def _restate(folder, units, succession, *more):
    out = folder / "out.csv"
    arguments = ["restate", folder / "c.csv", "--from", "2025-01-01", "--to", "2026-01-01", "--out", out]
    arguments += [part for path in units for part in ("--units", path)]
    arguments += [part for path in succession for part in ("--succession", path)]
    result = CliRunner().invoke(lineage, [str(argument) for argument in [*arguments, *more]])
    return result, _read(out) if out.exists() else []


def _read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _province(units, unit):
    while units[unit]["parent_id"]:
        unit = units[unit]["parent_id"]
    return unit
