"""What becomes of the classes of a plan when another takes its place. Pure: no database, no clock."""

from collections import defaultdict
from collections.abc import Sequence

from chiakhoa.train.delivery.models import TrainingClass
from chiakhoa.train.planning.models import PlannedClass


def settle(
    planned: Sequence[PlannedClass], going_on: Sequence[TrainingClass]
) -> tuple[list[tuple[TrainingClass, PlannedClass]], list[PlannedClass]]:
    """Pair planned classes with classes that go on, course and venue alike; those that begin nearest first.

    Returns the pairs, and the planned classes that need a class of their own. Nobody's class is paired twice.
    """
    free = defaultdict(list)
    for row in going_on:
        free[row.course_id, row.venue_id].append(row)
    pairs, new = [], []
    for wanted in planned:
        same = free[wanted.course_id, wanted.venue_id]
        if same:
            nearest = min(same, key=lambda row: abs(row.starts_on - wanted.starts_on))
            same.remove(nearest)
            pairs.append((nearest, wanted))
        else:
            new.append(wanted)
    return pairs, new
