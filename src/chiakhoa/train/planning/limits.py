"""What limits of a plan are called, in the language of the page: the planner knows them by codes only. Reads only."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.engines import planner
from chiakhoa.foundation.templatetags.words import num, vnd
from chiakhoa.ground.catalogue.models import Course, RoomKind, TrainerSkill, Venue
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.territory.models import Unit
from chiakhoa.train.planning.assumptions import commune_of

# As the planner joins the codes of a course and a venue.
AT = " at "
TOLD = {
    "lock": gettext_lazy("%(amount)s classes that are locked or have begun (%(name)s)"),
    "money": gettext_lazy("budget line “%(name)s” has %(amount)s"),
    "trainer": gettext_lazy("%(name)s (%(amount)s sessions in all)"),
    "room": gettext_lazy("%(name)s (%(amount)s sessions in all)"),
    "floor": gettext_lazy("at least %(amount)s people of %(name)s"),
}


def in_words(rows: Iterable[planner.Limit]) -> str:
    """Limits with how much there is of each, one after another."""
    listed = list(rows)
    named = names((row.kind, row.name) for row in listed)
    told = (
        TOLD[row.kind]
        % {"name": named(row.kind, row.name), "amount": vnd(row.amount) if row.kind == "money" else num(row.amount)}
        for row in listed
    )
    return "; ".join(told)


def names(rows: Iterable[tuple[str, str]]) -> Callable[[str, str], str]:
    """How a limit (kind and code) of these is called: lines, places and courses by their names, trainers by their skills."""
    listed = list(rows)
    locked = [code.partition(AT)[::2] for kind, code in listed if kind == "lock"]
    courses = Course.objects.in_bulk([course for course, _venue in locked])
    lines = BudgetLine.objects.in_bulk([code for kind, code in listed if kind == "money"])
    communes = Unit.objects.in_bulk([commune_of(code) for kind, code in listed if kind == "floor"])
    rooms = [code.rpartition(" ")[0] for kind, code in listed if kind == "room"]
    venues = Venue.objects.in_bulk([*rooms, *(venue for _course, venue in locked)])
    skills = {row.pk: row.name for row in TrainerSkill.objects.all()} if any(k == "trainer" for k, _c in listed) else {}
    kinds = dict(RoomKind.choices)

    def name(kind: str, code: str) -> str:
        if kind == "lock":
            course, _at, venue = code.partition(AT)
            return ", ".join(
                str(known[key].name) if key in known else key for known, key in ((courses, course), (venues, venue))
            )
        if kind == "money" and code in lines:
            return str(lines[code].name)
        if kind == "trainer":
            taught = [str(skills.get(part, part)) for part in code.replace(",", " ").split()]
            return _("Trainers: %(skills)s") % {"skills": ", ".join(taught)} if taught else _("all trainers")
        if kind == "room" and code.rpartition(" ")[0] in venues:
            venue, _gap, room = code.rpartition(" ")
            return f"{kinds.get(room, room)}, {venues[venue].name}"
        if kind == "floor":
            return str(communes.get(commune_of(code), code))
        return code

    return name
