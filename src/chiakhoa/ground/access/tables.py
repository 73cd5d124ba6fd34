"""Lists of access: assignments and the trail."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access.models import RoleAssignment


class AssignmentTable(tables.Table):
    """Who acts as what, where."""

    account = tables.Column(_("Account"), order_by=("account__full_name",))
    role = tables.Column(_("Role"))
    place = tables.Column(_("Over"), empty_values=(), orderable=False)
    valid_from = tables.DateColumn(verbose_name=_("From"), format="d/m/Y")
    valid_to = tables.DateColumn(verbose_name=_("Until"), format="d/m/Y")
    end = tables.TemplateColumn(
        template_name="access/_end_role.html", verbose_name=_("End"), orderable=False, exclude_from_export=True
    )

    class Meta:
        model = RoleAssignment
        fields: ClassVar = ["account", "role", "place", "valid_from", "valid_to", "end"]
        empty_text = _("Nobody holds a role here yet. Give the first one.")

    def render_place(self, record: RoleAssignment) -> str:
        """The unit or the body."""
        return str(record.unit or record.body)


class AssignmentFilter(django_filters.FilterSet):
    """By role."""

    role = django_filters.ChoiceFilter(choices=Role.choices, label=_("Role"))

    class Meta:
        model = RoleAssignment
        fields: ClassVar = ["role"]


class TrailTable(tables.Table):
    """The trail, newest first."""

    at = tables.DateTimeColumn(verbose_name=_("When"), format="d/m/Y H:i:s")
    actor_name = tables.Column(_("Who"))
    role = tables.Column(_("Role"))
    verb = tables.Column(_("Did"))
    thing_kind = tables.Column(_("To what"))
    thing_key = tables.Column(_("Key"))
    after = tables.Column(_("Details"), orderable=False)
    address = tables.Column(_("From where"))

    class Meta:
        model = AuditEntry
        fields: ClassVar = ["at", "actor_name", "role", "verb", "thing_kind", "thing_key", "after", "address"]
        empty_text = _("Nothing has been done yet.")


class TrailFilter(django_filters.FilterSet):
    """By words of the trail and by day."""

    actor_name = django_filters.CharFilter(lookup_expr="icontains", label=_("Who"))
    verb = django_filters.CharFilter(lookup_expr="icontains", label=_("Did"))
    thing_key = django_filters.CharFilter(label=_("Key"))
    day = django_filters.DateFilter(field_name="at", lookup_expr="date", label=_("Day"))

    class Meta:
        model = AuditEntry
        fields: ClassVar = ["actor_name", "verb", "thing_key", "day"]
