"""Keys for programs: a token acts as one role assignment, for some scopes, until a day. Only its digest is stored.

A key has 256 random bits, so a plain SHA-256 keeps it: there is no dictionary to try. The prefix lets scanners of leaked
secrets know it.
"""

import hashlib
import secrets
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

PREFIX = "ck_"
HINT = 7


class ApiToken(models.Model):
    """A key of an account's role. `hint` is how the key begins, so that people can tell keys apart."""

    assignment = models.ForeignKey("access.RoleAssignment", on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=10)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_it_is_made")
        ]

    def __str__(self) -> str:
        return self.name


def new_key() -> str:
    """A key nobody has seen."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
