"""What a row about a person must be before it is written. Says every fault of every row: row, column, cause, remedy.

The preview of an import and the actions use the same checks, so that a clean preview is a promise.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Audience, Body, BodyAncestry, Person, Sex
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit

BATCH = 2000
OLDEST = date(1900, 1, 1)
LONGEST_NAME = 120
SEXES = frozenset(Sex.values)
PHONE = re.compile(r"\+?[0-9]{9,14}")
PLAIN_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}"
)  # spares the slow check


class PersonRow(NamedTuple):
    """A person as handed in. `external_key` is the key of the sender's own list; `body_id` the present body.

    `line` is the line of the sheet that the row stands in; 0 where there is none.
    """

    external_key: str
    full_name: str
    unit_id: str
    born_on: date | None = None
    sex: str = ""
    audience_code: str = ""
    body_id: str | None = None
    position: str = ""
    phone: str = ""
    email: str = ""
    citizen_number: str = ""
    member_since: date | None = None
    line: int = 0


@dataclass(frozen=True)
class Fault:
    """What is wrong with one column of one row, and what to do. `row` is the sheet's line, or else counted from 1."""

    row: int
    name: str
    field: str
    message: str
    code: str


_Fault = tuple[str, str, str] | None  # field, message, code


@dataclass(frozen=True)
class Known:
    """What the rows may point to: looked up once for all of them. `asked` keeps what was said of units that will not do."""

    units: frozenset[str]
    bodies: frozenset[str]
    own_bodies: frozenset[str] | None
    audiences: frozenset[str]
    holders: dict[str, str]
    on: date
    asked: dict[str, "_Fault"] = field(default_factory=dict)


def passed(actor: Reader, rows: Sequence[PersonRow], *, on: date, ignoring: Person | None = None) -> list[PersonRow]:
    """The rows as they will be stored. Refusal saying the first fault of all."""
    clean, faults = examine(actor, rows, on=on, ignoring=ignoring)
    if faults:
        first = faults[0]
        place = _("Row %(row)d, %(name)s: ") % {"row": first.row, "name": first.name} if len(rows) > 1 else ""
        raise Refusal(f"{place}{first.message}", code=first.code, field=first.field, row=first.row)
    return clean


def examine(
    actor: Reader, rows: Sequence[PersonRow], *, on: date, ignoring: Person | None = None
) -> tuple[list[PersonRow], list[Fault]]:
    """The rows tidied, and every fault in them, in the order of the rows."""
    tidied = [_tidy(row) for row in rows]
    known = replace(known_for(actor, on), holders=_holders(tidied, ignoring))
    faults: list[Fault] = []
    numbers: dict[str, int] = {}
    for ordinal, row in enumerate(tidied, 1):
        number = row.line or ordinal
        found = list(faults_of(row, known))
        if row.citizen_number and numbers.setdefault(row.citizen_number, number) != number:
            found.append(("citizen_number", number_twice(numbers[row.citizen_number]), "citizen_number_twice"))
        faults += [Fault(number, row.full_name, *fault) for fault in found]
    return tidied, faults


def key_fault(rows: Sequence[PersonRow]) -> Fault | None:
    """The first row whose key is missing or is in an earlier row already."""
    seen: dict[str, int] = {}
    for ordinal, row in enumerate(rows, 1):
        number = row.line or ordinal
        if not row.external_key:
            said = _("A key is missing. Give each person the key that your own list uses.")
            return Fault(number, row.full_name, "external_key", said, "key_not_unique")
        if row.external_key in seen:
            place = {"key": row.external_key, "first": seen[row.external_key]}
            said = _("The key “%(key)s” is in row %(first)d already. Give each person a key of their own.") % place
            return Fault(number, row.full_name, "external_key", said, "key_not_unique")
        seen[row.external_key] = number
    return None


def _tidy(row: PersonRow) -> PersonRow:
    try:
        digits = citizen_number.plain(row.citizen_number)
    except ValueError:
        digits = row.citizen_number.strip()
    return row._replace(
        external_key=row.external_key.strip(),
        full_name=nfc(row.full_name),
        position=nfc(row.position),
        phone=re.sub(r"[\s.\-]", "", row.phone),
        email=row.email.strip(),
        citizen_number=digits,
    )


