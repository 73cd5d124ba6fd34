"""Units of the map, each in force over a span of days, and which unit passed into which.

A reform closes rows and opens others; facts keep pointing to the unit of their day.
`UnitAncestry` is the closure of the tree (a unit is its own ancestor), so that a subtree is one indexed look-up.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from chiakhoa.foundation.models import Dated


class Unit(Dated):
    """A province, district or commune of one edition of the map. `id` is `VN-<code>@<edition>`."""

    id = models.CharField(primary_key=True, max_length=20)
    code = models.CharField(max_length=5, db_index=True)
    edition = models.CharField(max_length=4, db_index=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    kind_vi = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    search_key = models.CharField(max_length=220, db_index=True)

    class Meta(Dated.Meta):
        ordering: ClassVar = ["level", "search_key", "id"]
        constraints: ClassVar = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["code", "edition"], name="unit_code_once_per_edition"),
            models.CheckConstraint(condition=Q(level__in=[1, 2, 3]), name="unit_level_is_1_2_or_3"),
        ]

    def __str__(self) -> str:
        return f"{self.kind_vi} {self.name}"


class UnitAncestry(models.Model):
    """`ancestor` holds `unit` in its subtree, itself included."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="ancestry")
    ancestor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="subtree")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ancestor", "unit"], name="unit_ancestry_once"),
        ]


class Succession(models.Model):
    """On `date`, `share` of the old unit's area passed into the new one. Without a new unit it was abolished."""

    old = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="heirs")
    new = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="forebears")
    date = models.DateField()
    share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    basis = models.CharField(max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new", "date"], name="succession_once"),
            models.CheckConstraint(
                condition=Q(new__isnull=True, share__isnull=True) | Q(new__isnull=False, share__gt=0, share__lte=1),
                name="succession_share_iff_heir",
            ),
        ]


class Shape(models.Model):
    """The outline of a unit as GeoJSON geometry (WGS84). `schematic` outlines are drawings, not boundaries."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="shape")
    geometry = models.JSONField()
    schematic = models.BooleanField(default=True)


class Home(models.Model):
    """The province that this installation serves: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="home_is_one_row")]
