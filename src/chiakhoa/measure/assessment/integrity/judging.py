"""From the answers of an exam to the signs that a person should look at. Computes; writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chiakhoa.engines import irt
from chiakhoa.foundation.jobs import Report
from chiakhoa.measure.assessment.integrity import answer_sheets, signs
from chiakhoa.measure.assessment.integrity.answer_sheets import Exhibit
from chiakhoa.measure.assessment.models import ConcernKind, Exam, Seat

LEAST_FITTED = 10  # answers to measured items, before it is asked whether they fit together
LEAST_ANSWERS = 20  # of an item, before it is looked at through time
MOST_ANSWERS = 400  # the newest of an item
POINTS = 60


@dataclass(frozen=True)
class Found:
    """A sign: of which kind, about whom or what, how strong, how likely among honest people; `details` is what is drawn."""

    kind: ConcernKind
    statistic: float
    p: float
    seat: Seat | None = None
    other: Seat | None = None
    item: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """All signs of an exam, how much each kind could judge, and of how many items the parameters are assumed."""

    found: list[Found]
    judged: dict[str, int]
    items: int
    assumed_items: int


@dataclass(frozen=True)
class Watched:
    """An item through time."""

    code: str
    answers: int
    right: float
    expected: float
    p: float
    path: list[float]


def of_exam(exam: Exam, report: Report = lambda *_progress: None) -> Judged:
    """Go through the finished seats of an exam. The exam's number is the seed: asked again, the answer is the same."""
    sheet = answer_sheets.of_exam(exam)
    if sheet is None:
        return Judged([], {}, 0, 0)
    report(1, 4, "")
    rapid, timed = _rapid(sheet)
    report(2, 4, "")
    misfit, fitted = _misfit(sheet, exam.pk)
    report(3, 4, "")
    alike, pairs = _alike(sheet, exam.pk)
    judged = {"rapid": timed, "misfit": fitted, "alike": pairs}
    return Judged([*rapid, *misfit, *alike], judged, len(sheet.codes), int((~sheet.measured).sum()))


def of_bank(seed: int) -> tuple[list[Watched], list[Found]]:
    """Each item with measured parameters through time, and those that have become easier, all looked at together."""
    passage = answer_sheets.of_bank()
    if passage is None:
        return [], []
    chance = signs.expected(passage.items, passage.order, passage.score, passage.prior)
    watched = list(_watch(passage, chance, seed))
    together = signs.holm(np.array([one.p for one in watched]))
    found = [
        Found(ConcernKind.LEAK, max(one.path), float(p), item=one.code,
              details={"answers": one.answers, "right": one.right, "expected": one.expected, "path": one.path})
        for one, p in zip(watched, together, strict=True)
        if p <= signs.RATE
    ]  # fmt: skip
    return watched, found


def _rapid(sheet: Exhibit) -> tuple[list[Found], int]:
    times = signs.usual_times(answer_sheets.timed(sheet.codes))
    alone = signs.rapid_guessing(sheet.seconds, times)
    judged = (np.isfinite(sheet.seconds) & np.isfinite(times.level)).any(axis=1)
    together = signs.holm(np.where(judged, alone, np.nan))
    fast = signs.rapid(sheet.seconds, times)
    found = []
    for who in _below(together):
        met = _in_order(sheet, who)
        lines = [
            {"item": sheet.codes[i], "seconds": _known(sheet.seconds[who, i]),
             "usual": _known(float(np.exp(times.level[i]))), "rapid": bool(fast[who, i])}
            for i in met
        ]  # fmt: skip
        details = {"lines": lines, "rapid": int(fast[who].sum()), "answers": len(met)}
        found.append(
            Found(ConcernKind.RAPID, float(fast[who].sum()), float(together[who]), sheet.seats[who], details=details)
        )
    return found, int(judged.sum())


def _misfit(sheet: Exhibit, seed: int) -> tuple[list[Found], int]:
    """Only over measured items: a guessed difficulty would make anybody's answers look odd."""
    known = np.where(sheet.measured, sheet.responses, np.nan)
    known[(~np.isnan(known)).sum(axis=1) < LEAST_FITTED] = np.nan
    together = signs.holm(signs.misfit(sheet.items, known, sheet.prior, seed))
    judged = int((~np.isnan(together)).sum())
    suspects = _below(together)
    if not suspects:
        return [], judged
    said = irt.posterior(sheet.items, known, sheet.prior)
    fit = irt.person_fit(said.mean, sheet.items, known, sheet.prior)
    right = irt.probability(said.mean[:, sheet.items.domain], sheet.items.a, sheet.items.b, sheet.items.c)
    found = []
    for who in suspects:
        lines = [
            {"item": sheet.codes[i], "chance": float(right[who, i]), "right": bool(known[who, i] == 1)}
            for i in _in_order(sheet, who)
            if sheet.measured[i]
        ]
        found.append(
            Found(ConcernKind.MISFIT, float(fit[who]), float(together[who]), sheet.seats[who], details={"lines": lines})
        )
    return found, judged


def _alike(sheet: Exhibit, seed: int) -> tuple[list[Found], int]:
    said = signs.similarity(sheet.items, sheet.responses, sheet.choices, sheet.wrong, sheet.prior, seed, sheet.measured)
    found = []
    for place in np.flatnonzero(said.p <= signs.RATE):
        one, other = said.pairs[place]
        both = [i for i in _in_order(sheet, one) if sheet.choices[one, i] >= 0 and sheet.choices[other, i] >= 0]
        lines = [
            {"item": sheet.codes[i], "right": [bool(sheet.responses[who, i] == 1) for who in (one, other)],
             "same": bool(sheet.choices[one, i] == sheet.choices[other, i])}
            for i in both
        ]  # fmt: skip
        wrong = sum(line["same"] and not line["right"][0] for line in lines)
        details = {"lines": lines, "common": len(both), "same": int(said.same[place]), "same_wrong": wrong}
        found.append(
            Found(ConcernKind.ALIKE, float(said.weight[place]), float(said.p[place]), sheet.seats[one],
                  sheet.seats[other], details=details)
        )  # fmt: skip
    return found, len(said.pairs)


def _watch(passage: answer_sheets.Passage, chance: irt.models.Floats, seed: int) -> Iterator[Watched]:
    asked = passage.order >= 0
    codes = np.where(asked, np.array(passage.codes)[passage.order], "")
    for code in sorted(set(passage.codes) - {""}):
        places = codes == code
        p, score = chance[places][-MOST_ANSWERS:], passage.score[places][-MOST_ANSWERS:]
        if len(p) >= LEAST_ANSWERS:
            path = signs.cusum(passage.measured[code].moved(p, score), score)
            kept = np.unique(np.linspace(0, len(path) - 1, POINTS).round().astype(int))
            drawn = sorted({*kept.tolist(), int(path.argmax())})
            yield Watched(
                code, len(p), float(score.mean()), float(p.mean()), signs.leak(p, score, seed, passage.measured[code]),
                [round(float(path[k]), 2) for k in drawn],
            )  # fmt: skip


def _below(p: signs.Floats) -> list[int]:
    with np.errstate(invalid="ignore"):
        return [int(who) for who in np.flatnonzero(p <= signs.RATE)]


def _in_order(sheet: Exhibit, who: int) -> Sequence[int]:
    """The items that the seat met, as they were asked."""
    met = np.flatnonzero(~np.isnan(sheet.responses[who]))
    return [int(i) for i in met[np.argsort(sheet.position[who, met])]]


def _known(value: float) -> float | None:
    return round(float(value), 1) if np.isfinite(value) else None
