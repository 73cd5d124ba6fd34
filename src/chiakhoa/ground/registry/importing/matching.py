"""Who a record is: the same key, the same citizen number, or name, birthday and commune together; anything less is a doubt.

Everybody is looked up once for the whole list, as tuples; then come the faults, and what would change.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import checking, citizen_number, queries
from chiakhoa.ground.registry.checking import PersonRow
from chiakhoa.ground.registry.importing.kinds import (
    CHANGED,
    DOUBTFUL,
    LEAVE,
    NEW,
    REFUSED,
    SAME,
    TAKE_AS_NEW,
    UNCHANGED,
    Fault,
    Judged,
)
from chiakhoa.ground.registry.models import Membership, Person

MANY, CHUNK = 3000, 10_000
COMPARED = ("full_name", "born_on", "sex", "unit_id", "audience_code", "phone", "email")
_as_compared = attrgetter(*COMPARED)


class Standing(NamedTuple):
    """Somebody registered, as far as an import compares: the fields of `COMPARED` under the names of a row."""

    pk: int
    external_key: str | None
    full_name: str
    born_on: date | None
    sex: str
    unit_id: str
    audience_code: str | None
    phone: str
    email: str
    number_index: str | None


STANDING_COLUMNS = (
    "pk", "external_key", "full_name", "born_on", "sex", "unit_id", "audience_id", "phone", "email", "citizen_number_index",
)  # fmt: skip


class Held(NamedTuple):
    """An open membership."""

    pk: int
    body_id: str
    position: str
    valid_from: date | None


class Twin(NamedTuple):
    """Whom a doubtful record may be: somebody registered (`pk`), or an earlier row of the same file (`line`)."""

    pk: int | None
    line: int | None
    why: str


class Judgement:
    """The judging of one list: who is who first, then what is wrong, then what is new."""

    def __init__(self, reader: Reader, rows: list[PersonRow], decisions: Mapping[int, str], on: date) -> None:
        self.reader, self.rows, self.decisions, self.on = reader, rows, decisions, on
        self.faults: list[Fault] = []
        self.indexes = _indexes(rows)
        self.by_key = _standing("external_key", {row.external_key for row in rows if row.external_key})
        self.by_number = {one.number_index: one for one in self.by_key.values() if one.number_index}
        others = {index for index in self.indexes if index and index not in self.by_number}
        self.by_number |= _standing("citizen_number_index", others)
        chosen = {int(said[5:]) for said in decisions.values() if said.startswith("same:")}
        self.by_pk = _standing("pk", chosen)
        self.twins: dict[int, tuple[Twin, ...]] = {}
        self.matches: list[Standing | None] = []

    def all(self) -> tuple[list[Judged], list[Fault]]:
        """Every record judged, every fault, in the order of the file."""
        self._match()
        whole = [_completed(row, match) if match else row for row, match in zip(self.rows, self.matches, strict=True)]
        self._check(whole, checking.known_for(self.reader, self.on))
        held = _held({match.pk for row, match in zip(whole, self.matches, strict=True) if match and row.body_id})
        refused = {fault.line for fault in self.faults}
        judged = [
            self._judged(row, match, index, held.get(match.pk, {}) if match else {}, row.line in refused)
            for row, match, index in zip(whole, self.matches, self.indexes, strict=True)
        ]
        return judged, sorted(self.faults, key=lambda fault: fault.line)

    def _match(self) -> None:
        self.matches = [self._certain(row, index) for row, index in zip(self.rows, self.indexes, strict=True)]
        self._match_by_name()
        self._refuse_out_of_reach()
        self._notice_doubles()

    def _certain(self, row: PersonRow, index: str | None) -> Standing | None:
        decided = self.decisions.get(row.line, "")
        if decided.startswith("same:"):
            return self.by_pk.get(int(decided[5:]))
        by_key = self.by_key.get(row.external_key) if row.external_key else None
        if decided == TAKE_AS_NEW:
            return by_key
        by_number = self.by_number.get(index) if index else None
        if by_key is None and by_number is not None and row.external_key and by_number.external_key:
            self._doubt(row, Twin(by_number.pk, None, _("the same citizen number")))
            return None
        if by_key is not None and by_number is not None and by_key.pk != by_number.pk:
            self._doubt(row, Twin(by_number.pk, None, _("the same citizen number, under another key")))
        return by_key or by_number

    def _match_by_name(self) -> None:
        open_rows = [
            place for place, (row, match) in enumerate(zip(self.rows, self.matches, strict=True))
            if match is None and row.full_name and row.line not in self.decisions and row.line not in self.twins
        ]  # fmt: skip
        namesakes = _namesakes(self.reader, [self.rows[place] for place in open_rows])
        for place in open_rows:
            row, index = self.rows[place], self.indexes[place]
            same = [
                one for one in namesakes.get(name_key(row.full_name), ())
                if _may_be_born(row.born_on, one.born_on)
                and not (index and one.number_index and index != one.number_index)
            ]  # fmt: skip
            certain = [
                one for one in same
                if not row.external_key and row.born_on and one.born_on == row.born_on and one.unit_id == row.unit_id
            ]  # fmt: skip
            if len(certain) == 1:
                self.matches[place] = certain[0]
            else:
                for one in same:
                    self._doubt(row, Twin(one.pk, None, _("the same name")))

    def _refuse_out_of_reach(self) -> None:
        """A key or number may not be a way to take over somebody whom the reader may not see."""
        matched = {match.pk: row for row, match in zip(self.rows, self.matches, strict=True) if match}
        visible = _visible(self.reader, matched)
        for place, (row, match) in enumerate(zip(self.rows, self.matches, strict=True)):
            if match and match.pk not in visible:
                said = _("This person is registered outside your unit. Ask the coordinator to move them.")
                field = "external_key" if match.external_key == row.external_key else "citizen_number"
                self._fault(row, field, said, "key_elsewhere")
                self.matches[place] = None
                self.twins.pop(row.line, None)
        shown = _visible(self.reader, {twin.pk for twins in self.twins.values() for twin in twins if twin.pk})
        for line, twins in list(self.twins.items()):
            self.twins[line] = tuple(twin for twin in twins if twin.pk is None or twin.pk in shown)

    def _notice_doubles(self) -> None:
        """The same key twice is wrong; the same person or the same name and birthday twice is doubtful."""
        keys: dict[str, int] = {}
        people: dict[int, int] = {}
        names: dict[tuple[str, date | None], list[int]] = {}
        for place, (row, match) in enumerate(zip(self.rows, self.matches, strict=True)):
            if row.external_key and keys.setdefault(row.external_key, row.line) != row.line:
                said = _("The key “%(key)s” is in row %(first)d already. Give each person a key of their own.")
                self._fault(
                    row, "external_key", said % {"key": row.external_key, "first": keys[row.external_key]}, "key_twice"
                )
            elif match and people.setdefault(match.pk, row.line) != row.line:
                self._double(row, people[match.pk])
            elif row.full_name and row.born_on:
                earlier = names.setdefault((name_key(row.full_name), row.born_on), [])
                for other in earlier:
                    if not _differ(self.rows[other], row):
                        self._double(row, self.rows[other].line)
                earlier.append(place)

    def _double(self, row: PersonRow, line: int) -> None:
        if self.decisions.get(row.line) != TAKE_AS_NEW:
            self._doubt(row, Twin(None, line, _("perhaps the same person in this file")))

    def _check(self, rows: Sequence[PersonRow], known: checking.Known) -> None:
        numbers: dict[str, int] = {}
        for row, match, index in zip(rows, self.matches, self.indexes, strict=True):
            for name, message, code in checking.faults_of(row, known):
                self._fault(row, name, message, code)
            holder = self.by_number.get(index) if index and row.line not in self.twins else None
            if holder and (match is None or match.pk != holder.pk):
                self._fault(row, "citizen_number", checking.number_taken(), "citizen_number_taken")
            if row.citizen_number and numbers.setdefault(row.citizen_number, row.line) != row.line:
                said = checking.number_twice(numbers[row.citizen_number])
                self._fault(row, "citizen_number", said, "citizen_number_twice")

    def _fault(self, row: PersonRow, name: str, message: str, code: str) -> None:
        self.faults.append(Fault(row.line, name, message, code, str(getattr(row, name) or "")))

    def _doubt(self, row: PersonRow, twin: Twin) -> None:
        if row.line not in self.decisions or self.decisions[row.line] == LEAVE:
            self.twins[row.line] = (*self.twins.get(row.line, ()), twin)

    def _judged(
        self, row: PersonRow, match: Standing | None, index: str | None, held: dict[str, Held], refused: bool
    ) -> Judged:
        values = (row, index, held)
        if refused:
            return Judged(row.line, row.full_name, REFUSED, values, match)
        twins = self.twins.get(row.line, ())
        if twins or self.decisions.get(row.line) == LEAVE:
            return Judged(row.line, row.full_name, DOUBTFUL, values, match, twins=twins)
        odd = tuple(citizen_number.doubts(row.citizen_number, row.born_on, row.sex)) if index else ()
        if match is None:
            return Judged(row.line, row.full_name, NEW, values, notes=odd)
        changes = _changes(row, match, index, held)
        return Judged(row.line, row.full_name, CHANGED if changes else SAME, values, match, changes, notes=odd)


@lru_cache(maxsize=1 << 16)
def name_key(name: str) -> str:
    """A name as it is compared: without diacritics, its words in alphabetical order."""
    return _ordered(fold(name))


@lru_cache(maxsize=1 << 16)
def _ordered(folded: str) -> str:
    return " ".join(sorted(folded.split()))


def _completed(row: PersonRow, match: Standing) -> PersonRow:
    """The row with what it says nothing of taken from the register."""
    kept = {name: getattr(match, name) for name in COMPARED if not getattr(row, name) and getattr(match, name)}
    return row._replace(**kept) if kept else row


def _changes(
    row: PersonRow, match: Standing, index: str | None, held: dict[str, Held]
) -> Mapping[str, tuple[str, str]]:
    found = {}
    if _as_compared(match) != _as_compared(row):
        for name in COMPARED:
            before, after = getattr(match, name) or "", getattr(row, name) or ""
            if before != after:
                found[name] = (shown(before), shown(after))
    if index and index != match.number_index:
        found["citizen_number"] = (_("another") if match.number_index else "", "•••" + row.citizen_number[-3:])
    if row.external_key and not match.external_key:
        found["external_key"] = ("", row.external_key)
    if row.body_id and row.body_id not in held:
        found["body_id"] = (", ".join(held), row.body_id)
    elif row.body_id and row.position and held[row.body_id].position != row.position:
        found["position"] = (held[row.body_id].position, row.position)
    return found or UNCHANGED


def shown(value: Any) -> str:
    """A value as the pages show it."""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def _differ(one: PersonRow, other: PersonRow) -> bool:
    """Whether two rows of the same name and birthday say that they are two people."""
    return bool(one.citizen_number and other.citizen_number and one.citizen_number != other.citizen_number)


def _standing(field: str, wanted: AbstractSet[Any]) -> dict[Any, Standing]:
    """Those registered under keys, numbers or ids; a record that was merged stands for the one it was merged into."""
    place = {"pk": 0, "external_key": 1, "citizen_number_index": 9}[field]
    found, merged = {}, {}
    if wanted:
        rows = Person.objects.order_by().filter(**{f"{field}__among": wanted})
        once: dict[Any, Any] = {}  # what many share, each held once: name, day, sex, unit, audience
        for *values, into in rows.values_list(*STANDING_COLUMNS, "merged_into").iterator(CHUNK):
            values[2:7] = [once.setdefault(value, value) for value in values[2:7]]
            found[values[place]] = Standing._make(values)
            if into:
                merged[values[place]] = into
    kept = _standing("pk", set(merged.values())) if merged else {}
    return found | {said: kept[pk] for said, pk in merged.items()}


def _namesakes(reader: Reader, rows: Sequence[PersonRow]) -> dict[str, list[Standing]]:
    """By words of the name, visible people who bear them in any order and may be born on the day of one of the rows.

    A few names are asked for, many are compared with everybody.
    """
    days: dict[str, set[date | None]] = {}
    for row in rows:
        days.setdefault(name_key(row.full_name), set()).add(row.born_on)
    people = queries.people(reader).order_by()
    if len(days) <= MANY:
        people = people.filter(search_key__among=_turned(row.full_name for row in rows))
    found: dict[str, list[int]] = {}
    for pk, key, born_on in people.values_list("pk", "search_key", "born_on").iterator(CHUNK) if days else ():
        ordered = _ordered(key)
        wanted = days.get(ordered, ())
        if wanted and (born_on in wanted or None in wanted or not born_on):
            found.setdefault(ordered, []).append(pk)
    standing = _standing("pk", {pk for pks in found.values() for pk in pks})
    return {ordered: [standing[pk] for pk in pks] for ordered, pks in found.items()}


def _may_be_born(one: date | None, other: date | None) -> bool:
    """Whether two days of birth are the same, as far as both are known."""
    return one == other or not one or not other


def _turned(names: Iterable[str]) -> set[str]:
    """Each folded name with its words turned round: given name first, family name last, and the like."""
    found = set()
    for name in names:
        words = fold(name).split()
        found |= {" ".join(words[cut:] + words[:cut]) for cut in range(max(1, len(words)))}
        found.add(" ".join(reversed(words)))
    return found


def _visible(reader: Reader, pks: Iterable[int]) -> set[int]:
    asked = set(pks)
    if reader == SYSTEM or not asked:
        return asked
    return set(queries.people(reader).order_by().filter(pk__among=asked).values_list("pk", flat=True))


def _held(people: AbstractSet[int]) -> dict[int, dict[str, Held]]:
    found: dict[int, dict[str, Held]] = {}
    if people:
        open_now = Membership.objects.filter(person__pk__among=people, valid_to__isnull=True)
        for person, *values in open_now.values_list("person_id", "pk", "body_id", "position", "valid_from"):
            found.setdefault(person, {})[values[1]] = Held(*values)
    return found


def _indexes(rows: Sequence[PersonRow]) -> list[str | None]:
    """The index of each row's citizen number; None where it has none."""
    numbers = {row.citizen_number for row in rows if checking.is_number(row.citizen_number)}
    ordered = list(numbers)
    known = dict(zip(ordered, citizen_number.indexes(ordered), strict=True))
    return [known.get(row.citizen_number) for row in rows]