def known_for(actor: Reader, on: date) -> Known:
    """What rows of this actor may point to on a day, without the holders of citizen numbers."""
    units = Unit.objects.filter(territory.in_force(on))
    if actor != SYSTEM and actor.unit_id:
        units = units.filter(id__in=territory.subtree(actor.unit_id))
    own = None
    if actor != SYSTEM and not actor.unit_id:
        own = frozenset(BodyAncestry.objects.filter(ancestor=actor.body_id).values_list("body_id", flat=True))
    return Known(
        units=frozenset(units.values_list("pk", flat=True)),
        bodies=frozenset(Body.objects.filter(territory.in_force(on)).values_list("pk", flat=True)),
        own_bodies=own,
        audiences=frozenset(Audience.objects.filter(is_profile=True).values_list("pk", flat=True)),
        holders={},
        on=on,
    )


def _holders(rows: Sequence[PersonRow], ignoring: Person | None) -> dict[str, str]:
    """Who already holds the rows' citizen numbers: number -> external key (empty where the person has none)."""
    numbers = {
        citizen_number.index(row.citizen_number): row.citizen_number for row in rows if is_number(row.citizen_number)
    }
    indexes = list(numbers)
    found: dict[str, str] = {}
    for start in range(0, len(indexes), BATCH):
        part = Person.objects.filter(citizen_number_index__in=indexes[start : start + BATCH])
        if ignoring is not None:
            part = part.exclude(pk=ignoring.pk)
        for index, key in part.values_list("citizen_number_index", "external_key"):
            found[numbers[str(index)]] = key or ""
    return found


def is_number(text: str) -> bool:
    """Whether the text has the twelve digits of a citizen number."""
    return len(text) == citizen_number.LENGTH and text.isascii() and text.isdigit()


def faults_of(row: PersonRow, known: Known) -> Iterator[tuple[str, str, str]]:
    """Field, words and code of everything that is wrong with one row."""
    if _is_plainly_right(row, known):
        return
    for check in CHECKS:
        fault = check(row, known)
        if fault:
            yield fault


def _is_plainly_right(row: PersonRow, known: Known) -> bool:
    """Whether a look suffices: in a long list nearly every row is of this sort, and the checks in words are slow.

    False where the look does not tell; the checks alone say what is wrong.
    """
    number = row.citizen_number
    return (
        row.unit_id in known.units
        and known.own_bodies is None
        and row.full_name.replace(" ", "").isalpha()
        and len(row.full_name) <= LONGEST_NAME
        and (row.born_on is None or OLDEST <= row.born_on <= known.on)
        and (not row.sex or row.sex in SEXES)
        and (not row.body_id or row.body_id in known.bodies)
        and (not row.audience_code or row.audience_code in known.audiences)
        and (not row.phone or bool(PHONE.fullmatch(row.phone)))
        and (not row.email or bool(PLAIN_EMAIL.fullmatch(row.email)))
        and (not number or (is_number(number) and number not in known.holders))
    )


def _name(row: PersonRow, _known: Known) -> _Fault:
    if not row.full_name:
        return "full_name", _("The name is missing. Write it as on the identity card."), "name_missing"
    if len(row.full_name) > LONGEST_NAME:
        return (
            "full_name",
            _("The name is longer than 120 letters. Check whether two cells were joined."),
            "name_too_long",
        )
    if not row.full_name.replace(" ", "").isalpha() and any(
        unicodedata.category(letter) in ("Cc", "Cf", "Nd") for letter in row.full_name
    ):
        return "full_name", _("The name holds digits or control characters. Type it again."), "name_malformed"
    return None


def _birth(row: PersonRow, known: Known) -> _Fault:
    if row.born_on and not OLDEST <= row.born_on <= known.on:
        said = _("The birthday %(day)s is in the future or before 1900. Check the year.") % {
            "day": f"{row.born_on:%d/%m/%Y}"
        }
        return "born_on", said, "birthday_out_of_range"
    return None


