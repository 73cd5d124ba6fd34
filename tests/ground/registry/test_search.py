"""People are found by words of their name in any order, by beginnings, without diacritics, and with a slip of the pen.

What is found is the same with an index and without, on SQLite and on PostgreSQL, for whoever was touched since as for the others.
"""

from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chiakhoa.foundation import jobs
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import SYSTEM, VISITOR, Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry import actions, filters, queries
from chiakhoa.ground.registry.actions import PersonRow, search
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.registry.searching import rules, snapshot
from chiakhoa.ground.registry.searching.tables import IndexTerm, PeopleIndex, Touched
from tests.ground.registry.conftest import AT, over
from tests.ground.registry.test_imports import clerk  # noqa: F401 - a fixture

TAN_CUONG, GIA_SANG = "VN-05440@2025", "VN-05467@2025"
PROVINCE = "VN-19@2025"
# Written out by hand; the numbers are the references by which the expected results below name them.
PEOPLE = {
    1: "Nguyễn Thị Hòa", 2: "Nguyễn Thị Hoà", 3: "Nguyễn Văn An", 4: "Nguyễn Văn Anh", 5: "Trần Văn An",
    6: "Lê Thị Hồng Hạnh", 7: "Hoàng Văn Thụ", 8: "Hoàng Thị Thu", 9: "Đặng Thị Đào", 10: "Dương Đình Nghệ",
    11: "Vũ Đình Hòa", 12: "Hòa Nguyễn Thị", 13: "Nông Văn Dền", 14: "Triệu Thị Trinh", 15: "Phạm Ngũ Lão",
    16: "Ngô Quyền", 17: "Võ Thị Sáu", 18: "Y Moan Ênuôl", 19: "Nay H'Bia", 20: "Nguyễn Hòa Thị Nga",
}  # fmt: skip
EXPECTED = {
    # strict: any order, beginnings, without diacritics
    "nguyen thi hoa": [12, 20, 1, 2],
    "Hòa NGUYỄN": [12, 20, 1, 2],
    "hoa": [12, 8, 7, 20, 1, 2, 11],
    "van an": [3, 4, 5],
    "dang dao": [9],
    "ng th": [12, 20, 1, 2],
    "đ": [9, 10, 13, 11],
    "h'bia": [19],
    "ênuôl": [18],
    "an an": [3, 4, 5],
    # one slip: turned round, lacking, too many, wrong
    "nguyne van anh": [4],
    "tieu thi trinh": [14],
    "ngoo quyen": [16],
    "phan ngu lao": [15],
    # a slip in every word
    "nguyne vam anh": [3, 4],
    "hong hoa thu": [8, 7],
    # nobody
    "xyz": [],
    "quyen hanh": [],
}


def registered(names, units=(TAN_CUONG,)):
    rows = [PersonRow(f"r{key}", name, units[i % len(units)]) for i, (key, name) in enumerate(names.items())]
    return actions.register_people(SYSTEM, rows, at=AT)


def indexed():
    return actions.store_index(SYSTEM, snapshot.take(), at=AT)


def seen(reader, text, start=0, stop=100):
    """What a list shows: the whole number, and the references of a part, in order."""
    rows = queries.people(reader).found(queries.find_people(reader, text))
    return rows.count(), [int(person.external_key[1:]) for person in rows[start:stop]]


@pytest.fixture(params=["no index", "index", "all touched since", "some touched since"])
def people(request, registry):
    """The same people in every state in which a search may find the index."""
    keys = registered({key: name for key, name in PEOPLE.items() if request.param != "all touched since"})
    if request.param != "no index":
        indexed()
        assert Touched.objects.count() == 0
    if request.param == "all touched since":
        registered(PEOPLE)
    if request.param == "some touched since":
        moved = [keys["r3"], keys["r12"], keys["r16"]]
        for pk in moved:
            Person.objects.filter(pk=pk).update(search_key="somebody else")
        for pk in moved:
            Person.objects.filter(pk=pk).update(search_key=rules.fold(Person.objects.get(pk=pk).full_name))
        assert Touched.objects.count() == 6


@pytest.mark.parametrize("text", EXPECTED)
def test_a_list_of_expected_people_is_found_in_the_order_of_names(people, text):
    assert seen(SYSTEM, text) == (len(EXPECTED[text]), EXPECTED[text])


def test_near_names_are_shown_as_such_and_only_where_nobody_is_called_so(people):
    assert queries.find_people(SYSTEM, "nguyne van anh").near
    assert not queries.find_people(SYSTEM, "nguyen van anh").near


def test_every_part_of_a_result_is_a_part_of_the_whole(people):
    count, whole = seen(SYSTEM, "n")
    assert count == len(whole) == 11
    for size in (1, 2, 7):
        assert [one for start in range(0, 11, size) for one in seen(SYSTEM, "n", start, start + size)[1]] == whole


