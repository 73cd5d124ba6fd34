"""Accounts and roles: made, given, ended. Each is a row in the trail."""

from dataclasses import dataclass
from datetime import date, datetime

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


@action(Role.ADMINISTRATOR)
def open_account(actor: Reader, login: str, full_name: str, password: str, *, at: datetime) -> Account:
    """A new account with a first password. Refusal where the login name is taken."""
    if Account.objects.filter(login=login).exists():
        raise Refusal(_("The login name “%(login)s” is taken. Choose another.") % {"login": login}, field="login")
    account = Account.objects.create_account(login, password, full_name=full_name)
    audit.record(actor, "open_account", account, at=at, after={"login": login})
    return account


@dataclass(frozen=True)
class CastMember:
    """Somebody of the synthetic province whom a visitor may act as."""

    login: str
    full_name: str
    role: Role
    unit_id: str | None = None
    body_id: str | None = None
    person_id: int | None = None
    since: date | None = None


@action()
def cast(actor: Reader, members: list[CastMember], *, at: datetime) -> list[Account]:
    """The demonstration accounts: no password, entered by one click on loopback only. The system alone may do this."""
    accounts = []
    for member in members:
        account = Account.objects.create_account(
            member.login, None, full_name=member.full_name, person_id=member.person_id, demonstration=True
        )
        RoleAssignment.objects.create(
            account=account, role=member.role, unit_id=member.unit_id, body_id=member.body_id, valid_from=member.since
        )
        accounts.append(account)
    audit.record(actor, "cast", "access.account", at=at, after={"accounts": len(accounts)})
    return accounts
