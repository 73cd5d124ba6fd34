"""The test of 12 questions: a group answers from one link, without names, and its opener sees what the group can do."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.foundation import doors
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.registry.models import Audience
from chiakhoa.measure.assessment import actions, paper
from chiakhoa.measure.assessment.actions import load_items
from chiakhoa.measure.assessment.group import notices, pictures, short_mode
from chiakhoa.measure.assessment.group import queries as group_queries
from chiakhoa.measure.assessment.group.models import GroupAnswer, GroupRun, GroupTest
from chiakhoa.measure.assessment.models import Item, Sitting
from chiakhoa.measure.assessment.views import group_taking
from chiakhoa.measure.evidence.models import Evidence


@pytest.fixture
def bank(scale, at):
    """The real bank: the short test asks questions that have a drawing."""
    load_items(SYSTEM, at=at)


@pytest.fixture
def household():
    return Audience.objects.get(pk="tea_farm_household")


@pytest.fixture
def test(province, bank, household, at):
    """A link that the manager of the first commune opened for a week."""
    return actions.open_group_test(
        province.manager, "Họp xóm, Xóm Đồng", province.communes[0], household, "vi", 7, at=at
    )


def sit(test, at, *, right):
    """A whole run; `right(answer)` says whether a question is answered rightly."""
    run = actions.begin_group_run(SYSTEM, test.pk, at=at)
    while row := run.answers.filter(score=None).select_related("item").first():
        wrong = next(option["key"] for option in row.item.content["options"] if option["key"] != row.item.key)
        actions.answer_group_run(SYSTEM, run.pk, row.position, row.item.key if right(row) else wrong, at=at)
    run.refresh_from_db()
    return run


def test_a_run_asks_twelve_questions_two_of_each_domain_an_easy_one_first(test, at):
    run = sit(test, at, right=lambda _row: True)
    rows = list(run.answers.select_related("item__competence"))
    domains = [row.item.competence.domain_index for row in rows]
    assert len(rows) == 12 and all(domains.count(index) == 2 for index in range(6))
    firsts = [rows[domains.index(index)] for index in range(6)]
    assert {row.item.grade for row in firsts} == {1}
    assert {row.item.grade for row in rows} <= {1, 2}
    assert run.state == "finished" and run.number == 1


def test_the_second_question_of_a_domain_follows_the_answers(test, at):
    strong = [sit(test, at, right=lambda _row: True) for _ in range(4)]
    weak = [sit(test, at, right=lambda _row: False) for _ in range(4)]

    def grades(runs):
        return sum(row.item.grade for run in runs for row in run.answers.select_related("item"))

    assert grades(strong) >= grades(weak)


def test_a_group_s_result_appears_with_the_fifth_and_moves_in_fives(test, province, at):
    for number in range(1, 10):
        sit(test, at, right=lambda _row: True)
        result = group_queries.result(province.manager, test)
        assert (result.people if result else 0) == (0 if number < 5 else 5)
    sit(test, at, right=lambda _row: False)
    assert group_queries.result(province.manager, test).people == 10


def test_the_result_tells_a_weak_domain_from_a_strong_one(test, province, at):
    for _ in range(10):
        sit(test, at, right=lambda row: not row.item_id.startswith("4"))
    result = group_queries.result(province.manager, test)
    assert result.weakest.domain.code == "4"
    by_code = {row.domain.code: row for row in result.domains}
    assert by_code["4"].share_right == 0 and by_code["1"].share_right == 1
    assert by_code["4"].high < by_code["1"].low
    assert all(row.low < row.mean < row.high for row in result.domains)


def test_an_answer_sent_twice_counts_once(test, at):
    run = actions.begin_group_run(SYSTEM, test.pk, at=at)
    first = run.answers.select_related("item").get()
    actions.answer_group_run(SYSTEM, run.pk, 1, first.item.key, at=at)
    actions.answer_group_run(SYSTEM, run.pk, 1, None, at=at)
    assert list(run.answers.values_list("position", "score")) == [(1, 1.0), (2, None)]


def test_nothing_of_a_run_leads_to_a_person(test, at):
    sit(test, at, right=lambda _row: True)
    assert not Evidence.objects.exists() and not Sitting.objects.exists()
    for model in (GroupTest, GroupRun, GroupAnswer):
        named = {f.related_model._meta.label for f in model._meta.fields if f.related_model}
        assert named <= {
            "territory.Unit",
            "registry.Audience",
            "assessment.GroupTest",
            "assessment.GroupRun",
            "assessment.Item",
        }
        kinds = {field.get_internal_type() for field in model._meta.fields}
        assert not kinds & {"DateTimeField", "TimeField", "GenericIPAddressField"}, model
    for row in AuditEntry.objects.filter(verb__in=["begin_group_run", "answer_group_run"]):
        assert (row.account_id, row.person_id, row.address, row.thing_kind) == (None, None, "", "assessment.grouptest")
    names = {field.name for field in GroupAnswer._meta.fields}
    assert "given" not in names


def test_only_whoever_answers_for_the_unit_opens_and_sees_its_links(test, province, household, at):
    one = province.communes[0]
    with pytest.raises(NotVisible):
        actions.open_group_test(province.elsewhere, "x", one, household, "vi", 7, at=at)
    for role in (province.learner, province.employer, province.assessor, province.auditor):
        with pytest.raises(NotAllowed):
            actions.open_group_test(role, "x", one, household, "vi", 7, at=at)
    assert list(group_queries.group_tests(province.manager)) == [test]
    assert list(group_queries.group_tests(province.auditor)) == [test]
    assert not group_queries.group_tests(province.elsewhere).exists()
    assert not group_queries.group_tests(Reader()).exists()
    with pytest.raises(NotVisible):
        actions.close_group_test(province.elsewhere, test.pk, at=at)


def test_nobody_begins_from_a_closed_link_and_whoever_began_may_finish(test, province, at):
    run = actions.begin_group_run(SYSTEM, test.pk, at=at)
    actions.close_group_test(province.manager, test.pk, at=at)
    with pytest.raises(Refusal, match=r".") as refusal:
        actions.begin_group_run(SYSTEM, test.pk, at=at)
    assert refusal.value.code == "closed"
    actions.answer_group_run(SYSTEM, run.pk, 1, None, at=at)
    assert run.answers.count() == 2


def test_a_link_closes_by_itself_after_its_last_day(test, at):
    actions.begin_group_run(SYSTEM, test.pk, at=at + timedelta(days=6))
    with pytest.raises(Refusal):
        actions.begin_group_run(SYSTEM, test.pk, at=at + timedelta(days=7))


@pytest.mark.parametrize("days", [0, 91])
def test_a_link_is_open_for_a_day_to_three_months(province, bank, household, at, days):
    with pytest.raises(Refusal):
        actions.open_group_test(province.manager, "x", province.communes[0], household, "vi", days, at=at)


def test_a_bank_without_drawings_opens_no_link(province, items, household, at):
    with pytest.raises(Refusal) as refusal:
        actions.open_group_test(province.manager, "x", province.communes[0], household, "vi", 7, at=at)
    assert refusal.value.code == "bank_too_small"


def test_the_database_itself_refuses_what_must_not_be(test, at):
    run = actions.begin_group_run(SYSTEM, test.pk, at=at)
    first = run.answers.get()
    refused = [
        lambda: GroupRun.objects.filter(pk=run.pk).update(number=1),
        lambda: GroupRun.objects.filter(pk=run.pk).update(state="finished"),
        lambda: GroupAnswer.objects.filter(pk=first.pk).update(score=0.5),
        lambda: GroupAnswer.objects.create(run=run, item=first.item, position=2, a=1, b=0, c=0),
        lambda: GroupTest.objects.filter(pk=test.pk).update(open_until=test.opened_on - timedelta(days=1)),
        lambda: GroupTest.objects.filter(pk=test.pk).update(language="fr"),
    ]
    for wrong in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_an_answer_costs_the_same_in_a_long_used_test(test, at, queries_of):
    def one():
        run = actions.begin_group_run(SYSTEM, test.pk, at=at)
        return queries_of(lambda: actions.answer_group_run(SYSTEM, run.pk, 1, None, at=at))

    before = one()
    for _ in range(6):
        sit(test, at, right=lambda _row: True)
    assert one() == before


# The drawings


def test_there_are_enough_questions_with_a_drawing_in_each_domain(bank):
    assert len(pictures.scenes()) >= 24
    rows = Item.objects.filter(pk__in=pictures.scenes())
    assert set(rows.values_list("code", flat=True)) == set(pictures.scenes()), "a drawing of no question"
    assert {row.kind for row in rows} == {"single"} and max(row.grade for row in rows) <= short_mode.HARDEST
    for domain in range(6):
        of = [row for row in rows.select_related("competence__domain") if row.competence.domain_index == domain]
        assert len(of) >= 4 and sum(row.grade == short_mode.EASIEST for row in of) >= 2


def test_every_drawing_is_well_formed_stands_within_its_frame_and_says_what_it_shows():
    from xml.etree import ElementTree

    for code, scene in pictures.scenes().items():
        drawn = pictures.picture(code)
        root = ElementTree.fromstring(drawn.svg)
        assert root.get("role") == "img" and len(drawn.alt) > 20, code
        assert scene["alt_vi"] != scene["alt_en"]
        assert not re.search(r"#[0-9a-f]{3}|style=", drawn.svg), f"{code}: colours come from the tokens"
        for line in scene["draw"]:
            x, y = (float(number) for number in line.split()[1:3])
            assert 0 <= x <= pictures.WIDTH and -5 <= y <= pictures.HEIGHT, (code, line)
    assert pictures.picture("nothing") is None


# The pages


@pytest.fixture
def today(monkeypatch, at):
    """The pages' clock stands at the moment of the tests."""
    from chiakhoa.foundation import clock

    monkeypatch.setattr(clock, "now", lambda: at)
    monkeypatch.setattr(clock, "today", lambda: at.date())


