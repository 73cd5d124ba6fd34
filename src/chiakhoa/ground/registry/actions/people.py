"""People: registered in bulk or one by one by the same road, and opened only so that the view is in the trail.

`checking.check_rows` refuses; what passes is written whole: persons, then memberships, in one transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import checking, citizen_number, queries
from chiakhoa.ground.registry.actions.search import renew_index
from chiakhoa.ground.registry.checking import PersonRow
from chiakhoa.ground.registry.models import Membership, Person

BATCH = 2000
COLUMNS = [
    "full_name", "search_key", "born_on", "sex", "unit", "audience", "phone", "email",
    "citizen_number_sealed", "citizen_number_index",
]  # fmt: skip
COMPARED = ("full_name", "born_on", "sex", "unit_id", "audience_id", "phone", "email", "citizen_number_index")
REGISTRARS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER)


@action(*REGISTRARS)
def register_people(actor: Reader, rows: Sequence[PersonRow], *, at: datetime) -> dict[str, int]:
    """Register people, or bring those with the same external key up to date, memberships included.

    Returns external key -> person id. All or none: Refusal naming the first row that will not do and the remedy.
    """
    on = at.astimezone(HERE).date()
    clean = checking.passed(actor, rows, on=on)
    _refuse_keys_given_twice(clean)
    standing = _standing(row.external_key for row in clean)
    _refuse_people_out_of_reach(actor, standing)
    people = [standing.get(row.external_key) or _new(row.external_key, at) for row in clean]
    _save([person for person, row in zip(people, clean, strict=True) if _fill(person, row)])
    _place(list(zip(people, clean, strict=True)), on)
    doubts = sum(bool(citizen_number.doubts(row.citizen_number, row.born_on, row.sex)) for row in clean)
    renew_index(at=at)
    counts = {"new": len(people) - len(standing), "known": len(standing), "doubts": doubts}
    audit.record(actor, "register_people", "registry.person", at=at, after=counts)
    return {row.external_key: person.pk for row, person in zip(clean, people, strict=True)}


@action(*REGISTRARS)
def register_person(actor: Reader, row: PersonRow, *, at: datetime) -> Person:
    """Register one person who has no key of another register. Refusal naming the field that will not do."""
    on = at.astimezone(HERE).date()
    clean = checking.passed(actor, [row], on=on)[0]
    person = _new(clean.external_key or None, at)
    _fill(person, clean)
    _save([person])
    _place([(person, clean)], on)
    renew_index(at=at)
    audit.record(actor, "register_person", person, at=at, after={"unit": clean.unit_id})
    return person


@action(*REGISTRARS)
def change_person(actor: Reader, person_pk: int, row: PersonRow, *, at: datetime) -> Person:
    """Bring one person's row up to date. An empty citizen number leaves the stored one as it is."""
    person = queries.people(actor).filter(pk=person_pk).first()
    if person is None:
        raise NotVisible(_("There is no such person here."))
    on = at.astimezone(HERE).date()
    clean = checking.passed(actor, [row], on=on, ignoring=person)[0]
    before = _shown(person)
    if _fill(person, clean):
        _save([person])
    _place([(person, clean)], on)
    after = _shown(person)
    changed = [name for name in after if after[name] != before[name]]
    audit.record(
        actor, "change_person", person, at=at,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip
    return person


@action(*queries.SEES_PEOPLE, Role.LEARNER)
def open_record(reader: Reader, person_pk: int, *, at: datetime) -> Person:
    """One person's record, with the view of it written into the trail. NotVisible outside the reader's reach."""
    person = queries.people(reader).select_related("unit", "audience").filter(pk=person_pk).first()
    if person is None:
        raise NotVisible(_("There is no such person here."))
    audit.record(reader, "view", person, at=at)
    return person


@action(*queries.SEES_PEOPLE)
def note_export(reader: Reader, what: str, count: int, *, at: datetime) -> None:
    """Write into the trail that a list of people left the program as a file."""
    audit.record(reader, "export", what, at=at, after={"rows": count})


def _refuse_keys_given_twice(rows: Sequence[PersonRow]) -> None:
    fault = checking.key_fault(rows)
    if fault:
        place = {"row": fault.row, "name": fault.name, "said": fault.message}
        said = _("Row %(row)d, %(name)s: %(said)s") % place
        raise Refusal(said, code=fault.code, field=fault.field, row=fault.row)


def _refuse_people_out_of_reach(actor: Reader, standing: dict[str, Person]) -> None:
    """A key may not be a way to take over somebody whom the actor may not see."""
    keys = {person.pk: key for key, person in standing.items()}
    pks = list(keys)
    for start in range(0, len(pks), BATCH):
        visible = queries.people(actor).order_by().filter(pk__in=pks[start : start + BATCH])
        for pk in visible.values_list("pk", flat=True):
            del keys[pk]
    hidden = sorted(keys.values())
    if hidden:
        raise Refusal(
            _("The key “%(key)s” belongs to somebody outside your unit. Ask the coordinator to move that person.")
            % {"key": hidden[0]},
            code="key_elsewhere",
            field="external_key",
        )


def _standing(keys: Iterable[str]) -> dict[str, Person]:
    wanted = list(keys)
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), BATCH):
        for person in Person.objects.filter(external_key__in=wanted[start : start + BATCH]):
            found[str(person.external_key)] = person
    return found


