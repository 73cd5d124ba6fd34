"""Lists of planning: demand, plans, the classes of a plan."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.templatetags.words import num, percent, vnd
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory.mapday import MapDayFilters
from chiakhoa.ground.territory.models import Unit
from chiakhoa.train.planning import queries
from chiakhoa.train.planning.models import Demand, Plan, PlannedClass, PlannedGroup

# Whoever asks for neither sees all: Django calls that unknown.
YES_NO = [("", _("All")), ("true", _("Yes")), ("false", _("No"))]


class DemandTable(tables.Table):
    """Who needs what."""

    unit = tables.Column(_("Commune"), order_by=("unit__search_key",))
    audience = tables.Column(_("Audience"), order_by=("audience__order",))
    competence = tables.Column(_("Competence"), order_by=("competence__code",))
    people = tables.Column(_("People"))
    depth = tables.Column(_("Mean shortfall (grades)"))

    class Meta:
        model = Demand
        fields: ClassVar = ["unit", "audience", "competence", "people", "depth"]
        empty_text = _("There is no demand yet. Choose gaps under Needs and add them.")

    def render_competence(self, record: Demand) -> str:
        """Code and name."""
        return f"{record.competence.code} {record.competence.name}"

    def render_depth(self, value: float) -> str:
        """One decimal."""
        return num(value, 1)


class DemandFilter(MapDayFilters):
    """By audience, and on which map. The view applies the map."""

    audience = django_filters.ModelChoiceFilter(queryset=Audience.objects.filter(is_profile=True), label=_("Audience"))

    class Meta:
        model = Demand
        fields: ClassVar = ["audience"]


class PlanTable(tables.Table):
    """Plans, newest first, side by side."""

    tick = tables.TemplateColumn(
        template_name="planning/_tick.html", verbose_name=_("Compare"), orderable=False, exclude_from_export=True
    )
    name = tables.Column(_("Plan"), linkify=("planning:plan", {"pk": tables.A("pk")}))
    year = tables.Column(_("Year"))
    state = tables.Column(_("State"))
    class_count = tables.Column(_("Classes"))
    learners = tables.Column(_("Seats filled"), default=0)
    cost = tables.Column(_("Cost"), default=0)
    objective = tables.Column(_("Gap closed (grades)"), default="–")
    distance = tables.Column(_("At most from the best"), empty_values=(), orderable=False)

    class Meta:
        model = Plan
        fields: ClassVar = ["tick", "name", "year", "state", "class_count", "learners", "cost", "objective", "distance"]
        empty_text = _("There is no plan yet. Add demand under Needs, then ask for a plan.")

    def render_learners(self, value: int) -> str:
        """With the language's separators."""
        return num(value)

    def render_cost(self, value: int) -> str:
        """In đồng."""
        return vnd(value)

    def render_objective(self, value: float) -> str:
        """Whole grades."""
        return num(value)

    def render_distance(self, record: Plan) -> str:
        """As a percentage of the bound."""
        return percent(queries.gap_to_bound(record), 1)


class PlannedClassTable(tables.Table):
    """The classes of a plan; a proposed plan's can be locked or taken out."""

    number = tables.Column(_("No."))
    course = tables.Column(
        _("Course"),
        accessor="course__name",
        order_by=("course__code",),
        linkify=("planning:class", {"pk": tables.A("pk")}),
    )
    venue = tables.Column(_("Venue"), accessor="venue__name", order_by=("venue__search_key",))
    unit = tables.Column(_("Commune"), accessor="venue__unit", order_by=("venue__unit__search_key",))
    starts_on = tables.DateColumn(verbose_name=_("Starts"), format="d/m/Y")
    trainer = tables.Column(_("Trainer"), default="–")
    learners = tables.Column(_("Learners"))
    serves = tables.Column(_("Whom it serves"), empty_values=(), orderable=False)
    cost_vnd = tables.Column(_("Cost (đồng)"))
    gain = tables.Column(_("Gap closed (grades)"))
    change = tables.TemplateColumn(
        template_name="planning/_change.html", verbose_name=_("Change"), orderable=False, exclude_from_export=True
    )

    class Meta:
        model = PlannedClass
        fields: ClassVar = [
            "number", "course", "venue", "unit", "starts_on", "trainer", "learners", "serves", "cost_vnd", "gain", "change",
        ]  # fmt: skip
        empty_text = _("The plan holds no class. Its message says why.")

    def render_serves(self, record: PlannedClass) -> str:
        """So many of which audience from which commune."""
        parts = ((num(group.people), group.audience.name, str(group.unit)) for group in record.groups.all())
        return format_html_join("; ", "{} {}, {}", parts)

    def value_serves(self, record: PlannedClass) -> str:
        """The same as plain text, for a file."""
        return "; ".join(f"{group.people} {group.audience.name}, {group.unit}" for group in record.groups.all())

    def render_cost_vnd(self, value: int) -> str:
        """Whole đồng."""
        return num(value)

    def value_cost_vnd(self, value: int) -> int:
        """The number itself, for a file."""
        return value

    def render_gain(self, value: float) -> str:
        """One decimal."""
        return num(value, 1)


def _served(_request: Any) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=PlannedGroup.objects.values("unit")).order_by("search_key")


def _with_venues(_request: Any) -> QuerySet[Unit]:
    return Unit.objects.filter(venues__isnull=False).distinct().order_by("search_key")


class PlannedClassFilter(django_filters.FilterSet):
    """By course, by the commune served, by the commune where it is held, by lock, and those without room or trainer."""

    course = django_filters.ModelChoiceFilter(queryset=Course.objects.all(), label=_("Course"))
    serves = django_filters.ModelChoiceFilter(
        field_name="groups__unit", queryset=_served, label=_("Serves"), distinct=True
    )
    at = django_filters.ModelChoiceFilter(field_name="venue__unit", queryset=_with_venues, label=_("Held in"))
    locked = django_filters.BooleanFilter(label=_("Locked"), widget=forms.Select(choices=YES_NO))
    loose = django_filters.BooleanFilter(
        method="without", label=_("No room or trainer yet"), widget=forms.Select(choices=YES_NO)
    )

    class Meta:
        model = PlannedClass
        fields: ClassVar = ["course", "serves", "at", "locked", "loose"]

    def without(self, rows: QuerySet[PlannedClass], _name: str, value: bool) -> QuerySet[PlannedClass]:
        """Classes of which the room or the trainer is not yet known, or those where both are."""
        missing = Q(trainer=None) | Q(room=None)
        return rows.filter(missing if value else ~missing)
