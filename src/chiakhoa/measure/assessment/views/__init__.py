"""Pages of the assessment: the test, the bank, exams, group tests."""

from chiakhoa.measure.assessment.views.calibration import calibration, calibrations, decide_calibration
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
from chiakhoa.measure.assessment.views.exchange import items_export, items_import
from chiakhoa.measure.assessment.views.group import close_group_test, group_notice, group_test, group_tests
from chiakhoa.measure.assessment.views.group_taking import group_own_result, group_question, group_start
from chiakhoa.measure.assessment.views.integrity import (
    check_again,
    concern,
    concerns,
    decide,
    evenness,
    exam_integrity,
    void_over,
    watch,
)
from chiakhoa.measure.assessment.views.items import calibrate, item, item_step, items
from chiakhoa.measure.assessment.views.results import result, result_pdf
from chiakhoa.measure.assessment.views.rights import accommodation
from chiakhoa.measure.assessment.views.sittings import answers, begin, flag, keep, question, reserve, start
from chiakhoa.measure.assessment.views.worker import worker
from chiakhoa.measure.assessment.views.writing import item_edit, item_new

__all__ = [
    "accommodation",
    "answers",
    "begin",
    "calibrate",
    "calibration",
    "calibrations",
    "check_again",
    "close_group_test",
    "concern",
    "concerns",
    "decide",
    "decide_calibration",
    "evenness",
    "exam",
    "exam_integrity",
    "exam_step",
    "exams",
    "flag",
    "group_notice",
    "group_own_result",
    "group_question",
    "group_start",
    "group_test",
    "group_tests",
    "item",
    "item_edit",
    "item_new",
    "item_step",
    "items",
    "items_export",
    "items_import",
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
    "worker",
]
