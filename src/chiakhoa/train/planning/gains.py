"""What courses bring: assumed, measured by tests before and after, and believed, which the next plan counts with. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any

from django.db.models import Avg

from chiakhoa.engines.planner.gains import Measured, learn
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.train.planning.models import GainEstimate
from chiakhoa.train.planning.queries import MAY_SEE


@dataclass(frozen=True)
class Rise:
    """What a course brought to those tested before and after, in grades: mean, standard deviation, people."""

    mean: float
    sd: float
    people: int


@dataclass(frozen=True)
class Moved:
    """One course: how the estimate of its gain stands, and all its estimates so far, newest first."""

    course: Course
    now: GainEstimate
    history: list[GainEstimate]

    @property
    def by(self) -> float:
        """How far what is believed is from what was assumed, in grades."""
        return self.now.believed - self.now.prior

    @property
    def margin(self) -> float:
        """Half of the interval that holds the truth with 95 %."""
        return 1.96 * self.now.believed_sd


def moved(reader: Reader) -> list[Moved]:
    """How the estimate of each course moved, those first that moved furthest. Nothing for who does not see plans."""
    if not reader.has(*MAY_SEE):
        return []
    history: dict[str, list[GainEstimate]] = {}
    for row in GainEstimate.objects.select_related("course").order_by("course", "-as_of"):
        history.setdefault(row.course_id, []).append(row)
    found = [Moved(rows[0].course, rows[0], rows) for rows in history.values()]
    return sorted(found, key=lambda row: (-abs(row.by), row.course.pk))


def learned_between(one: datetime, other: datetime) -> bool:
    """Whether anything was measured between two moments: what a grade of gap closed means is not the same before and after."""
    return GainEstimate.objects.filter(as_of__gt=min(one, other), as_of__lte=max(one, other)).exists()


def latest() -> dict[str, GainEstimate]:
    """The newest estimate of each course."""
    return {row.course_id: row for row in GainEstimate.objects.order_by("course", "as_of")}


def factors() -> dict[str, float]:
    """By how much what is believed of a course's gain is a multiple of what was assumed; 1 for a course not named here."""
    return {
        code: max(0.0, row.believed / row.prior) for code, row in latest().items() if row.prior > 0
    }  # fmt: skip


def estimated(course: str, rise: Rise) -> list[dict[str, Any]]:
    """The fields of the estimates of all courses once this has been measured of one of them.

    The errors come from the spread within all courses together: that within a few people is a poor guide.
    """
    known = {
        code: Rise(row.data, row.data_se * sqrt(row.people), row.people)
        for code, row in latest().items()
        if row.data is not None and row.data_se is not None
    }
    known[course] = rise
    pooled = _pooled(known.values())
    rows = []
    for code, mode, prior, sd in Course.objects.annotate(prior=Avg("gains__mean"), sd=Avg("gains__sd")).values_list(
        "pk", "mode", "prior", "sd"
    ):
        if prior is not None:
            seen = known.get(code)
            data = {} if seen is None else {"rise": seen.mean, "se": pooled / sqrt(seen.people), "people": seen.people}
            rows.append(Measured(code, mode, prior, sd, **data))
    return [
        {
            "course_id": row.course, "prior": row.assumed, "prior_sd": row.sd, "people": row.people,
            "data": known[row.course].mean if row.people else None,
            "data_se": known[row.course].sd / sqrt(row.people) if row.people else None,
            "believed": believed.gain, "believed_sd": believed.sd,
        }
        for row, believed in zip(rows, learn(rows), strict=True)
    ]  # fmt: skip


def _pooled(rises: Iterable[Rise]) -> float:
    rows = list(rises)
    free = sum(row.people - 1 for row in rows)
    return sqrt(sum((row.people - 1) * row.sd**2 for row in rows) / free)
