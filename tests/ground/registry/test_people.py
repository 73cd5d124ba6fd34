"""People are registered all or not at all, fast, and seen only by those whose business it is."""

from datetime import UTC, date, datetime

import pytest

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, VISITOR, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.registry import actions, citizen_number, queries
from chiakhoa.ground.registry.actions import PersonRow
from chiakhoa.ground.registry.models import Membership, Person

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
TAN_CUONG, GIA_SANG = "VN-05440@2025", "VN-05467@2025"
HOA = PersonRow(
    "k-1", "Nguyễn Thị Hòa", TAN_CUONG, born_on=date(1990, 5, 2), sex="f", audience_code="commune_official",
    body_id="ubnd-05440", position="Công chức văn hóa", phone="0912 345 678", email="hoa@example.vn",
    citizen_number="019190000001",
)  # fmt: skip


def over(unit, role=Role.COORDINATOR):
    return Reader(account_id=1, name="Bình", role=role, unit_id=unit)


def register(*rows, actor=SYSTEM, at=AT):
    return actions.register_people(actor, list(rows), at=at)


@pytest.fixture
def hoa(registry):
    return Person.objects.get(pk=register(HOA)["k-1"])


def test_a_person_is_stored_tidy_and_found_without_diacritics(registry):
    decomposed = HOA._replace(full_name="  Nguyễn   Thị Hòa ")
    person = Person.objects.get(pk=register(decomposed)["k-1"])
    assert person.full_name == "Nguyễn Thị Hòa"
    assert person.search_key == "nguyen thi hoa"
    assert person.phone == "0912345678"
    assert person.memberships.get().body_id == "ubnd-05440"


def test_the_citizen_number_is_sealed_and_found_but_never_shown_whole(hoa):
    assert b"019190000001" not in bytes(hoa.citizen_number_sealed)
    assert hoa.citizen_number_index == citizen_number.index("019190000001")
    assert citizen_number.masked(hoa.citizen_number_sealed) == "•••••••••001"


def test_the_same_rows_again_change_nothing(hoa):
    sealed = bytes(hoa.citizen_number_sealed)
    assert register(HOA) == {"k-1": hoa.pk}
    hoa.refresh_from_db()
    assert bytes(hoa.citizen_number_sealed) == sealed
    assert Membership.objects.count() == 1


def test_a_row_with_a_known_key_brings_the_person_up_to_date(hoa):
    register(HOA._replace(full_name="Nguyễn Thị Hoà", position="Phó chủ tịch", unit_id=GIA_SANG))
    hoa.refresh_from_db()
    assert (hoa.full_name, hoa.unit_id) == ("Nguyễn Thị Hoà", GIA_SANG)
    assert hoa.memberships.get().position == "Phó chủ tịch"


def test_a_new_body_ends_the_old_membership_on_the_day(hoa):
    register(HOA._replace(body_id="ubnd-05467"))
    old, new = hoa.memberships.order_by("id")
    assert (old.body_id, old.valid_to) == ("ubnd-05440", date(2026, 11, 24))
    assert (new.body_id, new.valid_from, new.valid_to) == ("ubnd-05467", date(2026, 11, 24), None)


def test_an_ended_unit_is_refused_with_its_heirs(registry):
    with pytest.raises(Refusal) as refused:
        register(HOA, HOA._replace(external_key="k-2", citizen_number="", full_name="Lê An", unit_id="VN-05467@2024"))
    assert "2, Lê An" in refused.value.message
    assert "01/07/2025" in refused.value.message
    assert refused.value.message.index("Gia Sàng") < refused.value.message.index("Tích Lương")
    assert refused.value.code == "unit_ended"
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"full_name": " "}, "name_missing"),
        ({"full_name": "Hòa 2"}, "name_malformed"),
        ({"born_on": date(2030, 1, 1)}, "birthday_out_of_range"),
        ({"sex": "x"}, "sex_unknown"),
        ({"unit_id": "VN-99999@2025"}, "unit_unknown"),
        ({"body_id": "nowhere"}, "body_unknown"),
        ({"body_id": "body-so-tttt"}, "body_unknown"),
        ({"audience_code": "aud-cbccvc"}, "audience_unknown"),
        ({"phone": "12"}, "phone_malformed"),
        ({"email": "hoa"}, "email_malformed"),
        ({"citizen_number": "19190000001"}, "citizen_number_malformed"),
        ({"external_key": ""}, "key_not_unique"),
    ],
)
def test_a_malformed_row_is_refused_by_its_name(registry, change, code):
    with pytest.raises(Refusal) as refused:
        register(HOA._replace(**change))
    assert refused.value.code == code
    assert not Person.objects.exists()


def test_a_citizen_number_that_disagrees_is_a_doubt_not_a_refusal(registry):
    odd = HOA._replace(born_on=date(1985, 1, 1), sex="m")
    assert len(citizen_number.doubts(odd.citizen_number, odd.born_on, odd.sex)) == 2
    assert citizen_number.doubts(HOA.citizen_number, HOA.born_on, HOA.sex) == []
    register(odd)
    assert AuditEntry.objects.get(verb="register_people").after["doubts"] == 1


