"""Opening many records at once, or a sealed number: allowed only so that each view stands in the trail."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import NotVisible
from chiakhoa.ground.registry import citizen_number, queries
from chiakhoa.ground.registry.models import Person


@action(*queries.SEES_PEOPLE)
def open_records(reader: Reader, people: Sequence[Person], *, at: datetime) -> None:
    """Note for each person that the record was handed out, so that the person can learn who saw it; an empty page too."""
    for person in people:
        audit.record(reader, "view", person, at=at)
    if not people:
        audit.record(reader, "search", "registry.person", at=at, after={"rows": 0})


@action(*queries.SEES_PEOPLE)
def open_citizen_number(reader: Reader, person_pk: int, *, at: datetime) -> str:
    """The whole citizen number; empty where none is stored. NotVisible outside the reader's reach."""
    person = queries.people(reader).filter(pk=person_pk).first()
    if person is None:
        raise NotVisible(_("There is no such person here."))
    audit.record(reader, "view_citizen_number", person, at=at)
    return citizen_number.whole(person.citizen_number_sealed)