def start(test):
    return reverse("assessment:group_start", args=[test.key])


def test_somebody_answers_twelve_questions_without_an_account_and_reads_what_to_learn(client, test, today):
    page = client.get(start(test))
    assert "Họp xóm, Xóm Đồng" in page.content.decode()
    page = client.post(start(test), follow=True)
    for number in range(1, 13):
        text = page.content.decode()
        assert f"Câu {number} trên 12" in text and 'role="img"' in text
        assert text.count('name="choice"') == 4
        address = page.redirect_chain[-1][0]
        row = GroupAnswer.objects.select_related("item", "run").get(score=None)
        laid = paper.lay_out(row.item, seed=row.run.seed)
        right = next(line.number for line in laid.lines if line.key == row.item.key)
        page = client.post(address, {"choice": right} if number != 12 else {"unknown": "1"}, follow=True)
    text = page.content.decode()
    assert "11 trên 12" in text
    missed = GroupAnswer.objects.select_related("item").get(score=0).item
    assert missed.learn_vi in text
    assert GroupRun.objects.get().state == "finished"


def test_the_source_of_a_question_does_not_give_its_answer_away(client, test, today):
    page = client.post(start(test), follow=True).content.decode()
    row = GroupAnswer.objects.select_related("item").get()
    assert row.item_id not in page
    for option in row.item.content["options"]:
        assert option["why_vi"] not in page


