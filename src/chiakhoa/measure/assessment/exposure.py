"""How often questions are seen: the chance with which each may be chosen, settled by simulation. Writes nothing.

An adaptive test left to itself asks the most telling questions again and again: they are known in the market before a year is
over, and the rest of the bank is never calibrated. So each sitting rests some items, by its seed. The price is a little
precision, as docs/irt.md says. What is settled for the longest test holds for a shorter one, which is its beginning.
"""

import numpy as np

from chiakhoa.engines import irt
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import adaptive
from chiakhoa.measure.assessment import pool as pools
from chiakhoa.measure.assessment.models import Purpose
from chiakhoa.measure.evidence import estimation

MOST_SHOWN = 0.35  # of the tests of the people of one audience; assumed, docs/irt.md shows the price of others
PEOPLE = 200  # simulated of each audience
SEED = 1


def settled() -> dict[str, float]:
    """code -> eligibility of each live item, such that none is in more than MOST_SHOWN of the tests of any audience's people.

    Audiences of whom the same is assumed count as one. Empty where the bank is so small that its items must be seen more often.
    """
    pool = pools.pooled(adaptive.live())
    plan = adaptive.blueprint(Purpose.CERTIFICATION, pool=pool)
    if MOST_SHOWN * len(pool) < plan.maximum_length:
        return {}
    scale = frameworks.scale()
    known = estimation.priors([*scale.prior.mean, None], scale)
    _means, kinds = np.unique(known.mean, axis=0, return_index=True)
    group = np.repeat(np.arange(len(kinds)), PEOPLE)
    beliefs = irt.Prior(known.mean[kinds][group], known.cov[kinds][group])
    ability = irt.draw(len(group), beliefs, SEED)
    chance = irt.settle(ability, pools.arrays(pool), beliefs, plan, SEED, MOST_SHOWN, group=group)
    return {item.code: float(round(one, 4)) for item, one in zip(pool, chance, strict=True)}
