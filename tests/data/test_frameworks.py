"""The framework files hold together: complete, in both languages, every reference with its other end."""

import re
import unicodedata

import pytest

from chiakhoa.foundation.facts import folder, load_yaml

NAMES = ["tt02_2025", "digcomp22", "tt03_2014", "qd757_2025", "crosswalk", "profiles"]
SURE = {"read", "reported", "predecessor", "provisional", "not_read"}


def content(name):
    return load_yaml(f"frameworks/{name}.yaml")


def codes(name):
    source = content(name)
    rows = source.get("modules") or source.get("skills")
    if rows is None:
        rows = [c for group in source.get("domains") or source["areas"] for c in group["competences"]]
    return [row["code"] for row in rows]


def mappings(node, where=""):
    """Every mapping of the file, with where it stands."""
    if isinstance(node, dict):
        yield where, node
        for key, value in node.items():
            yield from mappings(value, f"{where}/{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from mappings(value, f"{where}[{i}]")


def other_language(key):
    stem, _, language = key.rpartition("_")
    language = language if stem else key
    if language not in ("vi", "en"):
        return None
    other = {"vi": "en", "en": "vi"}[language]
    return f"{stem}_{other}" if stem else other


@pytest.mark.parametrize("name", [*NAMES, "scale"])
def test_whatever_is_said_in_one_language_is_said_in_the_other(name):
    for where, row in mappings(content(name)):
        for key in (key for key in row if isinstance(key, str) and other_language(key)):
            assert row[key], f"{name}{where}: {key} is empty"
            assert row.get(other_language(key)), f"{name}{where}: {key} without {other_language(key)}"


@pytest.mark.parametrize("name", [*NAMES, "scale"])
def test_the_text_is_nfc_and_has_no_stray_characters_or_machine_paths(name):
    text = (folder() / "frameworks" / f"{name}.yaml").read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)
    assert not set("\ufeff\ufffd\u200b") & set(text)
    assert not re.search(r"(?<![\w./])/(home|root|tmp|usr|var|mnt|work|opt)/", text)


@pytest.mark.parametrize("name", [*NAMES, "scale"])
def test_each_file_says_its_name_version_and_day(name):
    meta = content(name)["meta"]
    assert meta["id"] == name
    assert re.fullmatch(r"\d+\.\d+\.\d+", meta["version"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", meta["date"])


@pytest.mark.parametrize(
    ("name", "count"), [("tt02_2025", 24), ("digcomp22", 21), ("tt03_2014", 15), ("qd757_2025", 11)]
)
def test_each_framework_has_its_competences_once(name, count):
    found = codes(name)
    assert len(found) == len(set(found)) == count


def test_the_circular_has_its_six_domains_numbered_in_order():
    domains = content("tt02_2025")["domains"]
    assert [len(domain["competences"]) for domain in domains] == [3, 6, 4, 4, 4, 3]
    for domain in domains:
        expected = [f"{domain['code']}.{i}" for i in range(1, len(domain["competences"]) + 1)]
        assert [c["code"] for c in domain["competences"]] == expected


def test_the_eight_grades_lie_under_the_four_levels():
    source = content("tt02_2025")
    levels = {level["code"]: level["grades"] for level in source["levels"]}
    assert list(levels) == ["CB", "TC", "NC", "CS"]
    assert [grade["grade"] for grade in source["grades"]] == list(range(1, 9))
    assert all(grade["grade"] in levels[grade["level"]] for grade in source["grades"])
    assert len({grade["short"] for grade in source["grades"]}) == 8


@pytest.mark.parametrize("language", ["vi", "en"])
def test_ninety_six_can_do_sentences_are_short_and_all_different(language):
    competences = [c for domain in content("tt02_2025")["domains"] for c in domain["competences"]]
    assert all(set(c["can_do"]) == {"CB", "TC", "NC", "CS"} for c in competences)
    said = [text[language] for c in competences for text in c["can_do"].values()]
    assert len(said) == len(set(said)) == 96
    assert all(len(text) <= 160 and "\n" not in text for text in said)


def test_digcomp_has_five_areas_and_eight_levels_and_the_2014_standard_six_and_nine_modules():
    digcomp, standard = content("digcomp22"), content("tt03_2014")
    assert len(digcomp["areas"]) == 5
    assert [level["level"] for level in digcomp["levels"]] == list(range(1, 9))
    assert [m["tier"] for m in standard["modules"]] == ["basic"] * 6 + ["advanced"] * 9
    assert codes("tt03_2014") == [f"IU{n:02d}" for n in range(1, 16)]


def test_what_of_decision_757_was_not_read_carries_no_value():
    source = content("qd757_2025")
    rows = [
        *source["articles"],
        *source["annexes"],
        *source["groups"],
        *source["skills"],
        *source["assessment"].values(),
    ]
    assert {row["status"] for row in rows} <= SURE
    assert all(row.get("value") is None for row in source["assessment"].values() if row["status"] == "not_read")


def test_both_ends_of_every_crosswalk_edge_exist_once():
    known = {name: set(codes(name)) for name in NAMES[:4]}
    edges = content("crosswalk")["edges"]
    for edge in edges:
        assert edge["relation"] in {"equal", "broader", "narrower", "related"}
        assert all(edge[end]["code"] in known[edge[end]["framework"]] for end in ("from", "to")), edge
    ends = [tuple(edge[end][key] for end in ("from", "to") for key in ("framework", "code")) for edge in edges]
    assert len(ends) == len(set(ends))


@pytest.mark.parametrize("name", ["digcomp22", "tt03_2014", "qd757_2025"])
def test_every_competence_is_linked_or_its_gap_is_stated_and_all_of_the_other_framework_is_reached(name):
    crosswalk = content("crosswalk")
    edges = [edge for edge in crosswalk["edges"] if edge["to"]["framework"] == name]
    linked = {edge["from"]["code"] for edge in edges}
    gaps = [gap["code"] for gap in crosswalk["gaps"] if gap["framework"] == name]
    assert sorted([*linked, *gaps]) == codes("tt02_2025")
    assert {edge["to"]["code"] for edge in edges} == set(codes(name))


def test_grades_one_to_eight_are_the_levels_of_digcomp():
    links = [link for link in content("crosswalk")["level_links"] if link["to"]["framework"] == "digcomp22"]
    assert [(link["from"]["grade"], link["to"]["level"]) for link in links] == [(n, n) for n in range(1, 9)]


def test_eleven_proposed_profiles_ask_for_a_grade_in_each_competence():
    source = content("profiles")
    assert source["meta"]["status"] == "proposal"
    assert len({profile["id"] for profile in source["profiles"]}) == len(source["profiles"]) == 11
    for profile in source["profiles"]:
        assert list(profile["required"]) == codes("tt02_2025"), profile["id"]
        assert set(profile["required"].values()) <= set(range(1, 9)), profile["id"]


def test_the_scale_is_a_proposal_with_ascending_cuts_and_a_prior_for_each_profile():
    source = content("scale")
    cuts = source["grades"]["cuts"]
    assert list(cuts) == list(range(1, 9))
    assert list(cuts.values()) == sorted(set(cuts.values()))
    assert set(source["prior"]["mean"]) == {profile["id"] for profile in content("profiles")["profiles"]}
    assert all(source[part]["assumed"] is True for part in ("grades", "prior", "time"))
    assert 0 < source["prior"]["correlation"] < 1
