"""The only writers of the assessment: the bank, sittings, sittings taken in, exams."""

from chiakhoa.measure.assessment.actions.bank import load_items
from chiakhoa.measure.assessment.actions.sittings import answer, start
from chiakhoa.measure.assessment.actions.taking_in import take_in

__all__ = ["answer", "load_items", "start", "take_in"]
