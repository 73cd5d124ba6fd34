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
from chiakhoa.ground.access.actions.roles import Place, end_role, give_role
from chiakhoa.ground.access.actions.slips import Printed, print_slip_for_account, print_slips, use_slip

__all__ = [
    "CastMember",
    "Place",
    "Printed",
    "account_of_citizen",
    "cast",
    "choose_password",
    "end_role",
    "end_session",
    "forget_second_steps",
    "give_role",
    "note_sign_in",
    "open_account",
    "print_slip_for_account",
    "print_slips",
    "resume_account",
    "suspend_account",
    "use_slip",
]
