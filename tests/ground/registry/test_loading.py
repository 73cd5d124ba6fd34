"""Audiences and bodies come from data/, each with where it is from; loading again changes nothing."""

from datetime import UTC, date, datetime

import pytest

from chiakhoa.foundation import facts
from chiakhoa.foundation.readers import SYSTEM, VISITOR, Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry import actions, queries
from chiakhoa.ground.registry.actions import BodyRow
from chiakhoa.ground.registry.models import Audience, Body, BodyAncestry

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_eleven_profiles_and_the_groups_of_the_report_are_there():
    actions.load_audiences(SYSTEM, at=AT)
    assert Audience.objects.filter(is_profile=True).count() == 11
    assert Audience.objects.filter(is_profile=False).count() == 16
    it_staff = Audience.objects.get(pk="aud-cbccvc-cntt")
    assert (it_staff.parent_id, it_staff.sentence) == ("aud-cbccvc", 22)
    assert [row.pk for row in it_staff.covers.all()] == ["state_it_specialist"]
    assert Audience.objects.get(pk="aud-cbccvc").also_sentences == [10, 20]


def test_loading_audiences_again_changes_nothing():
    actions.load_audiences(SYSTEM, at=AT)
    before = list(Audience.objects.order_by("pk").values())
    actions.load_audiences(SYSTEM, at=AT)
    assert list(Audience.objects.order_by("pk").values()) == before


def test_what_a_course_is_for_lies_among_what_its_audiences_cover():
    actions.load_audiences(SYSTEM, at=AT)
    covers = {row.pk: {below.pk for below in row.covers.all()} for row in Audience.objects.prefetch_related("covers")}
    for course in facts.load_yaml("programme/courses.yaml")["courses"]:
        covered = set().union(*(covers[audience] for audience in course["audiences"]))
        assert set(course["profiles"]) <= covered, course["code"]


def test_every_group_says_why_it_covers_what_it_covers():
    actions.load_audiences(SYSTEM, at=AT)
    for audience in Audience.objects.filter(is_profile=False):
        assert audience.reason
        assert audience.covers.exists()


def test_bodies_of_the_report_of_today_and_a_committee_for_each_commune(province):
    actions.load_bodies(SYSTEM, at=AT)
    ictu = Body.objects.get(pk="body-ictu")
    assert (ictu.parent_id, ictu.unit_id, ictu.sentence, ictu.short) == ("body-dhtn", province.pk, 18, "ICTU")
    assert Body.objects.get(pk="body-bqp").unit_id is None
    assert "truong dai hoc thai nguyen" in Body.objects.get(pk="body-dhtn").search_key
    committee = Body.objects.get(pk="ubnd-05467")
    assert (committee.name_vi, committee.unit_id, committee.parent_id) == (
        "UBND phường Gia Sàng", "VN-05467@2025", "body-ubnd-tinh",
    )  # fmt: skip
    assert Body.objects.filter(kind="commune_committee").count() == 3


def test_an_ended_department_knows_its_successor(province):
    actions.load_bodies(SYSTEM, at=AT)
    old = Body.objects.get(pk="body-so-tttt")
    assert (old.valid_to, old.successor_id) == (date(2025, 3, 1), "body-so-khcn")
    assert old.sure == "assumed"
    assert old.reason


def test_everything_the_report_does_not_say_of_a_body_is_assumed_with_a_reason(province):
    actions.load_bodies(SYSTEM, at=AT)
    for body in Body.objects.filter(sentence__isnull=True):
        assert body.assumed
        assert body.reason


def test_loading_bodies_again_writes_nothing(province):
    assert actions.load_bodies(SYSTEM, at=AT) == Body.objects.count()
    assert actions.load_bodies(SYSTEM, at=AT) == 0


def test_bodies_load_before_a_province_is_chosen_and_find_it_afterwards(db):
    actions.load_bodies(SYSTEM, at=AT)
    assert Body.objects.get(pk="body-ictu").unit_id is None
    assert not Body.objects.filter(kind="commune_committee").exists()


def test_the_closure_holds_each_body_and_all_above_it(registry):
    actions.add_bodies(
        SYSTEM,
        [BodyRow("faculty", "school", "Khoa CNTT", parent_id="body-ictu", unit_id="VN-05467@2025", reason="invented")],
        at=AT,
    )
    above = BodyAncestry.objects.filter(body="faculty").values_list("ancestor", flat=True)
    assert set(above) == {"faculty", "body-ictu", "body-dhtn"}
    actions.add_bodies(SYSTEM, [BodyRow("faculty", "school", "Khoa CNTT", parent_id="body-so-gddt")], at=AT)
    above = BodyAncestry.objects.filter(body="faculty").values_list("ancestor", flat=True)
    assert set(above) == {"faculty", "body-so-gddt", "body-ubnd-tinh"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (BodyRow("x", "school", "Trường A", parent_id="nowhere"), "parent_unknown"),
        (BodyRow("x", "school", "Trường A", unit_id="VN-05467@2024"), "unit_not_in_force"),
    ],
)
def test_a_body_without_a_place_is_refused(registry, row, code):
    with pytest.raises(Refusal, match="Trường A") as refused:
        actions.add_bodies(SYSTEM, [row], at=AT)
    assert refused.value.code == code


def test_each_reader_sees_the_bodies_of_their_reach(registry):
    everything = set(Body.objects.values_list("pk", flat=True))

    def seen(**place):
        return set(queries.bodies(Reader(account_id=1, **place)).values_list("pk", flat=True))

    assert seen(role=Role.COORDINATOR, unit_id="VN-19@2025") == everything
    commune = seen(role=Role.UNIT_MANAGER, unit_id="VN-05467@2025")
    assert "ubnd-05467" in commune
    assert "body-bqp" in commune
    assert "ubnd-05440" not in commune
    assert seen(role=Role.PROVIDER_MANAGER, body_id="body-dhtn") == {"body-dhtn", "body-ictu"}
    assert not queries.bodies(VISITOR).exists()
    assert not queries.audiences(VISITOR).exists()
    assert queries.audiences(SYSTEM).count() == 27
