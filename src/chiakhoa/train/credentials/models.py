"""Signing keys of issuing bodies, the certificates signed with them, and revocations. A certificate is never changed."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from chiakhoa.foundation.models import Dated
from chiakhoa.ground.registry.models import Body, Person
from chiakhoa.train.delivery.models import Enrolment


class SigningKey(Dated):
    """An Ed25519 key of a body. The private half is sealed; the public half (32 bytes) stays for ever."""

    kid = models.CharField(primary_key=True, max_length=16)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="signing_keys")
    public = models.BinaryField()
    private_sealed = models.BinaryField(null=True)

    class Meta(Dated.Meta):
        constraints: ClassVar = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["body"], condition=Q(valid_to__isnull=True), name="signing_key_one_in_use"),
        ]


class Certificate(models.Model):
    """What was certified, as signed: `statement` is the claims in words, `token` the signed COSE message of the QR."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=40, unique=True)
    enrolment = models.OneToOneField(Enrolment, null=True, on_delete=models.PROTECT, related_name="certificate")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="certificates")
    issuer = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="certificates")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="certificates")
    issued_on = models.DateField()
    statement = models.JSONField()
    token = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["-issued_on", "-number"]


class Revocation(models.Model):
    """A certificate withdrawn, with the reason that the public may read."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
