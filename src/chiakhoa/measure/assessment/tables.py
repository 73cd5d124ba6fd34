"""The bank and the exams as lists."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import charts
from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.ground.frameworks.models import Domain
from chiakhoa.measure.assessment import demographics, queries
from chiakhoa.measure.assessment.integrity.drawn import rarely
from chiakhoa.measure.assessment.models import (
    CalibratedItem,
    Concern,
    ConcernKind,
    ConcernState,
    Exam,
    Item,
    ItemKind,
    ItemState,
    ItemWatch,
)

NUM = {"th": {"class": "num"}, "td": {"class": "num"}}  # a heading stands over its figures
WHOLE = {"td": {"class": "whole"}}  # a code does not break at its hyphen


def _scale_domains(_request: object) -> QuerySet[Domain]:
    return Domain.objects.filter(framework__is_scale=True)


class ItemTable(tables.Table):
    """Items with how they fare."""

    code = tables.Column(_("Code"), linkify=("assessment:item", {"code": tables.A("pk")}), attrs=WHOLE)
    stem = tables.Column(_("Question"), empty_values=(), orderable=False)
    competence = tables.Column(_("Competence"), order_by=("code",))
    grade = tables.Column(_("Author's grade"), attrs=NUM)
    kind = tables.Column(_("Kind"))
    state = tables.Column(_("State"))
    b = tables.Column(_("Difficulty (logits)"), attrs=NUM)
    asked = tables.Column(_("Answers"), attrs=NUM)
    share_right = tables.Column(_("Share right"), attrs=NUM, default="–")

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
    """By domain, author's grade, kind and state; or those that wait for the reader's own judgement."""

    domain = django_filters.ModelChoiceFilter(
        field_name="competence__domain", queryset=_scale_domains, label=_("Domain")
    )
    grade = django_filters.ChoiceFilter(choices=[(n, str(n)) for n in range(1, 9)], label=_("Author's grade"))
    kind = django_filters.ChoiceFilter(choices=ItemKind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=ItemState.choices, label=_("State"))
    waits = django_filters.ChoiceFilter(
        choices=[("me", _("for my review"))], label=_("Waits"), method="_waiting_for_me"
    )

    class Meta:
        model = Item
        fields: ClassVar = ["domain", "grade", "kind", "state"]

    def _waiting_for_me(self, rows: QuerySet[Item], _name: str, _value: str) -> QuerySet[Item]:
        return rows.filter(pk__in=queries.for_review(self.request.reader).order_by().values("pk"))


class ExamTable(tables.Table):
    """Exams with how many took a seat."""

    title = tables.Column(_("Exam"), linkify=("assessment:exam", {"pk": tables.A("pk")}))
    held_on = tables.DateColumn(verbose_name=_("Day"), format="d/m/Y")
    unit = tables.Column(_("Unit"), order_by=("unit__search_key",))
    state = tables.Column(_("State"))
    seated = tables.Column(_("Seats taken"), attrs=NUM)
    seats = tables.Column(_("Seats"), attrs=NUM)

    class Meta:
        model = Exam
        fields: ClassVar = ["title", "held_on", "unit", "state", "seated", "seats"]
        empty_text = _("No exam yet. Plan one above: it gets a code that you write on the board.")


class ConcernTable(tables.Table):
    """Signs of irregularity."""

    kind = tables.Column(_("Kind of sign"), linkify=("assessment:concern", {"pk": tables.A("pk")}))
    about = tables.Column(_("About"), empty_values=(), orderable=False)
    exam = tables.Column(_("Exam"), default="–")
    p = tables.Column(_("Chance among the honest"), attrs=NUM)
    found_at = tables.DateTimeColumn(verbose_name=_("Found"), format="d/m/Y H:i")
    state = tables.Column(_("State"))

    class Meta:
        model = Concern
        fields: ClassVar = ["kind", "about", "exam", "p", "found_at", "state"]
        empty_text = _("No sign was found. That is no proof that nothing happened.")

    def render_about(self, record: Concern) -> str:
        """The seats, or the question."""
        numbers = [str(seat.number) for seat in (record.seat, record.other) if seat]
        if numbers:
            return gettext("Seat %(number)s") % {"number": ", ".join(numbers)}
        return str(record.item_id)

    def render_p(self, value: float) -> str:
        """As a share of honest exams."""
        return rarely(value)


class ConcernFilter(django_filters.FilterSet):
    """By kind and state."""

    kind = django_filters.ChoiceFilter(choices=ConcernKind.choices, label=_("Kind of sign"))
    state = django_filters.ChoiceFilter(choices=ConcernState.choices, label=_("State"))

    class Meta:
        model = Concern
        fields: ClassVar = ["kind", "state"]


class WatchTable(tables.Table):
    """Items through time."""

    item = tables.Column(_("Code"), linkify=("assessment:item", {"code": tables.A("item_id")}), accessor="item_id")
    answers = tables.Column(_("Answers"), attrs=NUM)
    right = tables.Column(_("Share right"), attrs=NUM)
    expected = tables.Column(_("Expected"), attrs=NUM)
    path = tables.Column(_("Gathered signs"), orderable=False)
    p = tables.Column(_("Chance if nothing got out"), attrs=NUM)
    as_of = tables.DateTimeColumn(verbose_name=_("Looked at"), format="d/m/Y H:i")

    class Meta:
        model = ItemWatch
        fields: ClassVar = ["item", "answers", "right", "expected", "path", "p", "as_of"]
        empty_text = _("No question with measured parameters has been answered often enough yet.")

    def render_right(self, value: float) -> str:
        """The share of right answers."""
        return percent(value)

    def render_expected(self, value: float) -> str:
        """The share that the abilities of those who answered say."""
        return percent(value)

    def render_p(self, value: float) -> str:
        """How often an honest history rises as high."""
        return rarely(value)

    def render_path(self, value: list[float]) -> str:
        """The path as a small line; what is drawn is made of numbers alone."""
        said = gettext("highest %(top)s, now %(now)s") % {"top": num(max(value), 1), "now": num(value[-1], 1)}
        return mark_safe(charts.spark(value, title=said))

    def value_path(self, value: list[float]) -> float:
        """Its highest point, in a file."""
        return max(value)


class CalibratedTable(tables.Table):
    """What a calibration found of each item, beside what stood before."""

    item = tables.Column(
        _("Code"),
        linkify=("assessment:item", {"code": tables.A("item_id")}),
        accessor="item_id",
        attrs=WHOLE,
    )
    answers = tables.Column(_("Answers"), attrs=NUM)
    old_b = tables.Column(_("Difficulty before"), attrs=NUM)
    b = tables.Column(_("Difficulty found"), attrs=NUM)
    old_a = tables.Column(_("Slope before"), attrs=NUM)
    a = tables.Column(_("Slope found"), attrs=NUM)
    infit = tables.Column(_("Infit"), attrs=NUM)
    outfit = tables.Column(_("Outfit"), attrs=NUM)
    dif = tables.Column(_("Harder or easier for a group"), orderable=False)

    class Meta:
        model = CalibratedItem
        fields: ClassVar = ["item", "answers", "old_b", "b", "old_a", "a", "infit", "outfit", "dif"]
        empty_text = _("No item has enough answers yet.")

    def render_answers(self, value: int) -> str:
        """As a figure."""
        return num(value)

    def value_answers(self, value: int) -> int:
        """Written to a file, it stays a number."""
        return value

    def render_old_b(self, value: float) -> str:
        """Two decimals."""
        return num(value, 2)

    def render_old_a(self, value: float) -> str:
        """Two decimals."""
        return num(value, 2)

    def render_b(self, value: float, record: CalibratedItem) -> str:
        """With its standard error; an anchor keeps what it had."""
        return gettext("%(b)s, kept") % {"b": num(value, 2)} if record.is_anchor else _with_error(value, record.se_b)

    def render_a(self, value: float, record: CalibratedItem) -> str:
        """With its standard error."""
        return num(value, 2) if record.is_anchor else _with_error(value, record.se_a)

    def render_infit(self, value: float) -> str:
        """Two decimals."""
        return num(value, 2)

    def render_outfit(self, value: float) -> str:
        """Two decimals."""
        return num(value, 2)

    def render_dif(self, value: list[dict[str, Any]]) -> str:
        """The groups for which the item is moderately (B) or much (C) harder or easier than for the largest one."""
        said = [
            gettext("%(group)s %(shift)s (%(letter)s)")
            % {
                "group": demographics.name(one["by"], one["group"]),
                "shift": num(one["shift"], 1),
                "letter": one["letter"],
            }
            for one in value
            if one["letter"] in "BC"
        ]
        return "; ".join(said) or "–"

    def value_dif(self, value: list[dict[str, Any]]) -> str:
        """All comparisons, in a file."""
        return "; ".join(f"{one['by']} {one['group']}: {one['shift']} {one['letter']}" for one in value)


class CalibratedFilter(django_filters.FilterSet):
    """By domain, and those that some group finds harder or easier."""

    domain = django_filters.ModelChoiceFilter(
        field_name="item__competence__domain", queryset=_scale_domains, label=_("Domain")
    )
    is_flagged = django_filters.ChoiceFilter(
        choices=[("True", _("harder or easier for a group"))], label=_("Only those")
    )

    class Meta:
        model = CalibratedItem
        fields: ClassVar = ["domain", "is_flagged"]


def _with_error(value: float, error: float | None) -> str:
    return num(value, 2) if error is None else f"{num(value, 2)} ± {num(error, 2)}"
