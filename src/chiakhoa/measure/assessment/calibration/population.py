"""What the answers say of people beside what is assumed of them: mean of an audience, spread, correlation of domains.

A test begins at what is assumed of the person's audience. Where that is wrong its intervals hold less often than they say. Only
the last test of each person counts, with the parameters that the calibration has found. Writes nothing.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines import irt
from chiakhoa.ground.frameworks.queries import Scale
from chiakhoa.measure.assessment.calibration.gathering import Floats, Gathered
from chiakhoa.measure.evidence import estimation

LEAST_PEOPLE = 100  # of an audience; of fewer, six means and twenty-one covariances say little
MOST_PEOPLE = 2_000  # the newest; more would change a mean by a fiftieth of a grade


def found(gathered: Gathered, parameters: dict[str, tuple[float, float]], scale: Scale) -> dict[str, Any]:
    """By audience: people, the mean over the domains (logits) assumed and found; spread and correlation, both kinds.

    parameters : a and b of each item that has new ones. Empty where no audience has enough people.
    """
    columns = [parameters.get(item.code, (item.a, item.b)) for item in gathered.items]
    a, b = np.array(columns, dtype=np.float64).reshape(-1, 2).T
    domain = np.array([item.competence.domain_index for item in gathered.items], dtype=np.intp)
    items = irt.Items(domain, a, b, np.array([item.c for item in gathered.items]))
    responses, tests = gathered.table(range(len(gathered.items)))
    row = {int(test): place for place, test in enumerate(tests)}
    rows = [
        one
        for audience, own in _last_tests(gathered, scale).items()
        if (one := _of_audience(audience, items, responses[[row[test] for test in own]], scale))
    ]
    if not rows:
        return {}
    weight = np.array([one["people"] for one in rows])
    return {
        "audiences": rows,
        "sd": {"assumed": scale.prior.domain_sd, "found": _mean(rows, "sd", weight)},
        "correlation": {"assumed": scale.prior.correlation, "found": _mean(rows, "correlation", weight)},
    }


def _last_tests(gathered: Gathered, scale: Scale) -> dict[str, list[int]]:
    """audience -> the last tests of its newest people; audiences of whom nothing is assumed are left out."""
    last = {person: test for test, person in enumerate(gathered.people)}  # tests stand in the order of time
    of: dict[str, list[int]] = {}
    for test in sorted(last.values()):
        of.setdefault(gathered.groups["audience"][test], []).append(test)
    return {audience: of[audience][-MOST_PEOPLE:] for audience in sorted(scale.prior.mean) if audience in of}


def _of_audience(audience: str, items: irt.Items, responses: Floats, scale: Scale) -> dict[str, Any] | None:
    if len(responses) < LEAST_PEOPLE:
        return None
    prior = estimation.priors([audience], scale)
    people, _settled = irt.estimate_population(items, responses, irt.Prior(prior.mean[0], prior.cov[0]))
    between: NDArray[np.float64] = irt.correlations(people)[np.triu_indices(len(people.mean), 1)]
    return {
        "audience": audience, "people": len(responses), "assumed": round(float(prior.mean.mean()), 2),
        "found": round(float(people.mean.mean()), 2),
        "sd": round(float(np.sqrt(np.diagonal(people.covariance)).mean()), 2),
        "correlation": round(float(between.mean()), 2),
    }  # fmt: skip


def _mean(rows: list[dict[str, Any]], name: str, weight: NDArray[np.int_]) -> float:
    return round(float(np.average([one[name] for one in rows], weights=weight)), 2)
