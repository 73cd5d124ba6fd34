"""The list of openings."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock
from chiakhoa.outcome.placement.models import Opening, OpeningKind


class OpeningTable(tables.Table):
    """Openings, those that close first on top."""

    name = tables.Column(_("Opening"), order_by=("name_vi",), linkify=("placement:opening", {"pk": tables.A("pk")}))
    employer = tables.Column(_("Employer"), accessor="employer__name", order_by=("employer__search_key",))
    kind = tables.Column(_("Kind"))
    unit = tables.Column(_("Commune"), order_by=("unit__search_key",))
    seats = tables.Column(_("Seats"))
    state = tables.Column(_("State"), empty_values=(), orderable=False)
    applicants = tables.Column(_("Applicants"))
    closes_on = tables.DateColumn(verbose_name=_("Closes"), format="d/m/Y")

    class Meta:
        model = Opening
        fields: ClassVar = ["name", "employer", "kind", "unit", "seats", "applicants", "closes_on", "state"]
        empty_text = _("There is no opening for you to see yet.")

    def render_state(self, record: Opening) -> str:
        """Whether one may apply today."""
        return str(record.state_on(clock.today()).label)


class OpeningFilter(django_filters.FilterSet):
    """By kind."""

    kind = django_filters.ChoiceFilter(choices=OpeningKind.choices, label=_("Kind"))

    class Meta:
        model = Opening
        fields: ClassVar = ["kind"]
