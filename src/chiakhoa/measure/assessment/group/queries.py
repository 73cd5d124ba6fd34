"""Reading group tests: the links of a unit, and what a group can do, once enough people took part.

A result is said of five people or more, and it moves in fives: with four, or by watching it move with each person, somebody
could work out what one of them answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chiakhoa.engines import irt
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.frameworks.models import Domain, Grade
from chiakhoa.ground.territory.queries import within
from chiakhoa.measure.assessment.group.models import GroupAnswer, GroupRun, GroupTest, RunState
from chiakhoa.measure.evidence import queries as evidence
from chiakhoa.measure.evidence.standing import CONFIDENCE

OPENERS = (Role.COORDINATOR, Role.UNIT_MANAGER)
READERS = (*OPENERS, Role.AUDITOR)
FIVE = 5


def group_tests(reader: Reader) -> QuerySet[GroupTest]:
    """The group tests of the reader's unit, newest first, with how many runs were finished (`took_part`)."""
    if not reader.has(*READERS):
        return GroupTest.objects.none()
    # A subquery, not a join: PostgreSQL locks no rows that were grouped.
    done = GroupRun.objects.filter(test=OuterRef("pk"), state=RunState.FINISHED).order_by().values("test")
    rows = GroupTest.objects.select_related("unit", "audience")
    return rows.filter(within(reader, "unit")).annotate(
        took_part=Coalesce(Subquery(done.annotate(n=Count("pk")).values("n")), 0)
    )


def by_key(_reader: Reader, key: str) -> GroupTest | None:
    """The test behind a link, for anybody who has the link."""
    return GroupTest.objects.select_related("unit", "audience").filter(key=key.upper()).first()


def is_open(test: GroupTest, on: date) -> bool:
    """Whether somebody may begin it on the day."""
    return test.closed_on is None and test.opened_on <= on <= test.open_until


def run(_reader: Reader, test: GroupTest, pk: UUID) -> GroupRun | None:
    """A run of the test, for whoever has its id."""
    return GroupRun.objects.filter(test=test, pk=pk).first()


@dataclass(frozen=True)
class DomainOfGroup:
    """One domain of a group: its mean with the interval in which it lies (logits), the grades that these are."""

    domain: Domain
    mean: float
    low: float
    high: float
    grade: int
    lowest: int
    highest: int
    row: Grade | None
    share_right: float


@dataclass(frozen=True)
class GroupResult:
    """What a group can do, said of `people` of them."""

    people: int
    domains: list[DomainOfGroup]

    @property
    def weakest(self) -> DomainOfGroup:
        """The domain in which the group is least able: what to learn first."""
        return min(self.domains, key=lambda row: (row.mean, row.domain.order))


def began(_reader: Reader, test: GroupTest) -> int:
    """How many runs were begun, finished or not."""
    return GroupRun.objects.filter(test=test).count()


def result(_reader: Reader, test: GroupTest) -> GroupResult | None:
    """The group's result; None while fewer than five have finished. `_reader` may see the test (`group_tests`)."""
    done = GroupRun.objects.filter(test=test, state=RunState.FINISHED)
    people = done.count() // FIVE * FIVE
    if not people:
        return None
    counted = done.filter(number__lte=people)
    rows = list(counted.values_list("mean", "covariance"))
    believed = [np.array([row[part][0] for row in rows]) for part in (0, 1)]
    prior = evidence.prior(test.audience_id)
    found = irt.group_mean(believed[0], believed[1], irt.Prior(prior.mean[0], prior.cov[0]))
    return GroupResult(people, _domains(found, _shares_right(counted)))


def _domains(found: irt.GroupMean, shares: dict[int, float]) -> list[DomainOfGroup]:
    scale = frameworks.scale()
    low, high = irt.interval(found.mean, found.se, CONFIDENCE)
    grades, lowest, highest = (irt.grade(values, scale.cuts) for values in (found.mean, low, high))
    return [
        DomainOfGroup(
            domain, float(found.mean[i]), float(low[i]), float(high[i]), int(grades[i]), int(lowest[i]), int(highest[i]),
            scale.grades[grades[i] - 1] if grades[i] else None, shares.get(i, 0.0),
        )
        for i, domain in enumerate(scale.domains)
    ]  # fmt: skip


def _shares_right(counted: QuerySet[GroupRun]) -> dict[int, float]:
    """domain index -> share of right answers."""
    rows = GroupAnswer.objects.filter(run__in=counted.order_by().values("pk"), score__isnull=False)
    table: dict[int, list[int]] = {}
    for domain, score, times in (
        rows.order_by().values_list("item__competence__domain__order", "score").annotate(times=Count("pk"))
    ):
        row = table.setdefault(domain, [0, 0])
        row[0] += int(score) * times
        row[1] += times
    return {domain: right / asked for domain, (right, asked) in table.items()}


@dataclass(frozen=True)
class OwnDomain:
    """One domain of a finished run, for whoever sat it."""

    domain: Domain
    right: int
    asked: int


def own_domains(answers: Sequence[GroupAnswer]) -> list[OwnDomain]:
    """What a run says of each domain: right of asked, no more, for two questions tell no more."""
    scale = frameworks.scale()
    of = {
        index: [row for row in answers if row.item.competence.domain_index == index]
        for index in range(len(scale.domains))
    }
    return [
        OwnDomain(domain, sum(int(row.score or 0) for row in of[index]), len(of[index]))
        for index, domain in enumerate(scale.domains)
        if of[index]
    ]
