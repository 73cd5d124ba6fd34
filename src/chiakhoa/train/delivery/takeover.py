"""What becomes of the classes of a plan when another takes its place. Pure: no database, no clock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from chiakhoa.train.delivery.models import TrainingClass
from chiakhoa.train.planning.models import PlannedClass


def settle(
    planned: Sequence[PlannedClass], going_on: Sequence[TrainingClass]
) -> tuple[list[tuple[TrainingClass, PlannedClass]], list[PlannedClass]]:
    """Pair planned classes with classes that go on, course and venue alike: those that begin on the same day, then the nearest.

    Returns the pairs, and the planned classes that need a class of their own. Nobody's class is paired twice.
    """
    free = defaultdict(list)
    for row in going_on:
        free[row.course_id, row.venue_id].append(row)
    pairs, new, apart = [], [], []
    for wanted in planned:
        same = free[wanted.course_id, wanted.venue_id]
        as_it_is = next((row for row in same if row.starts_on == wanted.starts_on), None)
        if as_it_is:
            same.remove(as_it_is)
            pairs.append((as_it_is, wanted))
        else:
            apart.append(wanted)
    for wanted in apart:
        same = free[wanted.course_id, wanted.venue_id]
        if same and wanted.starts_on:
            day = wanted.starts_on
            nearest = min(same, key=lambda row: abs(row.starts_on - day))
            same.remove(nearest)
            pairs.append((nearest, wanted))
        else:
            new.append(wanted)
    return pairs, new


def over(
    planned: Sequence[PlannedClass], finished: Iterable[TrainingClass]
) -> tuple[list[tuple[TrainingClass, PlannedClass]], list[PlannedClass]]:
    """Pair planned classes with those that are finished already, and return what is still to be held.

    A plan keeps what has begun, and it may have ended since: nobody opens it again.
    """
    ended = {(row.course_id, row.venue_id, row.starts_on): row for row in finished}
    pairs, left = [], []
    for row in planned:
        done = ended.pop((row.course_id, row.venue_id, row.starts_on), None) if row.starts_on else None
        if done is None:
            left.append(row)
        else:
            pairs.append((done, row))
    return pairs, left
