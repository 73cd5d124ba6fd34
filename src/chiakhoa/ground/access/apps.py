"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "chiakhoa.ground.access"
    label = "access"

    def ready(self) -> None:
        """Listen to what the libraries tell of signing in; tell what hangs on units and bodies, and that roles come as lists."""
        from chiakhoa.ground.access import signals  # noqa: F401
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register
        from chiakhoa.ground.territory.queries import in_force

        register(
            Dependant(
                "territory.Unit", "access.RoleAssignment", "unit", _("Role assignments"), Follows.SAME, live=in_force
            ),
            Dependant("territory.Unit", "access.RoleGroup", "unit", _("Groups of the identity provider"), Follows.SAME),
            Dependant("registry.Body", "access.RoleGroup", "body", _("Groups of the identity provider"), Follows.SAME),
            Dependant(
                "registry.Body", "access.RoleAssignment", "body", _("Role assignments"), Follows.SAME, live=in_force
            ),
        )
        from chiakhoa.ground.access import erasure  # noqa: F401 - registers it
        from chiakhoa.ground.registry.joining import Belonging, Way
        from chiakhoa.ground.registry.joining import register as belongs

        belongs(
            Belonging("access.Account", _("Account")),
            Belonging("access.PrivacyRequest", _("Requests about data"), Way.FOLLOWS_IF_FREE),
        )
        from chiakhoa.ground.access.imports import ROLES
        from chiakhoa.ground.registry.importing import kinds

        kinds.declare(ROLES)
