"""Demand, what a plan assumes, and the plans a solver proposes. A plan carries its bound; people lock, move, cancel, publish."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.catalogue.models import Course, Room, Trainer, Venue
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory.models import Unit


class Demand(models.Model):
    """People of one audience in one commune who need one competence raised; made from a selection of gaps."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="demand")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="demand")
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT, related_name="demand")
    people = models.PositiveIntegerField()
    depth = models.FloatField()
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "audience", "competence"], name="demand_once"),
            models.CheckConstraint(condition=Q(people__gt=0), name="demand_is_of_people"),
        ]


class Assumptions(models.Model):
    """What a plan assumes otherwise than the rows of its day say. What is not named here is as it stands there.

    `money`: đồng by code of the budget line. `floors`: the least number of people to be seated, by audience; `commune_people` and
    `commune_percent` of those in need, whichever is more, of every commune. `priorities`:
    how much a grade of an audience counts, as a multiple. `seasons`: name, first and last day of weeks without classes.
    `copied_from`: the plan whose inputs were copied, with which this one is compared.
    """

    copied_from = models.ForeignKey("Plan", null=True, on_delete=models.SET_NULL, related_name="copies")
    trainers_percent = models.PositiveSmallIntegerField(default=100)
    targets_percent = models.PositiveSmallIntegerField(default=100)
    money = models.JSONField(default=dict)
    floors = models.JSONField(default=dict)
    commune_people = models.PositiveIntegerField(default=0)
    commune_percent = models.PositiveSmallIntegerField(default=0)
    priorities = models.JSONField(default=dict)
    seasons = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(trainers_percent__lte=300), name="assumed_trainers_are_a_share"),
            models.CheckConstraint(condition=Q(targets_percent__lte=300), name="assumed_targets_are_a_share"),
            models.CheckConstraint(condition=Q(commune_percent__lte=100), name="assumed_floor_is_a_share"),
        ]


class PlanState(models.TextChoices):
    """The life of a plan."""

    WAITING = "waiting", _("Being computed")
    PROPOSED = "proposed", _("Proposed")
    PUBLISHED = "published", _("Published")
    REPLACED = "replaced", _("Replaced")
    FAILED = "failed", _("Could not be computed")
    WITHDRAWN = "withdrawn", _("Plan taken back")


class Plan(models.Model):
    """One run of the solver over the demand of that moment. `objective` and `bound` are expected grades of gap closed.

    `needs`: people in need by commune at that moment. `marginal`: kind and name of each scarce limit and what one more unit
    would bring. `unmet`: commune, audience, people and what stops them. `search`: seconds, grades found and bound, as the
    search went; `stop_asked_at`: when somebody asked it to stop with the best so far. `closed`: course, venue and reason of
    classes that would be in the plan if the calendar had a place for them.

    A plan with happenings changes the published one that it is based on: `moved` people of its classes cannot stay in theirs, and
    at least `least_moved` could not in any plan. `gain_before`: what the published classes would close, by what is believed now.
    """

    name = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="plans")
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.WAITING)
    time_limit_seconds = models.PositiveSmallIntegerField(default=20)
    based_on = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replans")
    assumptions = models.OneToOneField(Assumptions, null=True, on_delete=models.PROTECT, related_name="plan")
    search = models.JSONField(default=list)
    stop_asked_at = models.DateTimeField(null=True)
    objective = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    solve_seconds = models.FloatField(null=True)
    marginal = models.JSONField(default=list)
    unmet = models.JSONField(default=list)
    shortfalls = models.JSONField(default=list)
    closed = models.JSONField(default=list)
    moved = models.PositiveIntegerField(null=True)
    least_moved = models.PositiveIntegerField(null=True)
    gain_before = models.FloatField(null=True)
    demand_people = models.PositiveIntegerField(default=0)
    needs = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "year"], condition=Q(state="published"), name="plan_published_once_a_year"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "replaced"]) | Q(published_at__isnull=False),
                name="plan_published_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_change(self) -> bool:
        """Whether something happened to the plan before it for which this one was made."""
        return Happening.objects.filter(plan=self.pk).exists()


class Happened(models.TextChoices):
    """What can happen to a published plan."""

    TRAINER_AWAY = "trainer_away", _("A trainer is away")
    VENUE_CLOSED = "venue_closed", _("A venue is closed")
    MONEY_CUT = "money_cut", _("The money of a budget line is cut")
    NO_LONGER = "no_longer", _("What happened holds no longer")


