"""Roles: given and ended. Each is a row in the trail."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.models import Account, RoleAssignment


@dataclass(frozen=True)
class Place:
    """Over what a role is held: a unit or a body, exactly one of them."""

    unit_id: str | None = None
    body_id: str | None = None


@action(Role.ADMINISTRATOR)
def give_role(actor: Reader, account: Account, role: Role, place: Place, *, at: datetime) -> RoleAssignment:
    """Let the account act as the role from today on. Refusal where it does already."""
    same = {"account": account, "role": role, "unit_id": place.unit_id, "body_id": place.body_id}
    if RoleAssignment.objects.filter(**same, valid_to__isnull=True).exists():
        raise Refusal(_("This account holds this role there already."), code="role_held", field="account")
    row = RoleAssignment.objects.create(**same, valid_from=at.date())
    audit.record(actor, "give_role", row, at=at, after={"account": account.login, "role": role})
    return row


@action(Role.ADMINISTRATOR)
def end_role(actor: Reader, pk: int, *, at: datetime) -> None:
    """End an assignment today; one given today goes at once. NotVisible outside the administrator's reach."""
    row = queries.assignments(actor).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("There is no such role here."))
    audit.record(actor, "end_role", row, at=at, before={"role": row.role, "account": row.account.login})
    if row.valid_from and row.valid_from >= at.date():
        row.delete()
    else:
        RoleAssignment.objects.filter(pk=pk).update(valid_to=at.date())
