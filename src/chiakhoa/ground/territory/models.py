"""Units of the map, each in force over a span of days, which unit passed into which, and the reforms that did it.

A reform closes rows and opens others; facts keep pointing to the unit of their day.
`UnitAncestry` is the closure of the tree (a unit is its own ancestor), so that a subtree is one indexed look-up.
A trigger of the database holds that a succession falls on the old unit's end and the new one's beginning; so no unit can come
back to itself. What is abstract here serves the reforms of bodies too (registry).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Dated


class ReformState(models.TextChoices):
    """The life of a reform."""

    DRAFT = "draft", _("Draft")
    ENACTED = "enacted", _("Enacted")
    UNDONE = "undone", _("Undone")


class ReformBase(models.Model):
    """What one decision changes on one day. `rows` is the list as it was handed in (`changes.Row`)."""

    title = models.CharField(max_length=200)
    day = models.DateField()
    state = models.CharField(max_length=8, choices=ReformState.choices, default=ReformState.DRAFT)
    rows = models.JSONField()
    drafted_at = models.DateTimeField()
    enacted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["-day", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="draft", enacted_at__isnull=True) | (~Q(state="draft") & Q(enacted_at__isnull=False)),
                name="%(app_label)s_%(class)s_enacted_has_its_moment",
            )
        ]

    def __str__(self) -> str:
        return self.title


class SuccessionBase(models.Model):
    """On `date`, `share` of the old thing passed into the new one. Without a new one it was abolished."""

    date = models.DateField()
    share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    basis = models.CharField(max_length=12)

    class Meta:
        abstract = True


class CarriedBase(models.Model):
    """A row elsewhere that followed from the old thing to its heir when a reform was enacted: undoing leads it back."""

    path = models.CharField(max_length=60)
    key = models.CharField(max_length=60)

    class Meta:
        abstract = True


class Reform(ReformBase):
    """A reform of the map."""

    class Meta(ReformBase.Meta):
        constraints: ClassVar = [*ReformBase.Meta.constraints]


class Unit(Dated):
    """A province, district or commune of one edition of the map. `id` is `VN-<code>@<edition>`."""

    id = models.CharField(primary_key=True, max_length=20)
    code = models.CharField(max_length=5, db_index=True)
    edition = models.CharField(max_length=8, db_index=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    kind_vi = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    search_key = models.CharField(max_length=220, db_index=True)
    opened_by = models.ForeignKey(Reform, null=True, on_delete=models.PROTECT, related_name="opened")

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


class Succession(SuccessionBase):
    """The share is of the old unit's area. Without a reform the row came with the country's files."""

    old = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="heirs")
    new = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="forebears")
    reform = models.ForeignKey(Reform, null=True, on_delete=models.PROTECT, related_name="successions")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new", "date"], name="succession_once"),
            models.CheckConstraint(
                condition=Q(new__isnull=True, share__isnull=True) | Q(new__isnull=False, share__gt=0, share__lte=1),
                name="succession_share_iff_heir",
            ),
        ]


class Carried(CarriedBase):
    """A person, body, venue … that followed its unit."""

    reform = models.ForeignKey(Reform, on_delete=models.CASCADE, related_name="carried")
    old = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")


class Shape(models.Model):
    """The outline of a unit as GeoJSON geometry (WGS84). `schematic` outlines are drawings, not boundaries.

    A real boundary keeps in `replaced` the drawing whose place it took.
    """

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="shape")
    geometry = models.JSONField()
    schematic = models.BooleanField(default=True)
    replaced = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(schematic=False) | Q(replaced__isnull=True), name="shape_drawing_replaces_none"
            )
        ]


class FigureSet(models.Model):
    """Counts of units as somebody sent them, each at a unit that was in force on `day`; shown on any day's map."""

    title = models.CharField(max_length=200)
    day = models.DateField()
    counts = models.JSONField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-day", "-id"]

    def __str__(self) -> str:
        return self.title


class Home(models.Model):
    """The province that this installation serves: one row. `map_version` rises with every change of units or outlines."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    synthetic = models.BooleanField(default=False)
    map_version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="home_is_one_row")]
