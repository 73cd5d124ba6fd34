"""Who may act as what, and the trail of what they did."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from chiakhoa.foundation import clock, sealing
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.prepared import Prepared
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.access.models import Account, PrivacyRequest, RoleAssignment, Session
from chiakhoa.ground.access.tokens import ApiToken
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import BodyAncestry
from chiakhoa.ground.territory.models import UnitAncestry
from chiakhoa.ground.territory.queries import home, in_force, within


def acting(at: datetime, day: date | None = None) -> Q:
    """The condition that an assignment may be acted under at a moment (`day` is its day). The one place that decides it.

    Its days have come and not gone; an emergency is not over; what was lent is held only while the lender's own role is,
    by an account that is not suspended, and was itself not lent and no emergency.
    """
    day = day or at.astimezone(clock.HERE).date()
    lender = Q(
        lent_from__lent_from__isnull=True, lent_from__ends_at__isnull=True, lent_from__account__is_active=True
    ) & (Q(lent_from__valid_from__isnull=True) | Q(lent_from__valid_from__lte=day))
    lender &= Q(lent_from__valid_to__isnull=True) | Q(lent_from__valid_to__gt=day)
    not_over = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    return in_force(day) & not_over & (Q(lent_from__isnull=True) | lender)


def own_assignments(account: Account, *, at: datetime) -> QuerySet[RoleAssignment]:
    """The roles an account may act in at a moment, oldest first."""
    rows = account.assignments.filter(acting(at)).select_related("account", "unit", "body", "lent_from__account")
    return rows.order_by("id")


# With every request comes this one. Whose role was lent is asked for where it is shown.
_held = Prepared(
    lambda account, at, day: RoleAssignment.objects.filter(acting(at, day), account=account)
    .select_related("unit", "body")
    .order_by("id"),
    account=int, at=datetime, day=date,
)  # fmt: skip


def acted_in(account: Account, chosen: int | None, *, at: datetime) -> RoleAssignment | None:
    """The role that an account acts in at a moment: the one it chose, or its oldest; None where it has none."""
    held = _held(account=account.pk, at=at, day=at.astimezone(clock.HERE).date())
    found = next((row for row in held if row.pk == chosen), None) or next(iter(held), None)
    if found:
        found.account = account
    return found


def reader_of(assignment: RoleAssignment, *, address: str = "") -> Reader:
    """The reader that an assignment makes of its account."""
    account = assignment.account
    return Reader(
        account_id=account.pk,
        name=account.full_name,
        role=Role(assignment.role),
        unit_id=assignment.unit_id,
        body_id=assignment.body_id,
        person_id=account.person_id,
        place_label=assignment.place_words,
        address=address,
        assignment_id=assignment.pk,
    )


def lent(reader: Reader) -> QuerySet[RoleAssignment]:
    """What the reader lent from the role that they act in, the latest first."""
    rows = RoleAssignment.objects.filter(lent_from=reader.assignment_id, lent_from__account=reader.account_id)
    return rows.select_related("account", "unit", "body").order_by("-id")


def emergencies(reader: Reader) -> QuerySet[RoleAssignment]:
    """Emergency access of accounts, for those who look after it: over the home province alone."""
    rows = RoleAssignment.objects.filter(ends_at__isnull=False).select_related("account", "unit").order_by("-begins_at")
    return rows if reader.has(Role.AUDITOR, Role.ADMINISTRATOR) and over_all(reader) else rows.none()


def lies_within(place: RoleAssignment, *, unit_id: str | None, body_id: str | None) -> bool:
    """Whether a unit or body lies in the subtree over which an assignment is held."""
    if unit_id and place.unit_id:
        return UnitAncestry.objects.filter(unit=unit_id, ancestor=place.unit_id).exists()
    if body_id and place.body_id:
        return BodyAncestry.objects.filter(body=body_id, ancestor=place.body_id).exists()
    return False


def reader_of_account(account: Account, *, address: str = "") -> Reader:
    """The account before it acts in any role: named in the trail, allowed nothing."""
    return Reader(account_id=account.pk, name=account.full_name, person_id=account.person_id, address=address)


def assignments(reader: Reader) -> QuerySet[RoleAssignment]:
    """Role assignments over units in the administrator's or auditor's subtree, and over bodies there."""
    rows = RoleAssignment.objects.select_related("account", "unit", "body", "lent_from__account")
    rows = rows.order_by("account__full_name", "id")
    if not reader.has(Role.ADMINISTRATOR, Role.AUDITOR):
        return rows.none()
    return rows if over_all(reader) else rows.filter(within(reader, "unit") | within(reader, "body__unit"))


def trail(reader: Reader) -> QuerySet[AuditEntry]:
    """The trail for an auditor or administrator: over the home province the whole, below it what concerns their people."""
    rows = AuditEntry.objects.order_by("-number")
    if not reader.has(Role.AUDITOR, Role.ADMINISTRATOR):
        return rows.none()
    if over_all(reader):
        return rows
    return rows.filter(person_id__in=registry.people(reader).order_by().values("pk"))


def accounts(reader: Reader) -> QuerySet[Account]:
    """The accounts within an administrator's (or auditor's) reach: every role that they hold or held lies inside it.

    One with a role elsewhere belongs to somebody above, whom an administrator of a part may not touch. An account without
    any role is for the administrator of the whole province.
    """
    if not reader.has(Role.ADMINISTRATOR, Role.AUDITOR):
        return Account.objects.none()
    inside = assignments(reader).values("pk")
    rows = Account.objects.exclude(assignments__in=RoleAssignment.objects.exclude(pk__in=inside))
    return (rows if over_all(reader) else rows.filter(assignments__isnull=False)).distinct().order_by("full_name", "id")


def over_all(reader: Reader) -> bool:
    """Whether the reader's role is over the whole home province."""
    place = home()
    return place is None or bool(
        reader.unit_id and UnitAncestry.objects.filter(unit=place.unit, ancestor=reader.unit_id).exists()
    )


