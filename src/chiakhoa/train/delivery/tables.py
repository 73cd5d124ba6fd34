"""Lists of delivery: classes, and who is in one."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Role
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.train.delivery.models import GOING_ON, ClassState, Enrolment, EnrolmentState, TrainingClass
from chiakhoa.train.planning.models import PlanState


class ClassTable(tables.Table):
    """Classes, newest first."""

    code = tables.Column(_("Class"), linkify=("delivery:class", {"pk": tables.A("pk")}))
    course = tables.Column(_("Course"), accessor="course__name", order_by=("course__name_vi",))
    starts_on = tables.DateColumn(verbose_name=_("Starts"), format="d/m/Y")
    venue = tables.Column(_("Venue"), accessor="venue__name", order_by=("venue__search_key",))
    unit = tables.Column(_("Commune"), accessor="venue__unit", order_by=("venue__unit__search_key",))
    trainer = tables.Column(_("Trainer"), default="–")
    state = tables.Column(_("State"))
    enrolled = tables.Column(_("Enrolled"))
    waiting = tables.Column(_("Waiting"))
    seats = tables.Column(_("Seats"))

    class Meta:
        model = TrainingClass
        fields: ClassVar = [
            "code",
            "course",
            "starts_on",
            "venue",
            "unit",
            "trainer",
            "state",
            "enrolled",
            "waiting",
            "seats",
        ]
        empty_text = _("There is no class here yet. Classes open when a plan is published.")


class ClassFilter(django_filters.FilterSet):
    """By state and course; a coordinator also those that a plan left over, on which somebody must decide."""

    state = django_filters.ChoiceFilter(choices=ClassState.choices, label=_("State"))
    course = django_filters.ModelChoiceFilter(queryset=Course.objects.all(), label=_("Course"))
    left = django_filters.BooleanFilter(
        method="left_over", label=_("Of a plan before, to decide on"),
        widget=forms.Select(choices=[("", _("All")), ("true", _("Yes"))]),
    )  # fmt: skip

    class Meta:
        model = TrainingClass
        fields: ClassVar = ["state", "course", "left"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.reader.has(Role.COORDINATOR):
            del self.filters["left"]

    def left_over(self, rows: QuerySet[TrainingClass], _name: str, value: bool) -> QuerySet[TrainingClass]:
        """Classes that go on though the plan in force does not hold them."""
        if not value:
            return rows
        return rows.filter(state__in=GOING_ON, planned__plan__state=PlanState.REPLACED)


class EnrolmentTable(tables.Table):
    """Who is in a class."""

    seat = tables.Column(_("Seat"), default="–")
    person = tables.Column(_("Full name"), order_by=("person__search_key",))
    unit = tables.Column(_("Commune"), accessor="person__unit", order_by=("person__unit__search_key",))
    state = tables.Column(_("State"))
    present = tables.Column(_("Sessions attended"), empty_values=(), orderable=False)
    leave = tables.TemplateColumn(
        template_name="delivery/_leave.html", verbose_name=_("Leave"), orderable=False, exclude_from_export=True
    )

    class Meta:
        model = Enrolment
        fields: ClassVar = ["seat", "person", "unit", "state", "present", "leave"]
        empty_text = _("Nobody is enrolled yet. Enrol people by name below.")

    def __init__(self, *args: object, attended: dict[int, int] | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.attended = attended or {}

    def render_present(self, record: Enrolment) -> int:
        """Sessions with a claim that the person was there."""
        return self.attended.get(record.pk, 0)


class EnrolmentFilter(django_filters.FilterSet):
    """By state."""

    state = django_filters.ChoiceFilter(choices=EnrolmentState.choices, label=_("State"))

    class Meta:
        model = Enrolment
        fields: ClassVar = ["state"]
