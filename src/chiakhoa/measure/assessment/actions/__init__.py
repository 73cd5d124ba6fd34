"""The only writers of the assessment: the bank, sittings, sittings taken in, exams."""

from chiakhoa.measure.assessment.actions.bank import load_items
from chiakhoa.measure.assessment.actions.exams import (
    accommodate,
    begin,
    close_exam,
    give_time,
    note,
    open_exam,
    pause,
    plan_exam,
    rescore,
    resume,
    take_seat,
    void,
)
from chiakhoa.measure.assessment.actions.integrity import check_again, decide, open_concern, store_check, void_over
from chiakhoa.measure.assessment.actions.sittings import Kept, answer, answer_offline, flag, set_aside, start
from chiakhoa.measure.assessment.actions.taking_in import take_in

__all__ = [
    "Kept",
    "accommodate",
    "answer",
    "answer_offline",
    "begin",
    "check_again",
    "close_exam",
    "decide",
    "flag",
    "give_time",
    "load_items",
    "note",
    "open_concern",
    "open_exam",
    "pause",
    "plan_exam",
    "rescore",
    "resume",
    "set_aside",
    "start",
    "store_check",
    "take_in",
    "take_seat",
    "void",
    "void_over",
]
