"""The answers of an exam, and of a bank through time, as arrays that `signs` judges. Reads; writes nothing.

Items stand with what is known of them today: with the author's guess that is frozen in older answers, an item that has been
calibrated since would look as if it had become easier or harder by itself. What a candidate did not know is wrong for the
ability and is not compared between seats: whoever does not know says so alone.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines import irt
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment.integrity import signs
from chiakhoa.measure.assessment.models import Answer, Exam, Item, Seat, SittingState
from chiakhoa.measure.evidence import estimation

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

TODAY = ("item__a", "item__b", "item__c")
MOST_TIMED = 100_000  # answers whose times tell the usual time
MOST_SITTINGS = 4000  # that a look at the bank goes through, the newest
MOST_WRONG = 40  # different wrong answers to an item that are counted; a rarer one is taken as given by nobody else


@dataclass(frozen=True)
class Exhibit:
    """The finished seats of an exam: who, which items, and (P, I) what was answered, how, after how long, in which place.

    measured : (I,), whether the parameters of the item are measured; else they are the author's guess.
    """

    seats: list[Seat]
    codes: list[str]
    measured: NDArray[np.bool_]
    items: irt.Items
    prior: irt.Prior
    responses: Floats
    choices: Ints
    wrong: Floats
    seconds: Floats
    position: Ints


def of_exam(exam: Exam) -> Exhibit | None:
    """The exam's finished seats; None where nobody finished."""
    finished = exam.taken.filter(sitting__state=SittingState.FINISHED)
    seats = list(finished.select_related("person", "sitting").order_by("number"))
    counted = {"score__isnull": False, "left_out": False, "pilot": False}
    scored = Answer.objects.filter(sitting__in=[seat.sitting_id for seat in seats], **counted)
    columns = (
        "sitting_id",
        "item_id",
        "item__competence__domain__order",
        *TODAY,
        "given",
        "score",
        "seconds",
        "position",
    )
    rows = list(scored.order_by("sitting", "position").values_list(*columns))
    if not rows:
        return None
    codes = sorted({row[1] for row in rows})
    place, column = {seat.sitting_id: i for i, seat in enumerate(seats)}, {code: i for i, code in enumerate(codes)}
    known = {row[1]: row[2:6] for row in rows}
    domain, a, b, c = zip(*(known[code] for code in codes), strict=True)
    numbers, wrong = _wrong_answers(codes)
    shape = (len(seats), len(codes))
    responses, seconds = np.full(shape, np.nan), np.full(shape, np.nan)
    choices, position = np.full(shape, -1, dtype=np.intp), np.zeros(shape, dtype=np.intp)
    for sitting, code, _domain, _a, _b, _c, given, score, took, number in rows:
        cell = place[sitting], column[code]
        responses[cell], seconds[cell], position[cell] = float(score == 1), np.nan if took is None else took, number
        if given is not None:
            choices[cell] = 0 if score == 1 else numbers.get((code, told(given)), MOST_WRONG + 1 + cell[0])
    believed = estimation.priors([seat.person.audience_id for seat in seats], frameworks.scale())
    calibrated = set(Item.objects.filter(pk__in=codes, calibrated=True).values_list("pk", flat=True))
    measured = np.array([code in calibrated for code in codes])
    items = irt.Items(np.array(domain), np.array(a), np.array(b), np.array(c))
    prior = irt.Prior(believed.mean, believed.cov)
    return Exhibit(seats, codes, measured, items, prior, responses, choices, wrong, seconds, position)


def timed(codes: Sequence[str]) -> Floats:
    """Seconds (sittings, items) of finished sittings that met any of the items, newest first, NaN where not timed."""
    rows = (
        Answer.objects.filter(item__in=codes, seconds__isnull=False, pilot=False, sitting__state=SittingState.FINISHED)
        .order_by("-answered_at")
        .values_list("sitting_id", "item_id", "seconds")[:MOST_TIMED]
    )
    column = {code: i for i, code in enumerate(codes)}
    lines: dict[Any, int] = {}
    cells = [(lines.setdefault(sitting, len(lines)), column[code], seconds) for sitting, code, seconds in rows]
    found = np.full((len(lines), len(codes)), np.nan)
    for line, place, seconds in cells:
        found[line, place] = seconds
    return found


