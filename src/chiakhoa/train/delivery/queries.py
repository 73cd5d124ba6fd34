"""Reading classes: which the reader may see, who is in them, who was there, and what they gained.

Claims of attendance are merged by one rule, in whatever order they came: paper outweighs the trainer's list, which outweighs
the code of the day. Sources that disagree are listed as disputes.
"""

from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet, Sum

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.catalogue.models import Course, Trainer
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import BodyAncestry, Person
from chiakhoa.ground.territory.queries import within
from chiakhoa.train.delivery.models import (
    AttendanceClaim,
    ClaimSource,
    ClassState,
    Enrolment,
    EnrolmentState,
    NamedSeat,
    TrainingClass,
)
from chiakhoa.train.delivery.seats import SEATED

WEIGHT = {ClaimSource.CODE: 1, ClaimSource.TRAINER: 2, ClaimSource.PAPER: 3}
OVERSEERS = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


def cost_on(line_code: str) -> int:
    """What the classes that were not cancelled cost the budget line, in đồng."""
    kept = TrainingClass.objects.filter(budget_line=line_code).exclude(state=ClassState.CANCELLED)
    return kept.aggregate(total=Sum("cost_vnd"))["total"] or 0


def classes(reader: Reader) -> QuerySet[TrainingClass]:
    """Classes the reader oversees by place, teaches, provides or attends; a learner sees open ones of the audience too."""
    rows = TrainingClass.objects.select_related("course", "venue__unit", "provider__body", "trainer__person")
    if reader.has(*OVERSEERS):
        attends = Enrolment.objects.filter(within(reader, "person__unit")).values("training_class")
        return rows.filter(within(reader, "venue__unit") | Q(pk__in=attends))
    if reader.has(Role.TRAINER):
        return rows.filter(trainer=reader.person_id)
    if reader.has(Role.PROVIDER_MANAGER):
        bodies = BodyAncestry.objects.filter(ancestor=reader.body_id).values("body")
        return rows.filter(provider__in=bodies)
    if reader.has(Role.LEARNER):
        return rows.filter(_for_learner(reader))
    return rows.none()


def listed(reader: Reader) -> QuerySet[TrainingClass]:
    """The classes with counts of people enrolled and waiting."""
    return classes(reader).annotate(
        enrolled=Count("enrolments", filter=Q(enrolments__state__in=SEATED)),
        waiting=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING)),
    )


def enrolments(reader: Reader, training_class: TrainingClass) -> QuerySet[Enrolment]:
    """Who is in the class: all for those who run or teach it, the own people of a unit manager, oneself for a learner."""
    rows = training_class.enrolments.exclude(state=EnrolmentState.LEFT).select_related(
        "person__unit", "before", "after"
    )
    if reader.has(Role.LEARNER):
        return rows.filter(person=reader.person_id)
    if reader.has(Role.UNIT_MANAGER):
        return rows.filter(within(reader, "person__unit"))
    return rows


def may_enrol(reader: Reader, training_class: TrainingClass) -> QuerySet[Person]:
    """People whom the reader may enrol: those they see in the registry, of the course's audiences, not in the class yet."""
    return _outside(training_class, registry.people(reader))


def introduced(reader: Reader, training_class: TrainingClass, full_name: str, born_on: date) -> QuerySet[Person]:
    """Whoever a provider may enrol: a provider sees no list of the province's people, but knows who stands at its door.

    Both the whole name (without regard to diacritics) and the day of birth must be right.
    """
    if not reader.has(Role.PROVIDER_MANAGER):
        return Person.objects.none()
    people = registry.people(SYSTEM).filter(search_key=fold(full_name), born_on=born_on)
    return _outside(training_class, people)


def named(reader: Reader, training_class: TrainingClass) -> QuerySet[NamedSeat]:
    """For whom a seat of the class is kept, then who would be next, as far as the reader may enrol them; oneself for a learner.

    Who enrolled is named no longer.
    """
    inside = training_class.enrolments.exclude(state=EnrolmentState.LEFT).values("person")
    rows = training_class.named.exclude(person__in=inside).select_related("person__unit")
    return rows.filter(person__in=registry.people(reader).values("pk")).order_by("waits", "place")


