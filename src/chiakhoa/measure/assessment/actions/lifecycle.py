"""Writing an item's life: draft, review by a second person, trial, live, retired. Every step stands in its history.

Nothing that was shown is changed in place: whoever wants another text writes a new version, which takes the old one's place on
the day it goes live, and answers keep pointing to what was shown.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import bank, checking, coding, interchange, piloting, queries
from chiakhoa.measure.assessment.actions.exposure import enqueue_exposure
from chiakhoa.measure.assessment.models import Answer, Item, ItemComment, ItemReview, ItemState, ItemStep

AUTHORS = queries.AUTHORS
LONGEST_NOTE = 500
LONGEST_COMMENT = 1000


@action(*AUTHORS)
def write_item(actor: Reader, row: Mapping[str, Any], *, at: datetime) -> Item:
    """A new draft from a row as in the item files; it gets a code of its own."""
    code = coding.free_code(str(row["competence"]))
    item = create(actor, {**row, "code": code}, gettext_noop("Written."), at)
    audit.record(actor, "write_item", item, at=at, after={"kind": item.kind, "grade": item.grade})
    return item


@action(*AUTHORS)
def edit_item(actor: Reader, code: str, row: Mapping[str, Any], *, at: datetime) -> Item:
    """Another text for a draft. Refusal for an item that is not a draft: that needs a new version."""
    item = item_to_change(actor, code)
    _must_be(item, ItemState.DRAFT)
    before = {"stem_vi": item.stem_vi, "stem_en": item.stem_en}
    _fill(item, {**row, "code": item.code})
    item.save()
    _step(actor, item, ItemState.DRAFT, gettext_noop("Text changed."), at)
    audit.record(
        actor, "edit_item", item, at=at, before=before, after={"stem_vi": item.stem_vi, "stem_en": item.stem_en}
    )
    return item


@action(*AUTHORS)
def submit_item(actor: Reader, code: str, note: str = "", *, at: datetime) -> Item:
    """Hand a draft to a second person. Refusal where something is still missing, with what."""
    item = item_to_change(actor, code)
    _must_be(item, ItemState.DRAFT)
    row = bank.row_of(item)
    missing = [*checking.faults(row), *checking.gaps(row)]
    if missing:
        words = ngettext(
            "%(count)d thing is still missing. Open “Change the text” to see what.",
            "%(count)d things are still missing. Open “Change the text” to see which.",
            len(missing),
        )
        raise Refusal(words % {"count": len(missing)}, code="item_incomplete", missing=len(missing))
    return _move(actor, item, ItemState.REVIEW, note, at, "submit_item")


@action(*AUTHORS)
def take_back_item(actor: Reader, code: str, *, at: datetime) -> Item:
    """Make a draft again of what nobody has judged yet; for those who wrote it."""
    item = item_to_change(actor, code)
    _must_be(item, ItemState.REVIEW)
    if actor is not SYSTEM and actor.account_id not in queries.writers_of(item):
        raise Refusal(_("Only who wrote it takes it back. You may send it back with a reason."), code="not_the_author")
    return _move(actor, item, ItemState.DRAFT, gettext_noop("Taken back."), at, "take_back_item")


@action(*AUTHORS)
def review_item(actor: Reader, code: str, agrees: bool, note: str = "", *, at: datetime) -> Item:
    """What a second person says: who agrees lets the item be tried out, who does not sends it back with the reason."""
    item = item_to_change(actor, code)
    _must_be(item, ItemState.REVIEW)
    if actor.account_id is None:
        raise Refusal(_("A person reviews an item, not a program."), code="reviewer_unknown")
    if actor.account_id in queries.writers_of(item):
        said = _("You wrote or changed this item. Somebody else must review it.")
        raise Refusal(said, code="reviewer_is_author")
    if not agrees and not note.strip():
        raise Refusal(_("Write what has to change."), code="empty", field="note")
    ItemReview.objects.create(
        item=item, at=at, written_by=item.written_by, reviewer=actor.account_id, reviewer_name=actor.name,
        agrees=agrees, note=note.strip()[:LONGEST_NOTE],
    )  # fmt: skip
    to = ItemState.PILOT if agrees else ItemState.DRAFT
    return _move(actor, item, to, note, at, "review_item")


@action(*AUTHORS)
def calibrate_pilots(actor: Reader, *, at: datetime) -> list[Item]:
    """Parameters from answers for all items being tried out that have enough of them; the live scale stays as it is."""
    found = piloting.estimates(sorted(piloting.ready()))
    items = list(Item.objects.select_for_update().filter(pk__in=found, state=ItemState.PILOT).order_by("code"))
    for item in items:
        estimate = found[item.code]
        item.a, item.b, item.se_a, item.se_b = estimate.a, estimate.b, estimate.se_a, estimate.se_b
        item.calibrated, item.calibrated_on = True, estimate.answers
        item.save(update_fields=["a", "b", "se_a", "se_b", "calibrated", "calibrated_on"])
        note = _("Calibrated on %(count)d answers.") % {"count": estimate.answers}
        _step(actor, item, ItemState.PILOT, note, at)
    audit.record(actor, "calibrate_pilots", "assessment.item", at=at, after={"items": [item.code for item in items]})
    return items


@action(*AUTHORS)
def make_live(actor: Reader, code: str, note: str = "", *, at: datetime) -> Item:
    """Let a calibrated item count from now on; the version before it is retired."""
    item = item_to_change(actor, code)
    _must_be(item, ItemState.PILOT)
    if not item.calibrated:
        words = _("This item is not calibrated yet: that takes %(count)d answers.")
        raise Refusal(words % {"count": piloting.LEAST_ANSWERS}, code="not_calibrated")
    old = item.supersedes
    if old is not None and old.state in (ItemState.LIVE, ItemState.PILOT):
        words = _("%(code)s has taken its place.") % {"code": item.code}
        _move(actor, old, ItemState.RETIRED, words, at, "retire_item")
    enqueue_exposure(actor, at)
    return _move(actor, item, ItemState.LIVE, note, at, "make_live")


@action(*AUTHORS)
def retire_item(actor: Reader, code: str, note: str, *, at: datetime) -> Item:
    """Ask an item no more. What was answered stays counted as it was."""
    item = item_to_change(actor, code)
    if item.state not in (ItemState.PILOT, ItemState.LIVE):
        _must_be(item, ItemState.LIVE)
    if not note.strip():
        raise Refusal(_("Write why it is taken out."), code="empty", field="note")
    if item.state == ItemState.LIVE:
        enqueue_exposure(actor, at)
    return _move(actor, item, ItemState.RETIRED, note, at, "retire_item")


@action(*AUTHORS)
def new_version(actor: Reader, code: str, *, at: datetime) -> Item:
    """A draft with the text of an item that people have met; the old one goes on until the new one is live."""
    item = begin_version(actor, item_to_change(actor, code), None, at)
    audit.record(actor, "new_version", item, at=at, after={"supersedes": code})
    return item


@action(*AUTHORS)
def discard_item(actor: Reader, code: str, *, at: datetime) -> None:
    """Throw a draft away. Refusal for anything that a person may have met."""
    item = item_to_change(actor, code)
    _must_be(item, ItemState.DRAFT)
    if Answer.objects.filter(item=item).exists():
        raise Refusal(_("People have answered this item; it stays."), code="answered")
    audit.record(actor, "discard_item", item, at=at, before={"stem_vi": item.stem_vi, "kind": item.kind})
    item.delete()


@action(*AUTHORS)
def comment_item(actor: Reader, code: str, text: str, *, at: datetime) -> ItemComment:
    """A remark on an item, read by everybody who answers for the bank."""
    item = item_to_change(actor, code)
    if not text.strip():
        raise Refusal(_("Write your remark first."), code="empty", field="text")
    said = text.strip()[:LONGEST_COMMENT]
    row = ItemComment.objects.create(item=item, at=at, by=actor.account_id, by_name=actor.name, text=said)
    audit.record(actor, "comment_item", item, at=at, after={"comment": row.pk})
    return row


@action(*AUTHORS, Role.ADMINISTRATOR)
def take_in_items(actor: Reader, rows: Sequence[Mapping[str, Any]], *, at: datetime) -> list[Item]:
    """Items from a file become drafts: new ones, new versions of items in use, another text of drafts."""
    made = [_take_in(actor, row, at) for row in rows]
    audit.record(actor, "take_in_items", "assessment.item", at=at, after={"items": [item.code for item in made]})
    return made


@action(*AUTHORS, Role.ADMINISTRATOR)
def hand_out_items(actor: Reader, codes: Sequence[str], form: str, *, at: datetime) -> interchange.Written:
    """The items, keys and all, as a file for another tool; the trail says who took it."""
    rows = Item.objects.all() if actor is SYSTEM else queries.items(actor)
    items = rows.filter(pk__in=codes).select_related("competence").order_by("code")
    written = interchange.write([bank.row_of(item) for item in items], form)
    audit.record(actor, "hand_out_items", "assessment.item", at=at, after={"items": len(items), "form": form})
    return written


def _take_in(actor: Reader, row: Mapping[str, Any], at: datetime) -> Item:
    code, competence = str(row.get("code", "")), str(row["competence"])
    known = Item.objects.filter(pk=code).select_related("competence").first() if code else None
    if known is None:
        wanted = code if coding.is_code(code, competence) else coding.free_code(competence)
        return create(actor, {**row, "code": wanted}, gettext_noop("Taken in from a file."), at)
    last = coding.newest(known)
    if last.state != ItemState.DRAFT:
        return begin_version(actor, last, row, at)
    _fill(last, {**row, "code": last.code})
    last.save()
    _step(actor, last, ItemState.DRAFT, gettext_noop("Another text, from a file."), at)
    return last


def begin_version(actor: Reader, old: Item, row: Mapping[str, Any] | None, at: datetime) -> Item:
    """A draft that is to take the item's place, with this text or the old one. A part of actions."""
    if old.state in (ItemState.DRAFT, ItemState.REVIEW):
        raise Refusal(_("%(code)s is not in use yet: change it itself.") % {"code": old.code}, code="wrong_state")
    if Item.objects.filter(supersedes=old).exists():
        words = _("There is a newer version of this item already: %(code)s.") % {"code": old.successor.code}
        raise Refusal(words, code="has_successor", newer=old.successor.code)
    text = {**(row or bank.row_of(old)), "code": coding.next_version(old.code)}
    return create(actor, text, _("New version of %(code)s.") % {"code": old.code}, at, supersedes=old)