def _new(key: str | None, at: datetime) -> Person:
    return Person(external_key=key, registered_at=at)


def _fill(person: Person, row: PersonRow) -> bool:
    """Carry the row over to the person. Returns whether anything is new."""
    before = [getattr(person, name) for name in COMPARED]
    person.full_name, person.search_key = row.full_name, fold(row.full_name)
    person.born_on, person.sex = row.born_on, row.sex
    person.unit_id, person.audience_id = row.unit_id, row.audience_code or None
    person.phone, person.email = row.phone, row.email
    if row.citizen_number:
        index = citizen_number.index(row.citizen_number)
        if person.citizen_number_index != index:
            person.citizen_number_index = index
            person.citizen_number_sealed = citizen_number.seal(row.citizen_number)
    return before != [getattr(person, name) for name in COMPARED]


def _shown(person: Person) -> dict[str, Any]:
    """The fields as they stand in the trail; of the citizen number only its blind index."""
    return {name: str(getattr(person, name) or "") for name in COMPARED}


def _save(people: Sequence[Person]) -> None:
    """Write the new and the changed; the latter by upsert, since bulk_update takes minutes for thousands."""
    known = [person for person in people if person.pk is not None]
    Person.objects.bulk_create([person for person in people if person.pk is None], batch_size=BATCH)
    Person.objects.bulk_create(
        known, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=COLUMNS
    )


def _place(pairs: Sequence[tuple[Person, PersonRow]], on: date) -> None:
    """Make the row's body the person's present one: another open membership ends, a missing one begins."""
    named = [(person, row) for person, row in pairs if row.body_id]
    open_now = _open_memberships([person.pk for person, _row in named])
    begun, moved, ended = [], [], []
    for person, row in named:
        held = open_now.get(person.pk, {})
        same = held.pop(str(row.body_id), None)
        ended += list(held.values())
        if same is None:
            since = row.member_since or (on if held else None)
            begun.append(Membership(person=person, body_id=str(row.body_id), position=row.position, valid_from=since))
        elif same.position != row.position:
            same.position = row.position
            moved.append(same)
    _end(ended, on)
    Membership.objects.bulk_create(begun, batch_size=BATCH)
    Membership.objects.bulk_update(moved, ["position"], batch_size=500)


def _end(memberships: Sequence[Membership], on: date) -> None:
    """End them today; one that began today was a slip and goes."""
    for start in range(0, len(memberships), BATCH):
        part = Membership.objects.filter(pk__in=[row.pk for row in memberships[start : start + BATCH]])
        part.filter(valid_from__gte=on).delete()
        part.filter(Q(valid_from__isnull=True) | Q(valid_from__lt=on)).update(valid_to=on)


def _open_memberships(people: Sequence[int]) -> dict[int, dict[str, Membership]]:
    found: dict[int, dict[str, Membership]] = {}
    for start in range(0, len(people), BATCH):
        part = Membership.objects.filter(person__in=people[start : start + BATCH], valid_to__isnull=True)
        for membership in part:
            found.setdefault(membership.person_id, {})[membership.body_id] = membership
    return found
