"""Writing how often each item may be chosen: the chances are settled by simulation and kept with the items."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.measure.assessment import exposure, queries
from chiakhoa.measure.assessment.models import Item, ItemState

TASK = "assessment.exposure"


@action(*queries.AUTHORS, Role.ADMINISTRATOR)
def store_eligibility(actor: Reader, found: Mapping[str, float], *, at: datetime) -> int:
    """Keep the chance with which each live item may be chosen, 1 for items not named. Returns how many changed."""
    items = list(Item.objects.select_for_update().filter(state=ItemState.LIVE).order_by("code"))
    changed = [item for item in items if item.eligibility != found.get(item.code, 1.0)]
    for item in changed:
        item.eligibility = found.get(item.code, 1.0)
    Item.objects.bulk_update(changed, ["eligibility"], batch_size=200)
    rest = sum(chance < 1 for chance in found.values())
    audit.record(actor, "store_eligibility", "assessment.item", at=at, after={"items": len(changed), "rest": rest})
    return len(changed)


def enqueue_exposure(actor: Reader, at: datetime) -> None:
    """Have the exposure settled for the bank as it is from now on, unless that waits already. Part of what changes the bank."""
    if not Job.objects.filter(task=TASK, state=JobState.READY).exists():
        jobs.enqueue(actor, TASK, _("How often each question may come"), at=at)


def settle_exposure(actor: Reader, *, at: datetime) -> int:
    """Settle and keep it now. The simulation holds no rows; only what it found is written."""
    return store_eligibility(actor, exposure.settled(), at=at)
