"""Calls of programs that register somebody: kept with the person they made, so that a call sent twice makes one person.

Written in the transaction of the registration itself: there is no moment at which one is stored without the other.
"""

import hashlib
from typing import ClassVar

from django.db import models


class HandedIn(models.Model):
    """The token's call of that key made the person. `digest` tells a call sent again from another under the same key."""

    token_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    person = models.ForeignKey("registry.Person", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token_id", "key"], name="call_is_handed_in_once")]


def digest_of(body: bytes) -> str:
    """What is kept of a call's body: enough to know it again, nothing to read."""
    return hashlib.sha256(body).hexdigest()
