"""Matching on files."""

import csv
import json

import pytest
from click.testing import CliRunner

from chiakhoa.engines.matching.command import matching

APPLICATIONS = """applicant,opening,rank,score
Hoa,clinic,1,7
Hoa,school,2,6
Minh,clinic,1,9
Lan,clinic,1,
"""
OPENINGS = "opening,seats\nclinic,1\nschool,1\n"


@pytest.fixture
def solve(tmp_path):
    """Runs the command on two texts; the result and the rows it wrote."""

    def run(applications=APPLICATIONS, openings=OPENINGS, *more):
        (tmp_path / "a.csv").write_text(applications, encoding="utf-8")
        (tmp_path / "o.csv").write_text(openings, encoding="utf-8")
        out = tmp_path / "m.csv"
        paths = [str(tmp_path / "a.csv"), str(tmp_path / "o.csv"), "--out", str(out), *more]
        result = CliRunner().invoke(matching, ["solve", *paths])
        rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines())) if out.exists() else []
        return result, rows

    return run


def test_each_applicant_is_written_with_an_opening_and_the_reasons(solve):
    result, rows = solve()
    assert result.exit_code == 0
    assert rows == [
        {"applicant": "Hoa", "opening": "school", "reason": "clinic: full"},
        {"applicant": "Minh", "opening": "clinic", "reason": ""},
        {"applicant": "Lan", "opening": "", "reason": "clinic: unacceptable"},
    ]


def test_the_figures_can_be_had_as_json(solve):
    assert json.loads(solve(APPLICATIONS, OPENINGS, "--json")[0].stdout) == {"applicants": 3, "matched": 2}


def test_a_file_from_a_spreadsheet_with_a_mark_at_its_start_is_read(solve):
    assert solve("\ufeff" + APPLICATIONS)[0].exit_code == 0


@pytest.mark.parametrize(
    ("applications", "openings", "named"),
    [
        (APPLICATIONS.replace("clinic,1,9", "bank,1,9"), OPENINGS, ("a.csv", "row 4", "opening", "'bank'")),
        (APPLICATIONS.replace("clinic,1,7", "clinic,first,7"), OPENINGS, ("a.csv", "row 2", "rank", "'first'")),
        (APPLICATIONS, OPENINGS.replace("school,1", "school,two"), ("o.csv", "row 3", "seats", "'two'")),
        (APPLICATIONS.replace("rank", "place"), OPENINGS, ("a.csv", "'rank'")),
    ],
)
def test_bad_input_ends_with_2_and_names_file_row_and_column(solve, applications, openings, named):
    result, rows = solve(applications, openings)
    assert (result.exit_code, rows) == (2, [])
    assert all(word in result.output for word in named)


def test_a_score_that_is_no_number_ends_with_2(solve):
    result, _rows = solve(APPLICATIONS.replace("clinic,1,9", "clinic,1,good"))
    assert result.exit_code == 2
    assert "row 4" in result.output


def test_an_opening_that_stands_twice_ends_with_2(solve):
    assert solve(APPLICATIONS, OPENINGS + "clinic,5\n")[0].exit_code == 2


def test_a_wish_that_stands_twice_ends_with_2(solve):
    result, _rows = solve(APPLICATIONS + "Hoa,clinic,3,7\n")
    assert result.exit_code == 2
    assert "twice" in result.output
