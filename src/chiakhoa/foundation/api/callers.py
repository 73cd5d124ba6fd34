"""Who calls: a token in the `Authorization` header, never a cookie. A caller is a reader with scopes.

A browser sends cookies along by itself, also from a page of somebody else; a header it does not. So the API looks at the
header alone, needs no CSRF token, and opens no session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.security import HttpBearer

from chiakhoa.foundation import clock
from chiakhoa.foundation.api.problems import Unauthenticated
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotAllowed


class Scope(TextChoices):
    """What a token may be used for, within what its role may do."""

    TERRITORY = "territory:read", gettext_lazy("Read units of the map")
    BODIES = "bodies:read", gettext_lazy("Read bodies")
    PEOPLE = "people:read", gettext_lazy("Read records of people")
    PEOPLE_WRITE = "people:write", gettext_lazy("Register and change people")
    CITIZEN_NUMBERS = "people:citizen-numbers", gettext_lazy("Read citizen numbers")
    FRAMEWORKS = "frameworks:read", gettext_lazy("Read frameworks of competence")
    CATALOGUE = "catalogue:read", gettext_lazy("Read courses, providers and venues")
    MANDATES = "mandates:read", gettext_lazy("Read documents, tasks, targets and money")
    ACCOUNTS = "scim", gettext_lazy("Keep accounts and groups (SCIM)")
    METRICS = "metrics", gettext_lazy("Read operating figures")


@dataclass(frozen=True)
class Caller:
    """A live token: the reader that it acts as, and its scopes."""

    token_id: int
    reader: Reader
    scopes: frozenset[str]


Find = Callable[[str, str, datetime], Caller | None]
_finders: list[Find] = []


def find_callers_by(find: Find) -> None:
    """Hand in how a key (with the address it comes from, and the moment) becomes a caller; None for a dead or unknown one."""
    _finders[:] = [find]


def caller_of(request: HttpRequest) -> Caller:
    """The caller of a request by its bearer token. Unauthenticated where there is none or it is dead."""
    kind, _space, key = request.headers.get("Authorization", "").partition(" ")
    address = str(request.META.get("REMOTE_ADDR", ""))
    found = _finders[0](key.strip(), address, clock.now()) if kind.lower() == "bearer" and _finders else None
    if found is None:
        raise Unauthenticated(
            _(
                "Send a valid token as “Authorization: Bearer …”. It may be unknown, expired or revoked; ask an administrator."
            )
        )
    return found


class Needs(HttpBearer):
    """The right that an address of the API asks for: one scope of the token, and one of the roles of the page like it.

    Sets `request.reader` to the token's reader, so that a signed-in browser brings none of its own.
    """

    def __init__(self, scope: Scope, *roles: Role) -> None:
        super().__init__()
        self.scope = scope
        self.roles = frozenset(roles)

    def __call__(self, request: HttpRequest) -> Caller:
        """The caller, or the refusal that says what is missing."""
        translation.activate(asked_language(request))
        caller = caller_of(request)
        self.admit(caller)
        request.reader = caller.reader  # type: ignore[attr-defined]
        return caller

    def admit(self, caller: Caller) -> None:
        """NotAllowed naming the scope or the role that is missing."""
        if self.scope not in caller.scopes:
            raise NotAllowed(
                _("This token lacks the scope “%(scope)s”. Ask an administrator for one that has it.")
                % {"scope": self.scope.value},
                code="scope_missing",
            )
        if caller.reader.role not in self.roles:
            raise NotAllowed(
                _(
                    "The role of this token may not open this address. Ask an administrator for a token of another role."
                ),
                code="role_not_allowed",
            )

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Never called: `__call__` looks at the whole header."""
        return self(request)


def asked_language(request: HttpRequest) -> str:
    """English where `Accept-Language` asks for it first, else Vietnamese. Cookies do not count here."""
    return "en" if request.headers.get("Accept-Language", "").strip().lower().startswith("en") else "vi"
