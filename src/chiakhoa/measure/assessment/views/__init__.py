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
from chiakhoa.measure.assessment.views.exchange import items_export, items_import
from chiakhoa.measure.assessment.views.items import calibrate, item, item_step, items
from chiakhoa.measure.assessment.views.rights import accommodation
from chiakhoa.measure.assessment.views.sittings import answers, begin, flag, keep, question, reserve, result, start
from chiakhoa.measure.assessment.views.writing import item_edit, item_new

__all__ = [
    "accommodation",
    "answers",
    "begin",
    "calibrate",
    "exam",
    "exam_step",
    "exams",
    "flag",
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
    "room",
    "seat",
    "seat_act",
    "seats_act",
    "start",
]
