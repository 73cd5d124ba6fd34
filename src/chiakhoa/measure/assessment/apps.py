"""The step as a Django app."""

from datetime import date

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "chiakhoa.measure.assessment"
    label = "assessment"

    def ready(self) -> None:
        """Tell what hangs on units."""
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register

        register(Dependant("territory.Unit", "assessment.Exam", "unit", _("Exams"), Follows.HEIR, live=_not_over))
        register(
            Dependant(
                "territory.Unit", "assessment.GroupTest", "unit", _("Group tests"), Follows.HEIR, live=_still_open
            )
        )


def _not_over(_on: date) -> Q:
    """Exams that are still to come or under way."""
    return ~Q(state="closed")


def _still_open(on: date) -> Q:
    """Group tests whose link still works on the day."""
    return Q(closed_on=None, open_until__gte=on)
