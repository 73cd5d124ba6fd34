"""What a person agreed to: each yes or no is a new row, so that what was agreed when stays known."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.registry import queries
from chiakhoa.ground.registry.models import Consent, Person, Purpose

WORDING_VERSION = "2026-11"
CHILD_UNDER = 16  # Luật Trẻ em 2016, Điều 1


@action(Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER, Role.LEARNER)
def record_consent(
    actor: Reader,
    person_pk: int,
    purpose: Purpose,
    given: bool,
    *,
    channel: str,
    at: datetime,
    guardian_name: str = "",
) -> Consent:
    """Record a yes or a no. `channel` says how it was given. Refusal for a child without a guardian's name."""
    person = queries.people(actor).filter(pk=person_pk).first()
    if person is None:
        raise NotVisible(_("There is no such person here."))
    guardian = nfc(guardian_name)
    if given and not guardian and is_child(person, at.astimezone(HERE).date()):
        raise Refusal(
            _("%(name)s is under 16: a parent or guardian must agree too. Write the guardian's name.")
            % {"name": person},
            code="guardian_missing",
            field="guardian_name",
        )
    row = Consent.objects.create(
        person=person,
        purpose=purpose,
        given=given,
        at=at,
        channel=channel,
        guardian_name=guardian,
        wording_version=WORDING_VERSION,
    )
    audit.record(actor, "record_consent", row, at=at, after={"person": person.pk, "purpose": purpose, "given": given})
    return row


def is_child(person: Person, on: date) -> bool:
    """Whether the person is under 16 on the day; somebody without a known birthday is not taken for a child."""
    if person.born_on is None:
        return False
    birthday_to_come = (on.month, on.day) < (person.born_on.month, person.born_on.day)
    return on.year - person.born_on.year - birthday_to_come < CHILD_UNDER
