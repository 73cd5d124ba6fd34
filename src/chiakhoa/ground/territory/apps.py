"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "chiakhoa.ground.territory"
    label = "territory"

    def ready(self) -> None:
        """Tell what hangs on units and bodies."""
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register

        register(
            Dependant("territory.Unit", "territory.Home", "unit", _("The province served"), Follows.HEIR),
        )
