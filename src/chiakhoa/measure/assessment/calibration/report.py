"""A calibration from beginning to end: what was found of each item, and how many levels would change. Writes nothing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from chiakhoa.engines import irt
from chiakhoa.foundation.jobs import Report
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.frameworks.queries import Scale
from chiakhoa.measure.assessment import bank, piloting
from chiakhoa.measure.assessment.calibration import estimating, population
from chiakhoa.measure.assessment.calibration.gathering import Floats, Gathered
from chiakhoa.measure.assessment.models import CalibratedItem, Item
from chiakhoa.measure.evidence import estimation
from chiakhoa.measure.evidence.models import EvidenceKind

GROUPINGS = ("sex", "audience", "age")
AT_ONCE = 4000
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # of a single observation the moment says nothing


@dataclass(frozen=True)
class Written:
    """The rows of the items, without the calibration that they belong to, and the report on the whole."""

    rows: list[CalibratedItem]
    report: dict[str, Any]


def write(gathered: Gathered, tell: Report) -> Written:
    """Calibrate each domain, compare groups, score the last test of everybody again."""
    scale = frameworks.scale()
    counts = np.bincount(gathered.item, minlength=len(gathered.items))
    steps = (1 + len(GROUPINGS)) * len(scale.domains) + 1
    rows: list[CalibratedItem] = []
    domains = []
    for domain in scale.domains:
        done = (1 + len(GROUPINGS)) * domain.order
        tell(done, steps, domain.name)
        columns = [
            i for i, item in enumerate(gathered.items) if counts[i] and item.competence.domain_index == domain.order
        ]
        enough = [i for i in columns if counts[i] >= piloting.LEAST_ANSWERS]
        if len(enough) < estimating.LEAST_ITEMS:
            domains.append({"domain": domain.code, "questions": 0})
            continue
        found, summary = _of_domain(
            gathered, columns, domain.order, scale, lambda turn, at=done, d=domain: tell(at + turn, steps, d.name)
        )
        rows += [row for i, row in zip(columns, found, strict=True) if i in set(enough)]
        domains.append({"domain": domain.code, **summary, "questions": len(enough)})
    tell(steps - 1, steps, _("levels of people"))
    report = {
        "tests": len(gathered.tests), "people": len(set(gathered.people)), "answers": len(gathered.score),
        "questions": len(rows), "live": len(gathered.items), "domains": domains,
        "levels": _levels(gathered, rows, scale),
        "population": population.found(gathered, {row.item_id: (row.a, row.b) for row in rows}, scale),
        "groups": {by: dict(Counter(filter(None, names))) for by, names in gathered.groups.items()},
        "likelihood": round(sum(one.get("likelihood", 0.0) for one in domains), 1),
    }  # fmt: skip
    return Written(rows, report)


def _of_domain(
    gathered: Gathered, columns: list[int], domain: int, scale: Scale, told: Callable[[int], None]
) -> tuple[list[CalibratedItem], dict[str, Any]]:
    """All items of the domain that were asked at all take part; those with few answers only help."""
    items = [gathered.items[i] for i in columns]
    responses, tests = gathered.table(columns)
    asked = _asked(gathered, items, responses, tests, domain, scale)
    found = estimating.estimate(asked)
    dif: list[list[dict[str, Any]]] = [[] for _item in items]
    for turn, by in enumerate(GROUPINGS, start=1):
        told(turn)
        for one in estimating.favours(asked, found, [gathered.groups[by][t] for t in tests]):
            for i in np.flatnonzero(np.isfinite(one.shift)):
                shift, letter = round(float(one.shift[i]), 2), str(one.letter[i])
                dif[i].append({"by": by, "group": one.group, "shift": shift, "letter": letter})
    answers = (~np.isnan(responses)).sum(axis=0)
    rows = [_row(item, found, i, int(answers[i]), dif[i]) for i, item in enumerate(items)]
    summary = {
        "anchors": int(found.anchor.sum()), "tests": len(tests),
        "moved": round(float(np.mean(np.abs(found.b - asked.b))), 2), "likelihood": round(found.log_likelihood, 1),
    }  # fmt: skip
    return rows, summary


def _asked(
    gathered: Gathered, items: list[Item], responses: Floats, tests: NDArray[np.intp], domain: int, scale: Scale
) -> estimating.Asked:
    before, spread = _elsewhere(gathered, tests, domain, scale)
    se_b = np.array([np.nan if item.se_b is None else item.se_b for item in items])
    a, b, c = (np.array([getattr(item, name) for item in items], dtype=np.float64) for name in "abc")
    author = np.array([bank.difficulty(item.grade, scale.cuts, a=bank.SLOPE, c=item.c) for item in items])
    calibrated = np.array([item.calibrated for item in items])
    return estimating.Asked(responses, before, spread, a, b, c, se_b, calibrated, author)


def _elsewhere(gathered: Gathered, tests: NDArray[np.intp], domain: int, scale: Scale) -> tuple[Floats, Floats]:
    """Mean and deviation (P,) of the ability in the domain by the answers in the other domains, with today's parameters."""
    others = [i for i, item in enumerate(gathered.items) if item.competence.domain_index != domain]
    table, rows = gathered.table(others)
    audiences = [gathered.groups["audience"][test] or None for test in tests]
    prior = estimation.priors(audiences, scale)
    mean, cov = prior.mean.copy(), prior.cov.copy()
    if others:
        some = [gathered.items[i] for i in others]
        a, b, c = (np.array([getattr(item, name) for item in some], dtype=np.float64) for name in "abc")
        items = irt.Items(np.array([item.competence.domain_index for item in some]), a, b, c)
        place = {int(test): k for k, test in enumerate(tests)}
        both = [(place[int(test)], line) for line, test in enumerate(rows) if int(test) in place]
        for first in range(0, len(both), AT_ONCE):
            at, lines = (np.array(part) for part in zip(*both[first : first + AT_ONCE], strict=True))
            said = irt.posterior(items, table[lines], irt.Prior(prior.mean[at], prior.cov[at]))
            mean[at], cov[at] = said.mean, said.cov
    return mean[:, domain], np.sqrt(cov[:, domain, domain])


