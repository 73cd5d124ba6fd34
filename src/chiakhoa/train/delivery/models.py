"""Classes as they happen: enrol, attend, test, finish. A seat is promised once; attendance is a set of claims."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.catalogue.models import Course, Provider, Room, Trainer, Venue
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.registry.models import Body, Person
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.assessment.models import Sitting
from chiakhoa.train.planning.models import Half, Plan, PlannedClass


class ClassState(models.TextChoices):
    """The life of a class."""

    OPEN = "open", _("Open for enrolment")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Class finished")
    CANCELLED = "cancelled", _("Cancelled")


# States of a class whose people, days and rooms are still looked after.
GOING_ON = (ClassState.OPEN, ClassState.RUNNING)


class TrainingClass(models.Model):
    """A course held once. The unit it belongs to is that of its venue.

    `held_seats` of the `seats` wait for people of the groups that the plan meant who are not registered yet.
    """

    code = models.CharField(max_length=40, unique=True)
    planned = models.OneToOneField(PlannedClass, null=True, on_delete=models.PROTECT, related_name="training_class")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="classes")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="classes")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="classes")
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="+")
    trainer = models.ForeignKey(Trainer, null=True, on_delete=models.PROTECT, related_name="classes")
    budget_line = models.ForeignKey(BudgetLine, null=True, on_delete=models.PROTECT, related_name="classes")
    state = models.CharField(max_length=10, choices=ClassState.choices, default=ClassState.OPEN)
    seats = models.PositiveSmallIntegerField()
    held_seats = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField()
    cost_vnd = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-starts_on", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="class_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(seats__gt=0, cost_vnd__gte=0), name="class_has_seats"),
        ]

    def __str__(self) -> str:
        return self.code


class ClassSession(models.Model):
    """One meeting of a class, and the room and the trainer that it takes: neither is in two classes at once.

    Without a room where it is online; without either once the class is called off.
    """

    training_class = models.ForeignKey(TrainingClass, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="+")
    trainer = models.ForeignKey(Trainer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "starts_at"], name="class_session_room_taken_once"),
            models.UniqueConstraint(fields=["trainer", "starts_at"], name="class_session_trainer_in_one_place"),
            models.UniqueConstraint(fields=["training_class", "number"], name="class_session_number_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="class_session_ends_after_it_starts"),
        ]


class EnrolmentState(models.TextChoices):
    """The life of an enrolment."""

    ENROLLED = "enrolled", _("Enrolled")
    WAITING = "waiting", _("On the waiting list")
    LEFT = "left", _("Left")
    COMPLETED = "completed", _("Completed")
    NOT_COMPLETED = "not_completed", _("Not completed")


class Enrolment(models.Model):
    """A person in a class. Only someone with a seat has a seat number; the waiting list is by `gain`, then by `enrolled_at`.

    `gain`: grades that the class is expected to bring this person; nought where nobody was named before.
    """

    training_class = models.ForeignKey(TrainingClass, on_delete=models.CASCADE, related_name="enrolments")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="enrolments")
    state = models.CharField(max_length=14, choices=EnrolmentState.choices)
    seat = models.PositiveSmallIntegerField(null=True)
    enrolled_at = models.DateTimeField()
    gain = models.FloatField(default=0)
    before = models.ForeignKey(Sitting, null=True, on_delete=models.SET_NULL, related_name="+")
    after = models.ForeignKey(Sitting, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["seat", "enrolled_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["training_class", "person"], condition=~Q(state="left"), name="enrolment_once_per_class"
            ),
            models.UniqueConstraint(fields=["training_class", "seat"], name="enrolment_seat_taken_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "left"], seat__isnull=True)
                | Q(state__in=["enrolled", "completed", "not_completed"], seat__isnull=False),
                name="enrolment_seat_iff_enrolled",
            ),
        ]


class NamedSeat(models.Model):
    """Somebody for whom a seat is kept, or who would be next (`waits`), before anybody enrolled. `place` is the order of need."""

    training_class = models.ForeignKey(TrainingClass, on_delete=models.CASCADE, related_name="named")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="named_seats")
    waits = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField()
    gain = models.FloatField()

    class Meta:
        ordering: ClassVar = ["training_class", "waits", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training_class", "person"], name="named_once_for_a_class"),
            models.UniqueConstraint(fields=["training_class", "waits", "place"], name="named_place_once"),
            models.UniqueConstraint(fields=["person"], condition=Q(waits=False), name="named_for_one_seat"),
        ]


MOST_WISHES = 3


class Wish(models.Model):
    """A course that somebody would like to attend; `rank` 1 is what they would like first."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="wishes")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["person", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "rank"], name="wish_one_of_each_rank"),
            models.UniqueConstraint(fields=["person", "course"], name="wish_once_for_a_course"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=MOST_WISHES), name="wish_is_among_the_first"),
        ]


