"""Roles: given, lent for a time, taken in an emergency, ended. Each is a row in the trail."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.models import EMERGENCY, Account, RoleAssignment
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.territory.models import UnitAncestry
from chiakhoa.ground.territory.queries import home

LENDERS = (
    Role.COORDINATOR, Role.UNIT_MANAGER, Role.PROVIDER_MANAGER, Role.ASSESSOR, Role.EMPLOYER, Role.AUDITOR,
)  # fmt: skip
IN_EMERGENCY = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.ASSESSOR)
LONGEST_LOAN_DAYS = 92
SHORTEST_REASON = 20


@dataclass(frozen=True)
class Place:
    """Over what a role is held: a unit or a body, exactly one of them."""

    unit_id: str | None = None
    body_id: str | None = None


@action(Role.ADMINISTRATOR)
def give_role(actor: Reader, account: Account, role: Role, place: Place, *, at: datetime) -> RoleAssignment:
    """Let the account act as the role from today on. Refusal where it does already, or outside the actor's reach."""
    if not _reaches(actor, place):
        raise Refusal(
            _("That unit or body does not lie within your reach. Ask the administrator above it."),
            code="out_of_reach", field="place",
        )  # fmt: skip
    same = {"account": account, "role": role, "unit_id": place.unit_id, "body_id": place.body_id}
    if RoleAssignment.objects.filter(**same, valid_to__isnull=True, ends_at__isnull=True).exists():
        raise Refusal(_("This account holds this role there already."), code="role_held", field="login")
    row = RoleAssignment.objects.create(**same, valid_from=_day(at))
    audit.record(actor, "give_role", row, at=at, after=_told(row))
    return row


@action(Role.ADMINISTRATOR)
def end_role(actor: Reader, pk: int, *, at: datetime) -> None:
    """End an assignment today, and with it what was lent from it. NotVisible outside the administrator's reach."""
    row = queries.assignments(actor).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("There is no such role here."))
    audit.record(actor, "end_role", row, at=at, before=_told(row))
    _end(row, at)


@action(*LENDERS)
def lend(actor: Reader, account: Account, place: Place, until: date, reason: str, *, at: datetime) -> RoleAssignment:
    """Lend the role that the actor acts in, over part of its reach, until the end of a day.

    Never more than the actor has: the place lies within, and it ends no later. Never on: what is lent cannot be lent.
    Refusal, naming what to change, otherwise.
    """
    source = (
        RoleAssignment.objects.select_for_update(of=("self",))
        .filter(queries.acting(at), pk=actor.assignment_id)
        .first()
    )
    if source is None or source.lent_from_id or source.ends_at:
        raise Refusal(_("This role was lent to you, or is an emergency: it cannot be lent on."), code="lent_on")
    if account.pk == source.account_id or not account.is_active:
        raise Refusal(_("Choose somebody else, whose account is open."), code="not_to_them", field="login")
    if not queries.lies_within(source, unit_id=place.unit_id, body_id=place.body_id):
        raise Refusal(_("You can lend only what lies within your own reach."), code="out_of_reach", field="place")
    _check_days(source, until, at)
    after_last = date.fromordinal(until.toordinal() + 1)
    same = {"account": account, "lent_from": source, "unit_id": place.unit_id, "body_id": place.body_id}
    if RoleAssignment.objects.filter(**same, valid_to__gt=_day(at)).exists():
        raise Refusal(_("You have lent this to them already. Take it back first."), code="role_held", field="login")
    row = RoleAssignment.objects.create(
        **same, role=source.role, valid_from=_day(at), valid_to=after_last, reason=reason.strip()[:300]
    )
    audit.record(actor, "lend_role", row, at=at, after={**_told(row), "until": until.isoformat(), "reason": row.reason})
    return row


@action(*LENDERS)
def take_back(actor: Reader, pk: int, *, at: datetime) -> None:
    """End what one lent, at once. NotVisible for what somebody else lent."""
    row = queries.lent(actor).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("There is no such role here."))
    audit.record(actor, "take_back_role", row, at=at, before=_told(row))
    _end(row, at)


