"""Reading the map. Units are public facts; the reader limits only what hangs on them (see `within`)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import BigIntegerField, Case, Count, Q, QuerySet, Value, When
from numpy.typing import NDArray

from chiakhoa.engines.lineage import Span, Step, restate, weights
from chiakhoa.foundation.clock import today
from chiakhoa.foundation.prepared import Prepared
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.territory.mapday import MapDay
from chiakhoa.ground.territory.models import Home, Reform, ReformState, Succession, Unit, UnitAncestry

Table = NDArray[np.int64]
MAY_REFORM = (Role.ADMINISTRATOR, Role.COORDINATOR)


_home = Prepared(lambda: Home.objects.select_related("unit"))  # every page says whose it is


def home() -> Home | None:
    """The province that this installation serves; None before it is founded."""
    return _home.first()


def in_force(day: date) -> Q:
    """The condition that a dated row is in force on a day."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def units(_reader: Reader, *, on: date) -> QuerySet[Unit]:
    """All units of the country in force on the day, highest level first."""
    return Unit.objects.filter(in_force(on)).select_related("parent")


def provinces_today() -> QuerySet[Unit]:
    """The provinces of today's map, by name."""
    return Unit.objects.filter(in_force(today()), level=1).order_by("search_key")


def subtree(unit_id: str) -> QuerySet[UnitAncestry, Any]:
    """Ids (column `unit`) of the unit and all below it, for use as a subquery."""
    return UnitAncestry.objects.filter(ancestor_id=unit_id).values("unit")


def within(reader: Reader, field: str = "unit") -> Q:
    """The condition that a row's `field` lies in the unit that the reader's role reaches; nothing without a unit."""
    if reader.unit_id is None:
        return Q(pk__in=[])
    return Q(**{f"{field}__in": subtree(reader.unit_id)})


def communes(reader: Reader, *, on: date) -> QuerySet[Unit]:
    """Communes of the home province (or of the reader's own unit, where the role is over one) in force on the day."""
    place = reader.unit_id or getattr(home(), "unit_id", None)
    if place is None:
        return Unit.objects.none()
    return units(reader, on=on).filter(level=3, id__in=subtree(place)).order_by("search_key")


def communes_on_map(reader: Reader, *, on: date) -> QuerySet[Unit]:
    """The communes that cover the reader's place on the day's map: before a reform, those that passed into it."""
    place = _place(reader)
    if place is None:
        return Unit.objects.none()
    return units(reader, on=on).filter(id__in=_lineage(place), level=3).order_by("search_key")


def any_ended(keys: QuerySet[Any, Any] | Iterable[str], *, on: date) -> bool:
    """Whether some of the units are not on the map of the day, so that what is counted there must be carried."""
    return Unit.objects.filter(pk__in=keys).exclude(in_force(on)).exists()


def units_to_show(reader: Reader, chosen: MapDay, counts: dict[str, int]) -> QuerySet[Unit]:
    """The communes of the chosen map; as recorded, those of that day and every other at which something is recorded."""
    rows = communes_on_map(reader, on=chosen.on)
    if chosen.restates:
        return rows
    return units_of(dict.fromkeys(rows.values_list("pk", flat=True), 0) | counts)


def units_of(counts: Mapping[str, int]) -> QuerySet[Unit]:
    """The units that counts stand at, by name."""
    return Unit.objects.filter(pk__in=counts).select_related("parent").order_by("search_key", "id")


def people_by_unit(reader: Reader) -> dict[str, int]:
    """How many people are registered in each unit of the reader's place, ended ones too; units without people left out."""
    place = _place(reader)
    if place is None:
        return {}
    here = Unit.objects.filter(id__in=_lineage(place), people__isnull=False)
    return dict(here.order_by().values_list("pk").annotate(Count("people")))


def with_counts(rows: QuerySet[Unit], counts: Mapping[str, int]) -> QuerySet[Unit]:
    """The units with `people_count` from a mapping, 0 where it says nothing; sortable as any column."""
    cases = [When(pk=pk, then=Value(count)) for pk, count in counts.items()]
    return rows.annotate(people_count=Case(*cases, default=Value(0), output_field=BigIntegerField()))


def restated(values: Mapping[str, int], *, to: date) -> dict[str, int]:
    """Counts of units, each standing on the map of its own day, on the map of another day, with the total kept to the unit.

    values : whole counts, not negative, by unit id. A count at a unit that is in force on the day stays where it is: there
    the residence is known. The others are carried by the shares of the reforms between (engines.lineage); backwards that is
    an estimate. A count of a unit that is on the other map in no form stays at its own id. For every step: hand in
    `{unit: value}`, show what comes back.
    """
    carried = restated_table(list(values), np.array(list(values.values()), dtype=np.int64).reshape(-1, 1), to=to)
    return {key: int(row[0]) for key, row in carried.items()}


def restated_table(keys: Sequence[str], table: Table, *, to: date) -> dict[str, Table]:
    """The same for many counts of each unit at once: rows (N, K) by the units' ids in, (K,) by unit id out.

    Each column keeps its own total, so columns that are parts of a whole still add up to it, unit by unit.
    """
    known = {unit.pk: unit for unit in Unit.objects.filter(pk__in=keys)}
    row_of = {key: i for i, key in enumerate(keys)}
    found: dict[str, Table] = {}
    for start, group in _by_own_day(keys, known, to).items():
        mine = table[[row_of[key] for key in group]]
        for key, counts in _carried(group, mine, start, to):
            found[key] = found[key] + counts if key in found else counts
    return found


