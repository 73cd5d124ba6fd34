"""A list from the file to its receipt and back: what is shown is what is written, and a whole list can be taken back."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chiakhoa.foundation import jobs, sheets
from chiakhoa.foundation.models import AuditEntry, Job
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry import actions, uploads
from chiakhoa.ground.registry import jobs as registry_jobs
from chiakhoa.ground.registry.actions import PersonRow
from chiakhoa.ground.registry.importing import files, people, preparing
from chiakhoa.ground.registry.models import Import, ImportRecipe, ImportState, Membership, Person
from chiakhoa.ground.territory.models import Unit

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
TAN_CUONG, GIA_SANG = "VN-05440@2025", "VN-05467@2025"
HEADINGS = ["Mã", "Họ và tên", "Ngày sinh", "Giới tính", "Xã/phường", "Đơn vị công tác", "Chức vụ", "SĐT", "Số CCCD"]
HOA = [
    "k-1",
    "Nguyễn Thị Hòa",
    "02/05/1990",
    "Nữ",
    "Xã Tân Cương",
    "UBND xã Tân Cương",
    "Chuyên viên",
    "0912345678",
    "019190000001",
]
AN = ["k-2", "Lê Văn An", "01/02/1985", "Nam", "Phường Gia Sàng", "", "", "", ""]


class Clerk:
    """Somebody at the pages of the import."""

    def __init__(self, client):
        self.client = client

    def get(self, name, *args, **query):
        return self.client.get(reverse(f"registry:{name}", args=args), query)

    def post(self, name, *args, **data):
        return self.client.post(reverse(f"registry:{name}", args=args), data)

    def send(self, *rows, headings=HEADINGS, kind="people", sender="", name="list.xlsx"):
        """Send a list; the import, or the page that refused it."""
        content = sheets.as_csv([headings, *rows]) if name.endswith("csv") else sheets.as_xlsx([headings, *rows])
        page = self.post("send", kind, file=SimpleUploadedFile(name, content), sender=sender)
        return Import.objects.latest("pk") if page.status_code == 302 else page

    def map(self, row, **changed):
        columns = {f"column-{column}": field for column, field in row.columns.items()} | changed
        return self.post("columns", row.pk, **columns)

    def counts(self, row, **query):
        return {
            counter["state"]: counter["count"] for counter in self.get("preview", row.pk, **query).context["counters"]
        }

    def look(self, *rows, **how):
        """Send and map; the import, ready to be looked through."""
        row = self.send(*rows, **how)
        assert self.map(row).url == reverse("registry:preview", args=[row.pk])
        return row

    def take(self, *rows, **how):
        """Send, map and register, with the worker's part; the import as it ended."""
        row = self.look(*rows, **how)
        self.register(row)
        row.refresh_from_db()
        return row

    def register(self, row):
        self.post("register", row.pk)
        jobs.work(once=True)
        assert not Job.objects.exclude(error="").exists(), Job.objects.exclude(error="").first().error

    def undo(self, row):
        """Have the list taken back, with the worker's part."""
        self.post("undo", row.pk)
        jobs.work(once=True)


