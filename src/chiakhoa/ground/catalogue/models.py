"""What can be taught, by whom, where, at what norm.

Lengths in periods of 45 minutes; a session is 4 periods; money in đồng.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Named, Sourced
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Audience, Body, Person
from chiakhoa.ground.territory.models import Unit


class Norm(Named, Sourced):
    """A public cost norm or a demonstration price. `group` is the heading of the file it came from."""

    code = models.CharField(primary_key=True, max_length=40)
    group = models.CharField(max_length=30, db_index=True)
    value = models.BigIntegerField(null=True)
    value_min = models.BigIntegerField(null=True)
    value_max = models.BigIntegerField(null=True)
    value_percent = models.FloatField(null=True)
    unit = models.CharField(max_length=80, blank=True)
    document = models.CharField(max_length=80, blank=True)
    article = models.CharField(max_length=120, blank=True)
    in_force_from = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["group", "code"]


class TrainerSkill(Named):
    """What a trainer can teach."""

    code = models.CharField(primary_key=True, max_length=30)


class Mode(models.TextChoices):
    """How a course is held."""

    CLASSROOM = "classroom", _("In class")
    LAB = "lab", _("Computer room")
    FIELD = "field", _("On site")
    ONLINE_LIVE = "online_live", _("Live online")
    SELF_PACED = "self_paced", _("Self-paced online")
    BLENDED = "blended", _("Blended")


class RoomKind(models.TextChoices):
    """Kinds of place that a course may need."""

    HALL = "hall", _("Hall")
    CLASSROOM = "classroom", _("Classroom")
    COMPUTER_LAB = "computer_lab", _("Computer room")
    EXPERT_LAB = "expert_lab", _("Expert lab")
    ONLINE = "online", _("Online room")
    SITE = "site", _("On site")


class Course(Named, Sourced):
    """A course as it may be held many times. `entry`: the span of grades it is for, `ceiling`: the top it teaches.

    A certificate of the course holds for `certificate_years`; for ever where that is empty.
    """

    code = models.CharField(primary_key=True, max_length=20)
    periods = models.PositiveSmallIntegerField()
    sessions = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=12, choices=Mode.choices)
    min_size = models.PositiveSmallIntegerField()
    max_size = models.PositiveSmallIntegerField()
    room_kind = models.CharField(max_length=14, choices=RoomKind.choices)
    computers_per_learner = models.FloatField(default=0)
    needs = models.JSONField(default=dict)
    trainers = models.PositiveSmallIntegerField(default=1)
    assistants = models.PositiveSmallIntegerField(default=0)
    entry_low = models.PositiveSmallIntegerField()
    entry_high = models.PositiveSmallIntegerField()
    ceiling = models.PositiveSmallIntegerField()
    certificate_years = models.PositiveSmallIntegerField(null=True)
    skills = models.ManyToManyField(TrainerSkill, related_name="courses")
    audiences = models.ManyToManyField(Audience, related_name="courses")
    prerequisites = models.ManyToManyField("self", symmetrical=False, related_name="leads_to")
    task_ids = models.JSONField(default=list)
    search_key = models.CharField(max_length=500, db_index=True)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(min_size__gt=0, max_size__gte=F("min_size")), name="course_sizes_make_sense"
            ),
            models.CheckConstraint(condition=Q(periods=F("sessions") * 4), name="course_session_is_four_periods"),
        ]


class CourseGain(models.Model):
    """The mean rise (grades) that a learner may expect in a competence, ± our uncertainty; `assumed` until measured."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="gains")
    competence = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="raised_by")
    mean = models.FloatField()
    sd = models.FloatField()
    assumed = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "competence"], name="course_gain_once"),
            models.CheckConstraint(condition=Q(sd__gt=0), name="course_gain_is_uncertain"),
        ]


class Provider(models.Model):
    """A body that teaches."""

    body = models.OneToOneField(Body, on_delete=models.CASCADE, primary_key=True, related_name="provider")
    courses = models.ManyToManyField(Course, related_name="providers")

    def __str__(self) -> str:
        return self.body.name


class Trainer(models.Model):
    """A person who teaches for a provider. `rank` a, b, c picks the pay norm; sessions a year is what can be asked."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="trainer")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="trainers")
    rank = models.CharField(max_length=1)
    sessions_per_year = models.PositiveSmallIntegerField()
    skills = models.ManyToManyField(TrainerSkill, related_name="trainers")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rank__in=["a", "b", "c"]), name="trainer_rank_is_a_b_or_c")
        ]

    def __str__(self) -> str:
        return self.person.full_name


class Venue(Named, Sourced):
    """A place where classes are held."""

    code = models.CharField(primary_key=True, max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="venues")
    body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="venues")
    search_key = models.CharField(max_length=500, db_index=True)

    class Meta:
        ordering: ClassVar = ["search_key", "code"]


class Room(models.Model):
    """A room of a venue and how many sessions a year it can be had."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=14, choices=RoomKind.choices)
    seats = models.PositiveSmallIntegerField()
    computers = models.PositiveSmallIntegerField(default=0)
    sessions_per_year = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["venue", "name"], name="room_name_once_per_venue")]

    def __str__(self) -> str:
        return self.name


class DegreeProgramme(Named, Sourced):
    """A degree programme of a university."""

    code = models.CharField(primary_key=True, max_length=40)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="degree_programmes")
    level = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
