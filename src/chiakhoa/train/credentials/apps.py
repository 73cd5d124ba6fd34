"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CredentialsConfig(AppConfig):
    name = "chiakhoa.train.credentials"
    label = "credentials"

    def ready(self) -> None:
        """Say how certificates forget their holder; tell what hangs on units and bodies."""
        from chiakhoa.ground.registry.joining import Belonging
        from chiakhoa.ground.registry.joining import register as belongs
        from chiakhoa.ground.territory.dependants import Dependant, register
        from chiakhoa.train.credentials import erasure  # noqa: F401

        belongs(Belonging("credentials.Certificate", _("Certificates")))
        register(
            Dependant("registry.Body", "credentials.SigningKey", "body", _("Signing keys")),
            Dependant("registry.Body", "credentials.Certificate", "issuer", _("Certificates")),
        )
