"""The list of a rearrangement of bodies read against the bodies of its day (as territory.examining does for units).

What a list names as new may be a body that stands already and takes the old one in: it does not end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.registry import queries
from chiakhoa.ground.registry.models import Body
from chiakhoa.ground.territory.changes import Fault, Kind, Row, faults, same, share_of
from chiakhoa.ground.territory.examining import SURVIVES, Passing
from chiakhoa.ground.territory.queries import home

KIND_BY_NAME = {
    "Sở": "department",
    "UBND": "commune_committee",
    "Trường Đại học": "university",
    "Trường Cao đẳng": "college",
    "Trường Chính trị": "political_school",
    "Trường THPT": "high_school",
    "Trường": "school",
    "Công ty": "enterprise",
    "Hợp tác xã": "cooperative",
    "Hội": "association",
    "Hiệp hội": "association",
    "Liên minh": "association",
    "Bộ": "ministry",
    "Cục": "ministry_agency",
}
LONGEST_ID = 60


@dataclass
class Examined:
    """What a list would do to the bodies of its day."""

    olds: dict[str, Body] = field(default_factory=dict)
    news: dict[str, Body] = field(default_factory=dict)
    standing: dict[str, Body] = field(default_factory=dict)
    passings: list[Passing] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def heirs(self) -> dict[str, tuple[str, bool]]:
        """For each body that ends with one heir: the heir, and whether it is the same body renamed or moved."""
        whole = [row for row in self.passings if row.old and row.new and row.share == 1]
        return {str(row.old): (str(row.new), row.kind in SURVIVES) for row in whole}


def examine(reader: Reader, rows: Sequence[Row], *, day: date) -> Examined:
    """Read the rows against the bodies of the day before: bodies found, ids given, faults by row."""
    found = faults(rows)
    if found:
        return Examined(faults=found)
    return _Examination(reader, day).run(rows)


class _Examination:
    """One run over a list."""

    def __init__(self, reader: Reader, day: date) -> None:
        self.day = day
        standing = queries.bodies(reader).filter(valid_to__isnull=True).exclude(valid_from__gte=day)
        self.result = Examined(standing={body.pk: body for body in standing})
        self.ids: dict[str, str] = {}

    def run(self, rows: Sequence[Row]) -> Examined:
        """Olds first, since what begins takes kind, parent and place from them."""
        olds = {row.line: self._old(row) for row in rows}
        if not self.result.faults:
            first = {_name(row, olds[row.line]): row for row in rows[::-1] if row.kind != Kind.ABOLISH}
            for name, row in reversed(first.items()):
                self._begin(name, row, [old for r in rows if (old := olds[r.line]) and _name(r, old) == name])
            for row in rows:
                self._pass(row, olds[row.line])
            for name, row in first.items():
                if body := self.result.news.get(self.ids.get(name, "")):
                    self._place(row, body, [old for r in rows if (old := olds[r.line]) and _name(r, old) == name])
            self._under_what_ends()
        self.result.faults.sort()
        return self.result

    def _old(self, row: Row) -> Body | None:
        if not row.old:
            return None
        fits = _named(self.result.standing.values(), row.old)
        if len(fits) == 1:
            self.result.olds[fits[0].pk] = fits[0]
            return fits[0]
        if fits:
            self._fault(row, "old", _("Several bodies are called %(name)s. Write the code: %(codes)s.")
                        % {"name": row.old, "codes": ", ".join(body.pk for body in fits)})  # fmt: skip
        else:
            self._fault(row, "old", _("No body %(name)s stands before %(day)s in your area. Look it up under Bodies.")
                        % {"name": row.old, "day": f"{self.day:%d/%m/%Y}"})  # fmt: skip
        return None

    def _begin(self, name: str, row: Row, forebears: Sequence[Body]) -> None:
        """The body that a name means: one that stands and takes in, or a new one."""
        takes_in = [body for body in _named(self.result.standing.values(), name) if body.pk not in self.result.olds]
        if takes_in and row.kind in (Kind.MERGE, Kind.SPLIT):
            self.ids[name] = takes_in[0].pk
            return
        if takes_in and row.kind == Kind.CREATE:
            self._fault(row, "new", _("%(name)s stands already.") % {"name": name})
            return
        kind = next((kind for word, kind in KIND_BY_NAME.items() if same(name).startswith(same(word) + " ")), "")
        kind = forebears[0].kind if forebears else kind
        if not kind:
            self._fault(
                row, "new", _("Begin the name with what it is: %(kinds)s.") % {"kinds": ", ".join(KIND_BY_NAME)}
            )
            return
        body = Body(
            id=self._free_id(row.code or name), kind=kind, name_vi=name, valid_from=self.day, search_key=fold(name)
        )
        self.result.news[body.pk] = body
        self.ids[name] = body.pk

    def _free_id(self, name: str) -> str:
        """An id made of the name (or of the code given), with a number where it is taken."""
        bare = "body-" + "-".join("".join(c if c.isalnum() else " " for c in fold(name)).split())
        taken = set(Body.objects.filter(pk__startswith=bare[: LONGEST_ID - 4]).values_list("pk", flat=True))
        taken |= set(self.result.news)
        candidates = [bare[:LONGEST_ID], *(f"{bare[: LONGEST_ID - 4]}-{number}" for number in range(2, 1000))]
        return next(candidate for candidate in candidates if candidate not in taken)

    def _place(self, row: Row, body: Body, forebears: Sequence[Body]) -> None:
        place = home()
        body.unit_id = next((old.unit_id for old in forebears), place.unit_id if place else None)
        if not row.parent:
            above = next((old.parent_id for old in forebears if old.parent_id), None)
            heirs = {old: new for old, (new, _same) in self.result.heirs.items()}
            body.parent_id = heirs.get(above, above) if above else None
            return
        known = [*self.result.news.values(), *self.result.standing.values()]
        fits = [other for other in _named(known, row.parent) if other.pk not in {body.pk, *self.result.olds}]
        if not fits:
            self._fault(row, "parent", _("No body “%(name)s” can stand above %(body)s on that day. Write its name or code.")
                        % {"name": row.parent, "body": body})  # fmt: skip
            return
        body.parent = fits[0]

    def _pass(self, row: Row, old: Body | None) -> None:
        new = self.ids.get(_name(row, old)) if row.kind != Kind.ABOLISH else None
        share = share_of(row) if old and new else None
        self.result.passings.append(Passing(row.line, row.kind, old.pk if old else None, new, share))

    def _under_what_ends(self) -> None:
        """What stands below a body that ends without one heir must be dealt with; below one heir it follows."""
        ending = {pk: body for pk, body in self.result.olds.items() if pk not in self.result.heirs}
        lines: Mapping[str | None, int] = {row.old: row.line for row in self.result.passings}
        for pk, body in ending.items():
            below = Body.objects.filter(Q(parent=pk), valid_to__isnull=True).exclude(pk__in=self.result.olds)
            if count := below.count():
                self.result.faults.append(
                    Fault(lines[pk], "old",
                          _("%(body)s ends, but %(count)d bodies below it stay, %(first)s among them. Say what becomes of each.")
                          % {"body": body, "count": count, "first": below[0]})
                )  # fmt: skip

    def _fault(self, row: Row, column: str, message: str) -> None:
        self.result.faults.append(Fault(row.line, column, message))


def _named(bodies: Iterable[Body], text: str) -> list[Body]:
    """The bodies that a text means: by id, Vietnamese name or short name; without diacritics only where nothing fits."""
    wanted, bodies = same(text), list(bodies)
    exact = [body for body in bodies if wanted in (body.pk.casefold(), same(body.name_vi), same(body.short or body.pk))]
    return exact or [body for body in bodies if fold(text) == fold(body.name_vi)]


def _name(row: Row, old: Body | None) -> str:
    return nfc(row.new) or (old.name_vi if old else "")
