"""The rows behind a figure, one table for each kind of row."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.templatetags.words import num

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
DAY = "d/m/Y"


class PersonRows(tables.Table):
    """People."""

    name = tables.Column(
        _("Full name"),
        accessor="full_name",
        order_by=("search_key",),
        linkify=("registry:person", {"pk": tables.A("pk")}),
    )
    unit = tables.Column(_("Commune"), order_by=("unit__search_key",))
    audience = tables.Column(_("Audience"), order_by=("audience__order",), default="–")
    related: ClassVar = ("unit", "audience")


class PlaceRows(tables.Table):
    """Communes of one day's map, with what a figure counts there."""

    search_key = tables.Column(_("Commune"), linkify=("territory:unit", {"pk": tables.A("pk")}))
    parent = tables.Column(_("Under"), order_by=("parent__search_key", "search_key"), default="–")
    id = tables.Column(_("Unit code"))
    people_count = tables.Column(_("Counted"), attrs=NUMBER)

    class Meta:
        order_by = "-people_count"
        empty_text = _("There is no commune on this day's map. Choose another day.")

    def render_search_key(self, record: Any) -> str:
        """The full name; the column is sorted by the folded one."""
        return str(record)

    def value_search_key(self, record: Any) -> str:
        """The full name in an exported file."""
        return str(record)

    def render_people_count(self, value: int) -> str:
        """With the language's separators."""
        return num(value)

    def value_people_count(self, value: int) -> int:
        """A number in the exported sheet."""
        return value


class GapRows(tables.Table):
    """Gaps."""

    unit = tables.Column(_("Commune"), order_by=("unit__search_key",), linkify=("needs:people", {"pk": tables.A("pk")}))
    audience = tables.Column(_("Audience"), order_by=("audience__order",))
    competence = tables.Column(_("Competence"), order_by=("competence__code",))
    required = tables.Column(_("Required grade"), attrs=NUMBER)
    people = tables.Column(_("Number of people"), attrs=NUMBER)
    measured = tables.Column(_("Measured"), attrs=NUMBER)
    short = tables.Column(_("Expected short"), attrs=NUMBER)
    related: ClassVar = ("unit", "audience", "competence")

    def render_short(self, value: float) -> str:
        """An expectation, to one decimal."""
        return num(value, 1)


class ClassRows(tables.Table):
    """Classes."""

    code = tables.Column(_("Class"), linkify=("delivery:class", {"pk": tables.A("pk")}))
    course = tables.Column(_("Course"), order_by=("course__name_vi",))
    venue = tables.Column(_("Venue"), order_by=("venue__search_key",))
    unit = tables.Column(_("Commune"), accessor="venue__unit", order_by=("venue__unit__search_key",))
    ends_on = tables.DateColumn(verbose_name=_("Last day"), format=DAY)
    cost_vnd = tables.Column(_("Cost (VND)"), attrs=NUMBER)
    related: ClassVar = ("course", "venue__unit")

    def render_cost_vnd(self, value: int) -> str:
        """To the đồng."""
        return num(value)

    def value_cost_vnd(self, value: int) -> int:
        """A number in the exported sheet."""
        return value


class EnrolmentRows(tables.Table):
    """People tested before and after a class."""

    person = tables.Column(_("Full name"), order_by=("person__search_key",))
    training_class = tables.Column(
        _("Class"), order_by=("training_class__code",),
        linkify=("delivery:class", {"pk": tables.A("training_class_id")}),
    )  # fmt: skip
    gain = tables.Column(_("Gain (logits)"), empty_values=(), orderable=False, attrs=NUMBER)
    related: ClassVar = ("person", "training_class", "before", "after")

    def render_gain(self, record: Any) -> str:
        """The mean rise over the domains."""
        return num(self.value_gain(record), 2)

    def value_gain(self, record: Any) -> float:
        """The same, as a number."""
        rises = [after - before for before, after in zip(record.before.mean, record.after.mean, strict=True)]
        return sum(rises) / len(rises)


class CertificateRows(tables.Table):
    """Certificates."""

    number = tables.Column(_("Certificate"), linkify=("credentials:certificate", {"pk": tables.A("pk")}))
    person = tables.Column(_("Full name"), order_by=("person__search_key",), default="–")
    issuer = tables.Column(_("Issuer"), order_by=("issuer__search_key",))
    issued_on = tables.DateColumn(verbose_name=_("Issued"), format=DAY)
    related: ClassVar = ("person", "issuer")


class BudgetRows(tables.Table):
    """Budget lines."""

    name = tables.Column(_("Budget line"), accessor="name", order_by=("name_vi",))
    year = tables.Column(_("Year"))
    amount_vnd = tables.Column(_("Amount (VND)"), attrs=NUMBER)
    origin = tables.TemplateColumn(
        template_name="mandates/_origin.html", verbose_name=_("Origin"), orderable=False, exclude_from_export=True
    )
    related: ClassVar = ()

    def render_year(self, value: int) -> str:
        """A year has no separators."""
        return str(value)

    def render_amount_vnd(self, value: int) -> str:
        """To the đồng."""
        return num(value)

    def value_amount_vnd(self, value: int) -> int:
        """A number in the exported sheet."""
        return value


class PlacementRows(tables.Table):
    """Applications that were placed."""

    person = tables.Column(
        _("Full name"), accessor="application__person", order_by=("application__person__search_key",)
    )
    opening = tables.Column(_("Opening"), accessor="application__opening", order_by=("application__opening__name_vi",))
    employer = tables.Column(_("Employer"), accessor="application__opening__employer", orderable=False)
    related: ClassVar = ("application__person", "application__opening__employer")


class ReportedRows(tables.Table):
    """Results that documents report."""

    name = tables.Column(_("Result"), accessor="name", order_by=("name_vi",))
    task = tables.Column(
        _("Task"), order_by=("task__sentence",), linkify=("mandates:task", {"pk": tables.A("task_id")})
    )
    value = tables.Column(_("How many"), default="–", attrs=NUMBER)
    sentence = tables.Column(_("Sentence"), attrs=NUMBER)
    related: ClassVar = ("task",)


BY_KIND: dict[str, type[tables.Table]] = {
    "registry.person": PersonRows,
    "needs.gap": GapRows,
    "delivery.trainingclass": ClassRows,
    "delivery.enrolment": EnrolmentRows,
    "credentials.certificate": CertificateRows,
    "mandates.budgetline": BudgetRows,
    "placement.placement": PlacementRows,
    "mandates.reportedresult": ReportedRows,
}
