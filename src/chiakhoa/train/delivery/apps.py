"""The step as a Django app."""

from datetime import date

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "chiakhoa.train.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Register background tasks; tell the mandates how much of a budget line this step counts on, and territory what hangs
        on units and bodies.
        """
        from chiakhoa.ground.mandates import spoken_for
        from chiakhoa.ground.registry.joining import Belonging, Way
        from chiakhoa.ground.registry.joining import register as belongs
        from chiakhoa.ground.territory.dependants import Dependant, Follows, register
        from chiakhoa.train.delivery import jobs, queries  # noqa: F401

        belongs(
            Belonging("delivery.Enrolment", _("Enrolments")),
            Belonging("delivery.NamedSeat", _("Seats kept"), Way.FOLLOWS_IF_FREE),
            Belonging("delivery.Notice", _("Notices")),
            Belonging("delivery.Wish", _("Wishes"), Way.FOLLOWS_IF_FREE),
            Belonging("delivery.Hindrance", _("Half days without classes"), Way.FOLLOWS_IF_FREE),
        )
        spoken_for.hand_in(self.label, queries.cost_on)
        register(
            Dependant("territory.Unit", "delivery.TrainingClass", "venue__unit", _("Open classes"), live=_open),
            Dependant("territory.Unit", "delivery.Notice", "unit", _("Notices"), Follows.HEIR),
            Dependant("registry.Body", "delivery.TrainingClass", "provider__body", _("Open classes"), live=_open),
        )


def _open(_on: date) -> Q:
    """Classes that are neither finished nor cancelled."""
    return Q(state__in=("open", "running"))
