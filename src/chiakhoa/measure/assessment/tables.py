"""The bank and the exams as lists."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.ground.frameworks.models import Domain
from chiakhoa.measure.assessment.models import Exam, Item, ItemKind, ItemState


def _scale_domains(_request: object) -> QuerySet[Domain]:
    return Domain.objects.filter(framework__is_scale=True)


class ItemTable(tables.Table):
    """Items with how they fare."""

    code = tables.Column(_("Code"), linkify=("assessment:item", {"code": tables.A("pk")}))
    stem = tables.Column(_("Question"), empty_values=(), orderable=False)
    competence = tables.Column(_("Competence"), order_by=("code",))
    grade = tables.Column(_("Author's grade"), attrs={"td": {"class": "num"}})
    kind = tables.Column(_("Kind"))
    state = tables.Column(_("State"))
    b = tables.Column(_("Difficulty (logits)"), attrs={"td": {"class": "num"}})
    asked = tables.Column(_("Answers"), attrs={"td": {"class": "num"}})
    share_right = tables.Column(_("Share right"), attrs={"td": {"class": "num"}}, default="–")

    class Meta:
        model = Item
        fields: ClassVar = ["code", "stem", "competence", "grade", "kind", "state", "b", "asked", "share_right"]
        empty_text = _("The bank is empty. An administrator loads it from the item files.")

    def render_stem(self, record: Item) -> str:
        """The question in the language of the page."""
        return record.said("stem")

    def render_b(self, value: float) -> str:
        """The difficulty, two decimals."""
        return num(value, 2)

    def render_asked(self, value: int) -> str:
        """How often it was answered."""
        return num(value)

    def render_share_right(self, value: float) -> str:
        """The share of wholly right answers."""
        return percent(value)


class ItemFilter(django_filters.FilterSet):
    """By domain, author's grade, kind and state."""

    domain = django_filters.ModelChoiceFilter(
        field_name="competence__domain", queryset=_scale_domains, label=_("Domain")
    )
    grade = django_filters.ChoiceFilter(choices=[(n, str(n)) for n in range(1, 9)], label=_("Author's grade"))
    kind = django_filters.ChoiceFilter(choices=ItemKind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=ItemState.choices, label=_("State"))

    class Meta:
        model = Item
        fields: ClassVar = ["domain", "grade", "kind", "state"]


class ExamTable(tables.Table):
    """Exams with how many took a seat."""

    title = tables.Column(_("Exam"), linkify=("assessment:exam", {"pk": tables.A("pk")}))
    held_on = tables.DateColumn(verbose_name=_("Day"), format="d/m/Y")
    unit = tables.Column(_("Unit"), order_by=("unit__search_key",))
    state = tables.Column(_("State"))
    seated = tables.Column(_("Seats taken"), attrs={"td": {"class": "num"}})
    seats = tables.Column(_("Seats"), attrs={"td": {"class": "num"}})

    class Meta:
        model = Exam
        fields: ClassVar = ["title", "held_on", "unit", "state", "seated", "seats"]
        empty_text = _("No exam yet. Plan one above: it gets a code that you write on the board.")