def test_a_phone_that_stopped_finds_its_question_again_by_the_same_link(client, test, today):
    first = client.post(start(test), follow=True).redirect_chain[-1][0]
    client.post(first, {"unknown": "1"})
    page = client.get(start(test)).content.decode()
    run = GroupRun.objects.get()
    assert reverse("assessment:group_question", args=[test.key, run.pk, 2]) in page


def test_a_cookie_that_somebody_made_up_leads_nowhere(client, test, today):
    client.post(start(test))
    run = GroupRun.objects.get()
    client.cookies.clear()
    client.cookies[f"group-{test.key}"] = str(run.pk)
    assert str(run.pk) not in client.get(start(test)).content.decode()


def test_a_closed_link_says_so_and_a_wrong_one_is_not_there(client, test, province, today, at):
    actions.close_group_test(province.manager, test.pk, at=at)
    page = client.get(start(test))
    assert page.status_code == 200 and "đã đóng" in page.content.decode()
    assert 'method="post"' not in page.content.decode().split("<main")[1]
    assert "đã đóng" in client.post(start(test)).content.decode()
    assert client.get(reverse("assessment:group_start", args=["NOWHERE1"])).status_code == 404


def test_the_pages_speak_the_language_of_the_test_unless_another_was_chosen(
    client, province, bank, household, today, at
):
    english = actions.open_group_test(province.manager, "Meeting", province.communes[0], household, "en", 7, at=at)
    assert "Nobody asks your name" in client.get(start(english)).content.decode()
    client.cookies["django_language"] = "vi"
    assert "Không ai hỏi tên" in client.get(start(english)).content.decode()


