"""The step as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chiakhoa.ground.access"
    label = "access"

    def ready(self) -> None:
        """Declare that roles can be imported as a list."""
        from chiakhoa.ground.access.imports import ROLES
        from chiakhoa.ground.registry.importing import kinds

        kinds.declare(ROLES)
