"""Writing calibrations of the live bank: asked for by one person, adopted by a second one, for tests that begin then."""

from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.measure.assessment import queries
from chiakhoa.measure.assessment.actions.exposure import enqueue_exposure
from chiakhoa.measure.assessment.calibration.report import Written
from chiakhoa.measure.assessment.models import CalibratedItem, Calibration, CalibrationState, Item, ItemState, ItemStep

TASK = "assessment.calibrate"
LONGEST_REASON = 500


@action(*queries.AUTHORS)
def ask_calibration(actor: Reader, *, at: datetime) -> Calibration:
    """Have the live bank calibrated in the background. Refusal while another calibration waits."""
    _know_who(actor)
    if Calibration.objects.select_for_update().filter(is_open=True).exists():
        words = _("Another calibration is under way or waits for a second person. Decide on it first.")
        raise Refusal(words, code="calibration_open")
    row = Calibration.objects.create(asked_at=at, asked_by=actor.account_id, asked_name=actor.name)
    job = jobs.enqueue(actor, TASK, _("Calibration of the item bank"), at=at, calibration=row.pk)
    row.job = job.pk
    row.save(update_fields=["job"])
    audit.record(actor, "ask_calibration", row, at=at)
    return row


@action(*queries.AUTHORS)
def store_calibration(actor: Reader, pk: int, written: Written, *, at: datetime) -> Calibration:
    """Keep what was found; in place of what an earlier try of the same job kept. Nothing where it was given up meanwhile."""
    row = _calibration(actor, pk)
    if row.state not in (CalibrationState.RUNNING, CalibrationState.READY):
        audit.record(actor, "store_calibration", row, at=at, after={"items": 0})
        return row
    row.items.all().delete()
    for one in written.rows:
        one.calibration = row
    CalibratedItem.objects.bulk_create(written.rows, batch_size=500)
    row.state, row.found_at, row.report = CalibrationState.READY, at, written.report
    row.save(update_fields=["state", "found_at", "report"])
    audit.record(actor, "store_calibration", row, at=at, after={"items": len(written.rows)})
    return row


@action(*queries.AUTHORS)
def adopt_calibration(actor: Reader, pk: int, reason: str, *, at: datetime) -> Calibration:
    """Let the found parameters count for tests that begin from now on; one that is open goes on with those it began with."""
    row = _calibration(actor, pk)
    _know_who(actor)
    if row.state != CalibrationState.READY:
        raise Refusal(
            _("Only a calibration that has been computed and not decided on can be adopted."), code="wrong_state"
        )
    if actor.account_id == row.asked_by:
        raise Refusal(_("You asked for this calibration. A second person adopts it."), code="second_person")
    found = {one.item_id: one for one in row.items.filter(is_anchor=False)}
    items = list(Item.objects.select_for_update().filter(pk__in=found).order_by("code"))
    stale = [
        i.code for i in items if i.state != ItemState.LIVE or (i.a, i.b) != (found[i.code].old_a, found[i.code].old_b)
    ]
    if stale:
        words = _("Some items have changed since it was computed (%(codes)s). Calibrate again.")
        raise Refusal(words % {"codes": ", ".join(stale[:5])}, code="stale")
    _decide(actor, row, CalibrationState.ADOPTED, reason, at)
    for item in items:
        one = found[item.code]
        item.a, item.b, item.se_a, item.se_b = one.a, one.b, one.se_a, one.se_b
        item.calibrated, item.calibrated_on = True, one.answers
    Item.objects.bulk_update(items, ["a", "b", "se_a", "se_b", "calibrated", "calibrated_on"], batch_size=200)
    ItemStep.objects.bulk_create(
        ItemStep(item=item, at=at, by=actor.account_id, by_name=actor.name, before=item.state, after=item.state,
                 note=_("Calibrated on %(count)d answers.") % {"count": found[item.code].answers})
        for item in items
    )  # fmt: skip
    enqueue_exposure(actor, at)
    audit.record(actor, "adopt_calibration", row, at=at, after={"items": len(items), "reason": row.reason})
    return row


@action(*queries.AUTHORS)
def reject_calibration(actor: Reader, pk: int, reason: str, *, at: datetime) -> Calibration:
    """Do not adopt it, or give up one that is still being computed; it stays in the history with the reason."""
    row = _calibration(actor, pk)
    _know_who(actor)
    if row.is_open is None:
        raise Refusal(_("This was decided already by %(name)s.") % {"name": row.decided_name}, code="decided")
    _decide(actor, row, CalibrationState.REJECTED, reason, at)
    audit.record(actor, "reject_calibration", row, at=at, after={"reason": row.reason})
    return row


def _decide(actor: Reader, row: Calibration, state: CalibrationState, reason: str, at: datetime) -> None:
    if not reason.strip():
        raise Refusal(_("Write why; it stands in the history."), code="empty", field="reason")
    row.state, row.is_open, row.reason = state, None, reason.strip()[:LONGEST_REASON]
    row.decided_at, row.decided_by, row.decided_name = at, actor.account_id, actor.name
    row.save(update_fields=["state", "is_open", "reason", "decided_at", "decided_by", "decided_name"])


def _know_who(actor: Reader) -> None:
    if actor.account_id is None:
        raise Refusal(_("A decision needs a person who answers for it."), code="nobody")


def _calibration(actor: Reader, pk: int) -> Calibration:
    row = queries.calibrations(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("There is no such calibration."))
    return row
