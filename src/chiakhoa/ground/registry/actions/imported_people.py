"""Writing the people of an import, and taking them back. Called by the actions of `imports`, inside their transaction.

Rows go in as tuples, one prepared statement for all: models of a hundred thousand people would cost more than the database does.
"""

import base64
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from itertools import chain
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

CHUNK = 10_000
KEPT = ("full_name", "born_on", "sex", "unit", "audience", "phone", "email")
KEPT_COLUMNS = ("full_name", "born_on", "sex", "unit_id", "audience_id", "phone", "email")
INSERTED = (
    "id", "reference", "registered_at", *KEPT, "external_key", "search_key", "citizen_number_index", "citizen_number_sealed",
)  # fmt: skip
PLACED = ("body_id", "position")  # what stands in a membership, not in the person's own row


def store(judged: Sequence[Judged], at: datetime) -> Iterator[Touched]:
    """Write the new and the changed people, with their memberships. What was touched is told afterwards, one by one."""
    on = at.astimezone(HERE).date()
    new = [one for one in judged if one.state == NEW]
    changed = [one for one in judged if one.state == CHANGED]
    sealed = _sealed_before({one.thing.pk for one in changed if "citizen_number" in one.changes})
    keys = bulk.reserve_keys(Person, len(new))
    _insert(keys, new, at)
    _update(changed)
    renew_index(at=at)
    pairs = chain(zip(keys, new, strict=True), ((one.thing.pk, one) for one in changed))
    placed = _place([(pk, *one.values[::2]) for pk, one in pairs if one.values[0].body_id], on)
    return chain(
        (Touched(one.line, str(pk), None, _mark(_values(one.values[0]))) for pk, one in zip(keys, new, strict=True)),
        (_touched(one, sealed, placed) for one in changed),
    )


def take_back(touched: Sequence[Touched], at: datetime) -> list[str]:
    """Remove the new people and restore the changed; or return in words what stands in the way, and write nothing."""
    new = {int(one.key): one for one in touched if one.before is None}
    changed = {int(one.key): one for one in touched if one.before is not None}
    obstacles = [*_changed_since({**new, **changed}), *_depending_on(new.keys())]
    if not obstacles:
        _restore(changed)
        Membership.objects.filter(person__pk__among=new.keys()).delete()
        bulk.delete_keys(Person, new.keys())
    return obstacles


def _insert(keys: Sequence[int], new: Sequence[Judged], at: datetime) -> None:
    seals = iter(citizen_number.seal_all([one.values[0].citizen_number for one in new if one.values[1]]))
    rows = (
        (pk, uuid.uuid4(), at, *_values(row), row.external_key or None, fold(row.full_name), index,
         next(seals) if index else None)
        for pk, (row, index, _held) in zip(keys, (one.values for one in new), strict=True)
    )  # fmt: skip
    bulk.insert_values(Person, INSERTED, rows)


def _update(changed: Sequence[Judged]) -> None:
    """Bring the changed people up to date: of each only what its row changes, for the same fields in one go."""
    alike: dict[tuple[str, ...], list[Judged]] = {}
    for one in changed:
        alike.setdefault(tuple(name for name in one.changes if name not in PLACED), []).append(one)
    for names, people in alike.items():
        written = [column for name in names for column in _columns(name, people)]
        _write([one.thing.pk for one in people], dict(written))


def _columns(name: str, people: Sequence[Judged]) -> Iterator[tuple[str, Sequence[Any]]]:
    """The fields that hold what the rows say under a name, each with its value for each of the people."""
    if name == "citizen_number":
        yield "citizen_number_index", [one.values[1] for one in people]
        yield "citizen_number_sealed", citizen_number.seal_all([one.values[0].citizen_number for one in people])
    else:
        yield _attribute(name), [getattr(one.values[0], name) for one in people]


def _write(keys: Sequence[int], columns: dict[str, Sequence[Any]]) -> None:
    """Set fields of people, given field by field. Where a name is among them its folded form goes with it."""
    if "full_name" in columns:
        columns = {**columns, "search_key": list(map(fold, columns["full_name"]))}
    if columns:
        bulk.update_values(Person, list(columns), zip(*columns.values(), keys, strict=True))


