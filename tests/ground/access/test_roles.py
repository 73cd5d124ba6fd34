"""Roles: given within one's reach, lent for a time and never on, taken in an emergency that the auditor reads."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from chiakhoa.foundation import clock
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.access import actions, queries
from chiakhoa.ground.access.actions import Place, roles
from chiakhoa.ground.access.models import RoleAssignment

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
REASON = "Chị Hoa đi cấp cứu, cần số điện thoại người nhà."


@pytest.fixture(autouse=True)
def the_moment(monkeypatch):
    """Pages think that it is the moment of these tests."""
    monkeypatch.setattr(clock.timezone, "now", lambda: NOW)


@pytest.fixture
def binh(place):
    return place.account("binh", Role.UNIT_MANAGER, place.tan_cuong)


@pytest.fixture
def ha(place):
    return place.account("ha", Role.COORDINATOR, place.province)


@pytest.fixture
def mai(place):
    """Somebody with an account and no role."""
    return place.account("mai")


def acting(account, at=NOW):
    return [(row.role, row.unit_id) for row in queries.own_assignments(account, at=at)]


def sees(place, account, person, at=NOW):
    from chiakhoa.ground.registry import queries as registry

    row = queries.own_assignments(account, at=at).first()
    return bool(row) and registry.people(queries.reader_of(row)).filter(pk=person.pk).exists()


def lend(place, lender, to, unit, until=date(2026, 12, 1), at=NOW):
    source = queries.own_assignments(lender, at=at).first()
    return actions.lend(queries.reader_of(source), to, Place(unit_id=unit.pk), until, "đi công tác", at=at)


def test_what_is_lent_opens_the_part_until_its_last_day(place, ha, mai):
    lend(place, ha, mai, place.tan_cuong)
    assert sees(place, mai, place.hoa) and not sees(place, mai, place.minh)
    assert acting(mai, at=datetime(2026, 12, 1, 16, tzinfo=UTC))
    assert not acting(mai, at=datetime(2026, 12, 1, 17, 1, tzinfo=UTC))


def test_it_is_seen_by_both_and_taken_back_at_once(place, ha, mai):
    row = lend(place, ha, mai, place.tan_cuong)
    assert "Mai" in place.browse(ha).get(reverse("access:lending")).content.decode()
    assert "Ha ủy quyền" in place.browse(mai).get(reverse("home")).content.decode()
    place.browse(ha).post(reverse("access:take_back", args=[row.pk]))
    assert not acting(mai)
    assert AuditEntry.objects.filter(verb__in=["lend_role", "take_back_role"]).count() == 2


def test_more_than_one_has_cannot_be_lent(place, binh, mai):
    with pytest.raises(Refusal, match="phạm vi"):
        lend(place, binh, mai, place.gia_sang)
    with pytest.raises(Refusal, match="phạm vi"):
        lend(place, binh, mai, place.province)


def test_without_that_check_a_commune_s_manager_would_lend_the_province(place, binh, mai, monkeypatch):
    """The twin."""
    monkeypatch.setattr(queries, "lies_within", lambda *_args, **_more: True)
    lend(place, binh, mai, place.province)
    assert sees(place, mai, place.minh)


def test_what_is_lent_is_not_lent_on(place, ha, mai, binh):
    lend(place, ha, mai, place.tan_cuong)
    with pytest.raises(Refusal, match="ủy quyền tiếp"):
        lend(place, mai, binh, place.tan_cuong)


def test_a_chain_made_behind_the_actions_opens_nothing(place, ha, mai, binh):
    """The one place that decides does not trust the rows: a loan of a loan is no role."""
    first = lend(place, ha, mai, place.tan_cuong)
    third = place.account("ba")
    RoleAssignment.objects.create(
        account=third, role=Role.COORDINATOR, unit=place.tan_cuong, lent_from=first, valid_to=date(2026, 12, 1)
    )
    assert not acting(third)


@pytest.mark.parametrize("until", [date(2026, 11, 23), date(2027, 6, 1)])
def test_a_loan_ends_within_a_quarter_and_not_before_it_begins(place, ha, mai, until):
    with pytest.raises(Refusal, match="24/11/2026"):
        lend(place, ha, mai, place.tan_cuong, until=until)


def test_a_loan_ends_with_the_lender_s_own_role(place, ha, huy, mai):
    RoleAssignment.objects.filter(account=ha).update(valid_to=date(2026, 11, 30))
    with pytest.raises(Refusal, match="29/11/2026"):
        lend(place, ha, mai, place.tan_cuong, until=date(2026, 12, 1))
    lend(place, ha, mai, place.tan_cuong, until=date(2026, 11, 29))
    actions.end_role(place.reader(huy), ha.assignments.get(lent_from=None).pk, at=NOW)
    assert not acting(mai)


def test_a_suspended_lender_lends_nothing(place, ha, huy, mai):
    lend(place, ha, mai, place.tan_cuong)
    actions.suspend_account(place.reader(huy), ha.pk, "điều tra", at=NOW)
    assert not acting(mai)


def test_somebody_else_s_loan_is_not_there_to_be_taken_back(place, ha, binh, mai):
    row = lend(place, ha, mai, place.tan_cuong)
    assert place.browse(binh).post(reverse("access:take_back", args=[row.pk])).status_code == 404


def test_a_learner_has_nothing_to_lend(place, mai):
    hoa = place.account("hoa", Role.LEARNER, place.tan_cuong, person=place.hoa)
    with pytest.raises(NotAllowed):
        lend(place, hoa, mai, place.tan_cuong)


def test_an_administrator_gives_roles_within_their_reach_alone(place, mai):
    kim = place.account("kim", Role.ADMINISTRATOR, place.tan_cuong)
    form = {"login": "mai", "role": Role.UNIT_MANAGER, "place": place.gia_sang.pk}
    browser = place.browse(kim)
    assert browser.post(reverse("access:give_role"), form).status_code == 422
    assert browser.post(reverse("access:give_role"), {**form, "place": place.province.pk}).status_code == 422
    assert browser.post(reverse("access:give_role"), {**form, "place": place.tan_cuong.pk}).status_code == 302
    assert acting(mai) == [(Role.UNIT_MANAGER, place.tan_cuong.pk)]


def test_without_that_check_a_commune_s_administrator_would_make_themselves_the_province_s(place, monkeypatch):
    """The twin."""
    kim = place.account("kim", Role.ADMINISTRATOR, place.tan_cuong)
    monkeypatch.setattr(roles, "_reaches", lambda *_args: True)
    actions.give_role(place.reader(kim), kim, Role.ADMINISTRATOR, Place(unit_id=place.province.pk), at=NOW)
    assert (Role.ADMINISTRATOR, place.province.pk) in acting(kim)


def test_a_role_begins_and_ends_on_its_days(place, mai):
    for first, last in ((date(2026, 11, 25), None), (None, date(2026, 11, 24))):
        RoleAssignment.objects.create(
            account=mai, role=Role.UNIT_MANAGER, unit=place.tan_cuong, valid_from=first, valid_to=last
        )
    assert acting(mai) == []
    assert len(acting(mai, at=NOW + timedelta(days=1))) == 1


def test_with_several_roles_one_is_chosen_and_the_page_says_which_is_on(place, binh):
    other = RoleAssignment.objects.create(account=binh, role=Role.ASSESSOR, unit=place.province)
    browser = place.browse(binh)
    page = browser.get(reverse("access:choose_role")).content.decode()
    assert page.count("Bạn đang dùng vai trò này") == 1
    browser.post(reverse("access:take_role", args=[other.pk]))
    assert browser.get(reverse("home")).wsgi_request.reader.role == Role.ASSESSOR


def test_a_role_of_somebody_else_cannot_be_taken(place, binh, huy):
    assert place.browse(binh).post(reverse("access:take_role", args=[huy.assignments.get().pk])).status_code == 404


def open_emergency(place, account, reason=REASON, at=NOW):
    source = queries.own_assignments(account, at=at).first()
    return actions.open_emergency(queries.reader_of(source), reason, at=at)


def test_emergency_access_opens_the_province_for_three_hours(place, binh):
    browser = place.browse(binh)
    record = reverse("registry:person", args=[place.minh.pk])
    assert browser.get(record).status_code == 404
    assert browser.post(reverse("access:emergency"), {"reason": REASON}).status_code == 302
    assert browser.get(record).status_code == 200
    row = RoleAssignment.objects.get(ends_at__isnull=False)
    assert row.ends_at - row.begins_at == timedelta(hours=3)
    assert len(acting(binh, at=NOW + timedelta(hours=3))) == 1
    assert "khẩn cấp" in browser.get(reverse("home")).content.decode()
    browser.post(reverse("access:close_emergency"))
    assert browser.get(record).status_code == 404


def test_without_its_end_the_emergency_would_stay(place, binh, monkeypatch):
    """The twin: the moment is not asked, and four hours later the neighbour's record is still open."""
    open_emergency(place, binh)
    monkeypatch.setattr(queries, "acting", lambda _at: queries.in_force(NOW.date()))
    assert len(acting(binh, at=NOW + timedelta(hours=4))) == 2


def test_it_needs_a_reason_and_a_role_of_one_s_own(place, binh, ha, mai):
    with pytest.raises(Refusal, match="20"):
        open_emergency(place, binh, reason="gấp")
    lend(place, binh, mai, place.tan_cuong)
    with pytest.raises(Refusal, match="của chính bạn"):
        open_emergency(place, mai)
    with pytest.raises(Refusal, match="toàn tỉnh"):
        open_emergency(place, ha)


def test_the_auditor_is_told_and_says_that_they_looked(place, binh, son):
    row = open_emergency(place, binh)
    browser = place.browse(son)
    assert "1 lần truy cập khẩn cấp" in browser.get(reverse("access:trail")).content.decode()
    assert REASON in browser.get(reverse("access:emergencies")).content.decode()
    browser.post(reverse("access:look_at_emergency", args=[row.pk]))
    assert "1 lần truy cập khẩn cấp" not in browser.get(reverse("access:trail")).content.decode()


def test_an_auditor_of_a_commune_is_not_told_of_the_province(place, binh):
    row = open_emergency(place, binh)
    kim = place.account("kim", Role.AUDITOR, place.tan_cuong)
    with pytest.raises(NotVisible):
        actions.look_at_emergency(place.reader(kim), row.pk, at=NOW)
