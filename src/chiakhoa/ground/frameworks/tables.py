"""The list of crosswalk edges."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.frameworks.models import Competence, CrosswalkEdge, Framework
from chiakhoa.ground.frameworks.templatetags.origins import certainty, relation


class EdgeTable(tables.Table):
    """A competence of the scale, how it stands to one of another framework, and how sure that is."""

    source = tables.Column(_("Competence of the scale"), linkify=("frameworks:competence", [tables.A("source_id")]))
    relation = tables.Column(_("Relation"))
    framework = tables.Column(_("Framework"))
    target = tables.Column(_("Counterpart"), empty_values=())
    confidence = tables.Column(_("How sure"))
    reason = tables.Column(_("Why"), empty_values=(), orderable=False)

    class Meta:
        model = CrosswalkEdge
        fields: ClassVar = ["source", "relation", "framework", "target", "confidence", "reason"]
        empty_text = _("No link matches. Clear the filter, or load the frameworks.")

    def render_source(self, value: Competence) -> str:
        """Code and name."""
        return f"{value.code} {value.name}"

    def render_target(self, value: Competence | None) -> str:
        """Code and name; a dash for a stated gap."""
        return f"{value.code} {value.name}" if value else "–"

    def render_framework(self, value: Framework) -> str:
        """The document's number is shorter than its title."""
        return value.document

    def render_relation(self, value: str) -> Any:
        """In words."""
        return relation(value)

    def render_confidence(self, value: str) -> Any:
        """In words."""
        return certainty(value)

    def render_reason(self, record: CrosswalkEdge) -> str:
        """In the page's language."""
        return record.said("reason")


def _others(_request: HttpRequest | None) -> Any:
    return Framework.objects.filter(is_scale=False)


class EdgeFilter(django_filters.FilterSet):
    """By framework and by relation; "no counterpart" gives the list of the unmapped."""

    framework = django_filters.ModelChoiceFilter(queryset=_others, label=_("Framework"))
    relation = django_filters.ChoiceFilter(
        choices=[
            ("equal", _("same scope")),
            ("broader", _("contains it")),
            ("related", _("overlaps")),
            ("none", _("no counterpart")),
        ],
        label=_("Relation"),
    )

    class Meta:
        model = CrosswalkEdge
        fields: ClassVar = ["framework", "relation"]
