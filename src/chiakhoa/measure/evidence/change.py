"""What has changed since the test before, in grades and in words that promise no more than the interval holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chiakhoa.engines import irt
from chiakhoa.foundation import charts
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.frameworks.models import Domain
from chiakhoa.ground.frameworks.queries import Scale
from chiakhoa.measure.evidence.models import EvidenceKind
from chiakhoa.measure.evidence.queries import Known

LEVEL = 0.95
SHOWN = 0.1  # grades: one decimal


@dataclass(frozen=True)
class Moved:
    """One domain: the change in grades and the interval that holds it with 95 %."""

    domain: Domain
    mean: float
    low: float
    high: float

    @property
    def is_risen(self) -> bool:
        """Whether the whole interval lies above no change."""
        return self.low > 0

    @property
    def is_fallen(self) -> bool:
        """Whether the whole interval lies below no change."""
        return self.high < 0

    @property
    def words(self) -> str | Promise:
        """Whether it rose or fell; without certainty, that it is not known."""
        if self.is_risen:
            return _("has risen")
        return _("has fallen") if self.is_fallen else _("no change can be told yet")


@dataclass(frozen=True)
class Since:
    """The change of each domain since the test of a day."""

    day: datetime
    rows: tuple[Moved, ...]

    @cached_property
    def is_any_sure(self) -> bool:
        """Whether any domain is known to have moved."""
        return any(row.is_risen or row.is_fallen for row in self.rows)


def since_last_test(known: Sequence[Known], scale: Scale) -> Since | None:
    """From the test before the last observation to it; None where there is no earlier test.

    What lies between them, a supervisor's opinion for one, counts for what was known in between.
    """
    tests = [place for place, one in enumerate(known[:-1]) if one.kind == EvidenceKind.SITTING]
    if not tests:
        return None
    before = known[tests[-1]]
    mean, cov = irt.change(before.step.mean, before.step.cov, [one.step for one in known[tests[-1] + 1 :]])
    low, high = irt.interval(mean, np.sqrt(np.diagonal(cov)), LEVEL)
    grade = float(np.mean(np.diff(scale.cuts)))
    rows = zip(scale.domains, mean / grade, low / grade, high / grade, strict=True)
    moved = (Moved(domain, _plain(m), _plain(a), _plain(b)) for domain, m, a, b in rows)
    return Since(before.occurred_at, tuple(moved))


def _plain(value: float) -> float:
    """The number without a minus before what is shown as zero."""
    return 0.0 if abs(value) < SHOWN / 2 else float(value)


def drawn(since: Since) -> str:
    """The intervals as SVG, left of the middle line for less and right of it for more."""
    return charts.intervals(
        [(f"{row.domain.code}. {row.domain.name}", row.low, row.mean, row.high) for row in since.rows],
        cuts=[0.0],
        grades=[gettext("lower"), gettext("higher")],
        title=gettext("Change in each domain, in grades, with the interval in which it lies"),
        number=lambda value: num(value, 1),
    )
