"""What reforms of units and of bodies have in common: the draft, the check before enacting, the words against undoing.

For actions only: everything here runs inside the caller's action and its transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.territory.changes import Row
from chiakhoa.ground.territory.dependants import Effect
from chiakhoa.ground.territory.models import ReformBase, ReformState

R = TypeVar("R", bound=ReformBase)


def make(model: type[R], actor: Reader, title: str, rows: Sequence[Row], *, day: date, at: datetime) -> R:
    """A new draft."""
    reform = model._default_manager.create(
        title=nfc(title), day=day, rows=[row.as_json() for row in rows], drafted_at=at
    )
    audit.record(actor, "draft_reform", reform, at=at, after={"title": reform.title, "rows": len(rows)})
    return reform


def change(model: type[R], actor: Reader, pk: int, title: str, rows: Sequence[Row], *, day: date, at: datetime) -> R:
    """Other words, rows or another day in a draft."""
    reform = locked(model, pk, ReformState.DRAFT)
    before = {"title": reform.title, "day": reform.day.isoformat(), "rows": reform.rows}
    reform.title, reform.day, reform.rows = nfc(title), day, [row.as_json() for row in rows]
    reform.save(update_fields=["title", "day", "rows"])
    audit.record(
        actor, "change_draft", reform, at=at, before=before, after={"title": reform.title, "rows": reform.rows}
    )
    return reform


def discard(model: type[R], actor: Reader, pk: int, *, at: datetime) -> None:
    """A draft thrown away."""
    reform = locked(model, pk, ReformState.DRAFT)
    audit.record(actor, "discard_reform", reform, at=at, before={"title": reform.title, "rows": reform.rows})
    reform.delete()


def ready(model: type[R], examine: Callable[..., Any], actor: Reader, pk: int, *, at: datetime) -> tuple[R, Any]:
    """A draft, locked, and what it would do. Refusal before its day, and for a fault, by row."""
    reform = locked(model, pk, ReformState.DRAFT)
    if reform.day > at.astimezone(HERE).date():
        raise Refusal(
            _("The reform begins on %(day)s. Until then it can be kept as a draft; enact it on that day or later.")
            % {"day": f"{reform.day:%d/%m/%Y}"},
            code="too_early",
        )
    plan = examine(actor, [Row(**row) for row in reform.rows], day=reform.day)
    if plan.faults:
        line, _column, message = plan.faults[0]
        raise Refusal(_("Row %(row)d: %(fault)s") % {"row": line, "fault": message}, code="faulty_list")
    return reform, plan


def enacted(reform: ReformBase, *, at: datetime) -> None:
    """The draft is law."""
    reform.state, reform.enacted_at = ReformState.ENACTED, at
    reform.save(update_fields=["state", "enacted_at"])


def undone(reform: ReformBase) -> None:
    """The reform is taken back."""
    reform.state = ReformState.UNDONE
    reform.save(update_fields=["state"])


def refuse_undoing(against: Sequence[str]) -> None:
    """Refusal where anything stands against undoing."""
    if against:
        raise Refusal(
            _("The reform cannot be undone any more. On its new units depend: %(things)s. Move or remove these first.")
            % {"things": ", ".join(against)},
            code="depended_on",
        )


def in_words(later: Iterable[date], effects: Iterable[Effect]) -> list[str]:
    """What stands against undoing: later reforms, and rows that came to hang on what is new."""
    words = [_("the reform of %(day)s") % {"day": f"{day:%d/%m/%Y}"} for day in later]
    counted = [effect for effect in effects if effect.count]
    return words + [_("%(label)s: %(count)d") % {"label": effect.label, "count": effect.count} for effect in counted]


def locked(model: type[R], pk: int, state: ReformState) -> R:
    """The reform in that state, locked. NotVisible where there is none."""
    reform = model._default_manager.select_for_update().filter(pk=pk, state=state).first()
    if reform is None:
        raise NotVisible(_("There is no such reform, or somebody has dealt with it already."))
    return reform
