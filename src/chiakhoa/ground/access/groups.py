"""Groups that an identity provider keeps over SCIM. An administrator says which role a group means here, and where.

A provider can so move people between groups, but can neither invent a role nor widen its reach.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from chiakhoa.foundation.readers import Role


class RoleGroup(models.Model):
    """A group of the identity provider; its members act as `role` over a unit or a body once one is chosen."""

    name = models.CharField(max_length=200, unique=True)
    external_id = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    unit = models.ForeignKey("territory.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey("registry.Body", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role="", unit__isnull=True, body__isnull=True)
                | (~Q(role="") & (Q(unit__isnull=False, body__isnull=True) | Q(unit__isnull=True, body__isnull=False))),
                name="group_role_iff_place",
            )
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """An account in a group. `assignment` is the role it has by the group; none where it held the role before."""

    group = models.ForeignKey(RoleGroup, on_delete=models.CASCADE, related_name="members")
    account = models.ForeignKey("access.Account", on_delete=models.CASCADE, related_name="groups")
    assignment = models.OneToOneField(
        "access.RoleAssignment", null=True, on_delete=models.SET_NULL, related_name="by_group"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["group", "account"], name="group_member_once")]


class ProvidedAccount(models.Model):
    """The key under which the identity provider knows an account."""

    account = models.OneToOneField(
        "access.Account", primary_key=True, on_delete=models.CASCADE, related_name="provided"
    )
    external_id = models.CharField(max_length=200)