def test_further_filters_narrow_what_the_search_found(people):
    made = filters.people_filter(SYSTEM)
    narrowed = made({"search": "hoa", "body": "nowhere"}, queryset=queries.people(SYSTEM))
    assert narrowed.qs.count() == 0
    assert (
        made({"search": "hoa"}, queryset=queries.people(SYSTEM)).qs.order_by("-search_key").first().full_name
        == "Vũ Đình Hòa"
    )


def test_a_reader_finds_only_their_own_people_and_near_names_only_among_them(registry):
    registered(PEOPLE, units=(TAN_CUONG, GIA_SANG))
    learner = Reader(
        account_id=3, role=Role.LEARNER, unit_id=PROVINCE, person_id=Person.objects.get(external_key="r2").pk
    )
    managing = Reader(account_id=2, role=Role.UNIT_MANAGER, body_id="ubnd-05440")
    for make in (lambda: None, indexed):
        make()
        assert seen(over(TAN_CUONG, Role.UNIT_MANAGER), "nguyen thi hoa") == (1, [1])
        assert seen(over(GIA_SANG, Role.UNIT_MANAGER), "nguyen thi hoa") == (3, [12, 20, 2])
        assert seen(over(PROVINCE), "nguyen thi hoa") == (4, [12, 20, 1, 2])
        # Nobody of Gia Sàng is called Triệu exactly; in Tân Cương, Trần is nearest to what was typed.
        assert seen(over(GIA_SANG, Role.UNIT_MANAGER), "tran van an") == (0, [])
        assert seen(over(TAN_CUONG, Role.UNIT_MANAGER), "tran van an") == (1, [5])
        assert seen(learner, "hoa") == (1, [2])
        assert seen(managing, "hoa") == (0, [])
        assert seen(VISITOR, "hoa") == (0, [])


def test_whoever_is_registered_renamed_moved_merged_parted_or_removed_is_found_as_they_are_now(registry):
    keys = registered(PEOPLE)
    indexed()
    manager = over(GIA_SANG, Role.UNIT_MANAGER)
    actions.register_person(SYSTEM, PersonRow("r21", "Nguyễn Thị Hoa", TAN_CUONG), at=AT)
    assert seen(SYSTEM, "nguyen thi hoa") == (5, [12, 20, 1, 2, 21])
    actions.change_person(SYSTEM, keys["r1"], PersonRow("r1", "Nguyễn Thị Lan", TAN_CUONG), at=AT)
    assert seen(SYSTEM, "nguyen thi hoa") == (4, [12, 20, 2, 21])
    assert seen(manager, "hoa") == (0, [])
    actions.change_person(SYSTEM, keys["r2"], PersonRow("r2", "Nguyễn Thị Hoà", GIA_SANG), at=AT)
    assert seen(manager, "hoa") == (1, [2])
    merge = actions.merge_people(SYSTEM, keys["r12"], keys["r20"], at=AT)
    assert seen(SYSTEM, "nguyen thi hoa") == (3, [12, 2, 21])
    actions.part_people(SYSTEM, merge.pk, at=AT)
    assert seen(SYSTEM, "nguyen thi hoa") == (4, [12, 20, 2, 21])
    Person.objects.filter(external_key="r21").delete()
    assert seen(SYSTEM, "nguyen thi hoa") == (3, [12, 20, 2])
    assert snapshot.faults() == []


def test_ten_thousand_names_give_the_same_with_an_index_as_by_asking_each(registry):
    chance = Random(4)
    families, middles = ["nguyễn", "trần", "lê", "hoàng", "bế", "ma"], ["thị", "văn", "đức", "thu", "xuân", "ma thị"]
    given = ["hòa", "hoa", "an", "anh", "ánh", "thu", "thủy", "lan", "xuân", "trần", "bình", "khuyên", "quyên"]
    names = [" ".join(map(chance.choice, (families, middles, given))).title() for _ in range(10_000)]
    Person.objects.bulk_create(
        Person(full_name=name, search_key=rules.fold(name), unit_id=(TAN_CUONG, GIA_SANG)[i % 2], registered_at=AT,
               external_key=f"r{i}")
        for i, name in enumerate(names)
    )  # fmt: skip
    indexed()
    for number in range(40):
        Person.objects.filter(external_key=f"r{number * 7}").update(
            search_key="tran thi xuan", full_name="Trần Thị Xuân"
        )
    assert Touched.objects.count() > 30
    everybody = sorted((person.search_key, person.pk) for person in Person.objects.all())
    known = {word for key, _pk in everybody for word in key.split()}
    for text in (
        "nguyen",
        "tran thi",
        "xuan",
        "th a",
        "be hoa",
        "ma thi xuan",
        "nguyne thi hoa",
        "khuyenn",
        "ngyuen vam quyne",
    ):
        words = rules.words_of(text)
        for stage in rules.stages(len(words)):
            near = [rules.slips(word) & known for word in words]
            expected = [pk for key, pk in everybody if rules.agrees(key, words, near, stage)]
            if expected:
                break
        rows = queries.people(SYSTEM).found(queries.find_people(SYSTEM, text))
        start = len(expected) // 2
        assert rows.count() == len(expected) > 0
        assert [row.pk for row in rows[:20]] == expected[:20]
        assert [row.pk for row in rows[start : start + 20]] == expected[start : start + 20]
        assert sorted(rows.all().values_list("pk", flat=True)) == sorted(expected)


