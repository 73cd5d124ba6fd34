"""What operators watch of assessment."""

from chiakhoa.foundation.gauges import gauge
from chiakhoa.measure.assessment.models import Sitting, SittingState


@gauge("sittings_open", "Sittings that were begun and are not finished.")
def sittings_open() -> float:
    """How many people are in the middle of a test."""
    return Sitting.objects.filter(state=SittingState.OPEN).count()
