"""Somebody is forgotten: what the registry keeps of them besides their record goes: old values of merges and imports, lists on
disk that tell of them, their word in the index of names, and their name where they acted themselves. Runs before the record
itself is emptied."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from chiakhoa.foundation.erasing import erases
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import citizen_number, uploads
from chiakhoa.ground.registry.models import Import, ImportedRow, ImportRecipe, ImportState, Merge, Person
from chiakhoa.ground.registry.searching.rules import is_one_of
from chiakhoa.ground.registry.searching.tables import IndexTerm
from chiakhoa.ground.registry.tracing import Traces

COMMON = 50  # a word that so many bear names nobody


@erases("merges")
def forget_in_merges(person_pk: int) -> int:
    """Take what the records were before out of the person's merges. These cannot be parted any more: the mark fits nothing."""
    rows = Merge.objects.filter(kept=person_pk) | Merge.objects.filter(dropped=person_pk)
    return rows.update(before={}, mark="")


@erases("imported rows")
def forget_in_imports(person_pk: int) -> int:
    """Take former values out of the rows that imports changed. An import with such a row cannot be taken back any more."""
    rows = ImportedRow.objects.filter(source__kind="people", key=str(person_pk))
    return rows.filter(before__isnull=False).update(before={}) + rows.update(mark="")


@erases("imports sent")
def forget_sender(person_pk: int) -> int:
    """Take the name of the sender out of the lists that the person sent, and out of merges that they made."""
    account = {"account_id__in": Person.objects.filter(pk=person_pk, account__isnull=False).values("account")}
    return Import.objects.filter(**account).update(account_name="") + Merge.objects.filter(**account).update(
        account_name=""
    )


@erases("corrections of lists")
def forget_in_corrections(person_pk: int) -> int:
    """Take out of imports and recipes what a cell that told of the person was to be taken for."""
    person = Person.objects.get(pk=person_pk)
    number = citizen_number.whole(person.citizen_number_sealed)
    told = [said for said in (person.full_name, person.phone, person.email, person.external_key, number) if said]
    count = 0
    for model in (Import, ImportRecipe):
        rows = [row for row in model.objects.filter(kind="people").exclude(fixes={}) if _tells(row.fixes, told)]
        for row in rows:
            row.fixes = {key: meant for key, meant in row.fixes.items() if not _tells({key: meant}, told)}
        count += model.objects.bulk_update(rows, ["fixes"]) if rows else 0
    return count


def _tells(fixes: Mapping[str, str], told: Sequence[str]) -> bool:
    texts = [text for pair in fixes.items() for text in pair]
    return any(said in text for text in texts for said in told)


@erases("kept lists")
def forget_in_files(person_pk: int) -> int:
    """Remove every list on disk that tells of the person, whoever else is in it: its sender has it still, and sends it again.

    Refusal while such a list is being registered: it would bring back at once what is erased.
    """
    traces = Traces(Person.objects.get(pk=person_pk))
    told = [path for path in uploads.lists() if traces.told_in(path)]
    if Import.objects.filter(state=ImportState.QUEUED, kept__in=[path.name for path in told]).exists():
        said = _(
            "A list that tells of this person is being registered just now. Answer once it is in, in a few minutes."
        )
        raise Refusal(said, code="list_being_registered")
    for path in told:
        uploads.remove(path)
    return len(told)


@erases("words of names")
def forget_words(person_pk: int) -> int:
    """Take words that nobody else bears out of the index of names."""
    key = Person.objects.values_list("search_key", flat=True).get(pk=person_pk)
    held = IndexTerm.objects.filter(kind="w", text__in=fold(key).split(), count__lte=COMMON)
    others = Person.objects.exclude(pk=person_pk)
    alone = [term.pk for term in held.defer("places") if not others.filter(is_one_of([term.text])).exists()]
    return IndexTerm.objects.filter(pk__in=alone).delete()[0]
