"""The commands on files, as someone at a terminal meets them."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner, Result

from chiakhoa.engines.irt import Items
from chiakhoa.engines.irt.command import irt


def run(*arguments: object) -> Result:
    return CliRunner().invoke(irt, [str(argument) for argument in arguments])


@pytest.fixture
def section_six(tmp_path: Path, lsat6: np.ndarray) -> Path:
    path = tmp_path / "answers.csv"
    rows = ["i1,i2,i3,i4,i5", *(",".join(str(int(cell)) for cell in row) for row in lsat6)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def bank_file(tmp_path: Path) -> Path:
    path = tmp_path / "bank.csv"
    rows = [f"q{i},{'xyz'[i % 3]},{1 + i % 4 * 0.3},{i % 7 - 3},0.1" for i in range(60)]
    path.write_text("\n".join(["item,domain,a,b,c", *rows]) + "\n", encoding="utf-8")
    return path


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_a_file_of_answers_becomes_a_file_of_items(section_six, tmp_path):
    out = tmp_path / "items.csv"
    result = run("calibrate", section_six, "--model", "2pl", "--prior", "none", "--out", out, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["log_likelihood"] == pytest.approx(-2466.653, abs=1e-3)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == ["item", "a", "b", "c", "se_a", "se_b"]
    assert [row["item"] for row in rows] == ["i1", "i2", "i3", "i4", "i5"]
    assert float(rows[0]["a"]) == pytest.approx(0.825, abs=0.01)


def test_without_json_the_likelihood_stands_in_the_text(section_six, tmp_path):
    result = run("calibrate", section_six, "--model", "1pl", "--prior", "none", "--out", tmp_path / "items.csv")
    assert result.exit_code == 0
    assert "-2466.9376" in result.stdout


def test_what_calibration_writes_simulation_reads(section_six, tmp_path):
    out = tmp_path / "items.csv"
    run("calibrate", section_six, "--out", out)
    result = run("simulate", out, "--people", 50, "--seed", 1, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["length_max"] == 5


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,0\n,1\n0,\n1,1\n0,0\n",
        "a;b\r\n1;0\r\n;1\r\n0;\r\n1;1\r\n0;0",
        "\ufeffa,b\n1.0, 0\nNA,1\n0,\n1,1\n0,0\n\n",
    ],
    ids=["plain", "semicolons", "spreadsheet"],
)
def test_answers_are_read_as_spreadsheets_write_them(tmp_path, text):
    out = tmp_path / "items.csv"
    result = run("calibrate", written(tmp_path / "answers.csv", text), "--out", out, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) | {"persons": 5, "items": 2, "answers": 8} == json.loads(result.stdout)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,0\n1,2\n", ["row 3", "column b", "'2'"]),
        ("a,b\n1,0\nyes,1\n", ["row 3", "column a", "'yes'"]),
        ("a,b\n10,0\n", ["row 2", "column a", "'10'"]),
        ("a,b\n1,0\n1\n", ["row 3", "1 cells"]),
        ("a,b\n1,0\n1,0,1\n0\n", ["row 3", "3 cells"]),
        ("a,a\n1,0\n", ["row 1", "column 2", "twice"]),
        ("a,\n1,0\n", ["row 1", "column 2", "no name"]),
        ("a,b\n", ["no row of answers"]),
        ("", ["row 1", "header"]),
    ],
)
def test_bad_answers_are_refused_by_row_and_column(tmp_path, text, words):
    result = run("calibrate", written(tmp_path / "answers.csv", text), "--out", tmp_path / "items.csv")
    assert result.exit_code == 2
    assert all(word in result.stderr for word in words), result.stderr
    assert not (tmp_path / "items.csv").exists()


def test_an_item_everybody_knew_is_named_where_no_prior_helps(tmp_path):
    path = written(tmp_path / "answers.csv", "easy,hard\n1,0\n1,1\n1,0\n")
    result = run("calibrate", path, "--prior", "none", "--out", tmp_path / "items.csv")
    assert result.exit_code == 2
    assert "column easy" in result.stderr
    assert "--prior default" in result.stderr


def test_answers_in_categories_are_calibrated_with_thresholds(tmp_path):
    chance = np.random.default_rng(5)
    ability = chance.normal(size=300)
    cells = np.clip(np.round(ability[:, None] + chance.logistic(0, 0.6, (300, 4)) + 1), 0, 2).astype(int)
    cells[:, 3] = np.minimum(cells[:, 3], 1)
    path = written(tmp_path / "answers.csv", "a,b,c,d\n" + "\n".join(",".join(map(str, row)) for row in cells))
    out = tmp_path / "items.csv"
    result = run("calibrate", path, "--model", "grm", "--out", out, "--json")
    assert result.exit_code == 0, result.stderr
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == ["item", "a", "b", "c", "se_a", "se_b", "b1", "b2", "se_b1", "se_b2"]
    assert float(rows[0]["b1"]) < float(rows[0]["b2"])
    assert rows[3]["b2"] == ""


def test_a_category_nobody_used_is_named(tmp_path):
    path = written(tmp_path / "answers.csv", "a,b\n0,1\n2,0\n0,1\n")
    result = run("calibrate", path, "--model", "grm", "--out", tmp_path / "items.csv")
    assert result.exit_code == 2
    assert "column a: has no answer in category 1" in result.stderr


def test_a_file_in_another_encoding_is_refused_with_a_remedy(tmp_path):
    path = written(tmp_path / "answers.csv", "câu 1,câu 2\n1,0\n", "cp1258")
    result = run("calibrate", path, "--out", tmp_path / "items.csv")
    assert result.exit_code == 2
    assert "UTF-8" in result.stderr


def test_simulation_says_what_a_setting_would_do(bank_file):
    result = run("simulate", bank_file, "--people", 200, "--seed", 3, "--cut", 0, "--json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert figures["domains"] == ["x", "y", "z"]
    assert figures["people"] == 200
    assert all(0.85 < share <= 1 for share in figures["coverage"])
    assert run("simulate", bank_file, "--people", 200, "--seed", 3, "--cut", 0, "--json").stdout == result.stdout


def test_simulation_shows_its_progress_beside_its_result(bank_file):
    result = run("simulate", bank_file, "--people", 20, "--seed", 3)
    assert "Sittings" in result.stderr
    assert "coverage" in result.stdout


def test_simulation_draws_pictures_that_a_browser_and_a_screen_reader_understand(bank_file, tmp_path):
    folder = tmp_path / "pictures"
    result = run(
        "simulate", bank_file, "--people", 100, "--seed", 3, "--cut", -1, "--cut", 1, "--plots", folder, "--json"
    )
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in folder.iterdir()) == [
        "coverage.svg", "error.svg", "exposure.svg", "grades.svg", "length.svg",
    ]  # fmt: skip
    figures = json.loads(result.stdout)
    for path in folder.iterdir():
        drawn = ElementTree.parse(path).getroot()
        assert drawn.tag.endswith("svg")
        assert drawn.attrib["role"] == "img"
        assert "nan" not in path.read_text(encoding="utf-8")
    said = ElementTree.parse(folder / "length.svg").getroot()[0].text
    assert f"Mean {figures['length_mean']:.1f}, from {figures['length_min']} to {figures['length_max']}" in said
    bars = [mark for mark in ElementTree.parse(folder / "length.svg").getroot() if mark.attrib.get("fill") == "#1f6f4a"]
    assert 1 <= len(bars) <= figures["length_max"] - figures["length_min"] + 1


def test_what_a_wrong_assumption_costs_and_what_learning_gives_back_stand_side_by_side(bank_file):
    found = json.loads(
        run("simulate", bank_file, "--people", 400, "--seed", 4, "--length", 45, "--correlation", 0.85,
            "--true-correlation", 0.5, "--learn", "--json").stdout
    )  # fmt: skip
    before, after = (np.mean(found[key]["coverage"]) for key in ("assumed", "learned"))
    assert before < after
    assert abs(after - 0.95) < 0.03
    assert found["correlation"] == pytest.approx(0.5, abs=0.15)


def test_a_rate_of_exposure_is_kept(bank_file):
    free, held = (
        json.loads(run("simulate", bank_file, "--people", 400, "--seed", 5, *more, "--json").stdout)
        for more in ((), ("--rate", 0.6))
    )
    assert max(free["most_exposed"].values()) > 0.8
    assert max(held["most_exposed"].values()) < 0.68


def test_a_test_that_may_decide_is_shorter(bank_file):
    cut = ("--cut", 0, "--length", 40, "--se", 0.3)
    free, decides = (
        json.loads(run("simulate", bank_file, "--people", 300, "--seed", 6, *cut, *more, "--json").stdout)
        for more in ((), ("--decide",))
    )
    assert decides["length_mean"] < free["length_mean"] - 3


@pytest.mark.parametrize(
    ("more", "word"),
    [(["--decide"], "--cut"), (["--learn", "--rate", "0.5"], "--rate"), (["--rate", "0.1"], "on average")],
)
def test_options_that_make_no_sense_together_are_refused_in_words(bank_file, more, word):
    result = run("simulate", bank_file, "--people", 10, "--seed", 1, *more)
    assert result.exit_code == 2
    assert word in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("item,a\nq,1\n", ["column 'b'"]),
        ("item,a,b\nq,one,0\n", ["row 2", "column a", "'one'"]),
        ("item,a,b\nq,1,0\nr,1,\n", ["row 3", "column b"]),
        ("item,a,b,c\nq,1,0,0\nr,-1,0,0\n", ["row 3", "a > 0"]),
        ("item,a,b\n", ["no item"]),
    ],
)
def test_bad_items_are_refused_by_row_and_column(tmp_path, text, words):
    result = run("simulate", written(tmp_path / "items.csv", text), "--people", 5, "--seed", 1)
    assert result.exit_code == 2
    assert all(word in result.stderr for word in words), result.stderr


@pytest.fixture
def volunteers(tmp_path: Path, answer) -> Path:
    """Six hundred people of two groups and twenty of a third; question q3 is 1.2 logits harder for the second."""
    chance = np.random.default_rng(7)
    items = Items(np.zeros(12), np.full(12, 1.3), chance.normal(0, 0.8, 12), np.zeros(12))
    hard = Items(items.domain, items.a, items.b + 1.2 * (np.arange(12) == 3), items.c)
    group = np.repeat(["Kinh", "Tày", "Nùng", ""], [340, 260, 20, 10])
    theta = chance.normal(0, 1, len(group)) - 0.5 * (group == "Tày")
    table = np.where((group == "Tày")[:, None], answer(theta, hard, chance), answer(theta, items, chance))
    rows = [f"{','.join(str(int(cell)) for cell in row)},{own}" for row, own in zip(table, group, strict=True)]
    return written(
        tmp_path / "volunteers.csv", "\n".join([",".join([*(f"q{i}" for i in range(12)), "dan_toc"]), *rows])
    )


def test_a_file_that_names_nobody_shows_which_question_favours_a_group(volunteers, tmp_path):
    result = run("dif", volunteers, "--group", "dan_toc", "--out", tmp_path / "dif.csv", "--json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["compared"], said["left_out"], said["persons"]) == (["Kinh", "Tày"], ["Nùng"], 600)
    rows = list(csv.DictReader((tmp_path / "dif.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["item"], row["group"], row["class"]) for row in rows if row["class"] != "A"] == [("q3", "Tày", "C")]
    assert float(next(row for row in rows if row["item"] == "q3")["shift"]) == pytest.approx(1.2, abs=0.4)


@pytest.mark.parametrize(
    ("column", "least", "words"), [("toc", 100, "no column 'toc'"), ("dan_toc", 300, "need two groups of 300")]
)
def test_groups_that_are_not_there_or_too_small_are_refused_in_words(volunteers, tmp_path, column, least, words):
    result = run("dif", volunteers, "--group", column, "--least", least, "--out", tmp_path / "dif.csv")
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "dif.csv").exists()
