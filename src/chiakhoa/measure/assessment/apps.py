"""The step as a Django app."""

from datetime import date

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "chiakhoa.measure.assessment"
    label = "assessment"

    def ready(self) -> None:
        """Tell what hangs on units, and what belongs to people; register the background tasks."""
        from chiakhoa.ground.registry.joining import Belonging, Way
        from chiakhoa.ground.registry.joining import register as belongs
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register
        from chiakhoa.measure.assessment import jobs  # noqa: F401

        belongs(
            Belonging("assessment.Sitting", _("Tests")),
            Belonging("assessment.Seat", _("Places in exams")),
            Belonging("assessment.Accommodation", _("More time and large print"), Way.FOLLOWS_IF_FREE),
        )
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
