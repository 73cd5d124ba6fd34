"""Spans of days that a figure is counted over, both ends counted, in the days of Việt Nam."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chiakhoa.foundation.clock import HERE
from chiakhoa.train.delivery.models import ClassState, TrainingClass


@dataclass(frozen=True)
class Period:
    """From the first day to the last."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, date]:
        """Both ends, for a `range` look-up on a date."""
        return self.first, self.last

    @property
    def ends_before(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=HERE)


def usual(today: date) -> Period:
    """The year up to today; where finished classes carry later days (a plan run ahead), up to the last of them."""
    finished = TrainingClass.objects.filter(state=ClassState.FINISHED).order_by("-ends_on")
    latest = finished.values_list("ends_on", flat=True).first()
    return Period(today - timedelta(days=365), max(today, latest or today))
