"""The step as a Django app."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "chiakhoa.train.credentials"
    label = "credentials"

    def ready(self) -> None:
        """Say how certificates forget their holder."""
        from chiakhoa.train.credentials import erasure  # noqa: F401