class Hindrance(models.Model):
    """A half day of the week on which somebody cannot come to a class; `weekday` 0 is Monday."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="hindrances")
    weekday = models.PositiveSmallIntegerField()
    half = models.CharField(max_length=2, choices=Half.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "weekday", "half"], name="hindrance_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hindrance_is_on_a_day"),
        ]


class Told(models.TextChoices):
    """What a notice is about."""

    SEAT_KEPT = "seat_kept", _("A seat is kept for you")
    SEATED = "seated", _("You have a seat in another class")
    WAITS = "waits", _("You wait for another class")
    CALLED_OFF = "called_off", _("Your class is not held")
    MOVED_UP = "moved_up", _("You have a seat now")
    CHANGED = "changed", _("Your class is held otherwise")
    TEACHES = "teaches", _("You teach a class")
    TEACHES_CHANGED = "teaches_changed", _("A class that you teach is held otherwise")
    TEACHES_NO_MORE = "teaches_no_more", _("You no longer teach a class")
    HOSTS = "hosts", _("Classes at your venue")
    PROVIDES = "provides", _("Classes that you give")
    PEOPLE = "people", _("Classes for your people")


class Notice(models.Model):
    """Something that somebody should know, written together with what it tells: to one person, or to who runs a unit or a body.

    `people` of the unit are meant for classes, `moved` lost theirs or have another; so many `classes` are held at `venue`, or
    are given by the provider `body`.
    Whoever of an office has seen a notice has seen it for the office. To a person it goes by e-mail, too, where that is set up:
    `mailed_at` when it went, `undeliverable` why it never will.
    """

    kind = models.CharField(max_length=16, choices=Told.choices)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="notices")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, null=True, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.CASCADE, related_name="notices")
    training_class = models.ForeignKey(TrainingClass, null=True, on_delete=models.CASCADE, related_name="notices")
    venue = models.ForeignKey(Venue, null=True, on_delete=models.CASCADE, related_name="+")
    people = models.PositiveIntegerField(default=0)
    classes = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    undeliverable = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, unit__isnull=True, body__isnull=True, training_class__isnull=False)
                | Q(person__isnull=True, unit__isnull=False, body__isnull=True)
                | Q(person__isnull=True, unit__isnull=True, body__isnull=False),
                name="notice_is_to_one",
            ),
            models.CheckConstraint(
                condition=~Q(kind="hosts") | Q(venue__isnull=False, plan__isnull=False),
                name="notice_of_a_venue_names_it",
            ),
        ]


class ClaimSource(models.TextChoices):
    """Who says that somebody was there; a trainer's list outweighs a code, a paper sheet outweighs both."""

    CODE = "code", _("Code of the day")
    TRAINER = "trainer", _("Trainer's list")
    PAPER = "paper", _("Paper sheet")


class AttendanceClaim(models.Model):
    """One source's word that an enrolled person was, or was not, at a session. The rules that merge claims are in queries."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="claims")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="claims")
    source = models.CharField(max_length=8, choices=ClaimSource.choices)
    present = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "enrolment", "source"], name="claim_once_per_source"),
        ]
