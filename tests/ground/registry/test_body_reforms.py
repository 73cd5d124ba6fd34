"""Bodies are merged, split, renamed, moved and abolished, with those who belong to them; and all of it can be undone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry import actions
from chiakhoa.ground.registry.models import Body, BodyAncestry, BodyReform, BodySuccession, Membership, Person
from chiakhoa.ground.territory.changes import Row

DAY = date(2026, 9, 1)
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def bodies(province):
    actions.load_bodies(SYSTEM, at=AT)
    return province


@pytest.fixture
def reform(bodies):
    """Drafts and enacts a list of (kind, old, new, more)."""

    def call(*rows, day=DAY):
        written = [Row(line, kind, old, new, **more) for line, (kind, old, new, more) in enumerate(rows, start=1)]
        return actions.enact_body_reform(
            SYSTEM, actions.draft_body_reform(SYSTEM, "Quyết định 5", written, day=day, at=AT).pk, at=AT
        )

    return call


@pytest.fixture
def member(bodies):
    def call(body, name="Hòa", since=None):
        person = Person.objects.create(full_name=name, search_key=name, unit_id="VN-05467@2025", registered_at=AT)
        return Membership.objects.create(person=person, body_id=body, valid_from=since, position="chuyên viên")

    return call


INTO_STANDING = ("merge", "Thanh tra tỉnh", "Sở Nội vụ", {})
INTO_NEW = (
    ("merge", "Sở Y tế", "Sở Y tế và Tư pháp", {}),
    ("merge", "body-so-tu-phap", "Sở Y tế và Tư pháp", {}),
)


def state():
    return (
        list(Body.objects.order_by("pk").values_list()),
        sorted(BodyAncestry.objects.values_list("body", "ancestor")),
        list(BodySuccession.objects.order_by("pk").values_list()),
        list(Membership.objects.order_by("pk").values_list()),
    )


def test_the_report_s_department_passed_into_that_of_science(bodies):
    row = BodySuccession.objects.get(old="body-so-tttt")
    assert (row.new_id, row.date, row.share, row.reform) == ("body-so-khcn", date(2025, 3, 1), 1, None)
    assert BodySuccession.objects.get(old="body-cap-huyen").new is None


def test_a_merger_opens_the_new_body_and_hands_over_members_as_dated_rows(reform, member):
    hoa = member("body-so-y-te")
    reform(*INTO_NEW)
    new = Body.objects.get(name_vi="Sở Y tế và Tư pháp")
    assert (new.valid_from, new.kind, new.parent_id) == (DAY, "department", "body-ubnd-tinh")
    assert BodyAncestry.objects.filter(body=new, ancestor="body-ubnd-tinh").exists()
    assert Body.objects.get(pk="body-so-y-te").successor == new
    rows = Membership.objects.filter(person=hoa.person).order_by("id").values_list("body", "valid_from", "valid_to")
    assert list(rows) == [("body-so-y-te", None, DAY), (new.pk, DAY, None)]


def test_a_body_that_stands_may_take_another_in_and_who_is_in_both_is_in_it_once(reform, member):
    both = member("body-thanh-tra-tinh")
    Membership.objects.create(person=both.person, body_id="body-so-noi-vu")
    reform(INTO_STANDING)
    assert Membership.objects.filter(body="body-so-noi-vu", valid_to=None).count() == 1
    assert Body.objects.get(pk="body-so-noi-vu").valid_to is None


def test_what_stands_below_follows_to_the_heir_and_a_role_only_to_the_same_body(reform):
    Body.objects.create(id="phong", kind="department", name_vi="Phòng", search_key="phong", parent_id="body-so-y-te")
    role = RoleAssignment.objects.create(
        account=Account.objects.create_account("a", None, full_name="A"), role=Role.UNIT_MANAGER, body_id="body-so-y-te"
    )
    merged = reform(*INTO_NEW)
    role.refresh_from_db()
    assert Body.objects.get(pk="phong").parent.name_vi == "Sở Y tế và Tư pháp"
    assert role.body_id == "body-so-y-te"
    actions.undo_body_reform(SYSTEM, merged.pk, at=AT)
    assert Body.objects.get(pk="phong").parent_id == "body-so-y-te"
    reform(("rename", "Sở Y tế", "Sở Sức khỏe", {}))
    role.refresh_from_db()
    assert role.body.name_vi == "Sở Sức khỏe"


def test_a_split_names_its_shares_a_move_its_parent_an_abolition_nothing(reform):
    done = reform(
        ("split", "Sở Y tế", "Sở Y tế Một", {"share": "0.7"}), ("split", "Sở Y tế", "Sở Y tế Hai", {"share": "0.3"}),
        ("move", "Thanh tra tỉnh", "", {"parent": "Sở Nội vụ"}), ("abolish", "Tỉnh đoàn", "", {}),
        ("create", "", "Sở Công nghệ số", {"parent": "body-ubnd-tinh"}),
    )  # fmt: skip
    assert done.opened.count() == 4
    assert Body.objects.get(name_vi="Thanh tra tỉnh", valid_to=None).parent_id == "body-so-noi-vu"
    assert Body.objects.get(pk="body-tinh-doan").valid_to == DAY
    assert Body.objects.get(name_vi="Sở Công nghệ số").kind == "department"
    shares = BodySuccession.objects.filter(old="body-so-y-te").order_by("share").values_list("new__name_vi", "share")
    assert list(shares) == [("Sở Y tế Hai", Decimal("0.3")), ("Sở Y tế Một", Decimal("0.7"))]


@pytest.mark.parametrize("rows", [INTO_NEW, (INTO_STANDING,)])
def test_undoing_makes_everything_what_it_was(reform, member, rows):
    member("body-so-y-te"), member("body-thanh-tra-tinh", "Lan", date(2024, 1, 1)), member("body-so-noi-vu", "Bình")
    before = state()
    done = reform(*rows)
    assert state() != before
    actions.undo_body_reform(SYSTEM, done.pk, at=AT)
    assert state() == before


def test_who_left_the_heir_since_has_left_when_the_reform_is_undone(reform, member):
    hoa = member("body-so-y-te")
    done = reform(*INTO_NEW)
    Membership.objects.filter(person=hoa.person, valid_to=None).update(valid_to=date(2026, 10, 1))
    actions.undo_body_reform(SYSTEM, done.pk, at=AT)
    hoa.refresh_from_db()
    assert hoa.valid_to == date(2026, 10, 1)


def test_undoing_is_refused_in_words_once_somebody_new_belongs_to_the_new_body(reform, member):
    done = reform(*INTO_NEW)
    member(Body.objects.get(name_vi="Sở Y tế và Tư pháp").pk)
    with pytest.raises(Refusal, match="Nơi công tác, học tập: 1"):
        actions.undo_body_reform(SYSTEM, done.pk, at=AT)


def test_undoing_is_refused_once_the_heir_itself_passed_on(reform):
    done = reform(INTO_STANDING)
    later = reform(("rename", "Sở Nội vụ", "Sở Nội vụ và Thanh tra", {}), day=date(2026, 10, 1))
    with pytest.raises(Refusal, match="01/10/2026"):
        actions.undo_body_reform(SYSTEM, done.pk, at=AT)
    actions.undo_body_reform(SYSTEM, later.pk, at=AT)
    actions.undo_body_reform(SYSTEM, done.pk, at=AT)


def test_loading_the_files_again_leaves_what_was_rearranged(reform):
    reform(*INTO_NEW)
    actions.load_bodies(SYSTEM, at=AT)
    assert Body.objects.get(pk="body-so-y-te").valid_to == DAY
    assert BodySuccession.objects.filter(old="body-so-tttt").count() == 1


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (("merge", "Sở Không Có", "Sở Nội vụ", {}), "Sở Không Có"),
        (("create", "", "Sở Nội vụ", {}), "đã có"),
        (("create", "", "Văn phòng số", {}), "Hãy bắt đầu tên"),
        (("move", "Sở Y tế", "", {"parent": "Bộ Xa"}), "Bộ Xa"),
        (("abolish", "body-ubnd-tinh", "", {}), "trực thuộc"),
    ],
)
def test_what_will_not_do_is_refused_in_words(reform, row, named):
    with pytest.raises(Refusal, match=named):
        reform(row)
    assert not Body.objects.filter(opened_by__isnull=False).exists()


@pytest.mark.parametrize("change", [{"date": DAY}, {"new_id": "body-cuc-thh"}])
def test_the_database_refuses_a_succession_that_does_not_fit(bodies, change):
    """Another day than the old body's last, or an heir that had ended by then."""
    fitting = {"old_id": "body-so-tttt", "new_id": "body-so-noi-vu", "date": date(2025, 3, 1)}
    BodySuccession.objects.filter(old="body-so-tttt").delete()
    with pytest.raises(DatabaseError, match="succession falls"), transaction.atomic():
        BodySuccession.objects.create(**(fitting | change), share=1, basis="whole")
    BodySuccession.objects.create(**fitting, share=1, basis="whole")


