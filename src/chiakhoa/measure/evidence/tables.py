"""Lists of evidence: the ledger, and one person's part of it."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.listing import FoldedSearch
from chiakhoa.ground.territory.mapday import DAY
from chiakhoa.measure.evidence.models import Evidence, EvidenceKind


class PersonLedgerTable(tables.Table):
    """One person's evidence, newest first."""

    occurred_at = tables.DateTimeColumn(
        verbose_name=_("When"), format="d/m/Y H:i", linkify=("evidence:one", {"pk": tables.A("pk")})
    )
    kind = tables.Column(_("Kind"))
    observed = tables.Column(_("What was observed"), empty_values=(), orderable=False)
    superseded = tables.Column(_("State"), empty_values=(), orderable=False)
    recorded_at = tables.DateTimeColumn(verbose_name=_("Recorded"), format="d/m/Y H:i")

    class Meta:
        model = Evidence
        fields: ClassVar = ["occurred_at", "kind", "observed", "superseded", "recorded_at"]
        empty_text = _(
            "Nothing has been observed yet. A test sitting or a supervisor's rating puts the first row here."
        )

    def render_observed(self, record: Evidence) -> str:
        """How many answers, and how many right; or how many domains were rated."""
        content = record.content
        if record.kind == EvidenceKind.RATING:
            return gettext("%(count)s domains rated") % {"count": sum(sd is not None for sd in content["sd"])}
        if record.kind == EvidenceKind.WITHDRAWN:
            return gettext("nothing: an earlier row was taken back")
        return gettext("%(right)s right of %(count)s answers") % {
            "right": round(sum(content["score"])),
            "count": len(content["score"]),
        }

    def render_superseded(self, record: Evidence) -> str:
        """Whether a later row stands in its place; a row that takes one back counts for nothing itself."""
        if hasattr(record, "superseded_by"):
            return gettext("superseded")
        return "–" if record.kind == EvidenceKind.WITHDRAWN else gettext("counts")


class LedgerTable(PersonLedgerTable):
    """The ledger: the same, with whose it is."""

    person = tables.Column(_("Person"), linkify=("evidence:person", {"pk": tables.A("person_id")}), default="–")

    class Meta(PersonLedgerTable.Meta):
        fields: ClassVar = ["occurred_at", "person", "kind", "observed", "superseded", "recorded_at"]
        sequence: ClassVar = fields


class LedgerFilter(django_filters.FilterSet):
    """By person, kind and days."""

    name = FoldedSearch("person__search_key", label=_("Person"))
    kind = django_filters.ChoiceFilter(choices=EvidenceKind.choices, label=_("Kind"))
    since = django_filters.DateFilter(
        field_name="occurred_at", lookup_expr="date__gte", label=_("From day"), widget=DAY
    )
    until = django_filters.DateFilter(
        field_name="occurred_at", lookup_expr="date__lte", label=_("Until day"), widget=DAY
    )

    class Meta:
        model = Evidence
        fields: ClassVar = ["name", "kind", "since", "until"]
