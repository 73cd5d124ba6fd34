"""The frame of every action: one right, one transaction, at least one audit row.

An action that writes without an audit row fails loudly, so that nobody can forget it.
`ACTIONS` is the list of all of them; the tests of rights and the documentation walk it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, sent
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Action:
    """A registered action: its full name and the roles that may do it."""

    name: str
    roles: frozenset[Role]


ACTIONS: dict[str, Action] = {}


def action(*roles: Role) -> Callable[[Callable[Concatenate[Reader, P], R]], Callable[Concatenate[Reader, P], R]]:
    """Make a function an action that only these roles (and the system) may do.

    The function's first argument is the acting reader. It runs in one durable transaction and must record at least one audit
    row, else RuntimeError and nothing is written. Raises NotAllowed for another role, AlreadySent for a form that was sent
    and done before. Rights over the *thing* are the function's own business: it looks the thing up through the reader's queries.
    """

    def frame(function: Callable[Concatenate[Reader, P], R]) -> Callable[Concatenate[Reader, P], R]:
        name = f"{function.__module__.removeprefix('chiakhoa.')}.{function.__name__}"
        ACTIONS[name] = Action(name, frozenset(roles))

        @wraps(function)
        def run(actor: Reader, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if actor is not SYSTEM and actor.role not in roles:
                raise NotAllowed(_("Your role does not allow this. Choose another role, or ask an administrator."))
            with transaction.atomic(durable=True), audit.gathering() as rows:
                sent.claim()
                result = function(actor, *args, **kwargs)
                if not rows:
                    raise RuntimeError(f"{name} wrote no audit row: call audit.record in it")
            return result

        return run

    return frame


def body_of(act: Callable[..., R]) -> Callable[..., R]:
    """What an action does, without its frame: for another action that writes more in the same transaction."""
    return act.__wrapped__  # type: ignore[attr-defined, no-any-return]


def rehearse(act: Callable[..., R], actor: Reader, *args: Any, **kwargs: Any) -> R:
    """Do an action to its end and take all of it back, audit rows too: what it would return, or its Refusal.

    The role is the caller's to check; the database's own constraints are asked as well.
    """
    with transaction.atomic(durable=True):
        result = body_of(act)(actor, *args, **kwargs)
        transaction.set_rollback(True)
    return result