def test_a_search_does_not_ask_the_table_of_people_for_more_than_it_shows(registry):
    registered(PEOPLE)
    indexed()
    with CaptureQueriesContext(connection) as asked:
        assert seen(over(PROVINCE), "nguyen")[0] == 6
    of_people = [one["sql"] for one in asked if 'FROM "registry_person"' in one["sql"]]
    assert len(of_people) == 1 and "LIKE" not in of_people[0]


def test_without_the_triggers_a_renamed_person_would_be_found_by_the_old_name(registry):
    """The twin: what the triggers write down is thrown away, and the search tells what is no longer so; the check says it."""
    keys = registered(PEOPLE)
    indexed()
    Person.objects.filter(pk=keys["r16"]).update(search_key="somebody else", full_name="Somebody Else")
    assert seen(SYSTEM, "quyen") == (0, [])
    Touched.objects.all().delete()
    assert seen(SYSTEM, "quyen") == (1, [16])
    assert snapshot.faults() == ["1 people wrong at a word"] * 4


def test_many_touched_people_ask_for_a_new_index_once_and_the_worker_makes_it(registry, monkeypatch):
    monkeypatch.setattr(search, "MANY", 10)
    registered(PEOPLE)
    registered({21: "Nguyễn Thị Lan"})
    assert Job.objects.filter(task=search.TASK).count() == 1
    jobs.work(once=True)
    assert (PeopleIndex.objects.get().people, Touched.objects.count()) == (21, 0)
    assert not Job.objects.exclude(state="done").exists()


def test_an_index_taken_before_another_was_stored_does_not_replace_it(registry):
    registered(PEOPLE)
    early = snapshot.take()
    registered({21: "Nguyễn Thị Lan"})
    indexed()
    with pytest.raises(Refusal):
        actions.store_index(SYSTEM, early, at=AT)
    assert seen(SYSTEM, "lan") == (1, [21])


def test_whoever_is_touched_while_an_index_is_made_stays_touched(registry):
    registered(PEOPLE)
    taken = snapshot.take()
    registered({21: "Nguyễn Thị Lan"})
    actions.store_index(SYSTEM, taken, at=AT)
    assert Touched.objects.count() == 1
    assert seen(SYSTEM, "lan") == (1, [21])


def test_the_index_holds_words_and_communes_and_no_whole_name(registry):
    registered(PEOPLE)
    indexed()
    held = set(IndexTerm.objects.filter(kind="w").values_list("text", flat=True))
    assert held == {word for name in PEOPLE.values() for word in rules.fold(name).split()}
    assert list(IndexTerm.objects.filter(kind="u").values_list("text", "count")) == [(TAN_CUONG, 20)]


def test_namesakes_are_found_whatever_the_order_of_their_words(registry):
    keys = registered({**PEOPLE, **{n: f"Nguyễn Thị Hòa {'Aby'[n % 3] * (n // 30)}" for n in range(30, 330)}})
    alike = queries.namesakes(SYSTEM, Person.objects.get(pk=keys["r1"]))
    assert {person.external_key for person in alike} == {"r2", "r12"}


@pytest.mark.parametrize("text", ["", "   ", "\0", "%", "_", "a" * 500, "'; --", " ".join(f"w{i}" for i in range(50))])
def test_odd_texts_are_no_trouble(registry, text):
    registered(PEOPLE)
    indexed()
    assert seen(SYSTEM, text)[0] in (0, 20)


def test_the_page_shows_whom_a_search_finds_and_says_when_names_are_only_near(clerk):  # noqa: F811
    registered(PEOPLE)
    indexed()
    exact = clerk().get("people", search="hoa nguyen")
    assert exact.context["table"].paginator.count == 4
    assert next(row.record.full_name for row in exact.context["table"].page.object_list) == "Hòa Nguyễn Thị"
    assert "gần giống" not in exact.content.decode()
    near = clerk().get("people", search="nguyne van anh")
    assert [row.record.full_name for row in near.context["table"].page.object_list] == ["Nguyễn Văn Anh"]
    assert "gần giống" in near.content.decode()
    assert "Ngô Quyền" in clerk().get("people", search="quyen", export="csv").content.decode("utf-8-sig")


def test_a_slip_is_one_letter_or_two_turned_round():
    assert {"hoa", "hao", "hox", "thoa", "ho", "oha"} & rules.slips("hoa") == {"hao", "hox", "thoa", "ho", "oha"}
    assert "hoang" not in rules.slips("hoa")
    assert rules.slips("an") == set()
