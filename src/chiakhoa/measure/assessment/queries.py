"""Reading the bank and the sittings. A learner sees only their own sittings, and of the bank only the item shown."""

from django.db.models import Avg, Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment.models import Answer, Item, Sitting, SittingState
from chiakhoa.measure.evidence import queries as evidence
from chiakhoa.measure.evidence.models import Evidence

BANK = (Role.ASSESSOR, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR)
MAY_SIT = (Role.LEARNER, Role.ASSESSOR, Role.COORDINATOR)


def items(reader: Reader) -> QuerySet[Item]:
    """The bank, with how often each item was answered (`asked`) and the share of right answers (`share_right`)."""
    rows = Item.objects.select_related("competence__domain").order_by("code")
    if not reader.has(*BANK):
        return rows.none()
    answered = Answer.objects.filter(item=OuterRef("pk"), score__isnull=False).order_by().values("item")
    return rows.annotate(
        # Subqueries, not a join: the database then counts the answers of the items on the page only.
        asked=Coalesce(Subquery(answered.annotate(n=Count("pk")).values("n")), 0),
        share_right=Subquery(answered.annotate(mean=Avg("score")).values("mean")),
    )


def choices_made(_reader: Reader, item: Item) -> dict[str, int]:
    """How often each option of a single or multiple item was chosen; empty for the other kinds."""
    counts: dict[str, int] = {}
    given = Answer.objects.filter(item=item, score__isnull=False, given__isnull=False)
    if item.kind not in ("single", "multiple"):
        return counts
    for keys, times in given.values_list("given").annotate(times=Count("pk")).order_by():
        for key in keys if isinstance(keys, list) else [keys]:
            counts[key] = counts.get(key, 0) + times
    return counts


def sittings(reader: Reader) -> QuerySet[Sitting]:
    """Sittings that the reader may go on with: a learner's own, and an assessor's unit's."""
    return Sitting.objects.select_related("person").filter(person__in=people_for(reader).values("pk"))


def open_sitting(reader: Reader) -> Sitting | None:
    """The learner's own sitting in progress."""
    if reader.person_id is None:
        return None
    return sittings(reader).filter(person=reader.person_id, state=SittingState.OPEN).first()


def has_been_measured(reader: Reader) -> bool:
    """Whether the learner has finished a sitting before."""
    return sittings(reader).filter(person=reader.person_id, state=SittingState.FINISHED).exists()


def people_for(reader: Reader) -> QuerySet[Person]:
    """Those whose sittings the reader may start, or take in from a room: oneself, or the people of a unit or body."""
    if reader is SYSTEM:
        return Person.objects.all()
    return registry.people(reader) if reader.has(*MAY_SIT) else Person.objects.none()


def answers_behind(reader: Reader, row: Evidence) -> QuerySet[Answer]:
    """The answers of the sitting that made the evidence, for staff who may read both the bank and the evidence."""
    if not reader.has(*BANK) or not evidence.evidence(reader).filter(pk=row.pk).exists():
        return Answer.objects.none()
    return Answer.objects.filter(sitting__evidence=row).select_related("item__competence").order_by("position")