def _sex(row: PersonRow, _known: Known) -> _Fault:
    if row.sex and row.sex not in SEXES:
        return (
            "sex",
            _("“%(sex)s” is not a sex of the identity register. Write f, m or nothing.") % {"sex": row.sex},
            "sex_unknown",
        )
    return None


def _unit(row: PersonRow, known: Known) -> _Fault:
    if row.unit_id in known.units:
        return None
    if row.unit_id not in known.asked:
        known.asked[row.unit_id] = _unit_in_words(row, known)
    return known.asked[row.unit_id]


def _unit_in_words(row: PersonRow, known: Known) -> _Fault:
    unit = Unit.objects.filter(pk=row.unit_id).first()
    if unit is None:
        return (
            "unit_id",
            _("There is no unit “%(unit)s”. Look its code up under Territory.") % {"unit": row.unit_id},
            "unit_unknown",
        )
    if unit.valid_to and unit.valid_to <= known.on:
        return "unit_id", _ended(unit), "unit_ended"
    return "unit_id", _("%(unit)s lies outside your unit. Choose one of your own.") % {"unit": unit}, "unit_elsewhere"


def _ended(unit: Unit) -> str:
    heirs = list(Unit.objects.filter(forebears__old=unit).order_by("-forebears__share", "search_key"))
    place = {
        "unit": unit,
        "day": f"{unit.valid_to:%d/%m/%Y}",
        "heirs": _(" or ").join(f"{heir} ({heir.pk})" for heir in heirs),
    }
    if not heirs:
        return _("%(unit)s ended on %(day)s without an heir; use the commune of today.") % place
    return _("%(unit)s ended on %(day)s; use %(heirs)s.") % place


def _body(row: PersonRow, known: Known) -> _Fault:
    if row.body_id and row.body_id not in known.bodies:
        said = _("There is no body “%(body)s” today. Look its code up under Bodies.") % {"body": row.body_id}
        return "body_id", said, "body_unknown"
    if known.own_bodies is not None and row.body_id not in known.own_bodies:
        return "body_id", _("Choose your own body or one below it: you register only its people."), "body_elsewhere"
    return None


def _audience(row: PersonRow, known: Known) -> _Fault:
    if row.audience_code and row.audience_code not in known.audiences:
        said = _("There is no audience “%(audience)s” with a required profile. Choose one of the list.")
        return "audience_code", said % {"audience": row.audience_code}, "audience_unknown"
    return None


def _phone(row: PersonRow, _known: Known) -> _Fault:
    if row.phone and not PHONE.fullmatch(row.phone):
        said = _("“%(phone)s” is not a telephone number. Write 10 digits such as 0912345678.") % {"phone": row.phone}
        return "phone", said, "phone_malformed"
    return None


def _email(row: PersonRow, _known: Known) -> _Fault:
    try:
        if row.email and not PLAIN_EMAIL.fullmatch(row.email):
            validate_email(row.email)
    except ValidationError:
        return (
            "email",
            _("“%(email)s” is not an e-mail address. Correct it or leave it empty.") % {"email": row.email},
            "email_malformed",
        )
    return None


def _number(row: PersonRow, known: Known) -> _Fault:
    if not row.citizen_number:
        return None
    if not is_number(row.citizen_number):
        said = _(
            "The citizen number must have 12 digits. In a spreadsheet, store it as text so that leading zeros stay."
        )
        return "citizen_number", said, "citizen_number_malformed"
    holder = known.holders.get(row.citizen_number)
    if holder is not None and not (row.external_key and holder == row.external_key):
        return "citizen_number", number_taken(), "citizen_number_taken"
    return None


def number_taken() -> str:
    """The words for a citizen number that somebody registered holds."""
    return _(
        "This citizen number is registered for somebody else. Search for that person first; it may be the same one."
    )


def number_twice(first: int) -> str:
    """The words for a citizen number that an earlier row has already."""
    return _("This citizen number is in row %(first)d already. One of the two rows is wrong or double.") % {
        "first": first
    }


CHECKS: tuple[Callable[[PersonRow, Any], _Fault], ...] = (
    _name, _birth, _sex, _unit, _body, _audience, _phone, _email, _number,
)  # fmt: skip
