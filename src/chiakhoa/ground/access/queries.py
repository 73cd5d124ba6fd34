"""Who may act as what, and the trail of what they did."""

from datetime import date

from django.db.models import QuerySet

from chiakhoa.foundation import clock, sealing
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.access.models import Account, RoleAssignment, Session
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.territory.models import UnitAncestry
from chiakhoa.ground.territory.queries import home, in_force, within


def own_assignments(account: Account, *, on: date) -> QuerySet[RoleAssignment]:
    """The roles an account holds on a day, oldest first."""
    return account.assignments.filter(in_force(on)).select_related("unit", "body").order_by("id")


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
        place_label=str(assignment.unit or assignment.body),
        address=address,
    )


def reader_of_account(account: Account, *, address: str = "") -> Reader:
    """The account before it acts in any role: named in the trail, allowed nothing."""
    return Reader(account_id=account.pk, name=account.full_name, person_id=account.person_id, address=address)


def assignments(reader: Reader) -> QuerySet[RoleAssignment]:
    """Role assignments over units in the administrator's or auditor's subtree, and over bodies there."""
    rows = RoleAssignment.objects.select_related("account", "unit", "body").order_by("account__full_name", "id")
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


def demonstration_accounts() -> QuerySet[Account]:
    """The cast of the synthetic province, one for each role."""
    return Account.objects.filter(demonstration=True, is_active=True).order_by("id")
