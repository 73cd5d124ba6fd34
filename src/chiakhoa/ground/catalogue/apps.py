"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "chiakhoa.ground.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Tell what hangs on units and bodies, and what of the catalogue comes as lists."""
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register

        register(
            Dependant("territory.Unit", "catalogue.Venue", "unit", _("Venues"), Follows.HEIR),
            Dependant("registry.Body", "catalogue.Venue", "body", _("Venues"), Follows.HEIR),
            Dependant("registry.Body", "catalogue.Provider", "body", _("Providers")),
        )
        from chiakhoa.ground.registry.joining import Belonging, Way
        from chiakhoa.ground.registry.joining import register as belongs

        belongs(Belonging("catalogue.Trainer", _("Trainer"), Way.NEVER))
        from chiakhoa.ground.catalogue import imports
        from chiakhoa.ground.registry.importing import kinds

        for kind in imports.KINDS:
            kinds.declare(kind)
