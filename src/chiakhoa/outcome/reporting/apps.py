"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "chiakhoa.outcome.reporting"
    label = "reporting"

    def ready(self) -> None:
        """Tell what hangs on units and bodies."""
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register

        register(
            Dependant("territory.Unit", "reporting.Report", "unit", _("Reports"), Follows.SAME),
        )
