"""Writing group tests: somebody opens a link, a group answers from it, the link is closed.

Whoever answers has no account, so that these actions are the program's own. What they write names nobody, and nothing of it
becomes evidence.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory.models import Unit
from chiakhoa.ground.territory.queries import subtree
from chiakhoa.measure.assessment import scoring
from chiakhoa.measure.assessment.group import queries as group_queries
from chiakhoa.measure.assessment.group import short_mode
from chiakhoa.measure.assessment.group.models import KEY_LENGTH, GroupAnswer, GroupRun, GroupTest, RunState

# None of these is taken for another when read aloud or from a wall.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LONGEST = 90  # days


@action(*group_queries.OPENERS)
def open_group_test(
    actor: Reader, name: str, unit: Unit, audience: Audience, language: str, days: int, *, at: datetime
) -> GroupTest:
    """A link for a group of a unit that the actor's role reaches, open for so many days, today among them."""
    reached = actor is SYSTEM or (actor.unit_id and subtree(actor.unit_id).filter(unit=unit.pk).exists())
    if not reached:
        raise NotVisible(_("There is no such unit here."))
    if not 1 <= days <= LONGEST:
        raise Refusal(_("A link is open for 1 to %(most)d days.") % {"most": LONGEST}, code="wrong_days", field="days")
    if not short_mode.enough():
        raise Refusal(
            _("The item bank does not hold enough questions with drawings. An administrator loads them."),
            code="bank_too_small",
        )
    today = at.astimezone(HERE).date()
    test = GroupTest.objects.create(
        key=_free_key(), name=name, unit=unit, audience=audience, language=language,
        opened_on=today, open_until=today + timedelta(days=days - 1),
    )  # fmt: skip
    after = {"name": name, "unit": unit.pk, "audience": audience.pk, "until": test.open_until.isoformat()}
    audit.record(actor, "open_group_test", test, at=at, after=after)
    return test


@action(*group_queries.OPENERS)
def close_group_test(actor: Reader, pk: int, *, at: datetime) -> GroupTest:
    """Nobody begins any more; whoever is in the middle may finish. Closing again changes nothing."""
    test = group_queries.group_tests(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if test is None:
        raise NotVisible(_("There is no such group test here."))
    if test.closed_on is None:
        test.closed_on = at.astimezone(HERE).date()
        test.save(update_fields=["closed_on"])
    audit.record(actor, "close_group_test", test, at=at)
    return test


@action()
def begin_group_run(actor: Reader, test_pk: int, *, at: datetime) -> GroupRun:
    """Twelve questions for somebody who has the link. Refusal where it is closed."""
    test = GroupTest.objects.get(pk=test_pk)
    today = at.astimezone(HERE).date()
    if not group_queries.is_open(test, today):
        raise Refusal(_("This link is closed. Ask whoever gave it to you for a new one."), code="closed")
    believed = short_mode.before_any_answer(test.audience_id)
    run = GroupRun.objects.create(
        test=test, day=today, seed=secrets.randbits(31), mean=believed.mean.tolist(), covariance=believed.cov.tolist()
    )
    _show_next(run, [])
    audit.record(actor, "begin_group_run", test, at=at)
    return run


@action()
def answer_group_run(actor: Reader, run_pk: UUID, position: int, given: str | None, *, at: datetime) -> GroupRun:
    """Take the answer (None: "I do not know") to the question at a position, and show the next or finish.

    An answer to another position than the one shown changes nothing: the first one counts.
    """
    run = GroupRun.objects.select_for_update(of=("self",)).select_related("test").filter(pk=run_pk).first()
    if run is None:
        raise NotVisible(_("There is no such test here."))
    audit.record(actor, "answer_group_run", run.test, at=at)
    answers = list(run.answers.select_related("item__competence__domain"))
    shown = next((row for row in answers if row.position == position and row.score is None), None)
    if shown is None:
        return run
    shown.score = scoring.score(shown.item, given)
    shown.save(update_fields=["score"])
    believed = short_mode.after(run, shown)
    run.mean, run.covariance = believed.mean.tolist(), believed.cov.tolist()
    if not _show_next(run, answers):
        _finish(run)
    run.save(update_fields=["mean", "covariance", "state", "number"])
    return run


def _show_next(run: GroupRun, shown: list[GroupAnswer]) -> bool:
    item = short_mode.next_item(run, shown)
    if item is None:
        return False
    GroupAnswer.objects.create(
        run=run, item_id=item.code, position=len(shown) + 1, a=item.a, b=item.b, c=item.c
    )  # fmt: skip
    return True


def _finish(run: GroupRun) -> None:
    """Give the run its number, one at a time: the test's row is locked meanwhile."""
    GroupTest.objects.select_for_update().get(pk=run.test_id)
    last = GroupRun.objects.filter(test=run.test_id).aggregate(last=Max("number"))["last"]
    run.state, run.number = RunState.FINISHED, (last or 0) + 1


def _free_key() -> str:
    while True:
        key = "".join(secrets.choice(LETTERS) for _letter in range(KEY_LENGTH))
        if not GroupTest.objects.filter(key=key).exists():
            return key
