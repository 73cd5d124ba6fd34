"""The step as a Django app."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "chiakhoa.train.planning"
    label = "planning"

    def ready(self) -> None:
        """Register the step's background tasks."""
        from chiakhoa.train.planning import jobs  # noqa: F401