@action(*IN_EMERGENCY)
def open_emergency(actor: Reader, reason: str, *, at: datetime) -> RoleAssignment:
    """Act in one's role over the whole province for three hours, for a written reason that an auditor reads.

    Refusal without a real reason, for a role that is lent, and where the whole province is reached already.
    """
    source = (
        RoleAssignment.objects.select_for_update(of=("self",))
        .filter(queries.acting(at), pk=actor.assignment_id)
        .first()
    )
    province = home()
    if source is None or source.lent_from_id or source.ends_at or province is None:
        raise Refusal(_("Emergency access begins from a role of your own, not from a lent one."), code="not_from_here")
    if queries.over_all(actor):
        raise Refusal(_("Your role reaches the whole province already."), code="reaches_all")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refusal(
            _("Say in at least %(n)d letters what happened and whose record you need.") % {"n": SHORTEST_REASON},
            code="reason_missing", field="reason",
        )  # fmt: skip
    row = RoleAssignment.objects.create(
        account_id=source.account_id, role=source.role, unit_id=province.unit_id, valid_from=_day(at), begins_at=at,
        ends_at=at + EMERGENCY, reason=reason.strip()[:300],
    )  # fmt: skip
    audit.record(actor, "open_emergency", row, at=at, after={**_told(row), "reason": row.reason})
    return row


@action(*IN_EMERGENCY)
def close_emergency(actor: Reader, *, at: datetime) -> None:
    """End one's emergency access before its time. NotVisible where one is in none."""
    row = RoleAssignment.objects.filter(pk=actor.assignment_id, ends_at__gt=at).first()
    if row is None:
        raise NotVisible(_("There is no such role here."))
    RoleAssignment.objects.filter(pk=row.pk).update(ends_at=at)
    audit.record(actor, "close_emergency", row, at=at, before=_told(row))


@action(Role.AUDITOR)
def look_at_emergency(actor: Reader, pk: int, *, at: datetime) -> None:
    """Say that one has looked at somebody's emergency access. NotVisible outside the auditor's reach, and for one's own."""
    row = queries.emergencies(actor).exclude(account=actor.account_id).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("There is no such role here."))
    RoleAssignment.objects.filter(pk=pk, seen_at__isnull=True).update(seen_at=at)
    audit.record(actor, "look_at_emergency", row, at=at, after=_told(row))


def _check_days(source: RoleAssignment, until: date, at: datetime) -> None:
    first, last = _day(at), date.fromordinal(_day(at).toordinal() + LONGEST_LOAN_DAYS)
    if source.valid_to and source.valid_to <= last:
        last = date.fromordinal(source.valid_to.toordinal() - 1)
    if not first <= until <= last:
        raise Refusal(
            _("Choose a day between %(first)s and %(last)s.")
            % {"first": first.strftime("%d/%m/%Y"), "last": last.strftime("%d/%m/%Y")},
            code="day_out_of_reach", field="until",
        )  # fmt: skip


def _reaches(actor: Reader, place: Place) -> bool:
    if queries.over_all(actor) and home() is None:
        return True
    if place.unit_id:
        return UnitAncestry.objects.filter(unit=place.unit_id, ancestor=actor.unit_id).exists()
    return registry.bodies(actor).filter(pk=place.body_id).exists()


def _end(row: RoleAssignment, at: datetime) -> None:
    """End it today; what began today leaves no day in which it was held, so it goes (the trail keeps it)."""
    if row.valid_from and row.valid_from >= _day(at):
        row.delete()
    else:
        RoleAssignment.objects.filter(pk=row.pk).update(valid_to=_day(at))


def _told(row: RoleAssignment) -> dict[str, str]:
    return {"account": row.account.login, "role": row.role, "over": str(row.unit_id or row.body_id)}


def _day(at: datetime) -> date:
    return at.astimezone(HERE).date()