def learners_alone() -> QuerySet[Account]:
    """Accounts that hold no role but that of a learner."""
    more = RoleAssignment.objects.exclude(role=Role.LEARNER).values("account")
    return Account.objects.exclude(pk__in=more)


def own_sessions(reader: Reader) -> QuerySet[Session]:
    """The browsers in which the reader's account is signed in, the latest first."""
    rows = Session.objects.filter(account=reader.account_id, expire_date__gt=clock.now())
    return rows.order_by("-begun_at", "-expire_date")


def session_handle(session: Session) -> str:
    """What names a session on a page: its key itself would open it."""
    return sealing.blind_index(session.session_key, "session")[:16]


def views_of(reader: Reader) -> QuerySet[AuditEntry]:
    """Who looked at or changed the learner's own record, the latest first; not what they did themselves."""
    rows = AuditEntry.objects.filter(person_id=reader.person_id, person_id__isnull=False).order_by("-number")
    rows = rows.exclude(account_id=reader.account_id)
    return rows if reader.has(Role.LEARNER) else rows.none()


def privacy_requests(reader: Reader) -> QuerySet[PrivacyRequest]:
    """What was asked by the people whom the reader may see; a learner sees their own."""
    seen = registry.people(reader).order_by().values("pk")
    return PrivacyRequest.objects.filter(person__in=seen).select_related("person__unit")


def demonstration_accounts() -> QuerySet[Account]:
    """The cast of the synthetic province, one for each role."""
    return Account.objects.filter(demonstration=True, is_active=True).order_by("id")


def tokens(reader: Reader) -> QuerySet[ApiToken]:
    """The tokens of the assignments that an administrator or auditor sees, newest first."""
    rows = ApiToken.objects.select_related("assignment__account", "assignment__unit", "assignment__body")
    return rows.filter(assignment__in=assignments(reader).order_by()).order_by("-id")
