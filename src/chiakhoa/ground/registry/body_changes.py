"""The list of a rearrangement of bodies read against the bodies of its day (as territory.examining does for units).

What a list names as new may be a body that stands already and takes the old one in: it does not end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import queries
from chiakhoa.ground.registry.models import Body
from chiakhoa.ground.territory.changes import Kind, Row, same
from chiakhoa.ground.territory.examination import Examination, Examined
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


def examine(reader: Reader, rows: Sequence[Row], *, day: date) -> Examined[Body]:
    """Read the rows against the bodies of the day before: bodies found, ids given, faults by row."""
    standing = queries.bodies(reader).filter(valid_to__isnull=True).exclude(valid_from__gte=day)
    return _OfBodies(standing, day).run(rows)


class _OfBodies(Examination[Body]):
    several = gettext_lazy("Several bodies are called %(name)s. Write the code: %(codes)s.")
    none = gettext_lazy("No body %(name)s stands before %(day)s in your area. Look it up under Bodies.")

    def named(self, things: Iterable[Body], text: str) -> list[Body]:
        """By id, Vietnamese name or short name; without diacritics only where nothing fits."""
        wanted, bodies = same(text), list(things)
        exact = [
            body for body in bodies if wanted in (body.pk.casefold(), same(body.name_vi), same(body.short or body.pk))
        ]
        return exact or [body for body in bodies if fold(text) == fold(body.name_vi)]

    def code(self, thing: Body) -> str:
        """The id."""
        return thing.pk

    def written(self, old: Body) -> str:
        """The Vietnamese name, whatever the language of the page."""
        return old.name_vi

    def begin(self, first: Mapping[str, Row], forebears: Mapping[str, list[Body]], rows: Sequence[Row]) -> None:
        """The body that each name means: one that stands and takes in, or a new one."""
        for name, row in first.items():
            self._begin(name, row, forebears[name])

    def _begin(self, name: str, row: Row, forebears: Sequence[Body]) -> None:
        takes_in = [body for body in self.named(self.result.standing.values(), name) if body.pk not in self.result.olds]
        if takes_in and row.kind in (Kind.MERGE, Kind.SPLIT):
            self.ids[name] = takes_in[0].pk
            return
        if takes_in and row.kind == Kind.CREATE:
            self.fault(row, "new", _("%(name)s stands already."), name=name)
            return
        kind = next((kind for word, kind in KIND_BY_NAME.items() if same(name).startswith(same(word) + " ")), "")
        kind = forebears[0].kind if forebears else kind
        if not kind:
            self.fault(row, "new", _("Begin the name with what it is: %(kinds)s."), kinds=", ".join(KIND_BY_NAME))
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

    def place(self, row: Row, thing: Body, forebears: Sequence[Body]) -> None:
        """As written, else what stood above its forebears, or the heir of that."""
        served = home()
        thing.unit_id = next((old.unit_id for old in forebears), served.unit_id if served else None)
        if not row.parent:
            above = next((old.parent_id for old in forebears if old.parent_id), None)
            heirs = {old: new for old, (new, _same) in self.result.heirs.items()}
            thing.parent_id = heirs.get(above, above) if above else None
            return
        known = [*self.result.news.values(), *self.result.standing.values()]
        fits = [other for other in self.named(known, row.parent) if other.pk not in {thing.pk, *self.result.olds}]
        if not fits:
            said = _("No body “%(name)s” can stand above %(body)s on that day. Write its name or code.")
            self.fault(row, "parent", said, name=row.parent, body=thing)
            return
        thing.parent = fits[0]

    def under_what_ends(self, lines: Mapping[str | None, int]) -> None:
        """What stands below a body that ends without one heir must be dealt with; below one heir it follows."""
        ending = {pk: body for pk, body in self.result.olds.items() if pk not in self.result.heirs}
        said = _("%(body)s ends, but %(count)d bodies below it stay, %(first)s among them. Say what becomes of each.")
        for pk, body in ending.items():
            below = Body.objects.filter(parent=pk, valid_to__isnull=True).exclude(pk__in=self.result.olds)
            if count := below.count():
                self.fault_at(lines[pk], "old", said, body=body, count=count, first=below[0])
