"""What has changed since the test before, in grades and in words that promise no more than the interval holds.

Two statements. On the whole: a test of the answers of both sittings alone, drawn to nothing, that tells at most 5 of 100 people
who have not changed that they have risen. In each domain: what is believed of the change, drawn to what was assumed of it.
"""

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
from chiakhoa.measure.evidence import estimation
from chiakhoa.measure.evidence.models import EvidenceKind
from chiakhoa.measure.evidence.queries import Known

LEVEL = 0.95
STRICT = 1.75  # deviations: at most 5 of 100 unchanged people lie above, whatever their level (docs/irt.md)
SHOWN = 0.1  # grades: one decimal
ROOM = 1.0  # grades: the width from which on an interval of a single domain says something


@dataclass(frozen=True)
class _Interval:
    """A change in grades, and the interval that holds it."""

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


@dataclass(frozen=True)
class Moved(_Interval):
    """One domain: the change in grades and the interval that holds it with 95 %."""

    domain: Domain

    @property
    def words(self) -> str | Promise:
        """Whether it rose or fell; without certainty, that it is not known."""
        if self.is_risen:
            return _("has risen")
        return _("has fallen") if self.is_fallen else _("no change can be told yet")


@dataclass(frozen=True)
class OnTheWhole(_Interval):
    """All domains together: the change that the answers of both tests say."""

    @property
    def at_least(self) -> float | None:
        """The size of a change of which only the least is known, since all was wrong in one test or right in the other."""
        if self.is_risen and self.mean >= self.high - SHOWN / 2:
            return self.low
        return -self.high if self.is_fallen and self.mean <= self.low + SHOWN / 2 else None

    @property
    def words(self) -> str | Promise:
        """Whether the person rose or fell; without certainty, that it is not known."""
        if self.is_risen:
            return _("On the whole your level has risen")
        return (
            _("On the whole your level has fallen") if self.is_fallen else _("On the whole no change can be told yet")
        )


@dataclass(frozen=True)
class Since:
    """The change since the test of a day: on the whole, where the last observation is a test too, and in each domain."""

    day: datetime
    rows: tuple[Moved, ...]
    whole: OnTheWhole | None

    @cached_property
    def tells_domains(self) -> bool:
        """Whether what was assumed gave a domain room to move: a course or long time.

        Between two tests of one month the interval of a domain would say that it has stood still, whatever was answered.
        """
        return any(row.high - row.low >= ROOM for row in self.rows)

    @cached_property
    def is_any_sure(self) -> bool:
        """Whether anything is known to have moved."""
        rows = self.rows if self.tells_domains else ()
        moved = (*rows, self.whole) if self.whole else rows
        return any(row.is_risen or row.is_fallen for row in moved)


def since_last_test(known: Sequence[Known], scale: Scale, prior: estimation.Believed) -> Since | None:
    """From the test before the last observation to it; None where there is no earlier test. `prior` is of the one person.

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
    moved = (Moved(_plain(m), _plain(a), _plain(b), domain) for domain, m, a, b in rows)
    return Since(before.occurred_at, tuple(moved), _whole(before, known[-1], grade, prior))


def _whole(before: Known, now: Known, grade: float, prior: estimation.Believed) -> OnTheWhole | None:
    """The change between two tests by their answers alone; None where the last observation is no test."""
    if now.kind != EvidenceKind.SITTING:
        return None
    names = ("domain", "a", "b", "c", "score")
    columns = {name: [*before.content[name], *now.content[name]] for name in names}
    second = np.repeat([0, 1], [len(before.content["score"]), len(now.content["score"])])
    answers = irt.Answers(
        np.array([columns["domain"]]), *(np.array([columns[name]]) for name in names[1:]), second[None]
    )
    said = irt.paired(answers, prior.mean, prior.cov, STRICT)
    return OnTheWhole(*(_plain(float(one[0]) / grade) for one in (said.change, said.low, said.high)))


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
