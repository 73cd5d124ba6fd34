"""What an identity provider does: accounts opened, changed, suspended, deleted; groups kept, and the roles that follow.

Passwords never come this way: an account of a provider signs in at the provider.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action, body_of
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.access import actions as access
from chiakhoa.ground.access.actions import Place
from chiakhoa.ground.access.groups import GroupMember, ProvidedAccount, RoleGroup
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.access.scim import queries
from chiakhoa.ground.access.scim.faults import Fault
from chiakhoa.ground.access.scim.resources import WantedGroup, WantedUser


@action(Role.ADMINISTRATOR)
def provide_account(actor: Reader, wanted: WantedUser, *, at: datetime) -> Account:
    """A new account without a password. Fault 409 where the login name is taken."""
    _refuse_taken_login(wanted.login, None)
    account = Account.objects.create_account(wanted.login, None, full_name=wanted.full_name, is_active=wanted.active)
    _keep_external_id(account, wanted.external_id)
    audit.record(actor, "provide_account", account, at=at, after={"login": wanted.login, "active": wanted.active})
    return account


@action(Role.ADMINISTRATOR)
def change_account(actor: Reader, pk: int, wanted: WantedUser, *, at: datetime) -> None:
    """Bring an account to what is wanted; inactive suspends it, its sessions and its tokens. Fault 404 outside the reach."""
    account = _account(actor, pk)
    if account.pk == actor.account_id and not wanted.active:
        raise Fault(403, _("A token cannot suspend the account that it belongs to."))
    _refuse_taken_login(wanted.login, pk)
    before = {"login": account.login, "active": account.is_active}
    Account.objects.filter(pk=pk).update(login=wanted.login, full_name=wanted.full_name, is_active=wanted.active)
    _keep_external_id(account, wanted.external_id)
    audit.record(
        actor, "change_account", account, at=at, before=before, after={"login": wanted.login, "active": wanted.active}
    )


@action(Role.ADMINISTRATOR)
def delete_account(actor: Reader, pk: int, *, at: datetime) -> None:
    """Delete an account with its roles and tokens; the trail keeps what it did. Fault 404 outside the reach."""
    account = _account(actor, pk)
    if account.pk == actor.account_id:
        raise Fault(403, _("A token cannot delete the account that it belongs to."))
    audit.record(actor, "delete_account", account, at=at, before={"login": account.login})
    account.delete()


@action(Role.ADMINISTRATOR)
def make_group(actor: Reader, wanted: WantedGroup, *, at: datetime) -> RoleGroup:
    """A new group. It means no role until an administrator chooses one. Fault 409 where the name is taken."""
    _refuse_taken_name(wanted.name, None)
    group = RoleGroup.objects.create(name=wanted.name, external_id=wanted.external_id)
    audit.record(actor, "make_group", group, at=at, after={"name": wanted.name})
    _set_members(actor, group, wanted.members, at)
    return group


@action(Role.ADMINISTRATOR)
def change_group(actor: Reader, pk: int, wanted: WantedGroup, *, at: datetime) -> None:
    """Bring a group to what is wanted; who joins gets its role, who leaves loses it today. Fault 404 outside the reach."""
    group = _group(actor, pk)
    _refuse_taken_name(wanted.name, pk)
    audit.record(actor, "change_group", group, at=at, before={"name": group.name}, after={"name": wanted.name})
    RoleGroup.objects.filter(pk=pk).update(name=wanted.name, external_id=wanted.external_id)
    _set_members(actor, group, wanted.members, at)


@action(Role.ADMINISTRATOR)
def delete_group(actor: Reader, pk: int, *, at: datetime) -> None:
    """Delete a group; roles held by it end today. Fault 404 outside the reach."""
    group = _group(actor, pk)
    audit.record(actor, "delete_group", group, at=at, before={"name": group.name})
    _set_members(actor, group, frozenset(), at)
    group.delete()


@action(Role.ADMINISTRATOR)
def mean_role(actor: Reader, pk: int, role: Role, place: Place, *, at: datetime) -> None:
    """Say which role a group means, over what: its members change over today. Fault 404 outside the reach."""
    group = _group(actor, pk)
    members = frozenset(group.members.values_list("account_id", flat=True))
    _set_members(actor, group, frozenset(), at)
    RoleGroup.objects.filter(pk=pk).update(role=role, unit_id=place.unit_id, body_id=place.body_id)
    audit.record(actor, "mean_role", group, at=at, after={"role": role, "over": place.unit_id or place.body_id})
    _set_members(actor, _group(actor, pk), members, at)


def _set_members(actor: Reader, group: RoleGroup, wanted: frozenset[int], at: datetime) -> None:
    held = {member.account_id: member for member in group.members.all()}
    for key in held.keys() - wanted:
        member = held[key]
        if member.assignment_id:
            body_of(access.end_role)(actor, member.assignment_id, at=at)
        GroupMember.objects.filter(pk=member.pk).delete()
    for key in sorted(wanted - held.keys()):
        account = queries.accounts(actor).filter(pk=key).first()
        if account is None:
            raise Fault(400, _("There is no user %(key)s here.") % {"key": key}, "invalidValue")
        GroupMember.objects.create(group=group, account=account, assignment=_assignment(actor, group, account, at))


def _assignment(actor: Reader, group: RoleGroup, account: Account, at: datetime) -> RoleAssignment | None:
    if not group.role:
        return None
    place = Place(unit_id=group.unit_id, body_id=group.body_id)
    try:
        given: RoleAssignment = body_of(access.give_role)(actor, account, Role(group.role), place, at=at)
    except Refusal:
        return None  # held already, by hand or by another group: it stays when the account leaves this one
    return given


def _account(actor: Reader, pk: int) -> Account:
    found = queries.accounts(actor).filter(pk=pk).first()
    if found is None:
        raise Fault(404, _("There is no such user here."))
    return found


def _group(actor: Reader, pk: int) -> RoleGroup:
    found = queries.groups(actor).filter(pk=pk).first()
    if found is None:
        raise Fault(404, _("There is no such group here."))
    return found


def _refuse_taken_login(login: str, besides: int | None) -> None:
    if Account.objects.filter(login=login).exclude(pk=besides).exists():
        raise Fault(409, _("The login name is taken."), "uniqueness")


def _refuse_taken_name(name: str, besides: int | None) -> None:
    if RoleGroup.objects.filter(name=name).exclude(pk=besides).exists():
        raise Fault(409, _("A group of this name is there already."), "uniqueness")


def _keep_external_id(account: Account, external_id: str) -> None:
    ProvidedAccount.objects.filter(account=account).delete()
    if external_id:
        ProvidedAccount.objects.create(account=account, external_id=external_id)
