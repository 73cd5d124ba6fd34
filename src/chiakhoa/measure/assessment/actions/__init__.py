"""The only writers of the assessment: the bank, sittings, sittings taken in, exams, group tests."""

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
from chiakhoa.measure.assessment.actions.group import (
    answer_group_run,
    begin_group_run,
    close_group_test,
    open_group_test,
)
from chiakhoa.measure.assessment.actions.sittings import Kept, answer, answer_offline, flag, set_aside, start
from chiakhoa.measure.assessment.actions.taking_in import take_in

__all__ = [
    "Kept",
    "accommodate",
    "answer",
    "answer_group_run",
    "answer_offline",
    "begin",
    "begin_group_run",
    "close_exam",
    "close_group_test",
    "flag",
    "give_time",
    "load_items",
    "note",
    "open_exam",
    "open_group_test",
    "pause",
    "plan_exam",
    "rescore",
    "resume",
    "set_aside",
    "start",
    "take_in",
    "take_seat",
    "void",
]
