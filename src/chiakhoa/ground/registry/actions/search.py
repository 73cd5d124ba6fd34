"""The index of people: made anew when many were touched since, in the background."""

from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry.searching.snapshot import Snapshot
from chiakhoa.ground.registry.searching.tables import IndexBlock, IndexTerm, PeopleIndex, Touched

TASK = "registry.index"
MANY = 1000
AT_ONCE = 500


@action(Role.ADMINISTRATOR)
def store_index(actor: Reader, snapshot: Snapshot, *, at: datetime) -> PeopleIndex:
    """Put the snapshot in the place of the index that stands. Who was touched since it was taken stays touched.

    Refusal where another index was stored meanwhile: it may know of touches that this snapshot does not.
    """
    if PeopleIndex.objects.select_for_update().values_list("pk", flat=True).first() != snapshot.over:
        raise Refusal(_("The index of people was made anew meanwhile."), code="index_is_newer")
    for rows in (IndexTerm, IndexBlock, PeopleIndex):
        rows.objects.all().delete()
    index = PeopleIndex.objects.create(made_at=at, people=len(snapshot.ids))
    IndexTerm.objects.bulk_create(
        (
            IndexTerm(index=index, kind=kind, text=text, count=count, dense=dense, places=data)
            for kind, text, count, dense, data in snapshot.packed_terms()
        ),
        batch_size=AT_ONCE,
    )
    IndexBlock.objects.bulk_create(
        (IndexBlock(index=index, kind=kind, number=number, entries=data) for kind, number, data in snapshot.blocks()),
        batch_size=AT_ONCE,
    )
    for first, last in snapshot.touches:
        Touched.objects.filter(pk__gte=first, pk__lte=last).delete()
    audit.record(actor, "store_index", index, at=at, after={"people": index.people})
    return index


def renew_index(*, at: datetime) -> None:
    """Ask for a new index where many people were touched; part of the actions that write people."""
    if len(Touched.objects.values_list("pk", flat=True)[: MANY + 1]) <= MANY:
        return
    if not Job.objects.filter(task=TASK, state=JobState.READY).exists():
        jobs.enqueue(SYSTEM, TASK, "Index of people", at=at)
