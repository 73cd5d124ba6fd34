"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacementConfig(AppConfig):
    name = "chiakhoa.outcome.placement"
    label = "placement"

    def ready(self) -> None:
        """Tell what hangs on units and bodies."""
        from chiakhoa.ground.registry.joining import Belonging
        from chiakhoa.ground.registry.joining import register as belongs
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register

        belongs(Belonging("placement.Application", _("Applications")))
        register(
            Dependant("territory.Unit", "placement.Opening", "unit", _("Openings"), Follows.HEIR),
            Dependant("registry.Body", "placement.Opening", "employer", _("Openings"), Follows.HEIR),
            Dependant("registry.Body", "placement.Agreement", "place", _("Agreements signed there")),
            Dependant("registry.Body", "placement.Commitment", "by", _("Commitments")),
        )
