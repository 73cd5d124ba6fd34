"""A reform is drafted, looked at, enacted in one act and undone in one, until something depends on it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry.models import Body, Person
from chiakhoa.ground.territory import actions, dependants
from chiakhoa.ground.territory.changes import Row
from chiakhoa.ground.territory.examining import examine
from chiakhoa.ground.territory.models import Home, ReformState, Succession, Unit, UnitAncestry
from chiakhoa.ground.territory.queries import in_force

DAY = date(2026, 9, 1)
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def province(thai_nguyen):
    return actions.settle(SYSTEM, thai_nguyen, synthetic=True, at=AT).unit


@pytest.fixture
def ha(province):
    """Hà coordinates the province."""
    return Reader(account_id=1, role=Role.COORDINATOR, unit_id=province.pk)


@pytest.fixture
def reform(ha):
    """Drafts and enacts a list of (kind, old, new, more)."""

    def call(*rows, day=DAY):
        written = [Row(line, kind, old, new, **more) for line, (kind, old, new, more) in enumerate(rows, start=2)]
        draft = actions.draft_reform(ha, "Nghị quyết thử", written, day=day, at=AT)
        return actions.enact(ha, draft.pk, at=AT)

    return call


MERGE = (
    ("merge", "Phường Gia Sàng", "Phường Gia Sàng Mới", {}),
    ("merge", "Phường Tích Lương", "Phường Gia Sàng Mới", {}),
)
SPLIT = (
    ("split", "Phường Gia Sàng", "Phường Gia Sàng", {"share": "0,6"}),
    ("split", "Phường Gia Sàng", "Phường Cam Giá", {"share": "40%", "code": "05470"}),
)


def person(unit):
    return Person.objects.create(full_name="Hòa", search_key="hoa", unit_id=unit, registered_at=AT)


def test_a_merge_closes_the_old_opens_the_new_and_takes_the_people_along(reform, province):
    hoa = person("VN-05467@2025")
    done = reform(*MERGE)
    new = Unit.objects.get(opened_by=done)
    assert (new.pk, str(new), new.parent_id) == ("VN-05467@2026", "Phường Gia Sàng Mới", province.pk)
    assert (new.valid_from, Unit.objects.get(pk="VN-05467@2025").valid_to) == (DAY, DAY)
    assert new.forebears.count() == 2
    hoa.refresh_from_db()
    assert hoa.unit == new
    assert UnitAncestry.objects.filter(unit=new, ancestor=province).exists()
    communes = Unit.objects.filter(ancestry__ancestor=province, level=3)
    assert communes.filter(in_force(DAY)).count() == 91
    assert communes.filter(in_force(date(2026, 8, 31))).count() == 92


def test_a_merge_leaves_roles_where_they_were_and_a_change_of_name_takes_them_along(reform):
    binh = Account.objects.create_account("binh", None, full_name="Bình")
    role = RoleAssignment.objects.create(account=binh, role=Role.UNIT_MANAGER, unit_id="VN-05467@2025")
    merged = reform(*MERGE)
    role.refresh_from_db()
    assert role.unit_id == "VN-05467@2025"
    actions.undo(SYSTEM, merged.pk, at=AT)
    reform(("rename", "05467", "Phường Gia Sàng Đông", {}))
    role.refresh_from_db()
    assert role.unit_id == "VN-05467@2026"


def test_people_of_a_unit_that_is_split_stay_until_their_residence_is_known(reform):
    hoa = person("VN-05467@2025")
    done = reform(*SPLIT)
    hoa.refresh_from_db()
    assert hoa.unit_id == "VN-05467@2025"
    assert sorted(done.successions.values_list("new", "share")) == [
        ("VN-05467@2026", Decimal("0.6")), ("VN-05470@2026", Decimal("0.4")),
    ]  # fmt: skip


def test_a_unit_moves_to_another_parent_is_created_and_abolished(reform, province):
    elsewhere = Unit.objects.get(pk="VN-01@2025")
    actor_sees_all = actions.draft_reform(
        SYSTEM, "Chuyển", [Row(2, "move", "05467", parent="VN-01@2025"), Row(3, "create", new="Xã Mới", code="90001"),
                           Row(4, "abolish", "05710")], day=DAY, at=AT)  # fmt: skip
    actions.enact(SYSTEM, actor_sees_all.pk, at=AT)
    moved, created = Unit.objects.get(pk="VN-05467@2026"), Unit.objects.get(pk="VN-90001@2026")
    assert (moved.parent, str(moved), created.parent) == (elsewhere, "Phường Gia Sàng", province)
    assert not created.forebears.exists()
    assert Unit.objects.get(code="05710", edition="2025").heirs.get().new is None


def test_the_province_itself_passes_on_with_all_its_communes_and_the_installation_follows(reform, province):
    communes = Unit.objects.filter(parent=province, valid_to__isnull=True)
    rows = [("move", unit.pk, "", {"parent": "Tỉnh Thái Nguyên Mới"}) for unit in communes]
    with pytest.raises(Refusal, match="92 "):
        reform(("rename", province.pk, "Tỉnh Thái Nguyên Mới", {}))
    done = reform(("rename", province.pk, "Tỉnh Thái Nguyên Mới", {}), *rows)
    assert Home.objects.get().unit_id == "VN-19@2026"
    assert Unit.objects.filter(in_force(DAY), ancestry__ancestor="VN-19@2026", level=3).count() == 92
    actions.undo(SYSTEM, done.pk, at=AT)
    assert Home.objects.get().unit == province


def test_undoing_makes_the_map_what_it_was(reform, province):
    hoa, lan = person("VN-05467@2025"), person("VN-05710@2025")
    before = list(Unit.objects.order_by("pk").values_list()), list(Succession.objects.order_by("pk").values_list())
    done = reform(*MERGE)
    actions.undo(SYSTEM, done.pk, at=AT)
    after = list(Unit.objects.order_by("pk").values_list()), list(Succession.objects.order_by("pk").values_list())
    assert after == before
    hoa.refresh_from_db(), lan.refresh_from_db()
    assert (hoa.unit_id, lan.unit_id) == ("VN-05467@2025", "VN-05710@2025")
    done.refresh_from_db()
    assert done.state == ReformState.UNDONE
    with pytest.raises(NotVisible):
        actions.undo(SYSTEM, done.pk, at=AT)


def test_undoing_is_refused_in_words_once_somebody_is_registered_in_the_new_unit(reform):
    hoa = person("VN-05467@2025")
    done = reform(*MERGE)
    person("VN-05467@2026")
    with pytest.raises(Refusal, match="Số người đã đăng ký: 1"):
        actions.undo(SYSTEM, done.pk, at=AT)
    hoa.refresh_from_db()
    assert hoa.unit_id == "VN-05467@2026"


def test_undoing_is_refused_once_a_later_reform_stands_on_it(reform):
    done = reform(*MERGE)
    later = reform(("rename", "Phường Gia Sàng Mới", "Phường Gia Sàng Hai", {}), day=date(2026, 10, 1))
    assert Unit.objects.filter(pk="VN-05467@2026b", opened_by=later).exists()
    with pytest.raises(Refusal, match="01/10/2026"):
        actions.undo(SYSTEM, done.pk, at=AT)
    actions.undo(SYSTEM, later.pk, at=AT)
    actions.undo(SYSTEM, done.pk, at=AT)


def test_loading_the_country_again_does_not_reopen_what_a_reform_closed(reform, thai_nguyen):
    reform(*MERGE)
    assert actions.load_units(SYSTEM, at=AT)["units"] == 0
    assert Unit.objects.get(pk="VN-05467@2025").valid_to == DAY


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([("merge", "Xã Không Có", "Xã Mới", {})], "Dòng 2: .*Xã Không Có"),
        ([("join", "05467", "Xã Mới", {})], "join"),
        ([("merge", "05467", "", {})], "tên mới"),
        ([("create", "05467", "Xã Mới", {})], "không từ"),
        ([("abolish", "05467", "Xã Mới", {})], "bãi bỏ"),
        ([("move", "05467", "", {})], "cấp trên"),
        ([("split", "05467", "Xã A", {"share": "0.5"})], "50 %"),
        ([("split", "05467", "Xã A", {"share": "nửa"})], "nửa"),
        ([("merge", "05467", "Xã A", {"share": "0.5"})], "Chia"),
        ([("merge", "05467", "Xã A", {}), ("abolish", "05467", "", {})], "Dòng 3"),
        ([("rename", "05467", "Xã A", {}), ("rename", "05710", "Xã A", {})], "Dòng 3"),
        ([("split", "05467", "Xã A", {"share": "0.5"}), ("split", "05467", "Xã A", {"share": "0.5"})], "hai lần"),
        ([("rename", "05467", "Gia Sàng Mới", {})], "Xã, Phường"),
        ([("rename", "05467", "Tỉnh Gia Sàng", {})], "khác cấp"),
        ([("create", "", "Xã Mới", {})], "mã"),
        ([("split", "05467", "Xã A", {"share": "0.5"}), ("split", "05467", "Xã B", {"share": "0.5"})], "Xã B"),
        ([("create", "", "Xã Mới", {"code": "90001", "parent": "Tỉnh Xa"})], "Tỉnh Xa"),
    ],
)
def test_what_will_not_do_is_refused_by_row_and_changes_nothing(reform, rows, named):
    with pytest.raises(Refusal, match=named):
        reform(*rows)
    assert not Unit.objects.filter(opened_by__isnull=False).exists()


def test_an_empty_list_is_refused(reform):
    with pytest.raises(Refusal, match="trống"):
        reform()


def test_a_reform_of_a_day_to_come_is_kept_but_not_enacted(reform):
    with pytest.raises(Refusal, match="01/01/2027"):
        reform(*MERGE, day=date(2027, 1, 1))


def test_a_unit_outside_the_reader_s_area_is_not_found(province):
    binh = Reader(account_id=2, role=Role.COORDINATOR, unit_id="VN-05467@2025")
    assert examine(binh, [Row(2, "abolish", "05710")], day=DAY).faults
    with pytest.raises(NotAllowed):
        actions.draft_reform(Reader(account_id=3, role=Role.TRAINER), "x", [], day=DAY, at=AT)


def test_what_hangs_on_the_old_units_is_counted_beforehand(ha):
    person("VN-05467@2025")
    Body.objects.create(id="b", kind="school", name_vi="Trường", search_key="truong", unit_id="VN-05467@2025")
    rows = [Row(line, *row[:3]) for line, row in enumerate(MERGE, 2)]
    plan = examine(ha, rows, day=DAY)
    counted = {effect.label: (effect.count, effect.following) for effect in
               dependants.effects("territory.Unit", plan.olds, plan.heirs, on=DAY)}  # fmt: skip
    assert (counted["Số người đã đăng ký"], counted["Cơ quan, đơn vị"]) == ((1, 1), (1, 1))


@pytest.mark.parametrize("change", [{"date": DAY}, {"new_id": "VN-05467@2024"}])
def test_the_database_refuses_a_succession_that_is_not_on_its_day(thai_nguyen, change):
    with pytest.raises(DatabaseError, match="falls on the day"), transaction.atomic():
        Succession.objects.filter(old="VN-05461@2024").update(**change)


def test_the_database_refuses_to_shift_the_end_of_a_unit_that_passed_on(thai_nguyen):
    with pytest.raises(DatabaseError, match="falls on the day"), transaction.atomic():
        Unit.objects.filter(pk="VN-05467@2024").update(valid_to=None)


@pytest.mark.parametrize("of", ["territory.Unit", "registry.Body"])
def test_every_step_tells_what_of_its_own_names_a_unit_or_a_body(of):
    """A reference that is not told would be neither counted nor led along: tell it in the step's apps.py."""
    told = {dependant.key for dependant in dependants.told(of)}
    inner = {
        f"{app}.{name}"
        for app in ("territory", "registry")
        for name in ("Unit", "Succession", "Carried", "BodySuccession", "BodyCarried")
    }
    references = {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in apps.get_model(of)._meta.related_objects
        if relation.on_delete is models.PROTECT and relation.related_model._meta.label not in inner
    } | {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models() for field in model._meta.fields
        if field.is_relation and field.related_model is apps.get_model(of) and model._meta.label not in inner
        and field.remote_field.on_delete is models.PROTECT
    }  # fmt: skip
    assert references - {"registry.Body.successor"} <= told
