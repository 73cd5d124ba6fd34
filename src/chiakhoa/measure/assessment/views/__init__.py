"""Pages of the assessment: the test, the bank, exams, group tests."""

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
from chiakhoa.measure.assessment.views.group import close_group_test, group_notice, group_test, group_tests
from chiakhoa.measure.assessment.views.group_taking import group_own_result, group_question, group_start
from chiakhoa.measure.assessment.views.items import item, items
from chiakhoa.measure.assessment.views.rights import accommodation
from chiakhoa.measure.assessment.views.sittings import answers, begin, flag, keep, question, reserve, result, start
from chiakhoa.measure.assessment.views.worker import worker

__all__ = [
    "accommodation",
    "answers",
    "begin",
    "close_group_test",
    "exam",
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
    "items",
    "keep",
    "note",
    "question",
    "rescore",
    "reserve",
    "result",
    "room",
    "seat",
    "seat_act",
    "seats_act",
    "start",
    "worker",
]