def _carried(group: Sequence[str], table: Table, start: date, to: date) -> Iterator[tuple[str, Table]]:
    """Counts of one day's map on another's; what is there in no form stays at its own id."""
    if start == to:
        yield from zip(group, table, strict=True)
        return
    steps = _steps(group, start, to)
    named = {*group, *(step.new for step in steps), *(step.old for step in steps)}
    days = Unit.objects.filter(pk__in=named).values_list("pk", "valid_from", "valid_to")
    passed = weights(group, steps, start, to, {pk: Span(first, end) for pk, first, end in days})
    lost = np.diff(passed.matrix.indptr) == 0
    yield from zip(passed.targets, restate(np.where(lost[:, None], 0, table), passed), strict=True)
    yield from ((group[i], table[i]) for i in np.flatnonzero(lost))


def _by_own_day(keys: Sequence[str], known: Mapping[str, Unit], to: date) -> dict[date, list[str]]:
    """The units by the day from which their counts set out: the last before they ended, or the first; `to` where they stay."""
    groups: dict[date, list[str]] = defaultdict(list)
    for key in keys:
        unit = known.get(key)
        if unit and unit.valid_to and unit.valid_to <= to:
            groups[unit.valid_to - timedelta(days=1)].append(key)
        elif unit and unit.valid_from and unit.valid_from > to:
            groups[unit.valid_from].append(key)
        else:
            groups[to].append(key)
    return groups


def _steps(group: Sequence[str], start: date, to: date) -> list[Step]:
    """The successions between the two days that concern the units, hop by hop, each with all the heirs of its old unit."""
    between = Succession.objects.filter(date__gt=min(start, to), date__lte=max(start, to), new__isnull=False)
    near, far = ("old", "new") if start < to else ("new", "old")
    frontier, seen = set(group), set(group)
    while frontier:
        frontier = set(between.filter(**{f"{near}__in": frontier}).values_list(far, flat=True)) - seen
        seen |= frontier
    rows = between.filter(old__in=seen).values_list("old", "new", "date", "share")
    return [Step(old, str(new), day, float(share or 0)) for old, new, day, share in rows]


def _place(reader: Reader) -> str | None:
    """The unit that the reader oversees, or the home province."""
    return reader.unit_id or getattr(home(), "unit_id", None)


def _lineage(place: str) -> set[str]:
    """The unit, all below it, and all that passed into these, over any number of reforms."""
    seen = set(subtree(place).values_list("unit", flat=True))
    frontier = seen
    while frontier:
        frontier = set(Succession.objects.filter(new__in=frontier).values_list("old", flat=True)) - seen
        seen = seen | frontier
    return seen


def outlines(units_shown: QuerySet[Unit]) -> list[dict[str, Any]]:
    """The drawn outlines of the units, as GeoJSON features with `id` and `name`."""
    rows = units_shown.filter(shape__isnull=False).select_related("shape").order_by("search_key")
    return [{"id": unit.pk, "name": str(unit), "geometry": unit.shape.geometry} for unit in rows]


def reforms() -> list[date]:
    """The days on which the map of the home province changed, the latest first."""
    place = home()
    if place is None:
        return []
    changes = Succession.objects.filter(new__in=subtree(place.unit_id))
    return list(changes.order_by("-date").values_list("date", flat=True).distinct())


def reforms_made(reader: Reader) -> QuerySet[Reform]:
    """The reforms enacted here, the latest first; drafts only for those who may enact them."""
    rows = Reform.objects.order_by("-day", "-id")
    return rows if reader.has(*MAY_REFORM) else rows.exclude(state=ReformState.DRAFT)


def reforms_of_files() -> list[tuple[date, int]]:
    """The days on which the home province changed by the country's files, the latest first, and how many units ended."""
    place = home()
    if place is None:
        return []
    changes = Succession.objects.filter(reform__isnull=True, new__in=subtree(place.unit_id))
    return list(changes.values_list("date").annotate(count=Count("old", distinct=True)).order_by("-date"))


def successions_here(day: date) -> QuerySet[Succession]:
    """What passed into units of the home province on a day by the country's files, lowest level first."""
    place = home()
    rows = Succession.objects.filter(reform__isnull=True, date=day, new__in=subtree(place.unit_id if place else ""))
    return rows.select_related("old__parent", "new").order_by("-old__level", "old__search_key", "id")


def came_from(unit: Unit) -> QuerySet[Succession]:
    """Which units passed into this one, and when."""
    return unit.forebears.select_related("old").order_by("date", "old__search_key")


def became(unit: Unit) -> QuerySet[Succession]:
    """Into which units this one passed; a row without a new unit says that it was abolished."""
    return unit.heirs.select_related("new").order_by("date", "new__search_key")


def reaches(reader: Reader, unit: Unit) -> bool:
    """Whether the unit lies in the subtree over which the reader's role is held."""
    return bool(reader.unit_id) and UnitAncestry.objects.filter(unit=unit, ancestor=reader.unit_id).exists()


def people_in(unit: Unit) -> int:
    """How many people are registered in the unit and below it."""
    return Unit.objects.filter(ancestry__ancestor=unit).aggregate(count=Count("people"))["count"] or 0


def successions(_reader: Reader) -> QuerySet[Succession]:
    """Every passing of one unit into another, of the whole country."""
    return Succession.objects.all()