def test_a_room_of_sixty_behind_one_address_begins_and_thousands_do_not(client, test, today, monkeypatch):
    for _ in range(60):
        assert client.post(start(test)).status_code == 302
    assert GroupRun.objects.count() == 60
    monkeypatch.setattr(group_taking, "A_ROOM", 60)
    page = client.post(start(test))
    assert page.status_code == 429 and "rất nhiều" in page.content.decode()
    assert GroupRun.objects.count() == 60


def test_the_manager_opens_a_link_prints_its_notice_and_reads_why_there_is_no_result_yet(
    sign_in, province, bank, today, at
):
    manager = sign_in(Role.UNIT_MANAGER, unit=province.communes[0])
    sent = {
        "name": "Hợp tác xã chè", "unit": province.communes[0].pk, "audience": "tea_farm_household",
        "language": "vi", "days": "3",
    }  # fmt: skip
    page = manager.post(reverse("assessment:group_tests"), sent, follow=True).content.decode()
    made = GroupTest.objects.get()
    assert start(made) in page and "<svg" in page and "người thứ năm" in page
    printed = manager.get(reverse("assessment:group_notice", args=[made.pk]))
    assert printed["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF")
    for _ in range(5):
        sit(made, at, right=lambda _row: True)
    page = manager.get(reverse("assessment:group_test", args=[made.pk])).content.decode()
    assert page.count("data-label") >= 18 and "từng 5 người" in page
    manager.post(reverse("assessment:close_group_test", args=[made.pk]))
    made.refresh_from_db()
    assert made.closed_on is not None


def test_a_link_of_another_commune_is_not_there(sign_in, test, province, today):
    manager = sign_in(Role.UNIT_MANAGER, unit=province.communes[1])
    for name in ("group_test", "group_notice"):
        assert manager.get(reverse(f"assessment:{name}", args=[test.pk])).status_code == 404


def test_the_notice_s_qr_code_opens_the_link(test):
    import numpy as np
    import zxingcpp

    link = f"https://chiakhoa.example/assessment/g/{test.key}/"
    assert notices.notice(test, link).startswith(b"%PDF")
    image = zxingcpp.create_barcode(link, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(scale=4)
    assert zxingcpp.read_barcodes(np.array(image))[0].text == link


def test_every_table_of_the_group_test_is_known(db):
    labels = {model._meta.label for model in apps.get_app_config("assessment").get_models()}
    assert {"assessment.GroupTest", "assessment.GroupRun", "assessment.GroupAnswer"} <= labels
    assert doors.LIMIT < group_taking.A_ROOM