def mine(reader: Reader) -> QuerySet[Enrolment]:
    """The reader's own enrolments, newest first."""
    return Enrolment.objects.filter(person=reader.person_id).exclude(state=EnrolmentState.LEFT).select_related(
        "training_class__course", "training_class__venue__unit"
    ).order_by("-training_class__starts_on")  # fmt: skip


def wishers(reader: Reader) -> QuerySet[Person]:
    """Whose wishes the reader may say: one's own, or a unit manager's people."""
    if reader.has(Role.LEARNER):
        return Person.objects.filter(pk=reader.person_id).select_related("unit")
    if reader.has(Role.UNIT_MANAGER):
        return registry.people(reader).select_related("unit")
    return Person.objects.none()


def offered(person: Person) -> QuerySet[Course]:
    """The courses that are for the person's audience, less those they are in or have completed."""
    inside = Enrolment.objects.filter(person=person, state__in=[EnrolmentState.ENROLLED, EnrolmentState.COMPLETED])
    return Course.objects.filter(audiences=person.audience_id).exclude(pk__in=inside.values("training_class__course"))


def attendance(training_class: TrainingClass) -> dict[int, dict[int, bool]]:
    """enrolment id -> session id -> present, by the weightiest claim."""
    best: dict[int, dict[int, tuple[int, bool]]] = {}
    claims = AttendanceClaim.objects.filter(session__training_class=training_class)
    for enrolment, session, source, present in claims.values_list("enrolment", "session", "source", "present"):
        held = best.setdefault(enrolment, {}).get(session, (0, False))
        best[enrolment][session] = max(held, (WEIGHT[ClaimSource(source)], present))
    return {e: {s: present for s, (_, present) in sessions.items()} for e, sessions in best.items()}


def disputes(reader: Reader, training_class: TrainingClass) -> QuerySet[AttendanceClaim, dict[str, Any]]:
    """Session and enrolment pairs whose sources disagree, of the people whom the reader sees in the class."""
    return (
        AttendanceClaim.objects.filter(enrolment__in=enrolments(reader, training_class).values("pk"))
        .values("session__number", "enrolment__person__full_name")
        .annotate(yes=Count("pk", filter=Q(present=True)), no=Count("pk", filter=Q(present=False)))
        .filter(yes__gt=0, no__gt=0)
        .order_by("session__number", "enrolment__person__full_name")
    )


def gain(rows: QuerySet[Enrolment]) -> dict[str, float] | None:
    """Mean rise (logits, over domains) between the tests before and after, its 95 % margin, and how many have both."""
    pairs = rows.filter(before__isnull=False, after__isnull=False).values_list("before__mean", "after__mean")
    rises = [float(np.mean(np.array(after) - np.array(before))) for before, after in pairs]
    if len(rises) < 2:
        return None
    margin = 1.96 * float(np.std(rises, ddof=1)) / len(rises) ** 0.5
    return {"mean": float(np.mean(rises)), "margin": margin, "n": len(rises)}


def trainers_for(training_class: TrainingClass) -> QuerySet[Trainer]:
    """Trainers of the class's provider who have every skill of the course."""
    rows = Trainer.objects.filter(provider=training_class.provider_id).select_related("person")
    for skill in training_class.course.skills.all():
        rows = rows.filter(skills=skill)
    return rows


def _outside(training_class: TrainingClass, people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of the people who are of the course's audiences and not in the class yet."""
    inside = training_class.enrolments.exclude(state=EnrolmentState.LEFT).values("person")
    return people.filter(audience__courses=training_class.course_id).exclude(pk__in=inside).distinct()


def _for_learner(reader: Reader) -> Q:
    # Not by a join: a course for several audiences would count its people once for each.
    courses = Course.objects.filter(audiences__in=Person.objects.filter(pk=reader.person_id).values("audience"))
    own = Enrolment.objects.filter(person=reader.person_id).exclude(state=EnrolmentState.LEFT).values("training_class")
    return Q(pk__in=own) | Q(state=ClassState.OPEN, course__in=courses.values("pk"))