def test_two_people_cannot_hold_one_citizen_number(hoa):
    with pytest.raises(Refusal) as refused:
        register(HOA._replace(external_key="k-2", full_name="Lê An"))
    assert refused.value.code == "citizen_number_taken"
    with pytest.raises(Refusal) as refused:
        register(
            HOA._replace(external_key="k-2", citizen_number="019190000002"),
            HOA._replace(external_key="k-3", citizen_number="019190000002"),
        )
    assert refused.value.code == "citizen_number_twice"


def test_a_key_given_twice_is_refused(registry):
    with pytest.raises(Refusal) as refused:
        register(HOA, HOA._replace(citizen_number=""))
    assert refused.value.code == "key_not_unique"


def test_a_unit_manager_registers_only_in_the_own_commune(registry):
    manager = over(TAN_CUONG, Role.UNIT_MANAGER)
    register(HOA, actor=manager)
    with pytest.raises(Refusal) as refused:
        register(HOA._replace(external_key="k-2", citizen_number="", unit_id=GIA_SANG), actor=manager)
    assert refused.value.code == "unit_elsewhere"
    with pytest.raises(NotAllowed):
        register(HOA, actor=over(TAN_CUONG, Role.AUDITOR))


def test_a_known_key_is_no_way_to_take_over_somebody_of_another_commune(hoa):
    with pytest.raises(Refusal) as refused:
        register(HOA._replace(unit_id=GIA_SANG), actor=over(GIA_SANG, Role.UNIT_MANAGER))
    assert refused.value.code == "key_elsewhere"
    hoa.refresh_from_db()
    assert hoa.unit_id == TAN_CUONG


def test_a_manager_of_a_body_registers_its_people_and_sees_them(registry):
    manager = Reader(account_id=2, role=Role.UNIT_MANAGER, body_id="ubnd-05440")
    keys = register(HOA, actor=manager)
    assert list(queries.people(manager).values_list("pk", flat=True)) == [keys["k-1"]]
    with pytest.raises(Refusal) as refused:
        register(HOA._replace(external_key="k-2", citizen_number="", body_id="ubnd-05467"), actor=manager)
    assert refused.value.code == "body_elsewhere"


def test_each_role_sees_its_own_people_and_nobody_else(hoa):
    an = register(HOA._replace(external_key="k-2", citizen_number="", unit_id=GIA_SANG, body_id="ubnd-05467"))["k-2"]

    def seen(reader):
        return set(queries.people(reader).values_list("pk", flat=True))

    assert seen(over("VN-19@2025")) == {hoa.pk, an} == seen(SYSTEM)
    assert seen(over(TAN_CUONG, Role.UNIT_MANAGER)) == {hoa.pk}
    assert seen(Reader(account_id=3, role=Role.ASSESSOR, body_id="body-ubnd-tinh")) == {hoa.pk, an}
    assert seen(Reader(account_id=3, role=Role.LEARNER, unit_id=TAN_CUONG, person_id=an)) == {an}
    assert seen(VISITOR) == set()
    for role in (Role.TRAINER, Role.EMPLOYER, Role.PROVIDER_MANAGER):
        assert seen(over("VN-19@2025", role)) == set()


def test_opening_a_record_is_in_the_trail_and_a_foreign_one_is_not_there(hoa):
    reader = over(TAN_CUONG, Role.UNIT_MANAGER)
    assert actions.open_record(reader, hoa.pk, at=AT) == hoa
    entry = AuditEntry.objects.get(verb="view")
    assert (entry.thing_key, entry.account_id) == (str(hoa.pk), 1)
    with pytest.raises(NotVisible):
        actions.open_record(over(GIA_SANG, Role.UNIT_MANAGER), hoa.pk, at=AT)
    assert AuditEntry.objects.filter(verb="view").count() == 1


def test_one_person_is_registered_and_changed_by_hand(registry):
    manager = over(TAN_CUONG, Role.UNIT_MANAGER)
    person = actions.register_person(manager, HOA._replace(external_key=""), at=AT)
    assert person.external_key is None
    actions.change_person(
        manager, person.pk, HOA._replace(external_key="", citizen_number="", phone="0988888888"), at=AT
    )
    person.refresh_from_db()
    assert person.phone == "0988888888"
    assert person.citizen_number_index == citizen_number.index(HOA.citizen_number)
    entry = AuditEntry.objects.get(verb="change_person")
    assert (entry.before, entry.after) == ({"phone": "0912345678"}, {"phone": "0988888888"})


def test_24_000_people_are_registered_without_a_query_for_each_and_again_without_a_change(registry, queries_of):
    rows = [
        PersonRow(
            f"n-{i}", "Trần Văn An", (TAN_CUONG, GIA_SANG)[i % 2], born_on=date(1990, 1, 1), sex="m",
            audience_code="iz_worker", body_id=("ubnd-05440", "ubnd-05467")[i % 2],
        )
        for i in range(24_000)
    ]  # fmt: skip
    keys = register(*rows)
    assert len(set(keys.values())) == 24_000 == Person.objects.count() == Membership.objects.count()
    assert queries_of(lambda: register(*rows)) < 100
    assert register(*rows) == keys
    assert Membership.objects.count() == 24_000
