"""Who may act as what, and the trail of what they did."""

from datetime import date

from django.db.models import QuerySet

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.access.models import Account, RoleAssignment
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


def assignments(reader: Reader) -> QuerySet[RoleAssignment]:
    """Role assignments over units in the administrator's or auditor's subtree, and over bodies there."""
    rows = RoleAssignment.objects.select_related("account", "unit", "body").order_by("account__full_name", "id")
    if not reader.has(Role.ADMINISTRATOR, Role.AUDITOR):
        return rows.none()
    return rows.filter(within(reader, "unit") | within(reader, "body__unit"))


def trail(reader: Reader) -> QuerySet[AuditEntry]:
    """The trail for an auditor or administrator: over the home province the whole, below it what concerns their people."""
    rows = AuditEntry.objects.order_by("-number")
    if not reader.has(Role.AUDITOR, Role.ADMINISTRATOR):
        return rows.none()
    place = home()
    if place is None or (reader.unit_id and UnitAncestry.objects.filter(unit=place.unit, ancestor=reader.unit_id)):
        return rows
    return rows.filter(person_id__in=registry.people(reader).order_by().values("pk"))


def demonstration_accounts() -> QuerySet[Account]:
    """The cast of the synthetic province, one for each role."""
    return Account.objects.filter(demonstration=True, is_active=True).order_by("id")