def _place(placed: Sequence[tuple[int, PersonRow, dict[str, Held]]], on: date) -> dict[int, dict[str, Any]]:
    """Make the row's body the person's present one. Returns, by person, what was done, so that it can be undone."""
    begun, moved, ended, removed = [], [], [], []
    done: dict[int, dict[str, Any]] = {}
    for pk, row, held in placed:
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
    bulk.delete_keys(Membership, removed)
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
    alike: dict[tuple[str, ...], list[int]] = {}
    for pk, one in changed.items():
        alike.setdefault(tuple(name for name in one.before or {} if name != "memberships"), []).append(pk)
    for names, keys in alike.items():
        held = [changed[pk].before or {} for pk in keys]
        _write(keys, {_attribute(name): [_unplain(name, before[name]) for before in held] for name in names})
    _restore_memberships(
        {pk: one.before["memberships"] for pk, one in changed.items() if one.before and "memberships" in one.before}
    )


def _restore_memberships(what: Mapping[int, Mapping[str, Any]]) -> None:
    """By person, end what the import began, open what it ended, put back what it removed or gave another position."""
    begun: dict[str, list[int]] = {}
    for pk, done in what.items():
        if "begun" in done:
            begun.setdefault(done["begun"], []).append(pk)
    for body, people in begun.items():
        Membership.objects.filter(person__pk__among=people, body=body, valid_to__isnull=True).delete()
    ended = [key for done in what.values() for key in done.get("ended", [])]
    bulk.update_values(Membership, ["valid_to"], ((None, key) for key in ended))
    removed = (
        (pk, body, position, None if since == "None" else date.fromisoformat(since))
        for pk, done in what.items() for body, position, since in done.get("removed", [])
    )  # fmt: skip
    bulk.insert_values(Membership, ["person", "body", "position", "valid_from"], removed)
    moved = ((done["moved"][1], done["moved"][0]) for done in what.values() if "moved" in done)
    bulk.update_values(Membership, ["position"], moved)


def _changed_since(touched: Mapping[int, Touched]) -> list[str]:
    """In words, how many people are no longer as the import left them."""
    people = Person.objects.order_by().filter(pk__among=touched.keys()).values_list("pk", *KEPT_COLUMNS)
    count = len(touched) - sum(_mark(values) == touched[pk].mark for pk, *values in people.iterator(CHUNK))
    said = ngettext(
        "%(count)d person was changed or removed since.", "%(count)d people were changed or removed since.", count
    )
    return [said % {"count": count}] if count else []


def _depending_on(people: AbstractSet[int]) -> list[str]:
    """In words, what other rows point to the people by now, besides the membership that came with them."""
    found: Counter[str] = Counter()
    for relation in Person._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            rows = relation.related_model._default_manager.filter(**{f"{relation.field.name}__pk__among": people})
            if relation.related_model is Membership:
                rows = rows.filter(valid_to__isnull=False)
            found[str(relation.related_model._meta.verbose_name)] += rows.count()
    return [
        _("%(count)d rows of “%(what)s” belong by now to people whom this import registered.")
        % {"count": n, "what": words}
        for words, n in found.items() if n
    ]  # fmt: skip


def _values(row: PersonRow) -> tuple[Any, ...]:
    """The row's values of `KEPT`."""
    return (row.full_name, row.born_on, row.sex, row.unit_id, row.audience_code or None, row.phone, row.email)


def _mark(values: Sequence[Any]) -> str:
    return hashlib.blake2b("\n".join([str(value or "") for value in values]).encode(), digest_size=8).hexdigest()


def _sealed_before(people: AbstractSet[int]) -> dict[int, bytes | None]:
    rows = Person.objects.order_by().filter(pk__among=people).values_list("pk", "citizen_number_sealed")
    return {pk: bytes(sealed) if sealed else None for pk, sealed in rows} if people else {}


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
