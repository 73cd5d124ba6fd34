"""Pages of the assessment: the test, the bank, exams."""

from chiakhoa.measure.assessment.views.exams import (
    exam,
    exam_step,
    exams,
    note,
    rescore,
    room,
    seat,
    seat_act,
    seats_act,
)
from chiakhoa.measure.assessment.views.integrity import (
    check_again,
    concern,
    concerns,
    decide,
    exam_integrity,
    void_over,
    watch,
)
from chiakhoa.measure.assessment.views.items import item, items
from chiakhoa.measure.assessment.views.results import result, result_pdf
from chiakhoa.measure.assessment.views.rights import accommodation
from chiakhoa.measure.assessment.views.sittings import answers, begin, flag, keep, question, reserve, start

__all__ = [
    "accommodation",
    "answers",
    "begin",
    "check_again",
    "concern",
    "concerns",
    "decide",
    "exam",
    "exam_integrity",
    "exam_step",
    "exams",
    "flag",
    "item",
    "items",
    "keep",
    "note",
    "question",
    "rescore",
    "reserve",
    "result",
    "result_pdf",
    "room",
    "seat",
    "seat_act",
    "seats_act",
    "start",
    "void_over",
    "watch",
]
