"""The step as a Django app."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "chiakhoa.measure.needs"
    label = "needs"

    def ready(self) -> None:
        """Register the step's background tasks."""
        from chiakhoa.measure.needs import jobs  # noqa: F401
