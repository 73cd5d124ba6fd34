"""Rotating the key that seals values: all of them move to a new key in one transaction, then the old one is forgotten.

The new key is written into the secret file as the next one before anything is sealed under it. Cut off at any moment, the
command is run again and finishes; until then the program does not start. The program must be stopped meanwhile: a process
that runs on would seal under the old key.
"""

import secrets
from collections.abc import Callable, Iterable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import Model

from chiakhoa.foundation import audit, clock, sealing, whole_files
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.access import adapters
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.credentials import actions as credentials
from chiakhoa.train.credentials.models import SigningKey

BATCH = 1000
NEXT = "next "


def rotate() -> dict[str, int]:
    """Move everything to a new key; returns how many values of each kind were sealed anew."""
    lines = [line for line in settings.SECRET_FILE.read_text().split("\n") if line]
    pending = next((line for line in lines if line.startswith(NEXT)), None)
    if pending is None:
        pending = NEXT + secrets.token_urlsafe(48)
        _write([*lines, pending])
    new = pending.removeprefix(NEXT)
    settings.SEALING_KEYS = [*settings.SEALING_KEYS, new]
    with transaction.atomic():
        moved = {name: move() for name, move in MOVES.items()}
        audit.record(SYSTEM, "rotate_keys", "site.secret", at=clock.now(), after=moved)
    # Nothing is sealed under the older keys any more; the first line stays, for it signs sessions and the trail.
    _write([lines[0], new])
    settings.SEALING_KEYS, settings.ROTATION_PENDING = [new], False
    return moved


def _citizen_numbers() -> int:
    def move(person: Person) -> None:
        number = sealing.unseal(bytes(person.citizen_number_sealed or b""), citizen_number.PURPOSE).decode()
        person.citizen_number_sealed = citizen_number.seal(number)
        person.citizen_number_index = citizen_number.index(number)

    rows = Person.objects.filter(citizen_number_sealed__isnull=False).only("citizen_number_sealed")
    return _each(rows.order_by("pk").iterator(BATCH), move, ["citizen_number_sealed", "citizen_number_index"])


def _signing_keys() -> int:
    def move(key: SigningKey) -> None:
        key.private_sealed = _anew(bytes(key.private_sealed or b""), credentials.SEAL)

    return _each(SigningKey.objects.filter(private_sealed__isnull=False), move, ["private_sealed"])


def _second_steps() -> int:
    def move(step: Authenticator) -> None:
        for name in {"secret", "seed"} & step.data.keys():
            step.data[name] = _anew(step.data[name].encode(), adapters.PURPOSE).decode()
        if "migrated_codes" in step.data:
            step.data["migrated_codes"] = [
                _anew(code.encode(), adapters.PURPOSE).decode() for code in step.data["migrated_codes"]
            ]

    return _each(Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN), move, ["data"])


def _anew(sealed: bytes, purpose: str) -> bytes:
    return sealing.seal(sealing.unseal(sealed, purpose), purpose)


def _each(rows: Iterable[Model], move: Callable[..., None], fields: list[str]) -> int:
    count, batch = 0, []
    for row in rows:
        move(row)
        batch.append(row)
        count += 1
        if len(batch) == BATCH:
            type(row)._default_manager.bulk_update(batch, fields)
            batch = []
    if batch:
        type(batch[0])._default_manager.bulk_update(batch, fields)
    return count


MOVES = {"citizen numbers": _citizen_numbers, "signing keys": _signing_keys, "second steps": _second_steps}


def _write(lines: list[str]) -> None:
    """Replace the secret file whole, on the disk before anything goes on."""
    whole_files.write(settings.SECRET_FILE, ["\n".join(lines).encode()], mode=0o600)
