"""Writing the people of an import, and taking them back. Called by the actions of `imports`, inside their transaction.

Rows go in as tuples, one prepared statement for all: models of a hundred thousand people would cost more than the database does.
"""

import base64
import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiakhoa.foundation import bulk
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.actions.search import renew_index
from chiakhoa.ground.registry.checking import PersonRow
from chiakhoa.ground.registry.importing.kinds import CHANGED, NEW, Judged, Touched
from chiakhoa.ground.registry.importing.matching import Held, Standing
from chiakhoa.ground.registry.models import Membership, Person

BATCH = 2000
KEPT = ("full_name", "born_on", "sex", "unit", "audience", "phone", "email")
KEPT_COLUMNS = ("full_name", "born_on", "sex", "unit_id", "audience_id", "phone", "email")
WRITTEN = (*KEPT, "external_key", "search_key")
NUMBER = ("citizen_number_index", "citizen_number_sealed")
INSERTED = ("reference", "registered_at", *WRITTEN, *NUMBER)


def store(judged: Sequence[Judged], at: datetime) -> list[Touched]:
    """Write the new and the changed people, with their memberships."""
    on = at.astimezone(HERE).date()
    new = [one for one in judged if one.state == NEW]
    changed = [one for one in judged if one.state == CHANGED]
    sealed = _sealed_before([one.thing.pk for one in changed if "citizen_number" in one.changes])
    keys = _insert(new, at)
    _update(changed)
    renew_index(at=at)
    placed = _place([(pk, *one.values[::2]) for pk, one in [*zip(keys, new, strict=True), *_with_keys(changed)]], on)
    return [
        *(Touched(one.line, str(pk), None, _mark(_values(one.values[0]))) for pk, one in zip(keys, new, strict=True)),
        *(_touched(one, sealed, placed) for one in changed),
    ]


def take_back(touched: Sequence[Touched], at: datetime) -> list[str]:
    """Remove the new people and restore the changed; or return in words what stands in the way, and write nothing."""
    new = {int(one.key): one for one in touched if one.before is None}
    changed = {int(one.key): one for one in touched if one.before is not None}
    obstacles = [*_changed_since({**new, **changed}), *_depending_on(list(new))]
    if not obstacles:
        _restore(changed)
        for part in _batches(list(new)):
            Membership.objects.filter(person__in=part).delete()
            Person.objects.filter(pk__in=part).delete()
    return obstacles


def _insert(new: Sequence[Judged], at: datetime) -> list[int]:
    """Insert the people; their keys, in the same order."""
    references = [uuid.uuid4() for _one in new]
    rows = (
        (reference, at, *_values(row), row.external_key or None, fold(row.full_name), index,
         citizen_number.seal(row.citizen_number) if index else None)
        for reference, (row, index, _held) in zip(references, (one.values for one in new), strict=True)
    )  # fmt: skip
    bulk.insert_values(Person, INSERTED, rows)
    made: dict[Any, int] = {}
    for part in _batches(references):
        made |= dict(Person.objects.order_by().filter(reference__in=part).values_list("reference", "pk"))
    return [made[reference] for reference in references]


def _update(changed: Sequence[Judged]) -> None:
    """Bring the changed people up to date; a citizen number only where the row brings another."""
    rows = [(*_values(row), match.external_key or row.external_key or None, fold(row.full_name), match.pk)
            for (row, _index, _held), match in ((one.values, one.thing) for one in changed)]  # fmt: skip
    bulk.update_values(Person, WRITTEN, rows)
    numbers = [
        (one.values[1], citizen_number.seal(one.values[0].citizen_number), one.thing.pk)
        for one in changed if "citizen_number" in one.changes
    ]  # fmt: skip
    bulk.update_values(Person, NUMBER, numbers)


def _place(placed: Sequence[tuple[int, PersonRow, dict[str, Held]]], on: date) -> dict[int, dict[str, Any]]:
    """Make the row's body the person's present one. Returns, by person, what was done, so that it can be undone."""
    begun, moved, ended, removed = [], [], [], []
    done: dict[int, dict[str, Any]] = {}
    for pk, row, held in placed:
        if not row.body_id:
            continue
        same, others = held.get(row.body_id), [one for body, one in held.items() if body != row.body_id]
        past = [one for one in others if one.valid_from is None or one.valid_from < on]
        ended += [(on, one.pk) for one in past]
        slips = [one for one in others if one not in past]
        removed += [one.pk for one in slips]
        what: dict[str, Any] = {
            "ended": [one.pk for one in past],
            "removed": [[one.body_id, one.position, str(one.valid_from)] for one in slips],
        }
        if same is None:
            begun.append((pk, row.body_id, row.position, row.member_since or (on if held else None), None))
            what["begun"] = row.body_id
        elif row.position and same.position != row.position:
            moved.append((row.position, same.pk))
            what["moved"] = [same.pk, same.position]
        if held:
            done[pk] = what
    bulk.update_values(Membership, ["valid_to"], ended)
    for part in _batches(removed):
        Membership.objects.filter(pk__in=part).delete()
    bulk.insert_values(Membership, ["person", "body", "position", "valid_from", "valid_to"], begun)
    bulk.update_values(Membership, ["position"], moved)
    return done


