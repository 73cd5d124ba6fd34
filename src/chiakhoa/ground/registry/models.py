"""Bodies (offices, schools, firms, co-operatives), people, who belongs where, and what each person agreed to.

A citizen number is stored sealed, found through a keyed index, and never shown whole.
"""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Bilingual, Dated, Named, Sourced
from chiakhoa.ground.territory.models import CarriedBase, ReformBase, SuccessionBase, Unit

if TYPE_CHECKING:
    from chiakhoa.ground.registry.searching.finding import Found


class Audience(Named, Sourced):
    """People who share a required profile (`is_profile`), or a group of the programme, which covers such audiences."""

    code = models.CharField(primary_key=True, max_length=40)
    is_profile = models.BooleanField(default=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    covers = models.ManyToManyField("self", symmetrical=False, related_name="covered_by")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-is_profile", "order", "code"]


class BodyReform(ReformBase):
    """A rearrangement of bodies: departments merged, renamed, moved below another."""

    class Meta(ReformBase.Meta):
        constraints: ClassVar = [*ReformBase.Meta.constraints]


class Body(Named, Dated, Sourced):
    """An organisation, or a group that a document names. Bodies form a tree (ICTU in Thái Nguyên University).

    `successor` is the one heir of a body that ended, where there is one; `BodySuccession` tells of all.
    """

    id = models.CharField(primary_key=True, max_length=60)
    kind = models.CharField(max_length=30, db_index=True)
    short = models.CharField(max_length=30, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="bodies")
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    search_key = models.CharField(max_length=500, db_index=True)
    opened_by = models.ForeignKey(BodyReform, null=True, on_delete=models.PROTECT, related_name="opened")

    class Meta(Dated.Meta):
        ordering: ClassVar = ["search_key", "id"]
        constraints: ClassVar = [*Dated.Meta.constraints]


class BodyAncestry(models.Model):
    """`ancestor` holds `body` in its subtree, itself included."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="ancestry")
    ancestor = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="subtree")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ancestor", "body"], name="body_ancestry_once")]


class BodySuccession(SuccessionBase):
    """A body passed into another, new or standing. A trigger holds that the old one ends on that day and the other goes on.

    Without a reform the row came with the programme's files.
    """

    old = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="heirs")
    new = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="forebears")
    reform = models.ForeignKey(BodyReform, null=True, on_delete=models.PROTECT, related_name="successions")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new", "date"], name="body_succession_once"),
            models.CheckConstraint(
                condition=Q(new__isnull=True, share__isnull=True) | Q(new__isnull=False, share__gt=0, share__lte=1),
                name="body_succession_share_iff_heir",
            ),
        ]


class BodyCarried(CarriedBase):
    """A venue, opening, membership … that followed its body."""

    reform = models.ForeignKey(BodyReform, on_delete=models.CASCADE, related_name="carried")
    old = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")


class Sex(models.TextChoices):
    """As in the identity register."""

    FEMALE = "f", _("Female")
    MALE = "m", _("Male")


class PeopleRows(models.QuerySet["Person"]):
    """People; those of a search know how many they are and who stands where, as long as nothing narrows them further."""

    _found: "Found | None" = None
    _reach: "PeopleRows | None" = None

    def found(self, found: "Found") -> "PeopleRows":
        """These people, if they are among those found; in the order of name and number."""
        rows = self.filter(found.condition).order_by("search_key", "pk")
        rows._found, rows._reach = found, self
        return rows

    def count(self) -> int:
        """How many; of a search, what it counted."""
        return self._found.total if self._found else super().count()

    def __getitem__(self, key: Any) -> Any:
        """A part; of a search, from what it put in order."""
        if (
            self._found
            and self._reach is not None
            and isinstance(key, slice)
            and key.step is None
            and key.stop is not None
        ):
            ids = self._found.part(key.start or 0, key.stop)
            if ids is not None:
                held = {row.pk: row for row in self._reach.filter(pk__in=ids).order_by()}
                return [held[pk] for pk in ids if pk in held]
        return super().__getitem__(key)


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
    merged_into = models.ForeignKey("self", null=True, editable=False, on_delete=models.PROTECT, related_name="merged")
    objects = PeopleRows.as_manager()

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


class Merge(models.Model):
    """Two records were judged to be one person. Nothing is deleted: `dropped` is hidden, `kept` got what it lacked.

    `before` holds what both records were where that changed, so that the merge can be reversed.
    """

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    dropped = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges_away")
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    account_name = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    mark = models.CharField(max_length=64)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dropped"], condition=Q(reversed_at__isnull=True), name="merge_once_until_reversed"
            ),
            models.CheckConstraint(condition=~Q(kept=models.F("dropped")), name="merge_is_of_two"),
        ]


class JoinedRow(models.Model):
    """A row of any table that a merge led from the dropped record to the kept one: `what` names the table and its field."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="joined")
    what = models.CharField(max_length=80)
    key = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merge", "what", "key"], name="joined_row_once")]


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


class ImportState(models.TextChoices):
    """The life of an import: its file is read, its columns are mapped, it waits for the worker, it is in, it is taken back."""

    READ = "read", _("Columns to map")
    MAPPED = "mapped", _("To be looked through")
    QUEUED = "queued", _("Being registered")
    RECEIVED = "received", _("Received")
    UNDONE = "undone", _("Taken back")


class Import(models.Model):
    """A list that somebody sent, from the file to its receipt. `kept` names the file on disk while it is needed.

    `layout` says where the list is in the file, `columns` which field each column holds; `fixes` what a text shall be taken for,
    `decisions` (by line) whom a doubtful record is. `counts` are those of the receipt.
    """

    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=ImportState.choices, default=ImportState.READ)
    sender = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    kept = models.CharField(max_length=60, blank=True)
    account_id = models.BigIntegerField(null=True, db_index=True)
    account_name = models.CharField(max_length=200, blank=True)
    layout = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    fixes = models.JSONField(default=dict)
    decisions = models.JSONField(default=dict)
    misfits = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    job = models.ForeignKey("foundation.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="received") | Q(received_at__isnull=False), name="import_received_has_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__isnull=False), name="import_undone_has_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(models.Model):
    """A row of the database that an import made (`before` is null) or changed: what it takes to undo it.

    `mark` is a digest of what the row became; where it differs from the row of today, something happened since.
    """

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    mark = models.CharField(max_length=64)


class ImportRecipe(models.Model):
    """How the lists of one sender are read: which heading holds which field, what which text shall be taken for.

    `account_id` is whose imports it is for; 0 for those of the command line.
    """

    kind = models.CharField(max_length=20)
    sender = models.CharField(max_length=120)
    account_id = models.BigIntegerField(default=0)
    version = models.PositiveSmallIntegerField()
    headings = models.JSONField(default=dict)
    fixes = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "sender", "account_id", "version"], name="import_recipe_version_once"
            )
        ]


from chiakhoa.ground.registry.handed_in import HandedIn  # noqa: E402, F401 - Django finds the tables of an app here
from chiakhoa.ground.registry.searching.tables import IndexBlock, IndexTerm, PeopleIndex, Touched  # noqa: E402, F401
