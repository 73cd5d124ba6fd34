"""The step as a Django app."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "chiakhoa.ground.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Declare what of the catalogue can be imported as a list."""
        from chiakhoa.ground.catalogue import imports
        from chiakhoa.ground.registry.importing import kinds

        for kind in imports.KINDS:
            kinds.declare(kind)
