"""The survey of the synthetic province: some are tested early, the bank is calibrated by their answers, then the others come.

A little province has too few answers for that: it goes on with its authors' difficulties.
"""

from datetime import datetime, timedelta

import numpy as np

from chiakhoa.demo import answering
from chiakhoa.demo.answering import Simulated
from chiakhoa.demo.year import work_off
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Reader
from chiakhoa.measure.assessment import actions as assessment
from chiakhoa.measure.assessment.calibration import gathering, report
from chiakhoa.measure.assessment.models import Purpose

SHARE = 0.6
EARLY = 2200  # tests that the bank is calibrated by
FIRST_DAY, EARLY_DAYS, LAST_DAY = 118, 6, 20  # days ago
LEAKS = 33  # days ago: from then on one question gets about


def take(actor: Reader, experts: tuple[Reader, Reader], everybody: Simulated, seed: int, at: datetime) -> None:
    """A baseline test for a part of the people, over the last three months."""
    rng = np.random.default_rng([seed, 2])
    chosen = np.flatnonzero(rng.random(everybody.ids.size) < SHARE)
    early = EARLY if chosen.size >= 2 * EARLY else 0
    if early:
        chosen = rng.permutation(chosen)
        _test(actor, everybody, chosen[:early], (FIRST_DAY, FIRST_DAY - EARLY_DAYS), rng, seed + 1000, at)
        _calibrate(experts, at - timedelta(days=FIRST_DAY - EARLY_DAYS - 1))
    _test(actor, everybody, chosen[early:], (FIRST_DAY - EARLY_DAYS - 2, LAST_DAY), rng, seed, at)


def _test(
    actor: Reader, everybody: Simulated, who: np.ndarray, days: tuple[int, int], rng: np.random.Generator, seed: int,
    at: datetime,
) -> None:  # fmt: skip
    first, last = days
    ago = rng.integers(60 * 24 * last, 60 * 24 * first, who.size)
    takers = everybody.takers(who, [at - timedelta(minutes=int(minutes)) for minutes in ago])
    assessment.take_in(actor, answering.sittings(takers, everybody.truth, Purpose.BASELINE, seed), at=at)


def _calibrate(experts: tuple[Reader, Reader], at: datetime) -> None:
    """One asks, the other adopts: as everybody has to."""
    asks, adopts = experts
    row = assessment.ask_calibration(asks, at=at)
    assessment.store_calibration(asks, row.pk, report.write(gathering.gather(), _hear), at=at + timedelta(hours=1))
    reason = (
        "Đã đọc từng câu. Các câu bị đánh giá sai cấp độ đã được xem lại; câu có dấu hiệu thiên lệch giữ để theo dõi."
    )
    assessment.adopt_calibration(adopts, row.pk, reason, at=at + timedelta(hours=5))
    work_off(Job.objects.latest("pk"), at)  # the calibration finds that all is done; then exposure is settled by it


def _hear(_done: int, _of: int, _words: str = "") -> None:
    """Nobody watches."""
