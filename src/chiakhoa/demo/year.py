"""A year of the loop for the synthetic province: demand, a plan, published classes, some of them run, tested and certified."""

from datetime import datetime, timedelta

import numpy as np

from chiakhoa.demo import answering, career
from chiakhoa.demo.answering import Simulated
from chiakhoa.foundation import jobs
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.catalogue.models import CourseGain
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import actions as assessment
from chiakhoa.measure.assessment.models import Purpose, Sitting
from chiakhoa.measure.needs import actions as refresh_needs
from chiakhoa.measure.needs import queries as needs
from chiakhoa.train.credentials import actions as credentials
from chiakhoa.train.delivery import actions as delivery
from chiakhoa.train.delivery.models import ClaimSource, Enrolment, TrainingClass
from chiakhoa.train.planning import actions as planning
from chiakhoa.train.planning import queries as plans

DEMAND_ROWS = 3000
# The search ends by its gap in some seconds; the clock must not cut in, or the same seed would make another province.
SECONDS = 300
CLASSES_RUN = 12
CLASSES_OPEN = 10
ABSENT = 0.08
WAITING = 4


def run(actor: Reader, everybody: Simulated, seed: int, at: datetime) -> None:
    """The whole year, ending with the gaps computed afresh."""
    rng = np.random.default_rng([seed, 3])
    planning.add_demand(actor, needs.ranked(actor)[:DEMAND_ROWS], at=at - timedelta(days=60))
    plan, job = planning.propose(
        actor, "Kế hoạch đào tạo 2027, phương án 1", 2027, SECONDS, None, at=at - timedelta(days=60)
    )
    work_off(job, at)
    plan = plans.plans(actor).get(pk=plan.pk)
    if not plan.classes.exists():
        raise RuntimeError(f"the synthetic province got no plan: {plan.message or Job.objects.get(pk=job.pk).error}")
    delivery.publish(actor, plan.pk, at=at - timedelta(days=55))
    opened = list(TrainingClass.objects.filter(planned__plan=plan).order_by("pk").select_related("course", "planned"))
    for number, training_class in enumerate(opened[: CLASSES_RUN + CLASSES_OPEN]):
        if number < CLASSES_RUN:
            _bring_forward(actor, training_class, at)
        enrolled = _enrol(actor, training_class, at - timedelta(days=50))
        if number < CLASSES_RUN and enrolled >= training_class.course.min_size:
            _hold(actor, training_class, everybody, rng, seed * 100 + number, at)
    career.run(actor, everybody.persons, everybody.ids, rng, at)
    refresh_needs.refresh(actor, at=at)


def _bring_forward(actor: Reader, training_class: TrainingClass, at: datetime) -> None:
    """Classes that ran must lie in the past: four weeks ago, or before that where the room or the trainer was taken."""
    for weeks in range(4, 4 + CLASSES_RUN):
        day = (at - timedelta(weeks=weeks)).date()
        try:
            delivery.reschedule(actor, training_class.pk, day, at=at - timedelta(days=52))
        except Refusal:
            continue
        return
    raise RuntimeError(f"the class {training_class.code} finds no week in the past")


def work_off(job: Job, at: datetime) -> None:
    """Run what waits, in the order of a worker, up to this job."""
    while claimed := jobs.claim(at):
        jobs.run(claimed)
        if claimed.pk == job.pk:
            return
    raise RuntimeError("the synthetic province's plan does not wait to be computed")


def _enrol(actor: Reader, training_class: TrainingClass, at: datetime) -> int:
    """Those for whom seats were kept and who took a test, the next in line, and people of the planned groups into held seats."""
    named = training_class.named.filter(person__state__isnull=False).order_by("waits", "place")
    chosen = list(named.values_list("person", flat=True))
    for group in training_class.planned.groups.all():
        people = Person.objects.filter(unit=group.unit_id, audience=group.audience_id, state__isnull=False)
        people = people.exclude(pk__in=chosen).order_by("pk")
        chosen += list(people.values_list("pk", flat=True)[:WAITING])
    if not chosen:
        return 0
    try:
        rows = delivery.enrol_many(actor, training_class.pk, chosen[: training_class.seats + WAITING], at=at)
    except Refusal:
        return 0
    return sum(row.seat is not None for row in rows)


def _hold(
    actor: Reader,
    training_class: TrainingClass,
    everybody: Simulated,
    rng: np.random.Generator,
    seed: int,
    at: datetime,
) -> None:
    """Start, take the roll, raise the true ability of those who came, test, finish, certify."""
    delivery.start_class(actor, training_class.pk, at=at - timedelta(days=30))
    enrolled = list(training_class.enrolments.filter(seat__isnull=False).order_by("seat"))
    _attend(actor, training_class, enrolled, rng, at - timedelta(days=28))
    before = {row.person_id: _latest(row.person_id) for row in enrolled}
    after = _test(actor, training_class, enrolled, everybody, rng, seed, at)
    delivery.link_tests(
        actor, training_class.pk, {k: v for k, v in before.items() if v}, after, at=at - timedelta(days=20)
    )
    delivery.finish_class(actor, training_class.pk, at=at - timedelta(days=19))
    credentials.issue(actor, training_class.pk, at=at - timedelta(days=18))


def _attend(
    actor: Reader, training_class: TrainingClass, enrolled: list[Enrolment], rng: np.random.Generator, at: datetime
) -> None:
    rolls = [
        delivery.Roll(session.pk, row.pk, bool(rng.random() > ABSENT))
        for session in training_class.sessions.all()
        for row in enrolled
    ]
    delivery.take_roll(actor, training_class.pk, ClaimSource.TRAINER, rolls, at=at)


def _latest(person_id: int) -> Sitting | None:
    return Sitting.objects.filter(person=person_id, state="finished").order_by("-finished_at").first()


def _test(
    actor: Reader, training_class: TrainingClass, enrolled: list[Enrolment], everybody: Simulated,
    rng: np.random.Generator, seed: int, at: datetime,
) -> dict[int, Sitting]:  # fmt: skip
    """The test after the course, by people whose hidden ability the course has raised."""
    places = [everybody.position[row.person_id] for row in enrolled]
    raised = _true_gain(training_class) * rng.normal(1.0, 0.3, (len(places), 1))
    everybody.persons.ability[places] += raised
    takers = everybody.takers(places, [at - timedelta(days=21)] * len(places))
    rows = answering.sittings(takers, everybody.truth, Purpose.AFTER, seed)
    return {sitting.person_id: sitting for sitting in assessment.take_in(actor, rows, at=at - timedelta(days=20))}


def _true_gain(training_class: TrainingClass) -> np.ndarray:
    """The course's gain (D,) in logits: the prior's mean over the competences of each domain."""
    scale = frameworks.scale()
    width = float(np.mean(np.diff(scale.cuts)))
    gain = np.zeros(len(scale.domains))
    for row in CourseGain.objects.filter(course=training_class.course_id).select_related("competence__domain"):
        gain[row.competence.domain.order] += row.mean * width / 2
    return gain
