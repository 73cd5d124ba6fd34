"""A result as its pages and its paper say it: six domains, what one can do, what comes next, what changed, other frameworks."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.evidence import change, courses, crosswalk, queries, standing
from chiakhoa.measure.evidence.queries import Known
from chiakhoa.measure.evidence.standing import Standing


def as_known(known: Sequence[Known]) -> list[Standing]:
    """The six domains as they were known after the last of these observations."""
    scale = frameworks.scale()
    step = known[-1].step
    return standing.of(scale.domains, list(step.mean), list(np.sqrt(np.diagonal(step.cov))), scale)


def in_words(reader: Reader, person: Person, rows: Sequence[Standing], known: Sequence[Known]) -> dict[str, Any]:
    """What the parts of a page need: `rows` are the domains, `known` the observations that led there."""
    scale = frameworks.scale()
    step = standing.next_step(rows, person.audience_id, scale)
    since = change.since_last_test(known, scale, queries.prior(person.audience_id))
    return {
        "standings": rows,
        "chart": standing.bands(rows, scale),
        "can_do": standing.can_do_now(rows),
        "next_step": step,
        "offers": courses.offers(step, person.audience_id),
        "since": since,
        "since_chart": change.drawn(since) if since else "",
        "crosswalk": crosswalk.crosswalk(reader, rows),
    }
