"""The step as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "chiakhoa.ground.registry"
    label = "registry"

    def ready(self) -> None:
        """Tell what hangs on units, bodies and people; register background tasks, and what can be imported."""
        from chiakhoa.ground.registry.actions.body_reforms import lead_members, lead_members_back
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register
        from chiakhoa.ground.territory.queries import in_force

        register(
            Dependant("territory.Unit", "registry.Person", "unit", _("People registered"), Follows.HEIR),
            Dependant("territory.Unit", "registry.Body", "unit", _("Bodies"), Follows.HEIR),
            Dependant("registry.Body", "registry.Body", "parent", _("Bodies below"), Follows.HEIR),
            Dependant(
                "registry.Body",
                "registry.Membership",
                "body",
                _("Memberships"),
                Follows.HEIR,
                in_force,
                lead_members,
                lead_members_back,
            ),
        )  # fmt: skip
        from chiakhoa.ground.registry import erasure, jobs, joining  # noqa: F401 - registers erasers and tasks
        from chiakhoa.ground.registry.joining import Belonging, Way

        joining.register(
            Belonging("registry.Membership", _("Memberships"), Way.FOLLOWS_IF_FREE),
            Belonging("registry.Consent", _("Consents")),
            Belonging("registry.HandedIn", _("Calls of programs")),
        )
        from chiakhoa.ground.registry.importing import kinds
        from chiakhoa.ground.registry.importing.bodies import BODIES
        from chiakhoa.ground.registry.importing.people import PEOPLE
        from chiakhoa.ground.registry.importing.units import UNITS

        for kind in (PEOPLE, BODIES, UNITS):
            kinds.declare(kind)
