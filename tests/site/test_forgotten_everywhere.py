"""Somebody of whom every step keeps something is forgotten: afterwards no column of any table holds their name or number,
and no file that waits in the data folder.

One exception: the trail goes on naming them where they acted in an office, for the law asks who did what.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from chiakhoa.foundation import chain, erasing, sheets
from chiakhoa.foundation.models import AuditEntry, Job
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import fold
from chiakhoa.ground.access import actions as access
from chiakhoa.ground.access.models import Account, PrivacyRequest, RequestKind, RequestState
from chiakhoa.ground.registry import actions, citizen_number, uploads
from chiakhoa.ground.registry.importing import files
from chiakhoa.ground.registry.models import Consent, Import, ImportRecipe, Merge, Person
from chiakhoa.ground.registry.searching import snapshot
from chiakhoa.train.credentials.models import Certificate
from tests.site.conftest import House

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
NAME, OTHER_NAME = "Quắc Thị Độcnhất", "Quắc Thị Độcnhứt"
PHONE, EMAIL, KEY, NUMBER = "0987123450", "docnhat@x.vn", "doc-nhat-7", "019185001239"
TRACES = (NAME, OTHER_NAME, fold(NAME), fold(OTHER_NAME), fold(NAME).split()[-1], PHONE, EMAIL, KEY, NUMBER)
OFFICE = {"foundation_auditentry.actor_name"}  # where somebody acted in an office, in tests here as a coordinator
pytestmark = pytest.mark.django_db


def everywhere() -> set[str]:
    """The table and column of every value that holds a trace, however it is written."""
    wanted = {form.encode() for trace in TRACES for form in (trace, json.dumps(trace)[1:-1], trace.lower())}
    wanted |= {citizen_number.index(NUMBER).encode()}
    trace = re.compile(b"|".join(map(re.escape, sorted(wanted))))
    found = set()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                told = {name for name, value in zip(names, row, strict=True) if trace.search(_raw(value))}
                found |= {f"{table}.{name}" for name in told}
    return found | {_kind(path) for path in _files() if trace.search(_content(path))}


def _files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def _kind(path: Path) -> str:
    return "a file " + ".".join(path.name.split(".")[1:][-2:])


def _content(path: Path) -> bytes:
    if path.suffix == ".xlsx":
        return str([tab.rows for tab in sheets.tabs(path)]).lower().encode()
    return path.read_bytes()


def _raw(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return (json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)).encode()


@dataclass
class Known:
    """Somebody with a certificate, two more records of theirs, and an account by which they work here."""

    person: Person
    account: Account


@pytest.fixture
def known(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Known:
    """Every road by which something of a person comes into a table."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    person = Certificate.objects.exclude(person=None).filter(person__account=None).first().person  # type: ignore[union-attr]
    unit = person.unit
    _import(tmp_path, [KEY, OTHER_NAME, f"{unit.kind_vi} {unit.name}", "0987123451", NUMBER])
    _import(tmp_path, [KEY, NAME, f"{unit.kind_vi} {unit.name}", PHONE, NUMBER])
    Person.objects.filter(pk=person.pk).update(
        full_name=NAME, search_key=fold(NAME), citizen_number_index=None, citizen_number_sealed=None, external_key=None, phone="",
    )  # fmt: skip
    for certificate in Certificate.objects.filter(person=person):
        certificate.statement = {**certificate.statement, "person": NAME}
        certificate.token = b"signed for " + NAME.encode()
        certificate.save()
    account = _account(person)
    handed, _new = actions.hand_in_person(
        SYSTEM, actions.PersonRow("", NAME, unit.pk, email=EMAIL), actions.Call(1, "call", "digest"), at=AT
    )
    clerk = Reader(
        account_id=account.pk, name=NAME, role=Role.COORDINATOR, unit_id=house.reader(Role.COORDINATOR).unit_id
    )
    other = Person.objects.get(external_key=KEY)
    assert citizen_number.whole(other.citizen_number_sealed) == NUMBER
    actions.merge_people(clerk, other.pk, handed.pk, at=AT)
    actions.merge_people(clerk, person.pk, other.pk, at=AT)
    actions.store_index(SYSTEM, snapshot.take(), at=AT)
    _asked_and_answered(person, clerk)
    _acts_for_themselves(person, account)
    _lists_waiting(f"{unit.kind_vi} {unit.name}")
    return Known(Person.objects.get(pk=person.pk), account)


