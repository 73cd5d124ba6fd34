"""Rearrangements of bodies: drafted, enacted in one transaction, undone until something depends on them.

Who belonged to a body that passed into another belonged there until that day, and belongs to the heir from then on: the old
membership is closed and a new one opened.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from chiakhoa.foundation import audit, bulk
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.registry.actions.bodies import mend_ancestry
from chiakhoa.ground.registry.body_changes import examine
from chiakhoa.ground.registry.models import Body, BodyCarried, BodyReform, BodySuccession, Membership
from chiakhoa.ground.territory import dependants, drafts
from chiakhoa.ground.territory.actions.reforms import REFORMERS, basis
from chiakhoa.ground.territory.changes import Row
from chiakhoa.ground.territory.examination import Examined
from chiakhoa.ground.territory.models import ReformState

KIND = "registry.Body"
CLOSED, OPENED = "registry.Membership.closed", "registry.Membership.body"


@action(*REFORMERS)
def draft_body_reform(actor: Reader, title: str, rows: Sequence[Row], *, day: date, at: datetime) -> BodyReform:
    """Keep a list to be looked at; nothing changes. What is wrong with it is shown, not refused."""
    return drafts.make(BodyReform, actor, title, rows, day=day, at=at)


@action(*REFORMERS)
def change_body_draft(
    actor: Reader, pk: int, title: str, rows: Sequence[Row], *, day: date, at: datetime
) -> BodyReform:
    """Put other words, rows or another day into a draft. NotVisible where there is no such draft."""
    return drafts.change(BodyReform, actor, pk, title, rows, day=day, at=at)


@action(*REFORMERS)
def discard_body_reform(actor: Reader, pk: int, *, at: datetime) -> None:
    """Throw a draft away. NotVisible where there is no such draft."""
    drafts.discard(BodyReform, actor, pk, at=at)


@action(*REFORMERS)
def enact_body_reform(actor: Reader, pk: int, *, at: datetime) -> BodyReform:
    """Close the old bodies, open the new, record the successions, and lead to the heir what follows it.

    Refusal before the reform's day, and for a list with a fault, by row.
    """
    reform, plan = drafts.ready(BodyReform, examine, actor, pk, at=at)
    _write(reform, plan)
    carried = dependants.carry(KIND, plan.heirs, BodyCarried, reform, on=reform.day)
    mend_ancestry()
    drafts.enacted(reform, at=at)
    after = {"bodies": sorted(plan.news), "carried": carried}
    audit.record(actor, "enact", reform, at=at, before={"bodies": sorted(plan.olds)}, after=after)
    return reform


@action(*REFORMERS)
def undo_body_reform(actor: Reader, pk: int, *, at: datetime) -> BodyReform:
    """Make the bodies what they were before. Refusal naming what came to depend on the new ones since."""
    reform = drafts.locked(BodyReform, pk, ReformState.ENACTED)
    drafts.refuse_undoing(obstacles(reform))
    new = sorted(reform.opened.values_list("pk", flat=True))
    old = sorted(reform.successions.values_list("old", flat=True))
    back = dependants.lead_back(KIND, reform)
    reform.carried.all().delete()
    reform.successions.all().delete()
    Body.objects.filter(pk__in=old).update(valid_to=None, successor=None)
    Body.objects.filter(pk__in=new).update(parent=None)  # so that none of them holds another
    reform.opened.all().delete()
    mend_ancestry()
    drafts.undone(reform)
    audit.record(actor, "undo", reform, at=at, before={"bodies": new}, after={"bodies": old, "led_back": back})
    return reform


def obstacles(reform: BodyReform) -> list[str]:
    """What stands against undoing a reform, in words: later reforms of its heirs, rows that name what it opened."""
    news = set(reform.opened.values_list("pk", flat=True))
    heirs = news | set(reform.successions.exclude(new=None).values_list("new", flat=True))
    later = BodySuccession.objects.filter(old__in=heirs).values_list("date", flat=True).order_by("date").distinct()
    return drafts.in_words(later, dependants.against(KIND, reform, news))


def lead_members(reform: BodyReform, heirs: Mapping[str, str], day: date) -> int:
    """Close the memberships of what ends on the day and open them at the heir, but for those who belong there already."""
    count = 0
    for old, new in heirs.items():
        rows = Membership.objects.filter(Q(valid_from__isnull=True) | Q(valid_from__lt=day), body=old, valid_to=None)
        closing = list(rows)
        already = set(Membership.objects.filter(body=new, valid_to=None).values_list("person", flat=True))
        going = [row for row in closing if row.person_id not in already]
        rows.update(valid_to=day)
        bulk.insert(
            Membership,
            [Membership(person_id=r.person_id, body_id=new, position=r.position, valid_from=day) for r in going],
        )
        people = [row.person_id for row in going]
        opened = Membership.objects.filter(body=new, valid_from=day, valid_to=None)
        keys = [pk for pk, person in opened.values_list("pk", "person") if person in set(people)]
        remembered = [(CLOSED, row.pk) for row in closing] + [(OPENED, pk) for pk in keys]
        count += bulk.insert(
            BodyCarried,
            [BodyCarried(reform=reform, path=path, key=pk, old_id=old, new_id=new) for path, pk in remembered],
        )
    return count


def lead_members_back(reform: BodyReform) -> int:
    """Take back the memberships that were opened, and open those that were closed; who has left since has left."""
    opened = {row.pk: row for row in Membership.objects.filter(pk__in=_keys(reform, OPENED))}
    left = {(row.person_id, row.body_id): row.valid_to for row in opened.values()}
    heir = {int(key): new for key, new in reform.carried.filter(path=CLOSED).values_list("key", "new")}
    closed = list(Membership.objects.filter(pk__in=heir))
    for row in closed:
        row.valid_to = left.get((row.person_id, heir[row.pk]))
    Membership.objects.filter(pk__in=opened).delete()
    return Membership.objects.bulk_update(closed, ["valid_to"], batch_size=500)


def _keys(reform: BodyReform, path: str) -> list[int]:
    return [int(key) for key in reform.carried.filter(path=path).values_list("key", flat=True)]


def _write(reform: BodyReform, plan: Examined[Body]) -> None:
    for body in _parents_first(plan.news):
        body.opened_by = reform
        body.save(force_insert=True)
    Body.objects.filter(pk__in=plan.olds).update(valid_to=reform.day)
    for old, (new, _same) in plan.heirs.items():
        Body.objects.filter(pk=old).update(successor=new)
    rows: list[BodySuccession] = []
    for row in plan.passings:
        if row.old:
            share = row.share.quantize(Decimal("0.000001")) if row.share else None
            rows.append(
                BodySuccession(
                    old_id=row.old,
                    new_id=row.new,
                    date=reform.day,
                    share=share,
                    basis=basis(row.kind, row.share),
                    reform=reform,
                )
            )
    bulk.insert(BodySuccession, rows)


def _parents_first(news: Mapping[str, Body]) -> list[Body]:
    """The new bodies so that none stands before the one above it."""

    def depth(body: Any) -> int:
        return 1 + depth(news[body.parent_id]) if body.parent_id in news else 0

    return sorted(news.values(), key=depth)