def test_a_body_cannot_lose_the_end_on_which_it_passed_on(bodies):
    with pytest.raises(DatabaseError, match="succession falls"), transaction.atomic():
        Body.objects.filter(pk="body-so-tttt").update(valid_to=None)


def test_the_pages_lead_from_a_draft_to_the_new_body_and_back(bodies, client):
    account = Account.objects.create_account("ha", None, full_name="Hà")
    RoleAssignment.objects.create(account=account, role=Role.COORDINATOR, unit=bodies)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    data = {"title": "Quyết định 5", "day": "2026-09-01", "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0,
            "form-0-kind": "merge", "form-0-old": "Thanh tra tỉnh", "form-0-new": "Sở Nội vụ"}  # fmt: skip
    preview = client.post(reverse("registry:reform_new", args=["form"]), data, follow=True).content.decode()
    assert "Thanh tra tỉnh" in preview
    pk = BodyReform.objects.get().pk
    enacted = client.post(reverse("registry:enact_reform", args=[pk]), follow=True).content.decode()
    assert "Hoàn tác lần sắp xếp này" in enacted
    assert "Sở Nội vụ" in client.get(reverse("registry:body", args=["body-thanh-tra-tinh"])).content.decode()
    assert "Thanh tra tỉnh" in client.get(reverse("registry:body", args=["body-so-noi-vu"])).content.decode()
    client.post(reverse("registry:undo_reform", args=[pk]))
    assert Body.objects.get(pk="body-thanh-tra-tinh").valid_to is None
    listed = client.get(reverse("registry:reforms")).content.decode()
    assert "01/03/2025" in listed
    assert "Quyết định 5" in listed


def test_a_commune_s_manager_drafts_nothing(bodies):
    with pytest.raises(Refusal):
        actions.draft_body_reform(Reader(account_id=1, role=Role.UNIT_MANAGER), "x", [], day=DAY, at=AT)
