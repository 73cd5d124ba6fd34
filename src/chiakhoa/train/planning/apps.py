"""The step as a Django app."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "chiakhoa.train.planning"
    label = "planning"

    def ready(self) -> None:
        """Register the step's background tasks, and tell the mandates how much of a budget line its plans count on."""
        from chiakhoa.ground.mandates import spoken_for
        from chiakhoa.train.planning import jobs, queries  # noqa: F401

        spoken_for.hand_in(self.label, queries.planned_on)