def _import(folder: Path, row: list[str]) -> None:
    path = folder / "list.csv"
    path.write_bytes(sheets.as_csv([["Mã", "Họ và tên", "Xã/phường", "SĐT", "Số CCCD"], row]))
    assert files.take_over(path, "people", "Phòng A", at=AT)[1] == []
    Import.objects.filter(fixes={}).update(fixes={f"phone\n{PHONE}x": PHONE, "sex\nnư": "f"})
    ImportRecipe.objects.update(fixes={f"full_name\n{fold(NAME)}": NAME, "sex\nnư": "f"})


def _account(person: Person) -> Account:
    account = access.open_account(SYSTEM, fold(NAME).split()[-1], NAME, "không-ai-đoán-ra-2026", at=AT)
    account.person = person
    account.save()
    return account


def _asked_and_answered(person: Person, clerk: Reader) -> None:
    Consent.objects.create(
        person=person, purpose="matching", given=True, at=AT, channel="paper", wording_version="1", guardian_name=NAME
    )
    PrivacyRequest.objects.create(
        person=person, kind=RequestKind.CORRECTION, state=RequestState.DONE, made_at=AT, due_on=AT.date(), answered_at=AT,
        words=f"Tên tôi là {NAME}.", answer=f"Đã sửa thành {NAME}.", guardian_name=NAME,
    )  # fmt: skip
    Import.objects.update(account_id=clerk.account_id, account_name=clerk.name)
    Job.objects.bulk_create([
        Job(task="registry.import", account_id=clerk.account_id, created_at=AT, state="failed", error=f"KeyError: {NAME}",
            reader={"name": clerk.name}, arguments={"import_pk": 1})
    ])  # fmt: skip


def _lists_waiting(unit: str) -> None:
    """A list with them and somebody else that nobody registered yet, rows that were not taken, and a list without them."""
    row = Import.objects.create(kind="people", file_name="xã.csv", kept=_kept(["2", NAME, unit, "", ""]), sent_at=AT)
    uploads.keep_beside(row.kept, f"{row.kept}.a.b.preview.json", json.dumps([NAME]))
    uploads.keep_beside("gone.csv", "gone.csv.returned.xlsx", sheets.as_xlsx([["Họ và tên"], [NAME.upper()]]))
    _kept(["3", "Quắc Thị Khác", unit, "", ""])


def _kept(row: list[str]) -> str:
    content = sheets.as_csv([["Mã", "Họ và tên", "Xã/phường", "SĐT", "Số CCCD"], ["1", "Ai Đó", row[2], "", ""], row])
    return uploads.keep(SimpleUploadedFile("list.csv", content))


def _acts_for_themselves(person: Person, account: Account) -> None:
    """They change their record as a clerk of the house would, see it, and give up a browser of theirs."""
    for phone in (PHONE, "", PHONE):
        row = actions.PersonRow("", NAME, person.unit_id, phone=phone, email=EMAIL)
        actions.change_person(SYSTEM, person.pk, row, at=AT)
    learner = Reader(account_id=account.pk, name=NAME, role=Role.LEARNER, person_id=person.pk, address="10.9.8.7")
    access.ask(learner, RequestKind.OBJECTION, "Thôi gửi thư.", "", at=AT)
    access.take_own_data(learner, at=AT)


def forget(house: House, person: Person) -> None:
    row, _new = PrivacyRequest.objects.get_or_create(
        person=person,
        kind=RequestKind.ERASURE,
        defaults={"made_at": AT, "due_on": AT.date(), "words": f"Xin xóa {NAME}"},
    )
    access.answer(house.reader(Role.COORDINATOR), row.pk, True, f"Đã xóa {NAME}", at=AT)


