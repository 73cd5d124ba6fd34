"""Where a person stands, said in words: the grade of each domain, how sure it is, what they can do, what comes next.

Numbers become words here and nowhere else. A grade is reached when it is more likely than not that the ability lies at
or above its cut; grade 0 is below the first cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chiakhoa.engines import irt
from chiakhoa.foundation import charts
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.frameworks.models import CanDo, Competence, Domain, Grade
from chiakhoa.ground.frameworks.queries import Scale
from chiakhoa.measure.evidence.models import CompetenceState

CONFIDENCE = 0.8
SURE_SE = 0.45
FAIRLY_SE = 0.65


@dataclass(frozen=True)
class Standing:
    """One domain: estimate and error in logits, the grade reached (0 to 8), the grades between which it lies."""

    domain: Domain
    mean: float
    se: float
    grade: int
    low: int
    high: int
    row: Grade | None

    @property
    def how_sure(self) -> str | Promise:
        """How sure the grade is, in a word."""
        if self.se <= SURE_SE:
            return _("sure")
        return _("fairly sure") if self.se <= FAIRLY_SE else _("not yet sure")

    @property
    def span(self) -> str:
        """The grades between which it lies, in words; grade 0 has no name of its own."""
        if self.low == self.high:
            return gettext("grade %(grade)s") % {"grade": self.low} if self.low else gettext("below grade 1")
        if not self.low:
            return gettext("at most grade %(grade)s") % {"grade": self.high}
        return gettext("between grades %(low)s and %(high)s") % {"low": self.low, "high": self.high}


@dataclass(frozen=True)
class NextStep:
    """The nearest thing worth learning: a competence, the grade to reach, and what one can do then.

    `required` is the grade that the person's audience needs, where it is not reached yet.
    """

    competence: Competence
    grade: Grade
    can_do: CanDo | None
    required: int | None


def standings(state: CompetenceState, scale: Scale) -> list[Standing]:
    """The six domains of a state, in the order of the scale."""
    found = sorted(state.estimates.all(), key=lambda row: row.domain.order)
    return of([row.domain for row in found], [row.mean for row in found], [row.se for row in found], scale)


def of(domains: Sequence[Domain], means: Sequence[float], errors: Sequence[float], scale: Scale) -> list[Standing]:
    """Domains with their estimates in words."""
    mean, se = np.array(means), np.array(errors)
    low, high = irt.interval(mean, se, CONFIDENCE)
    grades, lows, highs = (irt.grade(values, scale.cuts) for values in (mean, low, high))
    return [
        Standing(domain, float(m), float(s), int(g), int(least), int(most), scale.grades[g - 1] if g else None)
        for domain, m, s, g, least, most in zip(domains, mean, se, grades, lows, highs, strict=True)
    ]


def bands(rows: Sequence[Standing], scale: Scale) -> str:
    """The intervals drawn over the bands of the grades, as SVG; the words beside it say the same."""
    mean, se = np.array([row.mean for row in rows]), np.array([row.se for row in rows])
    low, high = irt.interval(mean, se, CONFIDENCE)
    return charts.intervals(
        [
            (f"{row.domain.code}. {row.domain.name}", float(low[i]), row.mean, float(high[i]))
            for i, row in enumerate(rows)
        ],
        cuts=[float(cut) for cut in scale.cuts],
        grades=[str(number) for number in range(len(scale.cuts) + 1)],
        title=gettext("Grade in each domain, with the interval in which it lies"),
        number=lambda value: num(value, 1),
    )


def can_do_now(rows: Sequence[Standing], count: int = 3) -> list[CanDo]:
    """What the person can do: a statement of the level reached, of each of their strongest domains."""
    strongest = sorted((row for row in rows if row.row), key=lambda row: (-row.mean, row.domain.order))[:count]
    said: list[CanDo] = []
    for row in strongest:
        statements = CanDo.objects.filter(competence__domain=row.domain, level_code=row.row.level_code)  # type: ignore[union-attr]
        first = statements.select_related("competence").order_by("competence__order").first()
        if first:
            said.append(first)
    return said


def next_step(rows: Sequence[Standing], audience: str | None, scale: Scale) -> NextStep | None:
    """The competence to learn next: in the weakest domain the one that is nearest.

    Weakest is the domain furthest below what the audience needs. Where nothing is short, the nearest next grade of all.
    """
    by_index = {row.domain.order: row for row in rows}
    required = frameworks.required(audience) if audience else {}
    short = [
        (scale.cuts[required[c.pk] - 1] - by_index[c.domain_index].mean, c)
        for c in scale.competences
        if required.get(c.pk, 0) > by_index[c.domain_index].grade
    ]
    if short:
        weakest = max(short, key=lambda pair: (pair[0], -pair[1].domain_index))[1].domain_index
        short = [pair for pair in short if pair[1].domain_index == weakest]
    # Without a shortfall everybody still has a next grade, unless all domains are at the highest.
    any_next = [
        (scale.cuts[by_index[c.domain_index].grade] - by_index[c.domain_index].mean, c)
        for c in scale.competences
        if by_index[c.domain_index].grade < len(scale.cuts)
    ]
    if not (short or any_next):
        return None
    _distance, competence = min(short or any_next, key=lambda pair: (pair[0], pair[1].domain_index, pair[1].order))
    grade = scale.grades[by_index[competence.domain_index].grade]
    can_do = CanDo.objects.filter(competence=competence, level_code=grade.level_code).first()
    return NextStep(competence, grade, can_do, required[competence.pk] if short else None)
