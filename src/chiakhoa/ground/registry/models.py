"""Bodies (offices, schools, firms, co-operatives), people, who belongs where, and what each person agreed to.

A citizen number is stored sealed, found through a keyed index, and never shown whole.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Bilingual, Dated, Named, Sourced
from chiakhoa.ground.territory.models import Unit


class Audience(Named, Sourced):
    """People who share a required profile (`is_profile`), or a group of the programme, which covers such audiences."""

    code = models.CharField(primary_key=True, max_length=40)
    is_profile = models.BooleanField(default=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    covers = models.ManyToManyField("self", symmetrical=False, related_name="covered_by")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-is_profile", "order", "code"]


class Body(Named, Dated, Sourced):
    """An organisation, or a group that a document names. Bodies form a tree (ICTU in Thái Nguyên University)."""

    id = models.CharField(primary_key=True, max_length=60)
    kind = models.CharField(max_length=30, db_index=True)
    short = models.CharField(max_length=30, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="bodies")
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    search_key = models.CharField(max_length=500, db_index=True)

    class Meta(Dated.Meta):
        ordering: ClassVar = ["search_key", "id"]
        constraints: ClassVar = [*Dated.Meta.constraints]


class BodyAncestry(models.Model):
    """`ancestor` holds `body` in its subtree, itself included."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="ancestry")
    ancestor = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="subtree")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ancestor", "body"], name="body_ancestry_once")]


class Sex(models.TextChoices):
    """As in the identity register."""

    FEMALE = "f", _("Female")
    MALE = "m", _("Male")


class Person(models.Model):
    """A resident or worker of the province. `reference` is the public handle; the name is stored as written, NFC."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_key = models.CharField(max_length=60, unique=True, null=True, blank=True)
    full_name = models.CharField(max_length=120)
    search_key = models.CharField(max_length=200, db_index=True)
    born_on = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="people")
    audience = models.ForeignKey(Audience, null=True, on_delete=models.PROTECT, related_name="people")
    phone = models.CharField(max_length=15, blank=True)
    email = models.EmailField(blank=True)
    citizen_number_sealed = models.BinaryField(null=True, blank=True)
    citizen_number_index = models.CharField(max_length=64, unique=True, null=True, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["search_key", "id"]
        indexes: ClassVar = [models.Index(fields=["unit", "audience"], name="person_by_unit_audience")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(audience__isnull=True) | ~Q(audience=""), name="person_audience_is_a_code"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class Membership(Dated):
    """A person works or learns in a body over a span of days."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="memberships")
    position = models.CharField(max_length=120, blank=True)

    class Meta(Dated.Meta):
        constraints: ClassVar = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "body"], condition=Q(valid_to__isnull=True), name="membership_open_once"
            ),
        ]


class Purpose(models.TextChoices):
    """What personal data may be used for beyond the training register itself, which stands on law."""

    MATCHING = "matching", _("Show my certificate and level to employers")
    PUBLICATION = "publication", _("Publish my name or picture")


class Consent(Bilingual, models.Model):
    """A person's yes or no for one purpose. Silence is no consent; a later row replaces an earlier one."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    given = models.BooleanField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=40)
    guardian_name = models.CharField(max_length=120, blank=True)
    wording_version = models.CharField(max_length=20)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]


from chiakhoa.ground.registry.handed_in import HandedIn  # noqa: E402, F401 - Django finds the tables of an app here
