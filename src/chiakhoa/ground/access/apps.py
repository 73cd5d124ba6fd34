"""The step as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chiakhoa.ground.access"
    label = "access"

    def ready(self) -> None:
        """Listen to what the libraries tell of signing in."""
        from chiakhoa.ground.access import signals  # noqa: F401
