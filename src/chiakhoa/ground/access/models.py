"""Accounts, and the roles each holds over a unit or a body. Decides nothing: `foundation.readers` and the queries do."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from chiakhoa.foundation.models import Dated
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.registry.models import Body, Person
from chiakhoa.ground.territory.models import Unit


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; the one place where a password is hashed."""

    def create_account(self, login: str, password: str | None, **fields: Any) -> "Account":
        """A new account; without a password it cannot be signed in to with one."""
        account = self.model(login=login, **fields)
        account.set_password(password)
        account.save()
        return account


class Account(AbstractBaseUser):
    """Someone who signs in. Demonstration accounts exist only in a synthetic province."""

    login = models.CharField(max_length=80, unique=True)
    full_name = models.CharField(max_length=120)
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="account")
    is_active = models.BooleanField(default=True)
    demonstration = models.BooleanField(default=False)

    objects = AccountManager()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    def __str__(self) -> str:
        return self.full_name


class RoleAssignment(Dated):
    """The account acts as `role` over the whole subtree of a unit or of a body."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Dated.Meta):
        constraints: ClassVar = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(unit__isnull=False, body__isnull=True) | Q(unit__isnull=True, body__isnull=False),
                name="role_is_over_a_unit_or_a_body",
            ),
        ]


from chiakhoa.ground.access.groups import GroupMember, ProvidedAccount, RoleGroup  # noqa: E402, F401 - tables of the app
from chiakhoa.ground.access.tokens import ApiToken  # noqa: E402, F401 - tables of the app
