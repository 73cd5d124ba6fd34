"""The groups of people that the register knows: sex, audience, age. Reads; writes nothing.

It holds no ethnic group, so that nothing here can be compared by it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext

from chiakhoa.ground.registry.models import Audience, Person, Sex

AGES = ((35, "–34"), (55, "35–54"), (200, "55+"))
NOBODY_KNOWS = ""
AT_ONCE = 5000


def of(people: Sequence[int], days: Sequence[date]) -> dict[str, list[str]]:
    """sex, audience, age: the group of each of these people, on a day each."""
    known = {row[0]: row[1:] for row in _register(people)}
    rows = [known.get(person, (NOBODY_KNOWS, None, None)) for person in people]
    return {
        "sex": [row[0] for row in rows],
        "audience": [row[1] or NOBODY_KNOWS for row in rows],
        "age": [_age(row[2], day) for row, day in zip(rows, days, strict=True)],
    }


def name(by: str, key: str) -> str:
    """A group in words."""
    if by == "sex":
        return str(dict(Sex.choices).get(key, key))
    if by == "audience":
        audience = Audience.objects.filter(pk=key).first()
        return audience.name if audience else key
    years = {"–34": gettext("up to 34 years"), "35–54": gettext("35 to 54 years"), "55+": gettext("55 years and more")}
    return years.get(key, key)


def grouping(by: str) -> str:
    """What people are grouped by, in words."""
    return {"sex": gettext("Sex"), "audience": gettext("Audience"), "age": gettext("Age")}[by]


def _register(people: Sequence[int]) -> list[tuple[Any, ...]]:
    wanted = sorted(set(people))
    found: list[tuple[Any, ...]] = []
    for first in range(0, len(wanted), AT_ONCE):
        some = Person.objects.filter(pk__in=wanted[first : first + AT_ONCE])
        found += some.values_list("pk", "sex", "audience", "born_on")
    return found


def _age(born: date | None, day: date) -> str:
    if born is None:
        return NOBODY_KNOWS
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return next(word for before, word in AGES if years < before)
