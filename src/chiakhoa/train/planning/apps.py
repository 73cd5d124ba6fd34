"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    name = "chiakhoa.train.planning"
    label = "planning"

    def ready(self) -> None:
        """Register background tasks; tell the mandates what plans count on of a line, and territory what hangs on units."""
        from chiakhoa.ground.mandates import spoken_for
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register
        from chiakhoa.train.planning import jobs, queries  # noqa: F401

        spoken_for.hand_in(self.label, queries.planned_on)
        register(
            Dependant("territory.Unit", "planning.Demand", "unit", _("Demand, to be gathered anew")),
            Dependant("territory.Unit", "planning.Plan", "unit", _("Plans"), Follows.SAME),
            Dependant("territory.Unit", "planning.PlannedGroup", "unit", _("Groups of planned classes")),
        )
