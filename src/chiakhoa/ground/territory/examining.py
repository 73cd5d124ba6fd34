"""The list of a reform read against the map of its day: what would begin, what would pass into what, what will not do.

The preview and the enactment both stand on `examine`, so that what was shown is what is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.territory import queries
from chiakhoa.ground.territory.changes import Fault, Kind, Row, faults, same, share_of
from chiakhoa.ground.territory.models import Unit

KINDS = {
    "Tỉnh": ("province", 1),
    "Thành phố": ("city", 1),
    "Xã": ("commune", 3),
    "Phường": ("ward", 3),
    "Thị trấn": ("township", 3),
    "Đặc khu": ("special zone", 3),
}
LONGEST_CODE = 5
SURVIVES = (Kind.RENAME, Kind.MOVE)


@dataclass(frozen=True)
class Passing:
    """One row understood: `old` and `new` are ids; `share` is empty for what is abolished."""

    line: int
    kind: str
    old: str | None
    new: str | None
    share: Decimal | None


@dataclass
class Examined:
    """What a list would do to the map of its day."""

    olds: dict[str, Unit] = field(default_factory=dict)
    news: dict[str, Unit] = field(default_factory=dict)
    passings: list[Passing] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def heirs(self) -> dict[str, tuple[str, bool]]:
        """For each unit that ends with one heir: the heir, and whether it is the same unit renamed or moved."""
        whole = [row for row in self.passings if row.old and row.new and row.share == 1]
        return {str(row.old): (str(row.new), row.kind in SURVIVES) for row in whole}


def examine(reader: Reader, rows: Sequence[Row], *, day: date) -> Examined:
    """Read the rows against the map of the day before: units found, ids and editions given, faults by row."""
    found = faults(rows)
    if found:
        return Examined(faults=found)
    return _Examination(reader, day).run(rows)


class _Examination:
    """One run: the units that may end, those that begin, the faults met on the way."""

    def __init__(self, reader: Reader, day: date) -> None:
        self.day = day
        self.standing = list(_standing(reader, day))
        self.result = Examined()
        self.new_ids: dict[str, str] = {}

    def run(self, rows: Sequence[Row]) -> Examined:
        """Olds first, since what begins takes code, parent and place from them."""
        olds = {row.line: self._old(row) for row in rows}
        if not self.result.faults:
            first = self._begin(rows, olds)
            for row in rows:
                self._pass(row, olds[row.line])
            for name, row in first.items():
                if unit := self.result.news.get(self.new_ids.get(name, "")):
                    self._place(row, unit, [old for r in rows if (old := olds[r.line]) and _name(r, old) == name])
            self._under_what_ends()
        self.result.faults.sort()
        return self.result

    def _old(self, row: Row) -> Unit | None:
        if not row.old:
            return None
        fits = _named(self.standing, row.old)
        if len(fits) == 1:
            self.result.olds[fits[0].pk] = fits[0]
            return fits[0]
        if fits:
            codes = ", ".join(unit.code for unit in fits)
            self._fault(row, "old", _("Several units are called %(name)s. Write the code: %(codes)s.")
                        % {"name": row.old, "codes": codes})  # fmt: skip
        else:
            self._fault(row, "old", _("No unit %(name)s is in force before %(day)s in your area. Look it up under Territory.")
                        % {"name": row.old, "day": f"{self.day:%d/%m/%Y}"})  # fmt: skip
        return None

    def _begin(self, rows: Sequence[Row], olds: Mapping[int, Unit | None]) -> dict[str, Row]:
        """A unit for each name that begins, and the first row of each name.

        A code that is not given is that of a forebear, as the state does it.
        """
        first = {_name(row, olds[row.line]): row for row in rows[::-1] if row.kind != Kind.ABOLISH}
        taken = {row.code for row in rows if row.code}
        for name, row in reversed(first.items()):
            sort, bare = _kind(name)
            if sort is None:
                self._fault(row, "new", _("Begin the name with what it is: %(kinds)s.") % {"kinds": ", ".join(KINDS)})
                continue
            forebears = [old for r in rows if (old := olds[r.line]) and _name(r, old) == name]
            code = row.code or next((unit.code for unit in forebears if unit.code not in taken), "")
            if not code or not code.isdigit() or len(code) > LONGEST_CODE:
                self._fault(row, "code", _("Give %(name)s its official code, up to five digits.") % {"name": name})
                continue
            if any(unit.level != KINDS[sort][1] for unit in forebears):
                self._fault(row, "new", _("%(name)s is of another level than what passes into it.") % {"name": name})
                continue
            taken.add(code)
            self._open(name, sort, bare, code, forebears)
        self._number()
        return first

    def _open(self, name: str, sort: str, bare: str, code: str, forebears: Sequence[Unit]) -> None:
        unit = Unit(
            code=code,
            name=bare,
            kind=KINDS[sort][0],
            kind_vi=sort,
            level=KINDS[sort][1],
            valid_from=self.day,
            area_km2=_area(forebears),
            search_key=fold(f"{bare} {sort} {code}"),
        )
        self.result.news[name] = unit

    def _number(self) -> None:
        """An edition that none of the codes has yet: the year, with a letter from the second reform of a year on."""
        news = self.result.news
        used = set(Unit.objects.filter(code__in=[u.code for u in news.values()]).values_list("edition", flat=True))
        letters = ["", *"bcdefghijklmnopqrstuvwxyz"]
        edition = next(f"{self.day.year}{letter}" for letter in letters if f"{self.day.year}{letter}" not in used)
        for unit in news.values():
            unit.edition, unit.id = edition, f"VN-{unit.code}@{edition}"
        self.new_ids = {name: unit.id for name, unit in news.items()}
        self.result.news = {unit.id: unit for unit in news.values()}

    def _place(self, row: Row, unit: Unit, forebears: Sequence[Unit]) -> None:
        """What stands above the unit: as written, else that of its forebears, else the province served."""
        if unit.level == 1:
            return
        home = queries.home()
        above = row.parent or next((old.parent_id for old in forebears), None) or (home.unit_id if home else "")
        known = _named([*self.result.news.values(), *self.standing], above or "")
        fits = [other for other in known if other.level < unit.level]
        begins = [other for other in fits if other.pk in self.result.news]
        stays = [other for other in fits if other.pk not in self.result.olds]
        heirs = {old: new for old, (new, _same) in self.result.heirs.items()}
        parent = next(iter([*begins, *stays]), None) or self.result.news.get(heirs.get(above or "", ""))
        if parent is None:
            self._fault(row, "parent", _("No unit “%(name)s” can stand above %(unit)s on that day. Write its name or code.")
                        % {"name": above or "", "unit": unit})  # fmt: skip
        unit.parent = parent

    def _pass(self, row: Row, old: Unit | None) -> None:
        new = self.new_ids.get(_name(row, old)) if row.kind != Kind.ABOLISH else None
        share = share_of(row) if old and new else None
        self.result.passings.append(Passing(row.line, row.kind, old.pk if old else None, new, share))

    def _under_what_ends(self) -> None:
        """Nothing may be left in force below a unit that ends."""
        ending = self.result.olds
        left: dict[str, list[Unit]] = {}
        for unit in self.standing:
            if unit.parent_id in ending and unit.pk not in ending:
                left.setdefault(str(unit.parent_id), []).append(unit)
        lines = {row.old: row.line for row in self.result.passings}
        for above, units in left.items():
            self.result.faults.append(
                Fault(lines[above], "old",
                      _("%(unit)s ends, but %(count)d units below it stay, %(first)s among them. Say what becomes of each.")
                      % {"unit": ending[above], "count": len(units), "first": units[0]})
            )  # fmt: skip

    def _fault(self, row: Row, column: str, message: str) -> None:
        self.result.faults.append(Fault(row.line, column, message))


def _standing(reader: Reader, day: date) -> Iterable[Unit]:
    """Units without an end that were in force before the day, in the reader's subtree."""
    units = Unit.objects.filter(valid_to__isnull=True).exclude(valid_from__gte=day)
    if reader != SYSTEM:
        units = units.filter(id__in=queries.subtree(reader.unit_id or ""))
    return units.select_related("parent").order_by("level", "search_key", "id")


def _named(units: Iterable[Unit], text: str) -> list[Unit]:
    """The units that a text means: by id, code, full name, name; without diacritics only where nothing fits otherwise."""
    wanted, units = same(text), list(units)
    exact = [unit for unit in units if wanted in (unit.pk.casefold(), unit.code, same(str(unit)))]
    bare = exact or [unit for unit in units if wanted == same(unit.name)]
    return bare or [unit for unit in units if fold(text) in (fold(str(unit)), fold(unit.name))]


def _name(row: Row, old: Unit | None) -> str:
    """The name under which what begins is written: what moves keeps its own."""
    return nfc(row.new) or (str(old) if old else "")


def _kind(name: str) -> tuple[str | None, str]:
    for kind in KINDS:
        if same(name).startswith(same(kind) + " "):
            return kind, name[len(kind) + 1 :]
    return None, name


def _area(forebears: Sequence[Unit]) -> float | None:
    areas = [unit.area_km2 for unit in forebears]
    return round(sum(area for area in areas if area), 2) if areas and all(areas) else None
