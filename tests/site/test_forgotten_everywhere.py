"""Somebody of whom every step keeps something is forgotten: afterwards no column of any table holds their name or number.

The trail is the exception: the law asks who did what, and its rows are sealed to one another.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from chiakhoa.foundation import erasing, sheets
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import fold
from chiakhoa.ground.access import actions as access
from chiakhoa.ground.access.models import Account, PrivacyRequest, RequestKind, RequestState
from chiakhoa.ground.registry import actions, citizen_number
from chiakhoa.ground.registry.importing import files
from chiakhoa.ground.registry.models import Consent, Import, ImportRecipe, Merge, Person
from chiakhoa.ground.registry.searching import snapshot
from chiakhoa.train.credentials.models import Certificate
from tests.site.conftest import House

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
NAME, OTHER_NAME = "Quắc Thị Độcnhất", "Quắc Thị Độcnhứt"
PHONE, EMAIL, KEY, NUMBER = "0987123450", "docnhat@x.vn", "doc-nhat-7", "019185001239"
TRACES = (NAME, OTHER_NAME, fold(NAME), fold(OTHER_NAME), fold(NAME).split()[-1], PHONE, EMAIL, KEY, NUMBER)
TRAIL = {"foundation_auditentry"}
pytestmark = pytest.mark.django_db


def everywhere() -> set[str]:
    """The table and column of every value that holds a trace, however it is written."""
    wanted = {form.encode() for trace in TRACES for form in (trace, json.dumps(trace)[1:-1], trace.lower())}
    wanted |= {citizen_number.index(NUMBER).encode()}
    trace = re.compile(b"|".join(map(re.escape, sorted(wanted))))
    found = set()
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - TRAIL):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                told = {name for name, value in zip(names, row, strict=True) if trace.search(_raw(value))}
                found |= {f"{table}.{name}" for name in told}
    return found


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
def known(house: House, tmp_path: Path, settings: Any) -> Known:
    """Every road by which something of a person comes into a table."""
    settings.MEDIA_ROOT = tmp_path / "files"
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
    return Known(Person.objects.get(pk=person.pk), account)


def _import(folder: Path, row: list[str]) -> None:
    path = folder / "list.csv"
    path.write_bytes(sheets.as_csv([["Mã", "Họ và tên", "Xã/phường", "SĐT", "Số CCCD"], row]))
    assert files.take_over(path, "people", "Phòng A", at=AT)[1] == []
    Import.objects.filter(fixes={}).update(fixes={f"phone\n{PHONE}x": PHONE, "sex\nnư": "f"})
    ImportRecipe.objects.update(fixes={f"full_name\n{fold(NAME)}": NAME, "sex\nnư": "f"})


def _account(person: Person) -> Account:
    account = Account.objects.create_account("docnhat", None, full_name=NAME)
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


def forget(house: House, person: Person) -> None:
    row = PrivacyRequest.objects.create(
        person=person, kind=RequestKind.ERASURE, made_at=AT, due_on=AT.date(), words=f"Xin xóa {NAME}"
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
    }  # fmt: skip


def test_after_erasure_no_table_holds_the_name_or_the_number(house: House, known: Known) -> None:
    people = Person.objects.count()
    forget(house, known.person)
    assert everywhere() == set()
    assert Person.objects.count() == people
    assert Person.objects.filter(full_name="(đã xóa)").count() == 3
    assert Import.objects.first().fixes == {"sex\nnư": "f"}  # type: ignore[union-attr]


def test_a_merge_and_an_import_of_somebody_forgotten_are_not_undone(house: House, known: Known) -> None:
    forget(house, known.person)
    with pytest.raises(Refusal) as refused:
        actions.part_people(SYSTEM, Merge.objects.latest("pk").pk, at=AT)
    assert refused.value.code == "changed_since"
    with pytest.raises(Refusal) as refused:
        actions.take_list_back(SYSTEM, Import.objects.latest("pk").pk, at=AT)
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
    ],
)
def test_without_its_eraser_a_table_would_still_tell(
    house: House, known: Known, monkeypatch: pytest.MonkeyPatch, eraser: str, left: set[str]
) -> None:
    """The twins: with one eraser off, that table tells the name, and no other."""
    monkeypatch.delitem(erasing.ERASERS, eraser)
    forget(house, known.person)
    assert everywhere() == left


def test_every_eraser_has_a_twin_here() -> None:
    marks = test_without_its_eraser_a_table_would_still_tell.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for mark in marks if mark.name == "parametrize" for case in mark.args[1]} == set(erasing.ERASERS)
