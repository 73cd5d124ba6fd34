"""The step as a Django app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "chiakhoa.ground.registry"
    label = "registry"

    def ready(self) -> None:
        """Register the background task, and declare what of the registry can be imported."""
        from chiakhoa.ground.registry import jobs  # noqa: F401 - registers the task
        from chiakhoa.ground.registry.importing import kinds
        from chiakhoa.ground.registry.importing.bodies import BODIES
        from chiakhoa.ground.registry.importing.people import PEOPLE
        from chiakhoa.ground.registry.importing.units import UNITS

        for kind in (PEOPLE, BODIES, UNITS):
            kinds.declare(kind)
