"""The only writers of placement: agreements, openings, applications, the matching."""

from chiakhoa.outcome.placement.actions.agreements import load_agreement
from chiakhoa.outcome.placement.actions.applications import apply_for, apply_many, withdraw
from chiakhoa.outcome.placement.actions.matching import match
from chiakhoa.outcome.placement.actions.openings import (
    OpeningRow,
    add_opening,
    add_openings,
    change_opening,
    close_opening,
    reopen_opening,
)

__all__ = [
    "OpeningRow",
    "add_opening",
    "add_openings",
    "apply_for",
    "apply_many",
    "change_opening",
    "close_opening",
    "load_agreement",
    "match",
    "reopen_opening",
    "withdraw",
]