@pytest.fixture
def clerk(client, registry, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    clients = {}

    def of(unit="VN-19@2025", role=Role.COORDINATOR):
        if (unit, role) not in clients:
            account = Account.objects.create_account(f"{role}-{unit}", None, full_name="Bình")
            RoleAssignment.objects.create(
                account=account, role=role, unit=Unit.objects.get(pk=unit), valid_from=date(2026, 1, 1)
            )
            clients[unit, role] = type(client)()
            clients[unit, role].force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return Clerk(clients[unit, role])

    return of


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def register_of_today():
    """Everything that an import writes, as it stands."""
    return (
        list(Person.objects.order_by("pk").values("external_key", "full_name", "search_key", "born_on", "sex", "unit", "phone",
                                                  "email", "citizen_number_index", "audience")),
        list(Membership.objects.order_by("person", "body").values("person__full_name", "body", "position", "valid_to")),
    )  # fmt: skip


def test_a_list_is_read_mapped_looked_through_and_received(clerk):
    binh = clerk()
    row = binh.send(HOA, AN)
    assert row.columns["1"] == "full_name"
    assert "Nguyễn Thị Hòa" in words(binh.get("columns", row.pk))
    binh.map(row)
    assert binh.counts(row) == {"new": 2, "changed": 0, "same": 0, "doubtful": 0, "refused": 0}
    assert not Person.objects.exists()
    binh.register(row)
    hoa = Person.objects.get(external_key="k-1")
    assert (hoa.full_name, hoa.sex, hoa.unit_id, hoa.phone) == ("Nguyễn Thị Hòa", "f", TAN_CUONG, "0912345678")
    assert hoa.memberships.get().position == "Chuyên viên"
    page = binh.get("receipt", row.pk)
    assert {counter["state"]: counter["count"] for counter in page.context["counters"]}["new"] == 2
    assert AuditEntry.objects.filter(verb="receive_list", after__new=2).exists()
    assert uploads.find(row.kept) is None


def test_the_same_file_twice_changes_nothing(clerk):
    binh = clerk()
    binh.take(HOA, AN)
    before = register_of_today()
    row = binh.look(HOA, AN)
    assert binh.counts(row) == {"new": 0, "changed": 0, "same": 2, "doubtful": 0, "refused": 0}
    binh.register(row)
    assert register_of_today() == before


def test_a_list_without_keys_finds_its_people_again_by_number_or_by_name_birthday_and_commune(clerk):
    binh = clerk()
    without = HEADINGS[1:]
    binh.take(HOA[1:], AN[1:], headings=without)
    row = binh.look(HOA[1:], AN[1:], headings=without)
    assert binh.counts(row)["same"] == 2


def test_what_changed_is_shown_field_by_field(clerk):
    binh = clerk()
    binh.take(HOA)
    row = binh.look([*HOA[:6], "Phó trưởng phòng", "0987654321", HOA[8]])
    (record,) = binh.get("preview", row.pk, show="changed").context["records"]
    said = {(change["before"], change["after"]) for change in record["changes"]}
    assert said == {("0912345678", "0987654321"), ("Chuyên viên", "Phó trưởng phòng")}
    binh.register(row)
    assert Person.objects.get().phone == "0987654321"
    assert Person.objects.get().memberships.get().position == "Phó trưởng phòng"


def test_an_empty_cell_and_a_missing_column_say_nothing(clerk):
    binh = clerk()
    binh.take(HOA)
    binh.take([*HOA[:7], "", ""])
    binh.take(["k-1", "Nguyễn Thị Hòa", "Xã Tân Cương"], headings=["Mã", "Họ tên", "Xã"])
    hoa = Person.objects.get()
    assert (hoa.phone, hoa.born_on) == ("0912345678", date(1990, 5, 2))
    assert hoa.citizen_number_index


def test_each_count_is_a_filter_of_the_rows(clerk):
    binh = clerk()
    row = binh.look(HOA, [*AN[:2], "hôm qua", *AN[3:]])
    assert [record["line"] for record in binh.get("preview", row.pk, show="refused").context["records"]] == [3]
    assert [record["line"] for record in binh.get("preview", row.pk, show="new").context["records"]] == [2]


def test_a_wrong_text_is_corrected_at_one_click_in_every_row(clerk):
    binh = clerk()
    row = binh.look([*HOA[:4], "Xã Tân Cưng", *HOA[5:]], [*AN[:4], "Xã Tân Cưng", *AN[5:]])
    (group,) = binh.get("preview", row.pk).context["groups"]
    assert (group["count"], group["near"][0]) == (2, "Xã Tân Cương")
    binh.post("fix", row.pk, field=group["field"], said=group["said"], meant=group["near"][0])
    assert binh.counts(row)["new"] == 2
    binh.post("fix", row.pk, undo=1)
    assert binh.counts(row)["refused"] == 2


def test_a_citizen_number_that_disagrees_is_taken_and_pointed_at(clerk):
    """Registers contain both: a sex corrected, a birth registered late. So it is a doubt to look at, not a fault."""
    row = clerk().look([*HOA[:8], "003085000001"], AN)
    page = clerk().get("preview", row.pk, show="odd")
    (record,) = page.context["records"]
    assert len(record["faults"]) == 3  # no province 003, another year, another sex
    assert clerk().counts(row)["new"] == 2


def test_a_commune_of_the_old_map_comes_with_its_heirs(clerk):
    binh = clerk()
    row = binh.look([*HOA[:4], "Phường Cam Giá", *HOA[5:]])
    (group,) = binh.get("preview", row.pk).context["groups"]
    assert (group["said"], group["near"]) == ("Phường Cam Giá", ["Phường Gia Sàng", "Phường Tích Lương"])
    binh.post("fix", row.pk, field=group["field"], said=group["said"], meant=group["near"][0])
    assert binh.counts(row)["new"] == 1


def test_refused_rows_come_back_as_the_same_file_with_a_column_of_errors(clerk, tmp_path):
    binh = clerk()
    row = binh.take(HOA, [*AN[:2], "31/02/1985", *AN[3:]])
    path = tmp_path / "back.xlsx"
    path.write_bytes(binh.get("returned", row.pk).content)
    (tab,) = sheets.tabs(path)
    assert tab.rows[0] == [*HEADINGS, "lỗi"]
    assert tab.rows[1][:9] == [*AN[:2], "31/02/1985", *AN[3:]]
    assert "31/02/1985" in tab.rows[1][9]
    corrected = binh.take([*AN[:2], "28/02/1985", *AN[3:], tab.rows[1][9]], headings=tab.rows[0])
    assert corrected.counts["new"] == 1


def test_a_whole_list_is_taken_back_in_one_act(clerk):
    binh = clerk()
    binh.take(HOA)
    before = register_of_today()
    row = binh.take(
        [*HOA[:1], "Nguyễn Thị Hoà Bình", *HOA[2:5], "body-ubnd-tinh", "Phó", "0987654321", "019190000002"], AN
    )
    assert row.counts == {"new": 1, "changed": 1, "same": 0, "doubtful": 0, "refused": 0, "left_out": 0}
    assert register_of_today() != before
    assert binh.post("undo", row.pk).url == reverse("registry:receipt", args=[row.pk])
    assert register_of_today() != before
    assert "đang được hoàn lại" in words(binh.get("receipt", row.pk)).lower()
    jobs.work(once=True)
    assert register_of_today() == before
    row.refresh_from_db()
    assert row.state == ImportState.UNDONE


def test_a_list_is_not_taken_back_once_something_depends_on_it(clerk):
    binh = clerk()
    row = binh.take(HOA, AN)
    hoa = Person.objects.get(external_key="k-1")
    actions.record_consent(SYSTEM, hoa.pk, "matching", given=True, channel="page", at=AT)
    binh.post("undo", row.pk)
    jobs.work(once=True)
    page = words(binh.get("receipt", row.pk))
    assert "1 dòng" in page and "Hoàn lại" in page
    assert Person.objects.count() == 2
    row.refresh_from_db()
    assert row.state == ImportState.RECEIVED


def test_a_list_is_not_taken_back_once_somebody_was_changed(clerk):
    binh = clerk()
    row = binh.take(HOA)
    actions.change_person(SYSTEM, Person.objects.get().pk, PersonRow("", "Nguyễn Hòa", TAN_CUONG), at=AT)
    binh.post("undo", row.pk)
    binh.post("undo", row.pk)
    assert Job.objects.filter(task="registry.take_back").count() == 1
    jobs.work(once=True)
    assert Person.objects.get().full_name == "Nguyễn Hòa"


def test_columns_are_corrected_by_hand(clerk):
    binh = clerk()
    row = binh.send(["k-1", "Lê An", "Xã Tân Cương"], headings=["Mã", "Người được cử", "Xã"])
    assert row.columns == {"0": "external_key", "2": "unit_id"}
    assert binh.map(row).status_code == 422
    assert binh.map(row, **{"column-1": "full_name"}).status_code == 302
    assert binh.counts(row)["new"] == 1


def test_one_field_is_not_taken_from_two_columns(clerk):
    binh = clerk()
    row = binh.send(HOA)
    assert binh.map(row, **{"column-6": "full_name"}).status_code == 422


def test_the_place_of_the_list_is_corrected_by_hand(clerk):
    binh = clerk()
    row = binh.send(["Mã", "Họ tên", "Xã"], ["k-1", "Lê An", "Xã Tân Cương"], headings=["Họ tên", "Xã", "Mã"])
    binh.post("place", row.pk, tab=0, header=2, depth=1)
    row.refresh_from_db()
    assert row.columns == {"0": "external_key", "1": "full_name", "2": "unit_id"}
    binh.post("place", row.pk, tab=0, header=99, depth=1)
    row.refresh_from_db()
    assert row.layout["header"] == 1


def test_next_month_the_list_of_a_sender_is_read_by_their_recipe(clerk):
    binh = clerk()
    own = ["Ký hiệu", "Người được cử", "Quê"]
    row = binh.send(["k-1", "Lê An", "Tân Cưng"], headings=own, sender="Sở Nội vụ")
    binh.map(row, **{"column-0": "external_key", "column-1": "full_name", "column-2": "unit_id"})
    binh.post("fix", row.pk, field="unit_id", said="Tân Cưng", meant="Xã Tân Cương")
    binh.register(row)
    assert ImportRecipe.objects.get().version == 1
    again = binh.look(["k-1", "Lê An", "Tân Cưng"], ["k-2", "Lê Bình", "Tân Cưng"], headings=own, sender="Sở Nội vụ")
    assert binh.counts(again) == {"new": 1, "changed": 0, "same": 1, "doubtful": 0, "refused": 0}
    binh.register(again)
    assert ImportRecipe.objects.count() == 1
    changed = binh.send(
        ["k-1", "Lê An", "Tân Cương"], headings=["Ký hiệu", "Người được cử", "Nơi ở"], sender="Sở Nội vụ"
    )
    assert changed.columns == {"0": "external_key", "1": "full_name", "2": "unit_id"} or len(changed.misfits) == 2
    assert any("Nơi ở" in said for said in changed.misfits)
    assert any("que" in said for said in changed.misfits)


def test_a_person_is_not_taken_over_from_outside_the_unit(clerk):
    clerk().take(HOA)
    row = clerk(GIA_SANG, Role.UNIT_MANAGER).look([*HOA[:4], "Phường Gia Sàng", "", "", "", ""])
    binh = clerk(GIA_SANG, Role.UNIT_MANAGER)
    assert binh.counts(row)["refused"] == 1
    assert "Nguyễn Thị Hòa" not in words(binh.get("preview", row.pk)).replace("Nguyễn Thị Hòa ", "", 1)


def test_another_s_import_is_as_if_it_were_not_there(clerk):
    row = clerk().look(HOA)
    other = clerk(GIA_SANG, Role.UNIT_MANAGER)
    for name in ("columns", "preview", "receipt", "returned", "doubts"):
        assert other.get(name, row.pk).status_code == 404
    for name in ("place", "fix", "register", "undo", "drop"):
        assert other.post(name, row.pk).status_code == 404
    assert "list.xlsx" not in words(other.get("imports"))


def test_a_namesake_is_doubted_and_judged_side_by_side_by_keys(clerk):
    """Hoa is registered; the file brings a Hòa Nguyễn Thị without a birthday. One judges: the same, or somebody new, or later."""
    binh = clerk()
    binh.take(HOA)
    turned = ["k-9", "Hoà Nguyễn Thị", "", "", "Phường Gia Sàng", "", "", "", ""]
    row = binh.look(turned, AN)
    assert binh.counts(row) == {"new": 1, "changed": 0, "same": 0, "doubtful": 1, "refused": 0}
    page = binh.get("doubts", row.pk)
    assert 'data-key="1"' in page.content.decode() and 'data-key="n"' in page.content.decode()
    (candidate,) = page.context["pair"]["candidates"]
    binh.post("doubts", row.pk, line=2, decision=candidate["decision"])
    assert binh.counts(row)["changed"] == 1
    binh.post("doubts", row.pk, line=2, decision="")
    assert binh.counts(row)["doubtful"] == 1
    binh.post("doubts", row.pk, line=2, decision="new")
    assert binh.counts(row) == {"new": 2, "changed": 0, "same": 0, "doubtful": 0, "refused": 0}
    binh.post("doubts", row.pk, line=2, decision="later")
    assert binh.counts(row)["doubtful"] == 1
    binh.register(row)
    assert Person.objects.count() == 2


def test_a_known_number_under_another_key_is_a_doubt_and_never_stored_twice(clerk):
    binh = clerk()
    binh.take(HOA)
    row = binh.look(["k-9", "Nguyễn Hòa", *HOA[2:]])
    assert binh.counts(row)["doubtful"] == 1
    binh.post("doubts", row.pk, line=2, decision="new")
    assert binh.counts(row)["refused"] == 1


def test_the_same_person_twice_in_a_file_is_doubted_once(clerk):
    row = clerk().look(AN, ["k-3", *AN[1:]])
    assert clerk().counts(row) == {"new": 1, "changed": 0, "same": 0, "doubtful": 1, "refused": 0}


def test_a_decision_on_somebody_out_of_reach_takes_nobody_over(clerk):
    """The decision comes from a form; one that names a person of elsewhere is refused like the key of one."""
    clerk().take(HOA)
    binh = clerk(GIA_SANG, Role.UNIT_MANAGER)
    row = binh.look(["k-9", "Ai Đó", "", "", "Phường Gia Sàng", "", "", "", ""])
    binh.post("doubts", row.pk, line=2, decision=f"same:{Person.objects.get().pk}")
    assert binh.counts(row)["refused"] == 1


def test_a_file_given_up_leaves_nothing(clerk):
    binh = clerk()
    row = binh.look(HOA)
    binh.post("drop", row.pk)
    assert uploads.find(row.kept) is None
    assert not Import.objects.exists()


@pytest.mark.parametrize(("name", "content"), [("x.exe", b"x"), ("x.xlsx", b"x"), ("x.csv", b"")])
def test_a_file_that_is_no_list_comes_back_in_words(clerk, name, content):
    page = clerk().post("send", "people", file=SimpleUploadedFile(name, content or b"\n"))
    assert page.status_code == 422
    assert page.context["form"].errors["file"]


def test_a_kept_file_cannot_be_reached_by_a_path(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    (tmp_path / "secret.csv").write_text("x")
    assert uploads.find("../../secret.csv") is None


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_template_is_what_the_import_reads(clerk, form, tmp_path):
    binh = clerk()
    page = binh.get("import_template", "people", form)
    row = binh.send(headings=sheets.tabs(_file(tmp_path / f"t.{form}", page.content))[0].rows[0])
    assert set(row.columns.values()) == {column.name for column in people.COLUMNS if not column.part_of}
    assert binh.get("import_template", "people", "exe").status_code == 404
    assert binh.get("import_template", "nothing", "xlsx").status_code == 404


def test_what_the_list_of_people_exports_is_imported_unchanged(clerk, tmp_path):
    binh = clerk()
    binh.take(HOA, AN)
    path = _file(tmp_path / "people.xlsx", binh.client.get(reverse("registry:people"), {"export": "xlsx"}).content)
    page = binh.post("send", "people", file=SimpleUploadedFile("people.xlsx", path.read_bytes()))
    row = Import.objects.latest("pk")
    assert page.status_code == 302
    binh.map(row)
    assert binh.counts(row)["same"] == 2


def test_a_long_list_is_looked_through_by_the_worker(clerk, monkeypatch):
    """The page answers at once and says how far it is; when the worker is done it shows what it always shows."""
    binh = clerk()
    monkeypatch.setattr(preparing, "LONG", 1)
    row = binh.look(HOA, [*AN[:4], "Phường Gia Sàg", *AN[5:]])
    assert "counters" not in binh.get("preview", row.pk).context
    jobs.work(once=True)
    assert binh.counts(row) == {"new": 1, "changed": 0, "same": 0, "doubtful": 0, "refused": 1}
    binh.post("fix", row.pk, field="unit_id", said="Phường Gia Sàg", meant="Phường Gia Sàng")
    assert "counters" not in binh.get("preview", row.pk).context
    jobs.work(once=True)
    assert binh.counts(row)["new"] == 2
    binh.register(row)
    assert Person.objects.count() == 2


def test_the_worker_tells_how_many_rows_it_has_read(clerk, monkeypatch):
    binh, told = clerk(), []
    monkeypatch.setattr(preparing, "LONG", 1)
    row = binh.look(HOA, AN)
    binh.get("preview", row.pk)

    def report(done, _total, words):
        told.append((done, words))

    registry_jobs.look_through(queries.reader_of(Account.objects.get().assignments.get()), report, row.pk, "vi")
    assert [done for done, _words in told] == sorted(done for done, _words in told)
    assert "Tìm thấy 2 dòng; đã đọc 4 trên 9 cột" in [words for _done, words in told]
    assert told[-1] == (70, "Đã đọc 2 dòng; đang so với sổ đăng ký")


def test_doubts_of_a_long_list_are_judged_without_reading_it_again_for_each(clerk, monkeypatch):
    binh = clerk()
    binh.take(HOA)
    monkeypatch.setattr(preparing, "LONG", 1)
    row = binh.look(["k-9", "Hoà Nguyễn Thị", "", "", "Phường Gia Sàng", "", "", "", ""], AN)
    jobs.work(once=True)
    with monkeypatch.context() as nothing_is_read:
        nothing_is_read.setattr(preparing, "prepare", None)
        (candidate,) = binh.get("doubts", row.pk).context["pair"]["candidates"]
        binh.post("doubts", row.pk, line=2, decision=candidate["decision"])
        assert binh.get("doubts", row.pk).url == reverse("registry:preview", args=[row.pk])
        page = binh.get("preview", row.pk)
    assert "counters" not in page.context
    assert page.context["job"].state == "done"  # so there is a button
    binh.post("preview", row.pk)
    jobs.work(once=True)
    assert binh.counts(row)["changed"] == 1


def test_the_columns_are_shown_without_reading_the_file_again(clerk, monkeypatch):
    binh = clerk()
    row = binh.send(HOA, AN)
    monkeypatch.setattr(sheets, "tabs", None)
    page = binh.get("columns", row.pk)
    assert page.context["record_count"] == 2
    assert {column["heading"] for column in page.context["columns"]} == set(HEADINGS)


def test_asked_twice_it_is_registered_once(clerk):
    binh = clerk()
    row = binh.look(HOA)
    binh.post("register", row.pk)
    assert binh.post("register", row.pk).status_code == 422
    jobs.work(once=True)
    Job.objects.update(state="ready")  # a worker that died after its work
    jobs.work(once=True)
    assert Person.objects.count() == 1
    assert Import.objects.get().counts["new"] == 1


def test_two_lists_at_once_lose_nothing(clerk):
    """Both were looked through while neither was in; the second is judged anew when its turn comes."""
    binh = clerk()
    first, second = binh.look(HOA, AN), binh.look([*HOA[:7], "0987654321", HOA[8]], ["k-3", "Vũ Mai", *AN[2:]])
    for row in (first, second):
        binh.post("register", row.pk)
    jobs.work(once=True)
    assert Person.objects.count() == 3
    assert Person.objects.get(external_key="k-1").phone == "0987654321"
    second.refresh_from_db()
    assert second.counts["changed"] == 1


def test_the_command_takes_a_whole_file_or_nothing(registry, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    good = _file(tmp_path / "good.xlsx", sheets.as_xlsx([HEADINGS, HOA, AN]))
    bad = _file(tmp_path / "bad.xlsx", sheets.as_xlsx([HEADINGS, HOA, [*AN[:4], "Nơi khác", *AN[5:]]]))
    counts, refused = files.take_over(bad, "people", "", at=AT)
    assert not counts
    assert "3" in refused[0]
    assert not Person.objects.exists()
    counts, refused = files.take_over(good, "people", "", at=AT)
    assert (counts["new"], refused) == (2, [])


def _file(path, content):
    path.write_bytes(content)
    return path
