"""Accounts: opened, suspended, their passwords and sessions. Suspending one ends all its sessions at once."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.models import Account, RoleAssignment, Session, Slip
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Person

EVERYBODY = tuple(Role)


@action(Role.ADMINISTRATOR)
def open_account(actor: Reader, login: str, full_name: str, password: str, *, at: datetime) -> Account:
    """A new account with a first password. Refusal where the login name is taken."""
    if Account.objects.filter(login=login).exists():
        raise Refusal(_("The login name “%(login)s” is taken. Choose another.") % {"login": login}, field="login")
    account = Account.objects.create_account(login, password, full_name=full_name)
    audit.record(actor, "open_account", account, at=at, after={"login": login})
    return account


@action(Role.ADMINISTRATOR)
def suspend_account(actor: Reader, pk: int, reason: str, *, at: datetime) -> Account:
    """Close every door to an account and end its sessions. Refusal for one's own; NotVisible outside one's reach."""
    account = _account(actor, pk)
    if account.pk == actor.account_id:
        raise Refusal(_("You cannot suspend your own account. Another administrator can."), code="own_account")
    if not reason.strip():
        raise Refusal(_("Say why the account is suspended."), code="reason_missing", field="reason")
    Account.objects.filter(pk=pk).update(is_active=False)
    ended = Session.objects.filter(account=account).delete()[0]
    Slip.objects.filter(account=account, used_at__isnull=True).delete()
    after = {"login": account.login, "reason": reason.strip(), "sessions_ended": ended}
    audit.record(actor, "suspend_account", account, at=at, before={"active": True}, after={"active": False, **after})
    return account


@action(Role.ADMINISTRATOR)
def resume_account(actor: Reader, pk: int, *, at: datetime) -> Account:
    """Open a suspended account again. NotVisible outside one's reach."""
    account = _account(actor, pk)
    Account.objects.filter(pk=pk).update(is_active=True)
    audit.record(actor, "resume_account", account, at=at, before={"active": False}, after={"active": True})
    return account


@action(Role.ADMINISTRATOR)
def forget_second_steps(actor: Reader, pk: int, *, at: datetime) -> Account:
    """Take away an account's authenticator, passkeys and spare codes, for somebody who lost their telephone."""
    from allauth.mfa.models import Authenticator

    account = _account(actor, pk)
    gone = Authenticator.objects.filter(user=account).delete()[0]
    Session.objects.filter(account=account).delete()
    audit.record(actor, "forget_second_steps", account, at=at, before={"second_steps": gone})
    return account


@action(*EVERYBODY)
def choose_password(actor: Reader, password: str, *, at: datetime) -> Account:
    """Give one's own account another password. Its other sessions end by themselves: their mark no longer fits."""
    account = Account.objects.select_for_update().get(pk=actor.account_id)
    account.set_password(password)
    account.save(update_fields=["password"])
    audit.record(actor, "choose_password", account, at=at)
    return account


@action(*EVERYBODY)
def end_session(actor: Reader, handle: str, *, at: datetime) -> None:
    """Sign out one of one's own browsers. NotVisible for a session of somebody else."""
    row = next((row for row in queries.own_sessions(actor) if queries.session_handle(row) == handle), None)
    if row is None:
        raise NotVisible(_("There is no such session. It may have ended already."))
    audit.record(actor, "end_session", "access.session", at=at, before={"address": row.address, "agent": row.agent})
    row.delete()


def note_sign_in(account: Account, address: str, *, at: datetime, way: str) -> None:
    """Write into the trail that an account was signed in to. Stands outside actions: nobody acts before they are in."""
    actor = queries.reader_of_account(account, address=address)
    audit.record(actor, "sign_in", account, at=at, after={"way": way})


@action()
def account_of_citizen(actor: Reader, number: str, *, at: datetime) -> Account:
    """The account of the person with this citizen number, opened for a learner without one. The system alone may do this.

    Refusal where nobody with the number is registered.
    """
    try:
        digits = citizen_number.plain(number)
    except ValueError:
        digits = ""
    person = Person.objects.filter(citizen_number_index=citizen_number.index(digits)).first() if digits else None
    if person is None:
        raise Refusal(
            _(
                "Nobody with this identity is registered here. Ask the People's Committee of your commune to register you."
            ),
            code="not_registered",
        )
    account = learner_account(person, at)
    audit.record(actor, "connect_identity", account, at=at)
    return account


def learner_account(person: Person, at: datetime) -> Account:
    """The person's account; where there is none, a new one as a learner of their commune, without a password."""
    found = Account.objects.filter(person=person).first()
    if found is not None:
        return found
    account = Account.objects.create_account(
        f"hv-{person.reference.hex[:10]}", None, full_name=person.full_name, person=person
    )
    RoleAssignment.objects.create(
        account=account, role=Role.LEARNER, unit_id=person.unit_id, valid_from=at.astimezone(HERE).date()
    )
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


def _account(actor: Reader, pk: int) -> Any:
    account = queries.accounts(actor).filter(pk=pk).first()
    if account is None:
        raise NotVisible(_("There is no such account here."))
    return account
