"""The clock of a seat in an exam. Pure: the moment is handed in."""

from datetime import datetime, timedelta

GRACE = timedelta(seconds=30)  # what a slow line may take; assumed


def allowed(minutes: int, *, extra_time: int, extra_minutes: int) -> timedelta:
    """The time of a person: the exam's minutes, the percent more they have a right to, and what was given on the day."""
    return timedelta(minutes=minutes * (1 + extra_time / 100) + extra_minutes)


def left(
    allowed: timedelta, started_at: datetime, *, paused_at: datetime | None, paused_seconds: int, at: datetime
) -> timedelta:
    """What is left of it; negative once it is over. The clock stands while paused."""
    stands = paused_at or at
    return allowed - (stands - started_at - timedelta(seconds=paused_seconds))