def _row(item: Item, found: estimating.Found, i: int, answers: int, dif: list[dict[str, Any]]) -> CalibratedItem:
    anchor = bool(found.anchor[i])
    return CalibratedItem(
        item=item, answers=answers, is_anchor=anchor, old_a=item.a, old_b=item.b, was_calibrated=item.calibrated,
        a=item.a if anchor else float(found.a[i]), b=item.b if anchor else float(found.b[i]),
        se_a=item.se_a if anchor else float(found.se_a[i]), se_b=item.se_b if anchor else float(found.se_b[i]),
        infit=float(found.infit[i]), outfit=float(found.outfit[i]), dif=dif,
        is_flagged=any(one["letter"] in "BC" for one in dif),
    )  # fmt: skip


def _levels(gathered: Gathered, rows: list[CalibratedItem], scale: Scale) -> dict[str, Any]:
    """Of everybody's last test alone: in how many domains the grade would be another one with the new parameters."""
    last = {person: test for test, person in enumerate(gathered.people)}  # tests stand in the order of time
    if not last or not rows:
        return {"people": 0}
    new = {row.item_id: (row.a, row.b) for row in rows}
    wanted = sorted(last.values())
    audiences = [gathered.groups["audience"][test] or None for test in wanted]
    prior = estimation.priors(audiences, scale)
    grades = []
    for parameters in ({}, new):
        ledgers = [[seen] for seen in _seen(gathered, wanted, parameters)]
        said = estimation.walk(ledgers, prior, scale.prior.variance_per_year)
        grades.append(irt.grade(said.mean, scale.cuts))
    change = grades[1] - grades[0]
    return {
        "people": len(wanted), "changed": int((change != 0).any(axis=1).sum()),
        "by_domain": [
            {"domain": domain.code, "up": int((own > 0).sum()), "down": int((own < 0).sum())}
            for domain, own in zip(scale.domains, change.T, strict=True)
        ],
        "most": int(np.abs(change).max()),
    }  # fmt: skip


def _seen(
    gathered: Gathered, tests: list[int], parameters: dict[str, tuple[float, float]]
) -> list[estimation.Observed]:
    """The tests as evidence, with these parameters in place of the present ones."""
    place = {test: k for k, test in enumerate(tests)}
    contents: list[dict[str, Any]] = [
        {name: [] for name in ("item", "domain", "a", "b", "c", "score")} for _test in tests
    ]
    for test, i, score in zip(gathered.sitting, gathered.item, gathered.score, strict=True):
        if int(test) not in place:
            continue
        item, content = gathered.items[i], contents[place[int(test)]]
        a, b = parameters.get(item.code, (item.a, item.b))
        for name, value in zip(
            content, (item.code, item.competence.domain_index, a, b, item.c, float(score)), strict=True
        ):
            content[name].append(value)
    return [estimation.Observed(ANY_TIME, EvidenceKind.SITTING, content) for content in contents]
