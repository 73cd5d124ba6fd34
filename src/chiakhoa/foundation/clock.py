"""The present moment, read once at the edge (a view, a command, a job) and handed inwards."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, in UTC."""
    return timezone.now()


def today() -> date:
    """This day in Việt Nam."""
    return timezone.now().astimezone(HERE).date()
