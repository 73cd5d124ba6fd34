"""Lists of needs: the ranked gaps, and the people behind one."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Audience, Person
from chiakhoa.ground.territory.mapday import MapDayFilters
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.needs.models import Gap


class GapTable(tables.Table):
    """Gaps, those with most people short first; the box of a row puts it into the demand."""

    choose = tables.Column(_("Choose"), accessor="pk", orderable=False, exclude_from_export=True)
    unit = tables.Column(_("Commune"), order_by=("unit__search_key",))
    audience = tables.Column(_("Audience"), order_by=("audience__order",))
    competence = tables.Column(_("Competence"), order_by=("competence__code",))
    required = tables.Column(_("Required grade"))
    people_short = tables.Column(_("Expected people short"), linkify=("needs:people", {"pk": tables.A("pk")}))
    share = tables.Column(_("Share"))
    measured = tables.Column(_("Measured"))
    people = tables.Column(_("Registered"))

    class Meta:
        model = Gap
        fields: ClassVar = [
            "choose",
            "unit",
            "audience",
            "competence",
            "required",
            "people_short",
            "share",
            "measured",
            "people",
        ]
        empty_text = _("No gap rests on enough measured people yet. Let people sit the test, then compute the gaps.")

    def render_choose(self, record: Gap) -> str:
        """A box with a label for those who cannot see the row."""
        return format_html(
            '<label class="check"><input type="checkbox" name="gap" value="{}">'
            '<span class="visually-hidden">{} {}</span></label>',
            record.pk, record.unit, record.competence.code,
        )  # fmt: skip

    def render_competence(self, record: Gap) -> str:
        """Code and name."""
        return f"{record.competence.code} {record.competence.name}"

    def render_people_short(self, value: float) -> str:
        """Whole people."""
        return num(value)

    def render_share(self, value: float) -> str:
        """As a percentage."""
        return percent(value)


class CarriedGapTable(GapTable):
    """Gaps on another day's map: estimates, which no list of people is behind and no demand is made of."""

    unit = tables.Column(
        _("Commune"), order_by=("unit__search_key",), linkify=("territory:unit", [tables.A("unit__pk")])
    )
    people_short = tables.Column(_("Expected people short"))

    class Meta(GapTable.Meta):
        model = None
        exclude: ClassVar = ["choose"]


class GapFilter(MapDayFilters):
    """By commune, audience and competence: a cell of the grid leads here with two of them set."""

    unit = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.filter(gaps__isnull=False).distinct().order_by("search_key"), label=_("Commune")
    )
    audience = django_filters.ModelChoiceFilter(queryset=Audience.objects.filter(is_profile=True), label=_("Audience"))
    competence = django_filters.ModelChoiceFilter(
        queryset=Competence.objects.filter(domain__framework__is_scale=True), label=_("Competence")
    )

    class Meta:
        model = Gap
        fields: ClassVar = ["unit", "audience", "competence"]


def gap_filter_of(units: QuerySet[Unit]) -> type[GapFilter]:
    """The filter that offers these units: those of another day's map."""
    return type(
        "GapFilterOfMap", (GapFilter,), {"unit": django_filters.ModelChoiceFilter(queryset=units, label=_("Commune"))}
    )


class PeopleTable(tables.Table):
    """People behind a gap."""

    full_name = tables.Column(_("Full name"), linkify=("evidence:person", {"pk": tables.A("pk")}))
    estimate = tables.Column(_("Estimate"))
    se = tables.Column(_("Standard error"))

    class Meta:
        model = Person
        fields: ClassVar = ["full_name", "estimate", "se"]
        empty_text = _("Nobody here has sat the test yet.")

    def render_estimate(self, value: float) -> str:
        """In logits, two decimals."""
        return num(value, 2)

    def render_se(self, value: float) -> str:
        """In logits, two decimals."""
        return num(value, 2)