def _touched(one: Judged, sealed: Mapping[int, bytes | None], placed: Mapping[int, dict[str, Any]]) -> Touched:
    match: Standing = one.thing
    before: dict[str, Any] = {name: _plain(getattr(match, name)) for name in one.changes if hasattr(match, name)}
    if "citizen_number" in one.changes:
        held = sealed.get(match.pk)
        before["citizen_number_index"] = match.number_index
        before["citizen_number_sealed"] = base64.b64encode(held).decode() if held else None
    row = one.values[0]
    if match.pk in placed:
        before["memberships"] = placed[match.pk]
    elif row.body_id and "body_id" in one.changes:
        before["memberships"] = {"begun": row.body_id}
    return Touched(one.line, str(match.pk), before, _mark(_values(row)))


def _restore(changed: Mapping[int, Touched]) -> None:
    """Give back the fields, the number and the memberships that the import had changed."""
    for part in _batches(list(changed)):
        for person in Person.objects.filter(pk__in=part):
            before = dict(changed[person.pk].before or {})
            memberships = before.pop("memberships", None)
            for name, value in before.items():
                setattr(person, _attribute(name), _unplain(name, value))
            person.search_key = fold(person.full_name)
            person.save()
            if memberships:
                _restore_memberships(person, memberships)


def _restore_memberships(person: Person, what: Mapping[str, Any]) -> None:
    if "begun" in what:
        person.memberships.filter(body=what["begun"], valid_to__isnull=True).delete()
    person.memberships.filter(pk__in=what.get("ended", [])).update(valid_to=None)
    for body, position, since in what.get("removed", []):
        person.memberships.create(body_id=body, position=position, valid_from=since if since != "None" else None)
    if "moved" in what:
        person.memberships.filter(pk=what["moved"][0]).update(position=what["moved"][1])


def _changed_since(touched: Mapping[int, Touched]) -> list[str]:
    """In words, how many people are no longer as the import left them."""
    intact = 0
    for part in _batches(list(touched)):
        for pk, *values in Person.objects.filter(pk__in=part).values_list("pk", *KEPT_COLUMNS):
            intact += _mark(tuple(values)) == touched[pk].mark
    count = len(touched) - intact
    said = ngettext(
        "%(count)d person was changed or removed since.", "%(count)d people were changed or removed since.", count
    )
    return [said % {"count": count}] if count else []


def _depending_on(people: Sequence[int]) -> list[str]:
    """In words, what other rows point to the people by now, besides the membership that came with them."""
    found: dict[str, int] = {}
    for relation in Person._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        for part in _batches(people):
            rows = model._default_manager.filter(**{f"{name}__in": part})
            if model is Membership:
                rows = rows.filter(valid_to__isnull=False)
            count = rows.count()
            if count:
                words = str(model._meta.verbose_name)
                found[words] = found.get(words, 0) + count
    return [
        _("%(count)d rows of “%(what)s” belong by now to people whom this import registered.")
        % {"count": n, "what": words}
        for words, n in found.items()
    ]


def _with_keys(changed: Sequence[Judged]) -> list[tuple[int, Judged]]:
    return [(one.thing.pk, one) for one in changed]


def _values(row: PersonRow) -> tuple[Any, ...]:
    """The row's values of `KEPT`."""
    return (row.full_name, row.born_on, row.sex, row.unit_id, row.audience_code or None, row.phone, row.email)


def _mark(values: tuple[Any, ...]) -> str:
    return hashlib.blake2b("\n".join(str(value or "") for value in values).encode(), digest_size=8).hexdigest()


def _sealed_before(people: Sequence[int]) -> dict[int, bytes | None]:
    found: dict[int, bytes | None] = {}
    for part in _batches(people):
        rows = Person.objects.filter(pk__in=part).values_list("pk", "citizen_number_sealed")
        found |= {pk: bytes(sealed) if sealed else None for pk, sealed in rows}
    return found


def _attribute(name: str) -> str:
    return {"audience_code": "audience_id"}.get(name, name)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _unplain(name: str, value: Any) -> Any:
    if name == "born_on" and value:
        return date.fromisoformat(value)
    if name == "citizen_number_sealed" and value:
        return base64.b64decode(value)
    return value


def _batches(wanted: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))
