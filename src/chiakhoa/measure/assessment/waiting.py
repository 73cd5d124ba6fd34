"""What waits in the bank for the person who reads: shown on the start page, each with its list. Writes nothing."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiakhoa.foundation.readers import Reader
from chiakhoa.measure.assessment import queries
from chiakhoa.measure.assessment.models import CalibrationState


class Waiting(NamedTuple):
    """So many things that wait, in words, and where they are."""

    words: str
    address: str


def for_reader(reader: Reader) -> list[Waiting]:
    """What waits for the reader; nothing for a role that judges nothing here."""
    found = []
    count = queries.for_review(reader).order_by().count()
    if count:
        words = ngettext("%(count)d question waits for your review", "%(count)d questions wait for your review", count)
        found.append(Waiting(words % {"count": count}, reverse("assessment:items") + "?waits=me"))
    judged = queries.calibrations(reader).filter(state=CalibrationState.READY) if reader.has(*queries.AUTHORS) else None
    waits = judged.exclude(asked_by=reader.account_id).first() if judged is not None else None
    if waits:
        words = _("A calibration of the item bank waits for you to adopt it or not")
        found.append(Waiting(words, reverse("assessment:calibration", args=[waits.pk])))
    return found
