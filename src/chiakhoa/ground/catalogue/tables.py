"""Lists of the catalogue: courses, providers, trainers, venues, norms."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.listing import FoldedSearch
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.catalogue.forms import RANKS
from chiakhoa.ground.catalogue.models import Course, Mode, Norm, Provider, RoomKind, Trainer, Venue
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.frameworks.templatetags.origins import certainty
from chiakhoa.ground.registry.models import Audience

GROUPS = {
    "trainer_pay": _("Trainer pay"),
    "items_allowed": _("Costs that a class may carry"),
    "travel_and_meals": _("Travel and meals"),
    "learner_support": _("Support of learners"),
    "class_shape": _("Shape of a class"),
    "demonstration_prices": _("Demonstration prices"),
}
UNITS = {
    "person_session": _("a person and session"),
    "percent_of_class": _("% of the class"),
    "percent_of_course": _("% of the course"),
    "learner": _("a learner"),
    "day": _("a day"),
    "person_day": _("a person and day"),
    "person_night": _("a person and night"),
    "person_half_day": _("a person and half day"),
    "person_course": _("a person and course"),
    "machine_day": _("a machine and day"),
    "km": _("a km"),
    "period": _("periods"),
    "minute": _("minutes"),
    "attendance_per_class": _("attendances a class"),
    "0.2 litre of petrol per km from 10 km": _("0.2 litre of petrol per km from 10 km"),
}
SURE = [(code, certainty(code)) for code in ("high", "medium", "low", "assumed")]


class CourseTable(tables.Table):
    """What can be taught, in brief."""

    code = tables.Column(_("Code"), linkify=("catalogue:course", [tables.A("pk")]))
    name_vi = tables.Column(_("Course"), linkify=("catalogue:course", [tables.A("pk")]))
    audiences = tables.ManyToManyColumn(verbose_name=_("Audience"), orderable=False)
    mode = tables.Column(_("Mode"))
    sessions = tables.Column(_("Sessions"))
    max_size = tables.Column(_("Size"))
    origin = tables.TemplateColumn(
        template_name="catalogue/_origin.html", verbose_name=_("Origin"), order_by=("sentence", "code")
    )

    class Meta:
        model = Course
        fields: ClassVar = ["code", "name_vi", "audiences", "mode", "sessions", "max_size", "origin"]
        empty_text = _("No course matches. Clear the search, or load the catalogue.")

    def render_name_vi(self, record: Course) -> str:
        """The name in the page's language."""
        return record.name

    def render_max_size(self, record: Course) -> str:
        """From least to most learners."""
        return f"{record.min_size}–{record.max_size}"


def _audiences(_request: HttpRequest | None) -> Any:
    return Audience.objects.filter(courses__isnull=False).distinct()


def _competences() -> list[tuple[int, str]]:
    rows = Competence.objects.filter(domain__framework__is_scale=True).order_by("domain__order", "order")
    return [(row.pk, f"{row.code} {row.name}") for row in rows]


class CourseFilter(django_filters.FilterSet):
    """By words of the name, for whom, how it is held, and what it raises."""

    search = FoldedSearch()
    audience = django_filters.ModelChoiceFilter(field_name="audiences", queryset=_audiences, label=_("Audience"))
    mode = django_filters.ChoiceFilter(choices=Mode.choices, label=_("Mode"))
    competence = django_filters.ChoiceFilter(
        field_name="gains__competence", choices=_competences, label=_("Competence")
    )

    provider = django_filters.ModelChoiceFilter(
        field_name="providers", queryset=lambda _request: Provider.objects.select_related("body"), label=_("Provider")
    )

    class Meta:
        model = Course
        fields: ClassVar = ["search", "audience", "mode", "competence", "provider"]


class TrainerTable(tables.Table):
    """Who teaches, for whom, what, how much."""

    person = tables.Column(_("Trainer"), order_by=("person__search_key",))
    provider = tables.Column(_("Provider"), order_by=("provider__body__search_key",))
    rank = tables.Column(_("Trainer rank"))
    skills = tables.ManyToManyColumn(verbose_name=_("Can teach"), orderable=False)
    sessions_per_year = tables.Column(_("Sessions a year"))

    class Meta:
        model = Trainer
        fields: ClassVar = ["person", "provider", "rank", "skills", "sessions_per_year"]
        empty_text = _(
            "No trainer here yet. Trainers come with the register of a provider; ask its manager for the list."
        )

    def render_rank(self, value: str) -> Any:
        """What the letter stands for."""
        return dict(RANKS)[value]


