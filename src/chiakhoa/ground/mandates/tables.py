"""Lists of the mandates: tasks (for export) and budget lines."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.mandates.models import BudgetLine, Target, Task


class TaskTable(tables.Table):
    """Tasks as a sheet: who leads, with whom, for whom, how much, by when."""

    code = tables.Column(_("Code"))
    name_vi = tables.Column(_("Task"))
    document = tables.Column(_("Document"))
    lead = tables.Column(_("Lead"))
    partners = tables.ManyToManyColumn(verbose_name=_("Partners"))
    audiences = tables.ManyToManyColumn(verbose_name=_("Audience"))
    targets = tables.Column(_("Targets"), empty_values=())
    budget_lines = tables.ManyToManyColumn(verbose_name=_("Money"))
    sentence = tables.Column(_("Sentence"))
    assumed = tables.BooleanColumn(verbose_name=_("Assumed"))

    class Meta:
        model = Task
        fields: ClassVar = [
            "code",
            "name_vi",
            "document",
            "lead",
            "partners",
            "audiences",
            "targets",
            "budget_lines",
            "sentence",
            "assumed",
        ]

    def render_name_vi(self, record: Task) -> str:
        """The name in the page's language."""
        return record.name

    def value_targets(self, record: Task) -> str:
        """Each target as amount and day."""
        return "; ".join(_target(target) for target in record.targets.all())


def _target(target: Target) -> str:
    return f"{target.name}: {num(target.amount)}, {target.due_on:%d/%m/%Y}"


class BudgetTable(tables.Table):
    """Money of a year and what it may pay for."""

    name_vi = tables.Column(_("Budget line"))
    year = tables.Column(_("Year"))
    amount_vnd = tables.Column(_("Amount (VND)"), attrs={"td": {"class": "num"}})
    tasks = tables.ManyToManyColumn(
        verbose_name=_("Tasks"), orderable=False, linkify_item=("mandates:task", [tables.A("pk")])
    )
    audiences = tables.ManyToManyColumn(verbose_name=_("Audience"), orderable=False)
    origin = tables.TemplateColumn(template_name="mandates/_origin.html", verbose_name=_("Origin"), orderable=False)

    change = tables.TemplateColumn(
        '{% include "mandates/_change.html" with kind="line" row=record %}', verbose_name=_("Edit"), orderable=False,
        exclude_from_export=True,
    )  # fmt: skip

    class Meta:
        model = BudgetLine
        fields: ClassVar = ["name_vi", "year", "amount_vnd", "tasks", "audiences", "origin", "change"]
        row_attrs: ClassVar = {"id": lambda record: record.pk}
        empty_text = _("No money is entered yet. Enter the budget lines of the year first.")

    def render_name_vi(self, record: BudgetLine) -> str:
        """The name in the page's language."""
        return record.name

    def render_amount_vnd(self, value: int) -> str:
        """To the đồng."""
        return num(value)

    def value_amount_vnd(self, value: int) -> int:
        """A number in the exported sheet, so that it can be summed."""
        return value


class BudgetFilter(django_filters.FilterSet):
    """By year and by task."""

    year = django_filters.NumberFilter(label=_("Year"))
    tasks = django_filters.ModelChoiceFilter(queryset=lambda _request: Task.objects.all(), label=_("Task"))

    class Meta:
        model = BudgetLine
        fields: ClassVar = ["year", "tasks"]
