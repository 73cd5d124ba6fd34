"""What happens after plans are published: trainers who are away, venues that are closed, money that is cut. Writes nothing.

What a published plan was made for holds for every later plan of the year too: who is away stays away, until a later happening
says that this holds no longer.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from chiakhoa.engines import planner
from chiakhoa.foundation.templatetags.words import vnd
from chiakhoa.train.planning.models import Half, Happened, Happening, Plan, PlannedClass, PlanState

Span = tuple[str, str]
HALVES_A_DAY = 2
NAMED = (
    "plan",
    "trainer__person",
    "venue",
    "budget_line",
    "withdraws__trainer__person",
    "withdraws__venue",
    "withdraws__budget_line",
)


def of(plan: Plan) -> list[Happening]:
    """What this plan must bear: its own happenings, and those of the plans of its place and year that were published before.

    Without what was withdrawn, and without what holds no longer.
    """
    rows = _known(plan)
    over = {row.withdraws_id for row in rows if row.kind == Happened.NO_LONGER}
    return [row for row in rows if row.kind != Happened.NO_LONGER and row.pk not in over]


def told(plan: Plan) -> list[str]:
    """What this plan bears, and what it was made for, in words; not what happened after it was computed."""
    borne = (row for row in of(plan) if row.plan_id == plan.pk or row.plan.made_at <= plan.made_at)
    rows = {row.pk: row for row in (*borne, *own(plan))}
    return [words(rows[pk]) for pk in sorted(rows)]


def later(plan: Plan) -> list[str]:
    """Of what a proposal must bear, in words, what was not known yet when it was computed."""
    if plan.state != PlanState.PROPOSED:
        return []
    return [words(row) for row in of(plan) if row.plan_id != plan.pk and row.plan.made_at > plan.made_at]


def own(plan: Plan) -> list[Happening]:
    """What this plan was made for, without what was withdrawn."""
    return [row for row in _known(plan) if row.plan_id == plan.pk]


def unpublished(plan: Plan) -> list[Happening]:
    """What was entered under this plan and led to no published one yet, with what was withdrawn of it."""
    states = [PlanState.WAITING, PlanState.PROPOSED, PlanState.FAILED, PlanState.WITHDRAWN]
    rows = Happening.objects.filter(plan__based_on=plan, plan__state__in=states).select_related(*NAMED)
    return list(rows.order_by("plan", "pk"))


def money_after(plan: Plan) -> dict[str, int]:
    """Budget line -> đồng that it holds once the plan is published, of the lines that what happened cuts or gives back."""
    found: dict[str, int] = {}
    for row in own(plan):
        cut = row.withdraws if row.withdraws is not None else row
        if cut.kind != Happened.MONEY_CUT or cut.budget_line is None:
            continue
        line, fallen = cut.budget_line, (cut.was_vnd or 0) - (cut.amount_vnd or 0)
        found[line.pk] = (row.amount_vnd or 0) if cut is row else found.get(line.pk, line.amount_vnd) + fallen
    return found


def _known(plan: Plan) -> list[Happening]:
    earlier = Plan.objects.filter(
        unit=plan.unit_id, year=plan.year, state__in=[PlanState.PUBLISHED, PlanState.REPLACED]
    ).exclude(pk=plan.pk)
    rows = Happening.objects.filter(Q(plan=plan) | Q(plan__in=earlier), withdrawn_at=None)
    return list(rows.select_related(*NAMED).order_by("plan", "pk"))


def words(row: Happening) -> str:
    """One happening in the language of the page."""
    if row.withdraws is not None:
        return _("No longer so: %(what)s. Reason: %(reason)s") % {"what": words(row.withdraws), "reason": row.reason}
    if row.kind == Happened.MONEY_CUT:
        return _("%(line)s: from %(was)s to %(now)s") % {
            "line": row.budget_line.name, "was": vnd(row.was_vnd), "now": vnd(row.amount_vnd),
        }  # fmt: skip
    until = f"{row.last:%d/%m/%Y}" if row.last else _("the end of the year")
    named = {"first": f"{row.first:%d/%m/%Y}", "last": until}
    if row.kind == Happened.TRAINER_AWAY:
        return _("%(trainer)s does not teach from %(first)s to %(last)s") % {"trainer": row.trainer, **named}
    return _("%(venue)s is closed from %(first)s to %(last)s") % {"venue": row.venue.name, **named}


def closes(rows: Iterable[Happening], planned: PlannedClass, *, since: date) -> bool:
    """Whether a venue is closed on a day on which the class is still to be held there."""
    days = [session.held_on for session in planned.sessions.all() if session.room_id and session.held_on >= since]
    return any(
        row.kind == Happened.VENUE_CLOSED and row.venue_id == planned.venue_id and _covers(row, day)
        for row in rows for day in days
    )  # fmt: skip


def applied(made: planner.Scenario, rows: Sequence[Happening], plan: Plan) -> planner.Scenario:
    """The scenario as it is after what happened.

    What is firm stays: a closed room keeps what was held there, and whoever is away is replaced in classes that begin soon. The
    rest of a class that has begun the planner moves.
    """
    money = money_after(plan)
    if not rows and not money:
        return made
    away, closed = _spans(rows, Happened.TRAINER_AWAY, plan.year), _spans(rows, Happened.VENUE_CLOSED, plan.year)
    since = plan.made_at.date().isoformat()
    held = tuple(_without(row, away, since) for row in made.held)
    days = _open_days(term for term in made.terms if not term.early)
    firm = [row for row in held if row.firm]
    spaces = defaultdict(int)
    for space in made.spaces:
        spaces[space.venue, space.kind] += 1
    return replace(
        made,
        held=held,
        money=tuple(replace(line, amount_vnd=money.get(line.id, line.amount_vnd)) for line in made.money),
        trainers=tuple(_cut_short(row, away.get(row.id, ()), days, firm) for row in made.trainers),
        rooms=tuple(
            replace(
                room,
                sessions=min(
                    room.sessions,
                    HALVES_A_DAY * spaces[room.venue, room.kind] * _left(days, closed[room.venue])
                    + _sessions_there(made, firm, room.venue, room.kind),
                ),
            ) if room.venue in closed else room
            for room in made.rooms
        ),
        busy=(*made.busy, *_closed(made, closed, _open_days(made.terms), firm)),
    )  # fmt: skip


def _covers(row: Happening, day: date) -> bool:
    return row.first is not None and row.first <= day and (row.last is None or day <= row.last)


def _spans(rows: Iterable[Happening], kind: Happened, year: int) -> dict[str, tuple[Span, ...]]:
    """Trainer or venue -> first and last day of each span."""
    found: dict[str, tuple[Span, ...]] = {}
    for row in rows:
        if row.kind == kind and row.first is not None:
            key = str(row.trainer_id if kind == Happened.TRAINER_AWAY else row.venue_id)
            last = row.last or date(max(year, row.first.year), 12, 31)
            found[key] = (*found.get(key, ()), (row.first.isoformat(), last.isoformat()))
    return found


def _within(day: str, spans: Iterable[Span]) -> bool:
    return any(first <= day <= last for first, last in spans)


def _without(held: planner.Held, away: dict[str, tuple[Span, ...]], since: str) -> planner.Held:
    """A promised class that has not begun, without its trainer where that one cannot come to all of it."""
    days = [day for day, _half in held.sessions if day >= since]
    if held.firm and not held.begun and any(_within(day, away.get(held.trainer, ())) for day in days):
        return replace(held, trainer="")
    return held


def _open_days(terms: Iterable[planner.Term]) -> list[str]:
    found = []
    for term in terms:
        first, last = date.fromisoformat(term.first), date.fromisoformat(term.last)
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        found += [day.isoformat() for day in days if day.weekday() in term.days]
    return found


def _left(days: Iterable[str], spans: Iterable[Span]) -> int:
    closed = list(spans)
    return sum(not _within(day, closed) for day in days)


def _cut_short(
    row: planner.Trainer, spans: tuple[Span, ...], days: list[str], firm: Iterable[planner.Held]
) -> planner.Trainer:
    """A trainer who is away gives no more sessions than there are half days left, besides what is promised."""
    if not spans:
        return row
    promised = sum(len(held.sessions) for held in firm if held.trainer == row.id)
    return replace(
        row, away=(*row.away, *spans), sessions=min(row.sessions, HALVES_A_DAY * _left(days, spans) + promised)
    )


def _sessions_there(made: planner.Scenario, firm: Iterable[planner.Held], venue: str, kind: str) -> int:
    kinds = {course.code: course.room_kind for course in made.courses}
    return sum(len(held.sessions) for held in firm if held.venue == venue and kinds.get(held.course) == kind)


def _closed(
    made: planner.Scenario, closed: dict[str, tuple[Span, ...]], days: list[str], firm: Iterable[planner.Held]
) -> Iterable[planner.Busy]:
    """The half days on which rooms of closed venues cannot be had, but for those promised to classes that have not begun."""
    promised = {(held.room, day, half) for held in firm if not held.begun for day, half in held.sessions}
    for space in made.spaces:
        for day in days:
            if _within(day, closed.get(space.venue, ())):
                for half in Half.values:
                    if (space.id, day, half) not in promised:
                        yield planner.Busy("room", space.id, day, half)
