"""Tokens: made, revoked, and found again by the key that a program sends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.api import Caller, Scope
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.models import RoleAssignment
from chiakhoa.ground.access.tokens import HINT, ApiToken, digest_of, new_key

LONGEST_LIFE = timedelta(days=366)
USE_NOTED_EVERY = timedelta(minutes=1)


@action(Role.ADMINISTRATOR)
def make_token(
    actor: Reader, assignment: RoleAssignment, name: str, scopes: Sequence[Scope], *, expires_at: datetime, at: datetime
) -> str:
    """A new key for an assignment within the administrator's reach. It is returned once and stored nowhere.

    NotVisible for an assignment outside; Refusal where it ends too late, has no scope, or the role is over.
    """
    held = queries.assignments(actor).filter(queries.acting(at), pk=assignment.pk).first()
    if held is None:
        raise NotVisible(_("There is no such role here."))
    if not at < expires_at <= at + LONGEST_LIFE:
        raise Refusal(_("A token ends within a year from today. Choose an earlier day."), field="expires_on")
    if not scopes:
        raise Refusal(_("A token without a scope opens nothing. Choose at least one."), field="scopes")
    key = new_key()
    row = ApiToken.objects.create(
        assignment=held, name=name, digest=digest_of(key), hint=key[:HINT], scopes=sorted(map(str, scopes)),
        created_at=at, expires_at=expires_at,
    )  # fmt: skip
    after = {"name": name, "account": held.account.login, "role": held.role, "scopes": row.scopes}
    audit.record(actor, "make_token", row, at=at, after=after)
    return key


@action(Role.ADMINISTRATOR)
def revoke_token(actor: Reader, pk: int, *, at: datetime) -> None:
    """End a token now and for good. NotVisible outside the administrator's reach."""
    row = queries.tokens(actor).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("There is no such token here."))
    ApiToken.objects.filter(pk=pk, revoked_at__isnull=True).update(revoked_at=at)
    audit.record(actor, "revoke_token", row, at=at, before={"name": row.name, "account": row.assignment.account.login})


def caller_by_key(key: str, address: str, at: datetime) -> Caller | None:
    """Who a key is; None for an unknown, expired or revoked one, an ended role, or a suspended account.

    The last use is noted at most once a minute, so that reading does not become writing.
    """
    token = _live(at).filter(digest=digest_of(key)).first()
    if token is None:
        return None
    _note_use(token, at)
    reader = queries.reader_of(token.assignment, address=address)
    return Caller(token.pk, replace(reader, name=f"{reader.name} ({token.name})"), frozenset(token.scopes))


def _live(at: datetime) -> QuerySet[ApiToken]:
    """Tokens that open something at the moment: the token, its role and its account are all in force."""
    held = RoleAssignment.objects.filter(queries.acting(at), account__is_active=True).values("pk")
    rows = ApiToken.objects.select_related("assignment__account", "assignment__unit", "assignment__body")
    return rows.filter(revoked_at__isnull=True, expires_at__gt=at, assignment__in=held)


def _note_use(token: ApiToken, at: datetime) -> None:
    # Not an action: the trail would hold little else, and what the token does stands there already.
    quiet = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USE_NOTED_EVERY)
    ApiToken.objects.filter(quiet, pk=token.pk).update(last_used_at=at)
