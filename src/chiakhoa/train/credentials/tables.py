"""The list of certificates."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.clock import today
from chiakhoa.foundation.listing import FoldedSearch
from chiakhoa.train.credentials.models import Certificate


class CertificateTable(tables.Table):
    """Certificates, newest first."""

    number = tables.Column(_("Number"), linkify=("credentials:certificate", {"pk": tables.A("pk")}))
    person = tables.Column(_("Full name"), order_by=("person__search_key",))
    course = tables.Column(_("Course"), accessor="statement__course_name", orderable=False)
    issuer = tables.Column(_("Issuer"), accessor="issuer__name", order_by=("issuer__search_key",))
    issued_on = tables.DateColumn(verbose_name=_("Issued"), format="d/m/Y")
    state = tables.Column(_("State"), empty_values=(), orderable=False)

    class Meta:
        model = Certificate
        fields: ClassVar = ["number", "person", "course", "issuer", "issued_on", "state"]
        empty_text = _("No certificate has been issued yet. Finish a class, then issue its certificates.")

    def render_state(self, record: Certificate) -> str:
        """Valid, expired or revoked, as of today; what is signed is not checked here."""
        if hasattr(record, "revocation"):
            return str(_("Revoked"))
        last = record.statement.get("expires_on")
        return str(_("Expired")) if last and last <= today().isoformat() else str(_("Valid"))


class CertificateFilter(django_filters.FilterSet):
    """By the person's name."""

    q = FoldedSearch("person__search_key", label=_("Full name"))

    class Meta:
        model = Certificate
        fields: ClassVar = ["q"]
