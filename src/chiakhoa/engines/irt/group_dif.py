"""Items that favour one of several groups, from answers with gaps: score tests in a calibration by groups, purified.

Groups may differ in ability: their means and deviations are estimated with the items. So nobody needs to be matched on an
observed score, and adaptive tests will do. A flag is a question to the item's author, never a verdict.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import chdtrc

from chiakhoa.engines.irt.answers import Answers, store
from chiakhoa.engines.irt.calibrate import Calibration, calibrate, log_density, nodes_for
from chiakhoa.engines.irt.dif import SCALE, letters
from chiakhoa.engines.irt.errors import Scores, slopes
from chiakhoa.engines.irt.models import Floats, Ints


@dataclass(frozen=True)
class GroupDif:
    """Of each item against group 0: what its difficulty adds in each other group, and how sure that is.

    shift, se : (I, G - 1) logits, above 0 where harder for the group.   delta : (I, G - 1) the same on the ETS scale, below 0
    where harder.   p : (I,) that no group differs.   letter : (I, G - 1) "A" negligible, "B" moderate, "C" large.
    kept : (I,) whether the item helped to compare the groups in the end. NaN where a group was never shown the item.
    """

    shift: Floats
    se: Floats
    delta: Floats
    p: Floats
    letter: NDArray[np.str_]
    kept: NDArray[np.bool_]


def group_dif(
    responses: Floats | sparse.csr_array,
    groups: Ints,
    *,
    guessing: Floats | None = None,
    prior: Literal["none", "default"] = "default",
    rounds: int = 5,
) -> GroupDif:
    """Differential functioning of items of one domain between G groups.

    responses : (P, I), 1, 0 or NaN, or sparse.   groups : (P,) 0..G-1, group 0 is the reference.   guessing : (I,) if known.
    Flagged items are left out of what places the groups, and all are tested again, until the flags stay. Raises ValueError
    for fewer than two groups. Sources: Glas (1998), Statistica Sinica 8 (score tests); Candell & Drasgow (1988), Appl.
    Psychol. Meas. 12 (purification).
    """
    group = np.asarray(groups, dtype=np.intp)
    if len(np.unique(group)) < 2:
        raise ValueError("need persons of at least two groups")
    answers = store(responses)
    kept = np.ones(answers.items, dtype=bool)
    for _ in range(rounds):
        null = _null(responses, group, kept, guessing, prior)
        found = _tests(answers, group, null, kept)
        clean = (found.letter == "A").all(axis=1)
        if (clean == kept).all() or clean.sum() < 2:
            break
        kept = clean
    return found


def _null(
    responses: Floats | sparse.csr_array, group: Ints, kept: NDArray[np.bool_], guessing: Floats | None, prior: str
) -> Calibration:
    """One set of parameters for all groups: of the kept items by themselves, then of the others on their scale."""
    rule: Literal["none", "default"] = "none" if prior == "none" else "default"
    own = None if guessing is None else np.asarray(guessing)[kept]
    first = calibrate(_columns(responses, kept), prior=rule, groups=group, guessing=own)
    if kept.all():
        return first
    fixed = [np.full(len(kept), np.nan) for _ in range(3)]
    for part, found in zip(fixed, (first.a, first.b, first.c), strict=True):
        part[kept] = found
    rest = calibrate(responses, prior=rule, groups=group, guessing=guessing, anchors=(fixed[0], fixed[1], fixed[2]))
    parts = (rest.a, rest.b, rest.c, rest.d, rest.se_a, rest.se_b, rest.se_c, rest.se_d, rest.log_likelihood)
    return Calibration(*parts, mean=first.mean, sd=first.sd, rounds=rest.rounds, converged=rest.converged)


def _columns(responses: Floats | sparse.csr_array, kept: NDArray[np.bool_]) -> Floats | sparse.csr_array:
    """The answers to the kept items. Zeros that are stored stay stored."""
    if not sparse.issparse(responses):
        return np.asarray(responses)[:, kept]
    table = sparse.csr_array(responses)
    place = np.cumsum(kept) - 1
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    inside = kept[table.indices]
    cells = (table.data[inside], (row[inside], place[table.indices[inside]]))
    return sparse.csr_array(cells, shape=(table.shape[0], int(kept.sum())))


def _tests(answers: Answers, group: Ints, null: Calibration, kept: NDArray[np.bool_]) -> GroupDif:
    """The test of each item, with what its own answers say of the persons even where it is not kept."""
    nodes = nodes_for(answers)
    curve = np.stack([np.log(side) for side in _sides(null, nodes)])
    level = answers.log_likelihood(*(np.where(kept[:, None], side, 0.0) for side in curve))
    level += log_density(nodes, null.mean, null.sd)[group]
    share = np.exp(level - level.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    scores = Scores(answers, share, np.ones(answers.persons), *slopes(null.items(), nodes, 2))
    rows = [_item(scores, i, group, np.exp(curve[:, i]) if not kept[i] else None) for i in range(answers.items)]
    shift, se, p = (np.array(part) for part in zip(*rows, strict=True))
    delta = SCALE * null.a[:, None] * shift
    spread = -SCALE * null.a[:, None] * se
    return GroupDif(shift, se, delta, p, letters(delta, spread, np.repeat(p[:, None], delta.shape[1], axis=1)), kept)


def _sides(null: Calibration, nodes: Floats) -> tuple[Floats, Floats]:
    """Probabilities (I, Q) of right and wrong."""
    wrong, right = np.moveaxis(np.exp(null.items().curves(nodes)), 1, 0)
    return right, wrong


def _item(scores: Scores, item: int, group: Ints, own: Floats | None) -> tuple[Floats, Floats, float]:
    """Shift and standard error (G - 1,) by one step from no difference, and the p value of all shifts together."""
    who, slope = scores.of(item, own)
    member = (group[who][:, None] == np.arange(1, group.max() + 1)).astype(np.float64)
    table = np.column_stack([slope, member * slope[:, 1:2]])
    information, total = table.T @ table, table.sum(axis=0)
    others = member.sum(axis=0)
    seen = (others > 0) & (others.sum() < len(who))
    shift, se = np.full(len(seen), np.nan), np.full(len(seen), np.nan)
    at = np.flatnonzero(seen) + 2
    if not at.size:
        return shift, se, float("nan")
    across = information[at, :2] @ np.linalg.pinv(information[:2, :2], hermitian=True)
    score = total[at] - across @ total[:2]
    variance = np.linalg.pinv(information[np.ix_(at, at)] - across @ information[:2, at], hermitian=True)
    shift[seen] = variance @ score
    se[seen] = np.sqrt(np.maximum(variance.diagonal(), 0.0))
    return shift, se, float(chdtrc(len(at), max(float(score @ variance @ score), 0.0)))