def create(actor: Reader, row: Mapping[str, Any], note: str, at: datetime, *, supersedes: Item | None = None) -> Item:
    """A draft with its first line of history. A part of actions. Refusal where the row is no item."""
    item = Item(supersedes=supersedes, written_by=actor.account_id, writer=actor.name)
    _fill(item, row)
    item.save(force_insert=True)
    ItemStep.objects.create(item=item, at=at, by=actor.account_id, by_name=actor.name, after=item.state, note=note)
    return item


def _fill(item: Item, row: Mapping[str, Any]) -> None:
    """The text of the row, and the parameters that its author's grade says."""
    wrong = checking.faults(dict(row))
    if wrong:
        raise Refusal(wrong[0].words, code="item_unreadable", field=wrong[0].place)
    scale = frameworks.scale()
    competences = {one.code: one.pk for one in scale.competences}
    if row["competence"] not in competences:
        words = _("There is no competence %(code)s in the framework of the scale.") % {"code": row["competence"]}
        raise Refusal(words, code="competence_unknown", field="competence")
    for name, value in {**bank.fields_of(dict(row), scale.cuts), "state": ItemState.DRAFT, "shipped": False}.items():
        setattr(item, name, value)
    item.competence_id = competences[row["competence"]]
    item.calibrated, item.calibrated_on, item.se_a, item.se_b = False, None, None, None


