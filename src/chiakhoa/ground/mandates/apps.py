"""The step as a Django app."""

from datetime import date

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MandatesConfig(AppConfig):
    name = "chiakhoa.ground.mandates"
    label = "mandates"

    def ready(self) -> None:
        """Tell what hangs on units and bodies."""
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register

        register(
            Dependant("territory.Unit", "mandates.Target", "unit", _("Targets of tasks"), Follows.SAME),
            Dependant("registry.Body", "mandates.Document", "issuer", _("Documents issued")),
            Dependant("registry.Body", "mandates.Task", "lead", _("Running mandates"), live=_running),
        )


def _running(on: date) -> Q:
    """Tasks with a target that is due on the day or later, and tasks without a target."""
    return Q(targets__isnull=True) | Q(targets__due_on__gte=on)
