"""Applying and withdrawing. A learner has three wishes; a place at a fair is besides them and goes to whoever comes first.

Applications handed in for others need each person's recorded consent, unless the program itself acts.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Person, Purpose
from chiakhoa.outcome.placement import queries
from chiakhoa.outcome.placement.models import Application, Opening, OpeningKind, OpeningState

MOST_WISHES = 3
BATCH = 500


@action(Role.LEARNER)
def apply_for(actor: Reader, opening_code: str, *, at: datetime) -> Application:
    """Apply as one's next wish, at most three, or take a seat at a fair. Either shows one's name to that employer."""
    if actor.person_id is None or not queries.openings(actor).filter(pk=opening_code).exists():
        raise NotVisible(_("There is no such opening for you."))
    # Both are locked before anything is counted, so that two phones at once take one seat, and one rank, each.
    opening = Opening.objects.select_for_update(no_key=True).get(pk=opening_code)
    Person.objects.select_for_update(no_key=True).get(pk=actor.person_id)
    _must_be_open(opening, at)
    own = list(queries.own_applications(actor))
    if any(row.opening_id == opening.pk for row in own):
        raise Refusal(_("You have applied here already."), code="applied_already")
    rank = _seat_at_fair(opening) if opening.kind == OpeningKind.FAIR else _next_rank(own)
    application = Application.objects.create(opening=opening, person_id=actor.person_id, rank=rank, applied_at=at)
    audit.record(actor, "apply_for", application, at=at, after={"opening": opening.pk, "rank": rank})
    return application


@action(Role.LEARNER)
def withdraw(actor: Reader, application_pk: int, *, at: datetime) -> None:
    """Take an application of one's own back; later wishes move up."""
    application = queries.own_applications(actor).filter(pk=application_pk).first()
    if application is None:
        raise NotVisible(_("There is no such application."))
    audit.record(
        actor, "withdraw", application, at=at, before={"opening": application.opening_id, "rank": application.rank}
    )
    rank = application.rank
    application.delete()
    if rank is None:
        return
    for later in queries.own_applications(actor).filter(rank__gt=rank):
        Application.objects.filter(pk=later.pk).update(rank=later.rank - 1)


@action(Role.COORDINATOR, Role.ADMINISTRATOR)
def apply_many(actor: Reader, rows: Sequence[tuple[str, int, int]], *, at: datetime) -> int:
    """Applications collected on paper or at a fair: (opening code, person id, rank). Refusal without the people's consent."""
    _check_applications(actor, rows)
    made = Application.objects.bulk_create(
        [Application(opening_id=code, person_id=person, rank=rank, applied_at=at) for code, person, rank in rows],
        batch_size=BATCH,
    )
    audit.record(actor, "apply_many", "placement.application", at=at, after={"applications": len(made)})
    return len(made)


def _must_be_open(opening: Opening, at: datetime) -> None:
    state = opening.state_on(at.astimezone(HERE).date())
    if state == OpeningState.CLOSED:
        raise Refusal(_("The employer has closed this opening."), code="closed")
    if state == OpeningState.OVER:
        raise Refusal(
            _("This opening closed on %(day)s.") % {"day": opening.closes_on.strftime("%d/%m/%Y")}, code="closed"
        )


def _seat_at_fair(fair: Opening) -> None:
    """A seat at a fair has no rank; Refusal where none is left."""
    if fair.applications.count() >= fair.seats:
        raise Refusal(_("All places at this fair are taken."), code="fair_full")


def _next_rank(own: Sequence[Application]) -> int:
    """The rank after the wishes there are; Refusal after the third."""
    ranks = [row.rank for row in own if row.rank is not None]
    if len(ranks) >= MOST_WISHES:
        raise Refusal(_("You have three wishes already. Withdraw one first."), code="three_wishes")
    return max(ranks, default=0) + 1


def _check_applications(actor: Reader, rows: Sequence[tuple[str, int, int]]) -> None:
    openings = set(Opening.objects.exclude(kind=OpeningKind.FAIR).values_list("pk", flat=True))
    for code, _person, rank in rows:
        if code not in openings:
            raise Refusal(_("There is no opening %(code)s.") % {"code": code}, code="opening_unknown")
        if not 1 <= rank <= MOST_WISHES:
            raise Refusal(_("A wish has a rank from 1 to %(most)d.") % {"most": MOST_WISHES}, code="rank_wrong")
    people = sorted({person for _code, person, _rank in rows})
    allowed = registry.people(actor).filter(registry.agreed(Purpose.MATCHING))
    if actor.account_id is None:  # the program itself: it acts for the synthetic people
        allowed = Person.objects.all()
    chunks = [people[start : start + BATCH] for start in range(0, len(people), BATCH)]
    lacking = len(people) - sum(allowed.filter(pk__in=chunk).count() for chunk in chunks)
    if lacking:
        raise Refusal(
            _("%(count)d of the people are not yours, or did not agree to be shown to employers. Record consent first.")
            % {"count": lacking},
            code="no_consent",
        )