def item_to_change(actor: Reader, code: str) -> Item:
    """The item, locked until the action ends. A part of actions. NotVisible where the actor may not know of it."""
    rows = Item.objects.all() if actor is SYSTEM else queries.items(actor)
    item = rows.select_for_update(of=("self",)).filter(pk=code).first()
    if item is None:
        raise NotVisible(_("There is no such item."))
    return item


def _must_be(item: Item, state: ItemState) -> None:
    if item.state != state:
        words = _("This item is “%(state)s” now. Open it again to see what can be done.")
        raise Refusal(words % {"state": item.get_state_display()}, code="wrong_state")


def _move(actor: Reader, item: Item, to: ItemState, note: str, at: datetime, verb: str) -> Item:
    before = item.state
    item.state = to
    item.save(update_fields=["state"])
    ItemStep.objects.create(
        item=item, at=at, by=actor.account_id, by_name=actor.name, before=before, after=to,
        note=note.strip()[:LONGEST_NOTE],
    )  # fmt: skip
    audit.record(
        actor, verb, item, at=at, before={"state": str(before)}, after={"state": str(to), "note": note.strip()}
    )
    return item


def _step(actor: Reader, item: Item, state: ItemState, note: str, at: datetime) -> None:
    ItemStep.objects.create(
        item=item, at=at, by=actor.account_id, by_name=actor.name, before=state, after=state, note=note
    )
