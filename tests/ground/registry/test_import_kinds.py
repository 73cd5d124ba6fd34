"""Every kind of list goes through the one flow: its template is read by it, it is taken over twice alike, and taken back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chiakhoa.foundation import sheets
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.catalogue.models import Course, Provider, Room, Trainer, TrainerSkill, Venue
from chiakhoa.ground.registry.importing.kinds import KINDS
from chiakhoa.ground.registry.models import Body, BodyAncestry, Import, ImportState
from chiakhoa.ground.territory.models import Unit, UnitAncestry
from tests.ground.registry.test_imports import AT, HOA, clerk, words  # noqa: F401 - a fixture

LISTS = {
    "bodies": (
        ["Tên cơ quan", "Loại", "Trực thuộc", "Xã/phường"],
        [["Trường THPT A", "school", "Phòng Giáo dục B", "Xã Tân Cương"],
         ["Phòng Giáo dục B", "department", "body-ubnd-tinh", ""]],
        Body,
    ),
    "units": (
        ["Mã", "Phiên bản", "Tên", "Loại", "Cấp trên"],
        [["5500", "2025", "Quan Triều", "Phường", "VN-19@2025"], ["05501", "2025", "Tân Long", "Xã", "VN-19@2025"]],
        Unit,
    ),
    "courses": (
        ["Mã khóa học", "Tên khóa học", "Số buổi", "Hình thức", "Sĩ số tối thiểu", "Sĩ số tối đa", "Loại phòng",
         "entry_low", "entry_high", "ceiling"],
        [["KN-X", "Kỹ năng số", 6, "classroom", 12, 30, "computer_lab", 1, 3, 4]],
        Course,
    ),
    "venues": (
        ["Mã", "Tên địa điểm", "Xã/phường", "Cơ quan"],
        [["nvh-1", "Nhà văn hóa 1", "Tân Cương", "UBND xã Tân Cương"], ["nvh-2", "Nhà văn hóa 2", "Gia Sàng", ""]],
        Venue,
    ),
    "rooms": (
        ["Địa điểm", "Phòng", "Loại phòng", "Số chỗ", "Số máy", "Số buổi/năm"],
        [["Nhà văn hóa cũ", "P1", "hall", 40, "", 200], ["nvh-0", "P2", "computer_lab", 30, 25, 150]],
        Room,
    ),
    "trainers": (
        ["Họ và tên", "Cơ sở đào tạo", "Hạng", "Số buổi/năm", "Dạy"],
        [["Nguyễn Thị Hòa", "body-ictu", "b", 60, "s1; s2"]],
        Trainer,
    ),
    "roles": (
        ["Tên đăng nhập", "Vai trò", "Địa bàn", "Cơ quan"],
        [["hoa.nt", "unit_manager", "Tân Cương", ""], ["hoa.nt", "trainer", "", "body-ictu"]],
        RoleAssignment,
    ),
}  # fmt: skip
COLUMNS_BY_HAND = {"courses": {"column-7": "entry_low", "column-8": "entry_high", "column-9": "ceiling"}}


@pytest.fixture
def house(clerk):  # noqa: F811
    """An administrator at the pages, and what the lists point to."""
    clerk().take(HOA)
    Venue.objects.create(code="nvh-0", name_vi="Nhà văn hóa cũ", unit_id="VN-05440@2025", search_key="nha van hoa cu")
    Provider.objects.create(body_id="body-ictu")
    TrainerSkill.objects.bulk_create(TrainerSkill(code=code, name_vi=code) for code in ("s1", "s2"))
    Account.objects.create_account("hoa.nt", None, full_name="Nguyễn Thị Hòa")
    return clerk(role=Role.ADMINISTRATOR)


def take(house, kind, rows):
    row = house.send(*rows, headings=LISTS[kind][0], kind=kind)
    assert isinstance(row, Import), row.context["form"].errors
    assert house.map(row, **COLUMNS_BY_HAND.get(kind, {})).status_code == 302
    counts = house.counts(row)
    house.register(row)
    row.refresh_from_db()
    return row, counts


@pytest.mark.parametrize("kind", list(LISTS))
def test_a_list_is_taken_over_twice_alike_and_taken_back(house, kind):
    _headings, rows, model = LISTS[kind]
    before = model.objects.count()
    row, counts = take(house, kind, rows)
    assert counts["new"] == len(rows), house.get("receipt", row.pk).context
    assert model.objects.count() == before + len(rows)
    _again, counts = take(house, kind, rows)
    assert counts["same"] == len(rows)
    house.undo(row)
    row.refresh_from_db()
    assert row.state == ImportState.UNDONE
    assert model.objects.count() == before


def test_every_kind_but_people_is_tried_above():
    assert set(LISTS) | {"people"} == set(KINDS)


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_template_of_every_kind_is_read_back_as_its_own_columns(house, kind, tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(house.get("import_template", kind, "xlsx").content)
    row = house.send(headings=sheets.tabs(path)[0].rows[0], kind=kind)
    assert set(row.columns.values()) == {column.name for column in KINDS[kind].columns if not column.part_of}


def test_the_template_offers_what_may_be_chosen(house, tmp_path):
    """Every drop-down of every template is one that the import then understands."""
    for kind in KINDS.values():
        for name, said in kind.handler.choices(SYSTEM, AT.date()).items():
            directory = kind.handler.directories(SYSTEM, AT.date()).get(kind.column(name).looks_up)
            assert said, (kind.name, name)
            assert directory is None or all(fold(one) in directory for one in said), (kind.name, name)


def test_the_tree_of_bodies_and_of_units_is_mended(house):
    take(house, "bodies", LISTS["bodies"][1])
    school = Body.objects.get(name_vi="Trường THPT A")
    above = set(BodyAncestry.objects.filter(body=school).values_list("ancestor", flat=True))
    assert {school.pk, "phong-giao-duc-b", "body-ubnd-tinh"} <= above
    take(house, "units", LISTS["units"][1])
    assert UnitAncestry.objects.filter(unit="VN-05500@2025", ancestor="VN-19@2025").exists()


def test_a_changed_row_is_shown_and_restored(house):
    take(house, "venues", LISTS["venues"][1])
    row, counts = take(house, "venues", [["nvh-1", "Nhà văn hóa Một", "Tân Cương", ""]])
    assert counts["changed"] == 1
    assert Venue.objects.get(pk="nvh-1").search_key == "nvh-1 nha van hoa mot"
    house.undo(row)
    assert Venue.objects.get(pk="nvh-1").name_vi == "Nhà văn hóa 1"


def test_a_venue_with_a_room_is_not_taken_back(house):
    row, _counts = take(house, "venues", LISTS["venues"][1])
    Room.objects.create(venue_id="nvh-1", name="P1", kind="hall", seats=1, sessions_per_year=1)
    house.undo(row)
    assert "Không hoàn lại được danh sách này nữa" in words(house.get("receipt", row.pk))
    assert Venue.objects.filter(pk="nvh-2").exists()


def test_an_unknown_name_is_refused_with_what_looks_like_it(house):
    row = house.look(["nvh-9", "Nhà mới", "Tân Cưng", ""], headings=LISTS["venues"][0], kind="venues")
    (group,) = house.get("preview", row.pk).context["groups"]
    assert group["near"] == ["VN-05440@2025"]


def test_a_course_that_makes_no_sense_is_refused_in_words(house):
    rows = [["KN-Y", "Kỹ năng", 6, "classroom", 40, 30, "hall", 1, 3, 4]]
    row = house.send(*rows, headings=LISTS["courses"][0], kind="courses")
    house.map(row, **COLUMNS_BY_HAND["courses"])
    assert house.counts(row)["refused"] == 1


def test_only_an_administrator_sends_roles_and_units(clerk):  # noqa: F811
    for kind in ("roles", "units"):
        assert clerk().get("send", kind).status_code == 404
        assert clerk(role=Role.ADMINISTRATOR).get("send", kind).status_code == 200


def test_no_role_is_given_beyond_the_administrator_s_own_unit(house, clerk):  # noqa: F811
    small = clerk("VN-05440@2025", Role.ADMINISTRATOR)
    row = small.look(["hoa.nt", "coordinator", "Gia Sàng", ""], headings=LISTS["roles"][0], kind="roles")
    assert small.counts(row)["refused"] == 1


@pytest.mark.parametrize("kind", list(LISTS))
def test_what_is_registered_comes_as_a_list_that_changes_nothing_when_sent(house, kind):
    take(house, kind, LISTS[kind][1])
    exported = house.get("import_standing", kind, "xlsx")
    assert AuditEntry.objects.filter(verb="export").latest("number").after["rows"] >= len(LISTS[kind][1])
    assert house.post("send", kind, file=SimpleUploadedFile("list.xlsx", exported.content)).status_code == 302
    row = Import.objects.latest("pk")
    assert house.map(row).status_code == 302
    counts = house.counts(row)
    assert {state for state, count in counts.items() if count} == {"same"}, house.get("preview", row.pk).context[
        "groups"
    ]
    assert counts["same"] >= len(LISTS[kind][1])


def test_people_have_their_own_list_and_there_is_none_of_what_nobody_may_send(house, clerk):  # noqa: F811
    assert house.get("import_standing", "people", "xlsx").status_code == 404
    assert clerk().get("import_standing", "roles", "xlsx").status_code in (403, 404)
