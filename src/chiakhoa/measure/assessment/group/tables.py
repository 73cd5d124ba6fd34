"""Group tests as a list."""

from typing import ClassVar

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from chiakhoa.measure.assessment.group.models import GroupTest
from chiakhoa.measure.assessment.tables import NUM


class GroupTestTable(tables.Table):
    """Links with how many took part."""

    name = tables.Column(_("Group"), linkify=("assessment:group_test", {"pk": tables.A("pk")}))
    unit = tables.Column(_("Unit"), order_by=("unit__search_key",))
    audience = tables.Column(_("Audience"))
    opened_on = tables.DateColumn(verbose_name=_("Opened"), format="d/m/Y")
    open_until = tables.DateColumn(verbose_name=_("Open until"), format="d/m/Y")
    took_part = tables.Column(_("Took part"), attrs=NUM)

    class Meta:
        model = GroupTest
        fields: ClassVar = ["name", "unit", "audience", "opened_on", "open_until", "took_part"]
        empty_text = _("No group test yet. Open one above: it gets a link and a notice to hang up.")
