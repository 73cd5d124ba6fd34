"""Rotating the keys: numbers are still found and shown, the old key opens nothing, a cut finishes when run again."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db.models import BinaryField

from chiakhoa.foundation import sealing
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.models import Unit
from chiakhoa.site import rotation
from chiakhoa.train.credentials.models import SigningKey

NUMBER = "019185001234"
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A secret file of the test's own."""
    file = tmp_path / "secret"
    shutil.copy(settings.SECRET_FILE, file)
    settings.SECRET_FILE, settings.SEALING_KEYS, settings.ROTATION_PENDING = file, [settings.SECRET_KEY], False
    return tmp_path


@pytest.fixture
def hoa(folder: Path) -> Person:
    unit = Unit.objects.create(id="VN-1@2025", code="1", edition="2025", name="A", kind="commune", level=3)
    return Person.objects.create(
        full_name="Hoa", search_key="hoa", unit=unit, registered_at=AT, citizen_number_sealed=citizen_number.seal(NUMBER),
        citizen_number_index=citizen_number.index(NUMBER),
    )  # fmt: skip


def test_afterwards_the_number_is_found_and_shown_and_the_old_key_opens_nothing(hoa: Person, settings: Any) -> None:
    before = settings.SEALING_KEYS
    assert rotation.rotate()["citizen numbers"] == 1
    hoa.refresh_from_db()
    assert citizen_number.masked(hoa.citizen_number_sealed).endswith("234")
    assert Person.objects.get(citizen_number_index=citizen_number.index(NUMBER)) == hoa
    settings.SEALING_KEYS = before
    with pytest.raises(InvalidToken):
        citizen_number.masked(hoa.citizen_number_sealed)
    assert citizen_number.index(NUMBER) != hoa.citizen_number_index


def test_cut_off_after_the_database_it_is_finished_by_running_it_again(
    hoa: Person, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = rotation._write
    monkeypatch.setattr(rotation, "_write", lambda lines: written(lines) if lines[-1].startswith("next ") else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rotation.rotate()
    assert "next " in (folder / "secret").read_text()
    settings.SEALING_KEYS = [settings.SECRET_KEY]  # a new process reads the file: the next key is not in use yet
    monkeypatch.setattr(rotation, "_write", written)
    assert rotation.rotate()["citizen numbers"] == 1
    hoa.refresh_from_db()
    assert citizen_number.masked(hoa.citizen_number_sealed).endswith("234")
    lines = (folder / "secret").read_text().split("\n")
    assert lines == [settings.SECRET_KEY, *settings.SEALING_KEYS]


def test_the_file_stays_readable_by_its_owner_alone(hoa: Person, folder: Path) -> None:
    rotation.rotate()
    assert (folder / "secret").stat().st_mode & 0o077 == 0


def test_every_sealed_column_is_moved() -> None:
    """A sealed column that no move knows would be lost with the old key."""
    sealed = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and field.name.endswith("_sealed")
    }
    assert sealed == {"registry.Person.citizen_number_sealed", "credentials.SigningKey.private_sealed"}


def test_a_signing_key_signs_on(folder: Path) -> None:
    from chiakhoa.ground.registry.models import Body
    from chiakhoa.train.credentials import actions

    body = Body.objects.create(id="b", kind="school", name_vi="B", search_key="b")
    SigningKey.objects.create(kid="k", body=body, public=b"p", private_sealed=sealing.seal(b"private", actions.SEAL))
    rotation.rotate()
    assert sealing.unseal(bytes(SigningKey.objects.get().private_sealed or b""), actions.SEAL) == b"private"
