"""The only writers of access: roles, accounts with their passwords and sessions, printed slips."""

from chiakhoa.ground.access.actions.accounts import (
    CastMember,
    account_of_citizen,
    cast,
    choose_password,
    end_session,
    forget_second_steps,
    note_sign_in,
    open_account,
    resume_account,
    suspend_account,
)
from chiakhoa.ground.access.actions.roles import (
    IN_EMERGENCY,
    LENDERS,
    Place,
    close_emergency,
    end_role,
    give_role,
    lend,
    look_at_emergency,
    open_emergency,
    take_back,
)
from chiakhoa.ground.access.actions.slips import Printed, print_slip_for_account, print_slips, use_slip

__all__ = [
    "IN_EMERGENCY",
    "LENDERS",
    "CastMember",
    "Place",
    "Printed",
    "account_of_citizen",
    "cast",
    "choose_password",
    "close_emergency",
    "end_role",
    "end_session",
    "forget_second_steps",
    "give_role",
    "lend",
    "look_at_emergency",
    "note_sign_in",
    "open_account",
    "open_emergency",
    "print_slip_for_account",
    "print_slips",
    "resume_account",
    "suspend_account",
    "take_back",
    "use_slip",
]