def test_before_the_name_stands_in_every_table_that_the_test_means(known: Known) -> None:
    assert everywhere() >= {
        "registry_person.full_name", "registry_person.search_key", "registry_person.phone", "registry_person.email",
        "registry_person.external_key", "registry_person.citizen_number_index", "registry_merge.before",
        "registry_merge.account_name", "registry_importedrow.before", "registry_import.fixes", "registry_import.account_name",
        "registry_importrecipe.fixes", "registry_indexterm.text", "registry_consent.guardian_name", "access_account.full_name",
        "access_account.login", "access_privacyrequest.words", "access_privacyrequest.answer", "foundation_job.reader",
        "foundation_job.error", "credentials_certificate.statement", "credentials_certificate.token",
        "foundation_auditentry.actor_name", "foundation_auditentry.before", "foundation_auditentry.after",
        "a file csv", "a file preview.json", "a file returned.xlsx",
    }  # fmt: skip


def test_after_erasure_no_table_holds_the_name_or_the_number(house: House, known: Known) -> None:
    people = Person.objects.count()
    forget(house, known.person)
    assert everywhere() == OFFICE
    assert {row.role for row in AuditEntry.objects.filter(actor_name=NAME)} == {"coordinator"}
    assert chain.first_break() is None
    assert Person.objects.count() == people
    assert Person.objects.filter(full_name="(đã xóa)").count() == 3
    assert Import.objects.last().fixes == {"sex\nnư": "f"}  # type: ignore[union-attr]


def test_a_merge_and_an_import_of_somebody_forgotten_are_not_undone(house: House, known: Known) -> None:
    forget(house, known.person)
    with pytest.raises(Refusal) as refused:
        actions.part_people(SYSTEM, Merge.objects.latest("pk").pk, at=AT)
    assert refused.value.code == "changed_since"
    with pytest.raises(Refusal) as refused:
        actions.take_list_back(SYSTEM, Import.objects.filter(state="received").latest("pk").pk, at=AT)
    assert refused.value.code == "depended_upon"


@pytest.mark.parametrize(
    ("eraser", "left"),
    [
        ("merges", {"registry_merge.before"}),
        ("imported rows", {"registry_importedrow.before"}),
        ("imports sent", {"registry_import.account_name", "registry_merge.account_name"}),
        ("corrections of lists", {"registry_import.fixes", "registry_importrecipe.fixes"}),
        ("words of names", {"registry_indexterm.text"}),
        ("jobs", {"foundation_job.reader", "foundation_job.error"}),
        ("answers about data", {"access_privacyrequest.answer"}),
        ("certificates", {"credentials_certificate.statement", "credentials_certificate.token"}),
        ("trail", {f"foundation_auditentry.{name}" for name in ("before", "after")}),
        ("kept lists", {"a file csv", "a file preview.json", "a file returned.xlsx"}),
    ],
)
def test_without_its_eraser_a_table_would_still_tell(
    house: House, known: Known, monkeypatch: pytest.MonkeyPatch, eraser: str, left: set[str]
) -> None:
    """The twins: with one eraser off, that table tells the name, and no other."""
    monkeypatch.delitem(erasing.ERASERS, eraser)
    forget(house, known.person)
    assert everywhere() == OFFICE | left


def test_every_eraser_has_a_twin_here() -> None:
    marks = test_without_its_eraser_a_table_would_still_tell.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for mark in marks if mark.name == "parametrize" for case in mark.args[1]} == set(erasing.ERASERS)


def test_a_list_without_them_stays_and_one_being_registered_holds_the_erasure_up(house: House, known: Known) -> None:
    open_one = Import.objects.get(file_name="xã.csv")
    Import.objects.filter(pk=open_one.pk).update(state="queued")
    with pytest.raises(Refusal) as refused:
        forget(house, known.person)
    assert refused.value.code == "list_being_registered" and Person.objects.get(pk=known.person.pk).full_name == NAME
    Import.objects.filter(pk=open_one.pk).update(state="mapped")
    forget(house, known.person)
    assert [path.suffix for path in _files()] == [".csv"]
    with pytest.raises(Refusal) as gone:
        actions.register_list(SYSTEM, open_one.pk, at=AT)
    assert gone.value.code == "file_gone"
