"""The tables of the index of people. Nothing here is a fact: all of it can be made afresh from the people."""

import uuid
from typing import ClassVar

from django.db import models


class PeopleIndex(models.Model):
    """An index of everybody as of a moment: `people` places in the order of name and number. One stands at a time.

    What is read of it may be remembered under its `mark`, which no other ever has.
    """

    mark = models.UUIDField(default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField()
    people = models.PositiveIntegerField()
    only = models.BooleanField(default=True, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(only=True), name="people_index_stands_alone")
        ]


class IndexTerm(models.Model):
    """At which places a word of a name (`w`) or a commune (`u`) stands; as bits where `dense`, else as numbers."""

    index = models.ForeignKey(PeopleIndex, on_delete=models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=1)
    text = models.CharField(max_length=200)
    count = models.PositiveIntegerField()
    dense = models.BooleanField()
    places = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["index", "kind", "text"], name="index_term_once")]


class IndexBlock(models.Model):
    """512 entries of a long list: whose each place is (`p`), or at which place each person is (`n`)."""

    index = models.ForeignKey(PeopleIndex, on_delete=models.CASCADE, related_name="blocks")
    kind = models.CharField(max_length=1)
    number = models.PositiveIntegerField()
    entries = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["index", "kind", "number"], name="index_block_once")]


class Touched(models.Model):
    """Somebody was registered, renamed, moved, merged, parted or removed since the index was made.

    Triggers on the table of people write this. It holds no key to the person: it may outlast them.
    """

    person_id = models.BigIntegerField()
