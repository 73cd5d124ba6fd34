"""Accounts, the roles each holds over a unit or a body, sessions and printed slips. Decides nothing: the queries do."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.models import Dated
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.registry.models import Body, Person
from chiakhoa.ground.territory.models import Unit

EMERGENCY = timedelta(hours=3)


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
    """The account acts as `role` over the whole subtree of a unit or of a body.

    One `lent_from` another assignment is part of that one for a time, and ends with it. One with `ends_at` is emergency
    access: a written reason, a few hours, and an auditor who looks at it (`seen_at`).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lent_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="lent")
    begins_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta(Dated.Meta):
        constraints: ClassVar = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(unit__isnull=False, body__isnull=True) | Q(unit__isnull=True, body__isnull=False),
                name="role_is_over_a_unit_or_a_body",
            ),
            models.CheckConstraint(
                condition=Q(lent_from__isnull=True) | Q(valid_to__isnull=False, ends_at__isnull=True),
                name="role_lent_has_a_last_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True)
                | (Q(begins_at__isnull=False, ends_at__gte=F("begins_at")) & ~Q(reason="")),
                name="role_in_emergency_has_a_reason",
            ),
        ]

    @property
    def last_day(self) -> date | None:
        """The last day on which it may be acted under; None without end."""
        return self.valid_to and self.valid_to - timedelta(days=1)

    @property
    def place_words(self) -> str:
        """Over what the role is held; and, so that nobody forgets it, that it is lent or an emergency."""
        place = str(self.unit or self.body)
        if self.ends_at:
            time = self.ends_at.astimezone(HERE).strftime("%H:%M")
            return _("%(place)s – emergency access until %(time)s") % {"place": place, "time": time}
        if self.lent_from:
            return _("%(place)s – lent by %(lender)s") % {"place": place, "lender": self.lent_from.account.full_name}
        return place


class Session(AbstractBaseSession):
    """A browser that is signed in, or is about to: whose, since when and from where."""

    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="sessions")
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(null=True)

    objects = BaseSessionManager()

    @classmethod
    def get_session_store_class(cls) -> Any:
        """What reads and writes these rows."""
        from chiakhoa.ground.access.sessions import SessionStore

        return SessionStore


class Slip(models.Model):
    """A code on paper that signs in once, for people without e-mail. Only its keyed digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="slips")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account"], condition=Q(used_at__isnull=True), name="slip_open_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="slip_expires_after_made"),
        ]


class RequestKind(models.TextChoices):
    """What a person may ask of those who keep their data (Luật 91/2025/QH15, Điều 4)."""

    CORRECTION = "correction", gettext_lazy("Correct what is wrong")
    ERASURE = "erasure", gettext_lazy("Erase what is held about me")
    OBJECTION = "objection", gettext_lazy("Stop using it for a purpose")


class RequestState(models.TextChoices):
    """The life of a request."""

    OPEN = "open", gettext_lazy("waits for an answer")
    DONE = "done", gettext_lazy("done")
    REFUSED = "refused", gettext_lazy("refused")


class PrivacyRequest(models.Model):
    """A person asks for their data to be corrected, erased or left alone; somebody answers, with a reason."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="privacy_requests")
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    words = models.CharField(max_length=1000, blank=True)
    guardian_name = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.OPEN)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(state="open"), name="privacy_request_open_once_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True) | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="privacy_request_answered_iff_closed",
            ),
        ]


from chiakhoa.ground.access.groups import GroupMember, ProvidedAccount, RoleGroup  # noqa: E402, F401 - tables of the app
from chiakhoa.ground.access.tokens import ApiToken  # noqa: E402, F401 - tables of the app
