"""An exam of the synthetic province, held yesterday in a room without a network: its log, its signs, what people made of them.

One seat copied from its neighbour, one pressed on without reading. The signs are found by the same job as everybody's; what is
found is decided by one person, and a test is void only by a second one.
"""

from datetime import datetime, timedelta

import numpy as np

from chiakhoa.demo import answering
from chiakhoa.demo.answering import LARGEST_SEED, Simulated, given
from chiakhoa.demo.truth import Moment
from chiakhoa.demo.year import work_off
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import actions as assessment
from chiakhoa.measure.assessment import adaptive, queries
from chiakhoa.measure.assessment.actions.exams import INTEGRITY
from chiakhoa.measure.assessment.models import ConcernKind, ConcernState, Exam, Item, Purpose, Seat
from chiakhoa.measure.assessment.rooms import FinishedSitting

TITLE = "Kỳ thi lấy chứng nhận năng lực số, cán bộ cấp xã"
AUDIENCE = "commune_official"
SEATS, SEATED_OF = 12, 50  # at most so many, and one of fifty people of the province
MINUTES = 60
SOURCE, COPIER, HASTY, EXTRA_TIME = 3, 4, 6, 2  # seats
COPIED, PRESSED_ON = 0.95, 0.6  # of the answers that the seat could copy; that the seat did not read


def hold(experts: tuple[Reader, Reader], everybody: Simulated, seed: int, at: datetime) -> Exam:
    """Plan, open, take in what the room gave, close, have it gone through, and decide."""
    invigilator, second = experts
    begins = (at - timedelta(days=1)).replace(hour=14, minute=0)
    exam = assessment.plan_exam(invigilator, TITLE, begins.date(), MINUTES, SEATS, at=at - timedelta(days=9))
    assessment.open_exam(invigilator, exam.pk, at=begins - timedelta(minutes=10))
    seats = assessment.take_in_room(
        invigilator, exam.pk, _sat(everybody, seed, begins), at=begins + timedelta(minutes=70)
    )
    _log(invigilator, exam, seats, begins)
    assessment.close_exam(invigilator, exam.pk, at=begins + timedelta(minutes=75))
    work_off(Job.objects.filter(task=INTEGRITY).latest("pk"), at)
    _decide(invigilator, second, exam)
    return exam


def _sat(everybody: Simulated, seed: int, begins: datetime) -> dict[int, FinishedSitting]:
    """The finished tests by seat."""
    rng = np.random.default_rng([seed, 7])
    rows = everybody.persons.rows
    officials = rng.permutation([i for i, row in enumerate(rows) if row.audience_code == AUDIENCE])
    places = officials[: max(HASTY, min(SEATS, len(rows) // SEATED_OF))]
    takers = everybody.takers(places, [begins + timedelta(seconds=20 * i) for i in range(len(places))])
    bank = list(adaptive.live())
    moment = everybody.truth.sitting(takers, bank)
    moment.pressed[:] = False
    moment.pressed[HASTY - 1] = rng.random(len(bank)) < PRESSED_ON
    shown, score = adaptive.simulate(
        takers.ability, takers.audiences, bank, Purpose.CERTIFICATION, seed, moment.chances
    )
    gave = [
        {int(i): given(bank[i], bool(right), rng) for i, right in zip(*pair, strict=True) if i >= 0}
        for pair in zip(shown, score, strict=True)
    ]
    shown[COPIER - 1], gave[COPIER - 1] = _copied(moment, bank, gave[SOURCE - 1], rng, seed, shown.shape[1])
    seconds = moment.seconds(shown)
    return {
        i + 1: answering.finished(
            takers, i, Purpose.CERTIFICATION, (seed * 7_000_003 + i) % LARGEST_SEED,
            [(bank[k].code, answer) for k, answer in gave[i].items()], seconds[i, shown[i] >= 0].tolist(),
        )
        for i in range(len(places))
    }  # fmt: skip


def _copied(
    moment: Moment, bank: list[Item], seen: dict[int, object], rng: np.random.Generator, seed: int, length: int
) -> tuple[np.ndarray, dict[int, object]]:
    """The copier's items (L,) and answers: where the neighbour has met the item, mostly the neighbour's answer."""
    copies = rng.random(len(bank)) < COPIED
    right = {i: answer == bank[i].key for i, answer in seen.items() if copies[i]}

    def chances(who: np.ndarray, item: np.ndarray) -> np.ndarray:
        alone = moment.chances(who + COPIER - 1, item)
        return np.array([float(right[i]) if i in right else p for i, p in zip(item, alone, strict=True)])

    one = slice(COPIER - 1, COPIER)
    own = moment.takers
    shown, score = adaptive.simulate(
        own.ability[one], own.audiences[one], bank, Purpose.CERTIFICATION, seed + 1, chances
    )
    gave: dict[int, object] = {
        int(i): seen[i] if i in right else given(bank[i], bool(value), rng)
        for i, value in zip(shown[0], score[0], strict=True)
        if i >= 0
    }
    row = np.full(length, -1, dtype=np.intp)
    row[: len(shown[0])] = shown[0]
    return row, gave


def _log(invigilator: Reader, exam: Exam, seats: list[Seat], begins: datetime) -> None:
    """What happened in the room, as the invigilator wrote it down."""
    slow = seats[EXTRA_TIME - 1]
    assessment.accommodate(invigilator, Person.objects.get(pk=slow.person_id), 25, True, at=begins - timedelta(days=6))
    told = (
        (0, None, "Phòng không có mạng từ đầu giờ; bài được làm trên máy chủ của phòng và nộp sau khi thi."),
        (12, None, "Mất điện bốn phút, máy chạy bằng pin; không ai mất câu trả lời nào."),
        (21, COPIER, "Nhìn sang màn hình bên cạnh, đã nhắc lần thứ nhất."),
        (38, HASTY, "Bấm trả lời rất nhanh, đã nhắc đọc kỹ câu hỏi."),
    )
    for minutes, number, words in told:
        seat = seats[number - 1].pk if number else None
        assessment.note(invigilator, exam.pk, words, seat, at=begins + timedelta(minutes=minutes))
    assessment.give_time(invigilator, slow.pk, 5, at=begins + timedelta(minutes=52))


def _decide(one: Reader, other: Reader, exam: Exam) -> None:
    """The copied pair is upheld by one and voided by the other; a test that fits ill is explained; haste still waits."""
    found = queries.concerns(one).filter(exam=exam)
    for row in found.exclude(kind=ConcernKind.RAPID):
        at = row.found_at
        pair = {seat.number: seat for seat in (row.seat, row.other) if seat}
        if set(pair) == {SOURCE, COPIER}:
            reason = "Biên bản phòng thi ghi thí sinh ghế 4 nhìn bài; các câu sai trùng nhau từng phương án."
            assessment.decide(one, row.pk, ConcernState.UPHELD, reason, at=at)
            assessment.void_over(other, row.pk, [pair[COPIER].pk], at=at)
        else:
            reason = "Đã xem từng câu và hỏi giám thị: không có gì bất thường."
            assessment.decide(one, row.pk, ConcernState.DISMISSED, reason, at=at)
