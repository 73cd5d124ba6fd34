"""The list of a reform read against the map of its day: what would begin, what would pass into what, what will not do.

The preview and the enactment both stand on `examine`, so that what was shown is what is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.foundation.text import fold
from chiakhoa.ground.territory import queries
from chiakhoa.ground.territory.changes import Row, same
from chiakhoa.ground.territory.examination import Examination, Examined
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


def examine(reader: Reader, rows: Sequence[Row], *, day: date) -> Examined[Unit]:
    """Read the rows against the map of the day before: units found, ids and editions given, faults by row."""
    return _OfUnits(_standing(reader, day), day).run(rows)


class _OfUnits(Examination[Unit]):
    several = gettext_lazy("Several units are called %(name)s. Write the code: %(codes)s.")
    none = gettext_lazy("No unit %(name)s is in force before %(day)s in your area. Look it up under Territory.")

    def named(self, things: Iterable[Unit], text: str) -> list[Unit]:
        """By id, code, full name, name; without diacritics only where nothing fits otherwise."""
        wanted, units = same(text), list(things)
        exact = [unit for unit in units if wanted in (unit.pk.casefold(), unit.code, same(str(unit)))]
        bare = exact or [unit for unit in units if wanted == same(unit.name)]
        return bare or [unit for unit in units if fold(text) in (fold(str(unit)), fold(unit.name))]

    def code(self, thing: Unit) -> str:
        """The official code."""
        return thing.code

    def begin(self, first: Mapping[str, Row], forebears: Mapping[str, list[Unit]], rows: Sequence[Row]) -> None:
        """A unit for each name. A code that is not given is that of a forebear, as the state does it."""
        taken = {row.code for row in rows if row.code}
        for name, row in first.items():
            sort, bare = _kind(name)
            if sort is None:
                self.fault(row, "new", _("Begin the name with what it is: %(kinds)s."), kinds=", ".join(KINDS))
                continue
            code = row.code or next((unit.code for unit in forebears[name] if unit.code not in taken), "")
            if not code or not code.isdigit() or len(code) > LONGEST_CODE:
                self.fault(row, "code", _("Give %(name)s its official code, up to five digits."), name=name)
                continue
            if any(unit.level != KINDS[sort][1] for unit in forebears[name]):
                self.fault(row, "new", _("%(name)s is of another level than what passes into it."), name=name)
                continue
            taken.add(code)
            self._open(name, sort, bare, code, forebears[name])
        self._number()

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
        self.ids = {name: unit.id for name, unit in news.items()}
        self.result.news = {unit.id: unit for unit in news.values()}

    def place(self, row: Row, thing: Unit, forebears: Sequence[Unit]) -> None:
        """As written, else what stood above its forebears, else the province served."""
        if thing.level == 1:
            return
        home = queries.home()
        above = row.parent or next((old.parent_id for old in forebears), None) or (home.unit_id if home else "")
        known = self.named([*self.result.news.values(), *self.result.standing.values()], above or "")
        fits = [other for other in known if other.level < thing.level]
        begins = [other for other in fits if other.pk in self.result.news]
        stays = [other for other in fits if other.pk not in self.result.olds]
        heirs = {old: new for old, (new, _same) in self.result.heirs.items()}
        parent = next(iter([*begins, *stays]), None) or self.result.news.get(heirs.get(above or "", ""))
        if parent is None:
            said = _("No unit “%(name)s” can stand above %(unit)s on that day. Write its name or code.")
            self.fault(row, "parent", said, name=above or "", unit=thing)
        thing.parent = parent

    def under_what_ends(self, lines: Mapping[str | None, int]) -> None:
        """Nothing may be left in force below a unit that ends."""
        ending = self.result.olds
        left: dict[str, list[Unit]] = {}
        for unit in self.result.standing.values():
            if unit.parent_id in ending and unit.pk not in ending:
                left.setdefault(str(unit.parent_id), []).append(unit)
        said = _("%(unit)s ends, but %(count)d units below it stay, %(first)s among them. Say what becomes of each.")
        for above, units in left.items():
            self.fault_at(lines[above], "old", said, unit=ending[above], count=len(units), first=units[0])


def _standing(reader: Reader, day: date) -> Iterable[Unit]:
    """Units without an end that were in force before the day, in the reader's subtree."""
    units = Unit.objects.filter(valid_to__isnull=True).exclude(valid_from__gte=day)
    if reader != SYSTEM:
        units = units.filter(id__in=queries.subtree(reader.unit_id or ""))
    return units.select_related("parent").order_by("level", "search_key", "id")


def _kind(name: str) -> tuple[str | None, str]:
    for kind in KINDS:
        if same(name).startswith(same(kind) + " "):
            return kind, name[len(kind) + 1 :]
    return None, name


def _area(forebears: Sequence[Unit]) -> float | None:
    areas = [unit.area_km2 for unit in forebears]
    return round(sum(area for area in areas if area), 2) if areas and all(areas) else None
