"""What programs do over the API: register once however often they send, and change only what they have seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action, body_of
from chiakhoa.foundation.api.problems import Conflict, Stale
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.registry import queries
from chiakhoa.ground.registry.actions.people import REGISTRARS, change_person, register_person
from chiakhoa.ground.registry.checking import PersonRow
from chiakhoa.ground.registry.handed_in import HandedIn
from chiakhoa.ground.registry.models import Person


@dataclass(frozen=True)
class Call:
    """A call of a program: its token, the key it gave (empty for none), the digest of its body."""

    token_id: int
    key: str
    digest: str


@action(*REGISTRARS)
def hand_in_person(actor: Reader, row: PersonRow, call: Call, *, at: datetime) -> tuple[Person, bool]:
    """Register a person, or find the one that this very call made before. Returns the person and whether it is new.

    Conflict where the key stands for another body, or another person has the external key; Refusal as `register_person`.
    """
    before = HandedIn.objects.filter(token_id=call.token_id, key=call.key).first() if call.key else None
    if before:
        return _same(actor, before, call, at), False
    if row.external_key and Person.objects.filter(external_key=row.external_key).exists():
        raise Conflict(
            _("Somebody with the key “%(key)s” is registered already. Change that person instead.")
            % {"key": row.external_key},
            code="key_taken",
            field="external_key",
        )
    person: Person = body_of(register_person)(actor, row, at=at)
    if call.key:
        HandedIn.objects.create(token_id=call.token_id, key=call.key, digest=call.digest, person=person, at=at)
    return person, True


@action(*REGISTRARS)
def change_seen_person(
    actor: Reader, pk: int, row: PersonRow, is_current: Callable[[], bool], *, at: datetime
) -> Person:
    """`change_person`, unless the record has changed since the program read it: Stale. Looked at inside the transaction."""
    if not is_current():
        raise Stale(
            _("The record has changed since you read it. Read it again, then send your change with the new ETag.")
        )
    return body_of(change_person)(actor, pk, row, at=at)  # type: ignore[no-any-return]


def _same(actor: Reader, before: HandedIn, call: Call, at: datetime) -> Person:
    if before.digest != call.digest:
        raise Conflict(
            _("This Idempotency-Key came with another body before. Give each call a key of its own."),
            code="key_reused",
        )
    person = queries.people(actor).filter(pk=before.person_id).first()
    if person is None:
        raise Conflict(_("The person of this call is no longer within reach."), code="person_out_of_reach")
    audit.record(actor, "view", person, at=at)
    return person
