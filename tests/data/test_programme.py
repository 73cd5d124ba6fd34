"""The programme files hold together: ids, references, sentence numbers, and a reason for whatever is assumed.

The report itself is not part of the project: of it these tests know only that it has 22 sentences.
"""

from datetime import date
from itertools import chain

import pytest

from chiakhoa.foundation.facts import load_yaml

SENTENCES = set(range(1, 23))
PREFIXES = ("doc-", "body-", "per-", "aud-", "sol-", "task-", "act-", "top-")


def content(name):
    return load_yaml(f"programme/{name}.yaml")


def mappings(node, where=""):
    """Every mapping of a file, with where it stands."""
    if isinstance(node, dict):
        yield where, node
        for key, value in node.items():
            yield from mappings(value, f"{where}/{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from mappings(value, f"{where}[{i}]")


def texts(node):
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    if values is None:
        return [node] if isinstance(node, str) else []
    return list(chain.from_iterable(texts(value) for value in values))


def rows_with_id(source):
    return [(where, row) for where, row in mappings(source) if "id" in row and where != "/meta"]


def cited(row):
    single = [row[key] for key in ("sentence", "motto_sentence") if key in row]
    return [*single, *row.get("also_sentences", []), *row.get("alias_sentences", [])]


@pytest.fixture(scope="module")
def programme():
    return content("programme")


@pytest.fixture(scope="module")
def ids(programme):
    return {row["id"] for _where, row in rows_with_id(programme)}


def test_every_id_is_used_once(programme, ids):
    assert len(rows_with_id(programme)) == len(ids)


def test_every_row_has_a_name_in_both_languages_and_a_sentence_or_an_assumption(programme):
    for where, row in rows_with_id(programme):
        assert row.get("name_vi"), where
        assert row.get("name_en"), where
        assert "sentence" in row or row.get("assumed") is True, where


@pytest.mark.parametrize("name", ["programme", "courses", "demonstration"])
def test_whatever_is_assumed_has_its_reason(name):
    for where, row in mappings(content(name)):
        if any(key.endswith("assumed") and value is True for key, value in row.items()) and where.count("gain") == 0:
            assert row.get("reason") or row.get("reason_vi"), where


def test_sentence_numbers_are_those_of_the_report_and_each_is_used(programme):
    numbers = [n for _where, row in mappings(programme) for n in cited(row)]
    assert set(numbers) == SENTENCES
    assert programme["meta"]["sentences"] == len(SENTENCES)


def test_every_reference_leads_to_a_row(programme, ids):
    referred = {text for text in texts(programme) if text.startswith(PREFIXES)}
    assert referred <= ids, referred - ids


def test_course_codes_are_unique_and_name_known_things(ids):
    source = content("courses")
    courses = {course["code"]: course for course in source["courses"]}
    profiles = {row["id"] for row in load_yaml("frameworks/profiles.yaml")["profiles"]}
    assert len(courses) == len(source["courses"]) == 37
    for code, course in courses.items():
        assert {*course["audiences"], *course.get("tasks", []), *course.get("steps", [])} <= ids, code
        assert set(course["profiles"]) <= profiles, code
        assert set(course["prerequisites"]) <= courses.keys(), code
        assert set(course["trainer_skills"]) <= source["trainer_skills"].keys(), code
        assert course["mode"] in source["modes"], code
        assert course["needs"]["room"] in source["room_kinds"], code


def test_courses_come_from_a_sentence_or_say_why_not():
    for course in content("courses")["courses"]:
        assert course.get("sentence") in SENTENCES or (course["assumed"] and course["reason"]), course["code"]
        assert set(course.get("also_sentences", [])) <= SENTENCES, course["code"]


def test_course_lengths_sizes_and_gains_add_up():
    competences = {c["code"] for d in load_yaml("frameworks/tt02_2025.yaml")["domains"] for c in d["competences"]}
    for course in content("courses")["courses"]:
        assert course["sessions"] * 4 == course["periods"], course["code"]
        assert course["hours"] == course["periods"] * 0.75, course["code"]
        assert 0 < course["min_size"] <= course["max_size"], course["code"]
        assert set(course["gain"]["mean"]) == set(course["competences"]) <= competences, course["code"]
        assert course["gain"]["assumed"] is True, course["code"]


def test_no_course_is_its_own_prerequisite_by_any_way():
    before = {course["code"]: set(course["prerequisites"]) for course in content("courses")["courses"]}
    free = set()
    while ready := {code for code, first in before.items() if first <= free} - free:
        free |= ready
    assert free == before.keys()


def test_a_course_serves_every_task_and_next_step(programme):
    served = {t for course in content("courses")["courses"] for key in ("tasks", "steps") for t in course.get(key, [])}
    assert {row["id"] for row in programme["tasks"] + programme["next_steps"]} <= served


@pytest.mark.parametrize("name", ["norms", "context"])
def test_figures_from_elsewhere_say_how_sure_they_are_and_why(name):
    rows = rows_with_id(content(name))
    assert len({row["id"] for _where, row in rows}) == len(rows)
    for where, row in rows:
        assert row["sure"] in ("high", "medium", "low", "assumed"), where
        assert row.get("reason" if row["sure"] == "assumed" else "source"), where


def test_every_order_of_the_demonstration_says_in_both_languages_that_it_is_assumed(ids):
    source = content("demonstration")
    for row in [*source["targets"], *source["budget_lines"]]:
        assert row["assumed"] is True, row["id"]
        assert all(row.get(key) for key in ("name_vi", "name_en", "reason_vi", "reason_en")), row["id"]
    assert {row["task"] for row in source["targets"]} | {
        t for row in source["budget_lines"] for t in row["tasks"]
    } <= ids


def test_the_money_of_the_demonstration_is_whole_dong_between_six_and_nine_billion():
    lines = content("demonstration")["budget_lines"]
    assert all(isinstance(line["amount_vnd"], int) and line["year"] == 2027 for line in lines)
    assert 6_000_000_000 <= sum(line["amount_vnd"] for line in lines) <= 9_000_000_000
    assert all(row["due"] == date(2027, 12, 31) for row in content("demonstration")["targets"])


@pytest.mark.parametrize("name", ["audiences", "bodies", "context", "courses", "demonstration", "norms", "programme"])
def test_whatever_gives_a_reason_gives_it_in_both_languages(name):
    rows = [(where, row) for where, row in mappings(content(name)) if {"reason", "reason_en", "reason_vi"} & set(row)]
    wrong = [where for where, row in rows if not (row.get("reason_vi") and (row.get("reason_en") or row.get("reason")))]
    assert not wrong