class Happening(models.Model):
    """One thing that happened to a published plan, for which the new plan is made.

    A trainer or a venue is missing from `first` to `last` (to the end of the year where empty); a line falls to `amount_vnd`.
    One that was entered wrongly is withdrawn, as long as no plan made for it was published. Afterwards another one says that it
    holds no longer (`withdraws`, with the reason), and the next plan may use again what was missing.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="happenings")
    kind = models.CharField(max_length=12, choices=Happened.choices)
    trainer = models.ForeignKey(Trainer, null=True, on_delete=models.CASCADE, related_name="+")
    venue = models.ForeignKey(Venue, null=True, on_delete=models.CASCADE, related_name="+")
    budget_line = models.ForeignKey(BudgetLine, null=True, on_delete=models.CASCADE, related_name="+")
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    was_vnd = models.BigIntegerField(null=True)
    amount_vnd = models.BigIntegerField(null=True)
    withdraws = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="withdrawn_by")
    reason = models.CharField(max_length=300, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="trainer_away", trainer__isnull=False, first__isnull=False)
                | Q(kind="venue_closed", venue__isnull=False, first__isnull=False)
                | Q(kind="money_cut", budget_line__isnull=False, amount_vnd__gte=0, was_vnd__gte=0)
                | Q(kind="no_longer", withdraws__isnull=False) & ~Q(reason=""),
                name="happening_says_what",
            ),
            models.CheckConstraint(
                condition=Q(last__isnull=True) | Q(last__gte=models.F("first")), name="happening_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
                name="happening_withdrawn_with_a_reason",
            ),
        ]


class Unplaced(models.TextChoices):
    """Why a class has no place in the calendar."""

    SEASON = "season", _("no week is open to its people for as long as it lasts")
    ROOM = "room", _("no room that holds it is free")
    TRAINER = "trainer", _("nobody who can teach it is free")
    TRAVEL = "travel", _("whoever could teach it is too far away that day")
    GROUP = "group", _("its people sit in other classes")


class Half(models.TextChoices):
    """The two halves of a day, each long enough for one session."""

    MORNING = "am", _("morning")
    AFTERNOON = "pm", _("afternoon")


class PlannedClass(models.Model):
    """A class that the plan proposes. A locked class stays in the next plan; a cancelled one is not published.

    `continues`: the class of the published plan that goes on as this one. A class without a first day found no place in the
    calendar, and says why; it is not published either.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="classes")
    number = models.PositiveSmallIntegerField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="+")
    trainer = models.ForeignKey(Trainer, null=True, on_delete=models.PROTECT, related_name="planned_classes")
    budget_line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="planned_classes")
    starts_on = models.DateField(null=True)
    unplaced = models.CharField(max_length=8, choices=Unplaced.choices, blank=True, default="")
    learners = models.PositiveSmallIntegerField()
    cost_vnd = models.BigIntegerField()
    gain = models.FloatField()
    continues = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="continued_by")
    locked = models.BooleanField(default=False)
    cancelled = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["plan", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="planned_class_number_once"),
            models.UniqueConstraint(fields=["plan", "continues"], name="planned_class_continued_once"),
            models.CheckConstraint(condition=Q(learners__gt=0, cost_vnd__gte=0), name="planned_class_serves_people"),
            models.CheckConstraint(condition=~Q(locked=True, cancelled=True), name="planned_class_not_both"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) | ~Q(unplaced=""), name="planned_class_begins_or_says_why"
            ),
        ]


class PlannedSession(models.Model):
    """One half day of a planned class: its room (none where it is online) and its trainer, who are nowhere else then."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sessions")
    planned_class = models.ForeignKey(PlannedClass, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    held_on = models.DateField()
    half = models.CharField(max_length=2, choices=Half.choices)
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="+")
    trainer = models.ForeignKey(Trainer, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["planned_class", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["planned_class", "number"], name="planned_session_number_once"),
            models.UniqueConstraint(fields=["plan", "room", "held_on", "half"], name="planned_room_taken_once"),
            models.UniqueConstraint(fields=["plan", "trainer", "held_on", "half"], name="planned_trainer_in_one_place"),
        ]


class PlannedGroup(models.Model):
    """Whom a planned class serves: so many people of an audience from a commune. `gain` is grades of gap for all of them."""

    planned_class = models.ForeignKey(PlannedClass, on_delete=models.CASCADE, related_name="groups")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveSmallIntegerField()
    gain = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["planned_class", "unit", "audience"], name="planned_group_once"),
        ]


class GainEstimate(models.Model):
    """What a course is thought to bring (grades, mean of the competences it raises) since a moment: assumed, measured, believed.

    `data`, `data_se` and `people` are of those tested before and after; `believed` is what the next plan counts with. `data` is
    empty for a course that nobody measured yet: what others of its kind brought moves it all the same.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="gain_estimates")
    as_of = models.DateTimeField()
    prior = models.FloatField()
    prior_sd = models.FloatField()
    data = models.FloatField(null=True)
    data_se = models.FloatField(null=True)
    people = models.PositiveIntegerField(default=0)
    believed = models.FloatField()
    believed_sd = models.FloatField()

    class Meta:
        ordering: ClassVar = ["course", "-as_of"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "as_of"], name="gain_estimated_once_a_moment"),
            models.CheckConstraint(condition=Q(prior_sd__gt=0, believed_sd__gt=0), name="gain_estimate_is_uncertain"),
            models.CheckConstraint(
                condition=Q(data__isnull=True, data_se__isnull=True, people=0)
                | Q(data__isnull=False, data_se__gt=0, people__gt=1),
                name="gain_data_is_whole",
            ),
        ]