@dataclass(frozen=True)
class Passage:
    """Sittings through time, oldest first: items with their parameters of today, and (P, L) the order and the scores.

    codes : of the items, empty where not measured.   measured : how well the others are known, by code.
    """

    codes: list[str]
    measured: dict[str, signs.Measured]
    items: irt.Items
    prior: irt.Prior
    order: Ints
    score: Floats


def of_bank() -> Passage | None:
    """The newest finished sittings in which an item with measured parameters was met; None where there are none.

    An item whose parameters are the author's guess is not looked at: it would seem to get easier or harder by itself.
    """
    known = Item.objects.filter(calibrated=True).values_list("pk", "a", "c", "se_a", "se_b")
    measured = {code: signs.Measured(a, c, se_a or 0.0, se_b or 0.0) for code, a, c, se_a, se_b in known}
    newest = (
        Answer.objects.filter(item__in=measured, sitting__state=SittingState.FINISHED)
        .order_by("-sitting__finished_at")
        .values_list("sitting_id", "sitting__finished_at", "sitting__person__audience_id")
        .distinct()[:MOST_SITTINGS]
    )
    met = sorted(newest, key=lambda row: (row[1], str(row[0])))
    if not met:
        return None
    place = {sitting: i for i, (sitting, _at, _audience) in enumerate(met)}
    rows = (
        Answer.objects.filter(sitting__in=list(place), score__isnull=False, left_out=False, pilot=False)
        .order_by("sitting", "position")
        .values_list("sitting_id", "item_id", "item__competence__domain__order", *TODAY, "score")
    )
    column: dict[tuple[Any, ...], int] = {}
    given: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for sitting, *item, score in rows:
        given[place[sitting]].append((column.setdefault(tuple(item), len(column)), float(score == 1)))
    longest = max(map(len, given.values()))
    order, score = np.full((len(met), longest), -1, dtype=np.intp), np.full((len(met), longest), np.nan)
    for line, answers in given.items():
        for step, (item_number, value) in enumerate(answers):
            order[line, step], score[line, step] = item_number, value
    codes, domain, a, b, c = zip(*column, strict=True)
    believed = estimation.priors([audience for _sitting, _at, audience in met], frameworks.scale())
    items = irt.Items(np.array(domain), np.array(a), np.array(b), np.array(c))
    names = [code if code in measured else "" for code in codes]
    return Passage(names, measured, items, irt.Prior(believed.mean, believed.cov), order, score)


def told(given: Any) -> str:
    """An answer as one text: the same answer is the same text, capital letters and spaces aside."""
    return json.dumps(given, sort_keys=True, ensure_ascii=False).casefold().replace(" ", "")


def _wrong_answers(codes: Sequence[str]) -> tuple[dict[tuple[str, str], int], Floats]:
    """A number for each wrong answer that anybody gave to the items, most frequent first, and the shares (I, K)."""
    rows = Answer.objects.filter(item__in=codes, score__lt=1, sitting__state=SittingState.FINISHED)
    counts: dict[str, dict[str, int]] = {code: defaultdict(int) for code in codes}
    for code, given in rows.filter(given__isnull=False).values_list("item_id", "given").iterator(chunk_size=5000):
        if given is not None:
            counts[code][told(given)] += 1
    numbers: dict[tuple[str, str], int] = {}
    table = np.zeros((len(codes), MOST_WRONG))
    for line, code in enumerate(codes):
        often = sorted(counts[code].items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_WRONG]
        for number, (answer, times) in enumerate(often, start=1):
            numbers[code, answer] = number
            table[line, number - 1] = times
    return numbers, signs.shares(table)
