"""Accounts and groups that an administrator's program may keep: none that holds a role outside the administrator's reach."""

from django.db.models import Q, QuerySet

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.groups import RoleGroup
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.territory.queries import within


def accounts(reader: Reader) -> QuerySet[Account]:
    """Accounts whose every role lies within reach, or that have none yet."""
    rows = Account.objects.select_related("provided").prefetch_related("groups__group").order_by("pk")
    if not reader.has(Role.ADMINISTRATOR):
        return rows.none()
    outside = RoleAssignment.objects.exclude(pk__in=queries.assignments(reader).order_by().values("pk"))
    return rows.exclude(pk__in=outside.values("account"))


def groups(reader: Reader) -> QuerySet[RoleGroup]:
    """Groups without a role, and those whose place lies within reach."""
    rows = RoleGroup.objects.prefetch_related("members__account").order_by("pk")
    if not reader.has(Role.ADMINISTRATOR, Role.AUDITOR):
        return rows.none()
    return rows.filter(Q(role="") | within(reader, "unit") | within(reader, "body__unit"))