class TrainerFilter(django_filters.FilterSet):
    """By name, house and skill."""

    search = FoldedSearch("person__search_key")

    class Meta:
        model = Trainer
        fields: ClassVar = ["search", "provider", "skills"]


class VenueTable(tables.Table):
    """Where classes can be held."""

    name_vi = tables.Column(_("Venue"), order_by=("search_key",))
    unit = tables.Column(_("Commune"), order_by=("unit__search_key",))
    body = tables.Column(_("Body"), order_by=("body__search_key",))
    room_count = tables.Column(_("Rooms"))
    seats = tables.Column(_("Seats"))
    computers = tables.Column(_("Computers"))
    origin = tables.TemplateColumn(template_name="catalogue/_origin.html", verbose_name=_("Origin"), orderable=False)

    class Meta:
        model = Venue
        fields: ClassVar = ["name_vi", "unit", "body", "room_count", "seats", "computers", "origin"]
        empty_text = _("No venue matches. Clear the search, or add the venues of a commune first.")

    def render_name_vi(self, record: Venue) -> str:
        """The name in the page's language."""
        return record.name


class VenueFilter(django_filters.FilterSet):
    """By name, by commune's name, and by the kind of room."""

    search = FoldedSearch()
    commune = FoldedSearch("unit__search_key", label=_("Commune"))
    room = django_filters.ChoiceFilter(
        field_name="rooms__kind", choices=RoomKind.choices, distinct=True, label=_("Room")
    )

    class Meta:
        model = Venue
        fields: ClassVar = ["search", "commune", "room"]


class NormTable(tables.Table):
    """What a thing costs or may cost, where that stands, how sure it is."""

    name_vi = tables.Column(_("Norm"))
    group = tables.Column(_("Group"))
    value = tables.Column(_("Value"), empty_values=(), attrs={"td": {"class": "num"}})
    unit = tables.Column(_("Unit"))
    document = tables.Column(_("Document"))
    article = tables.Column(_("Article"))
    in_force_from = tables.Column(_("In force from"))
    sure = tables.Column(_("How sure"))
    source = tables.Column(_("Source or reason"), empty_values=(), orderable=False)

    class Meta:
        model = Norm
        fields: ClassVar = [
            "name_vi",
            "group",
            "value",
            "unit",
            "document",
            "article",
            "in_force_from",
            "sure",
            "source",
        ]
        empty_text = _("No norm matches. Clear the filter, or load the catalogue.")

    def render_name_vi(self, record: Norm) -> str:
        """The name in the page's language."""
        return record.name

    def render_group(self, value: str) -> Any:
        """The heading in words."""
        return GROUPS.get(value, value)

    def render_unit(self, value: str) -> Any:
        """What the amount is for."""
        return UNITS.get(value, value)

    def render_value(self, record: Norm) -> str:
        """The amount, the span, or the percentage; a dash where the document fixes none."""
        if record.value_min is not None:
            return f"{num(record.value_min)}–{num(record.value_max)}"
        if record.value_percent is not None:
            return f"{num(record.value_percent)} %"
        return num(record.value)

    def render_sure(self, value: str) -> Any:
        """In words."""
        return certainty(value)

    def render_source(self, record: Norm) -> str:
        """Where it was read, or why it was assumed."""
        return record.source_said or record.reason_said


class NormFilter(django_filters.FilterSet):
    """By heading and by how sure it is."""

    group = django_filters.ChoiceFilter(choices=list(GROUPS.items()), label=_("Group"))
    sure = django_filters.ChoiceFilter(choices=SURE, label=_("How sure"))

    class Meta:
        model = Norm
        fields: ClassVar = ["group", "sure"]


class ProviderTable(tables.Table):
    """Who teaches, and how much."""

    body = tables.Column(_("Provider"), order_by=("body__search_key",))
    course_count = tables.Column(
        _("Courses"), linkify=lambda record: f"{reverse('catalogue:courses')}?provider={record.pk}"
    )
    trainer_count = tables.Column(_("Trainers"))
    degree_count = tables.Column(_("Degree programmes"))

    class Meta:
        model = Provider
        fields: ClassVar = ["body", "course_count", "trainer_count", "degree_count"]
        empty_text = _("No provider yet. Load the catalogue, or add the bodies that teach.")


class ProviderFilter(django_filters.FilterSet):
    """By name."""

    search = FoldedSearch("body__search_key")

    class Meta:
        model = Provider
        fields: ClassVar = ["search"]
