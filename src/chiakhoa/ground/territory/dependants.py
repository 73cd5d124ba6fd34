"""What hangs on units and bodies in this and later steps, and which of it follows when one passes into another.

Each step tells in its `apps.py` what of its own names a unit or a body (`register`); so a reform can count its effects, lead
rows to the heir and back, and say what stands against its undoing, without an earlier step importing a later one.
A test holds that every protected reference is told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from chiakhoa.foundation import bulk

BATCH = 5000


class Follows(Enum):
    """When a row goes over to the heir."""

    NEVER = "never"  # a fact of its day, or somebody's own decision
    SAME = "same"  # where the heir is the same thing under another name or in another place
    HEIR = "heir"  # wherever there is one heir


def any_row(_on: date) -> Q:
    """Every row."""
    return Q()


@dataclass(frozen=True)
class Dependant:
    """Rows of `model` that name a thing of the kind `of` by `path`. `live` narrows to those that a reform touches.

    `lead` and `back` are the step's own way, where another reference is not enough: (reform, heir of each, day) and (reform).
    """

    of: str
    model: str
    path: str
    label: Any
    follows: Follows = Follows.NEVER
    live: Callable[[date], Q] = any_row
    lead: Callable[[Any, Mapping[str, str], date], int] | None = None
    back: Callable[[Any], int] | None = None

    @property
    def key(self) -> str:
        """The name under which a carried row is remembered."""
        return f"{self.model}.{self.path}"

    def rows(self, things: Iterable[str]) -> QuerySet[Model]:
        """The rows that name one of the things."""
        named: QuerySet[Model] = apps.get_model(self.model)._default_manager.filter(
            **{f"{self.path}__in": list(things)}
        )
        return named


@dataclass(frozen=True)
class Effect:
    """How many rows a reform touches, and how many of them follow to the heir."""

    label: Any
    count: int
    following: int


_told: dict[str, Dependant] = {}


def register(*dependants: Dependant) -> None:
    """Told by a step in its `ready()`."""
    _told.update({dependant.key: dependant for dependant in dependants})


def told(of: str) -> list[Dependant]:
    """What hangs on things of the kind, in the order of the steps."""
    return [dependant for dependant in _told.values() if dependant.of == of]


def effects(of: str, olds: Iterable[str], heirs: Mapping[str, tuple[str, bool]], *, on: date) -> list[Effect]:
    """What hangs on the things that end, kind by kind. `heirs` gives the one heir, and whether it is the same thing."""
    ending = list(olds)
    found = []
    for dependant in told(of):
        count = _count(dependant.rows(ending).filter(dependant.live(on)))
        moving = _count(dependant.rows(_going(dependant, heirs)).filter(dependant.live(on))) if count else 0
        found.append(Effect(dependant.label, count, moving))
    return found


def carry(of: str, heirs: Mapping[str, tuple[str, bool]], carried: Any, reform: Any, *, on: date) -> int:
    """Lead to the heir what follows it, and remember each row as a `carried` (a CarriedBase). Returns how many."""
    count = 0
    for dependant in told(of):
        going = {old: heirs[old][0] for old in _going(dependant, heirs)}
        if dependant.lead:
            count += dependant.lead(reform, going, on)
            continue
        rows = dependant.rows(going).filter(dependant.live(on)).values_list("pk", dependant.path)
        moved = [carried(reform=reform, path=dependant.key, key=pk, old_id=old, new_id=going[old]) for pk, old in rows]
        for old, new in going.items():
            dependant.rows([old]).filter(dependant.live(on)).update(**{dependant.path: new})
        count += bulk.insert(carried, moved)
    return count


def lead_back(of: str, reform: Any) -> int:
    """Lead back what followed and still stands where it was led. Returns how many."""
    count = 0
    for dependant in told(of):
        if dependant.back:
            count += dependant.back(reform)
            continue
        for old, new in reform.carried.filter(path=dependant.key).values_list("old", "new").distinct().order_by("old"):
            keys = reform.carried.filter(path=dependant.key, old=old).values_list("key", flat=True)
            for some in _batches([_key(dependant, key) for key in keys]):
                count += dependant.rows([new]).filter(pk__in=some).update(**{dependant.path: old})
    return count


def against(of: str, reform: Any, news: Iterable[str]) -> list[Effect]:
    """What came to hang on the new things since the reform: rows that name one and were not led there."""
    new = list(news)
    found = []
    for dependant in told(of):
        if "__" in dependant.path:
            continue
        led = {_key(dependant, key) for key in reform.carried.filter(path=dependant.key).values_list("key", flat=True)}
        led |= set(new) if dependant.model == of else set()  # what is new may stand below what is new
        count = sum(pk not in led for pk in dependant.rows(new).values_list("pk", flat=True))
        if count:
            found.append(Effect(dependant.label, count, 0))
    return found


def _count(rows: QuerySet[Model]) -> int:
    """Rows, each once: a condition over many targets of a task would repeat it."""
    return rows.values("pk").distinct().count()


def _going(dependant: Dependant, heirs: Mapping[str, tuple[str, bool]]) -> list[str]:
    if dependant.follows == Follows.NEVER:
        return []
    return [old for old, (_new, same) in heirs.items() if same or dependant.follows == Follows.HEIR]


def _key(dependant: Dependant, key: str) -> Any:
    return apps.get_model(dependant.model)._meta.pk.to_python(key)  # type: ignore[union-attr]


def _batches(keys: list[Any]) -> Iterable[list[Any]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
