"""Choosing the province that this installation serves."""

from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.territory.models import Home, Unit


@action(Role.ADMINISTRATOR)
def settle(actor: Reader, unit: Unit, *, synthetic: bool, at: datetime) -> Home:
    """Choose the province that this installation serves. Refusal for a commune, or where another is chosen."""
    if unit.level != 1:
        raise Refusal(
            _("%(unit)s is not a province. Choose a province.") % {"unit": unit}, code="not_a_province", field="unit"
        )
    other = Home.objects.exclude(unit=unit).select_related("unit").first()
    if other:
        raise Refusal(
            _("This installation serves %(unit)s already. Make a new data folder for another province.")
            % {"unit": other.unit},
            code="already_settled",
            field="unit",
        )
    place, _made = Home.objects.update_or_create(id=1, defaults={"unit": unit, "synthetic": synthetic})
    audit.record(actor, "settle", place, at=at, after={"unit": unit.pk, "synthetic": synthetic})
    return place
