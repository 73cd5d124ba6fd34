"""Reforms of the map: drafted from a list, looked at, enacted in one transaction, undone until something depends on it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, bulk
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.territory import dependants, drafts
from chiakhoa.ground.territory.actions.loading import redraw
from chiakhoa.ground.territory.changes import Kind, Row
from chiakhoa.ground.territory.examination import SURVIVES, Examined
from chiakhoa.ground.territory.examining import examine
from chiakhoa.ground.territory.models import Carried, Reform, ReformState, Shape, Succession, Unit, UnitAncestry
from chiakhoa.ground.territory.queries import MAY_REFORM

REFORMERS = MAY_REFORM
KIND = "territory.Unit"


@action(*REFORMERS)
def draft_reform(actor: Reader, title: str, rows: Sequence[Row], *, day: date, at: datetime) -> Reform:
    """Keep a list to be looked at; nothing of the map changes. What is wrong with it is shown, not refused."""
    return drafts.make(Reform, actor, title, rows, day=day, at=at)


@action(*REFORMERS)
def change_draft(actor: Reader, pk: int, title: str, rows: Sequence[Row], *, day: date, at: datetime) -> Reform:
    """Put other words, rows or another day into a draft. NotVisible where there is no such draft."""
    return drafts.change(Reform, actor, pk, title, rows, day=day, at=at)


@action(*REFORMERS)
def discard_reform(actor: Reader, pk: int, *, at: datetime) -> None:
    """Throw a draft away. NotVisible where there is no such draft."""
    drafts.discard(Reform, actor, pk, at=at)


@action(*REFORMERS)
def enact(actor: Reader, pk: int, *, at: datetime) -> Reform:
    """Close the old units, open the new, record the successions, and lead to the heir what follows it.

    Refusal before the reform's day, and for a list with a fault, by row.
    """
    reform, plan = drafts.ready(Reform, examine, actor, pk, at=at)
    _write(reform, plan)
    carried = dependants.carry(KIND, plan.heirs, Carried, reform, on=reform.day)
    drafts.enacted(reform, at=at)
    redraw()
    audit.record(
        actor,
        "enact",
        reform,
        at=at,
        before={"units": sorted(plan.olds)},
        after={"units": sorted(plan.news), "carried": carried},
    )
    return reform


@action(*REFORMERS)
def undo(actor: Reader, pk: int, *, at: datetime) -> Reform:
    """Make the map what it was before. Refusal naming what came to depend on the new units since."""
    reform = drafts.locked(Reform, pk, ReformState.ENACTED)
    new, old = _ids(reform.opened.values_list("pk", flat=True)), _ids(reform.successions.values_list("old", flat=True))
    drafts.refuse_undoing(obstacles(reform))
    back = dependants.lead_back(KIND, reform)
    reform.carried.all().delete()
    reform.successions.all().delete()
    Unit.objects.filter(pk__in=old).update(valid_to=None)
    for level in (3, 2, 1):  # what stands below goes first
        reform.opened.filter(level=level).delete()
    drafts.undone(reform)
    redraw()
    audit.record(actor, "undo", reform, at=at, before={"units": new}, after={"units": old, "led_back": back})
    return reform


def obstacles(reform: Reform) -> list[str]:
    """What stands against undoing a reform, in words: a count and what it is."""
    news = _ids(reform.opened.values_list("pk", flat=True))
    later = Succession.objects.filter(old__in=news).values_list("date", flat=True).order_by("date").distinct()
    below = Unit.objects.filter(parent__in=news).exclude(pk__in=news).count()
    return drafts.in_words(
        later, [dependants.Effect(_("Units below them"), below, 0), *dependants.against(KIND, reform, news)]
    )


def _ids(keys: object) -> list[str]:
    return sorted(keys)  # type: ignore[call-overload, no-any-return]


def _write(reform: Reform, plan: Examined[Unit]) -> None:
    Unit.objects.filter(pk__in=plan.olds).update(valid_to=reform.day)
    above: dict[str, list[str]] = {}
    for unit in sorted(plan.news.values(), key=lambda unit: unit.level):
        unit.opened_by = reform
        unit.save(force_insert=True)
        above[unit.pk] = [unit.pk, *_above(unit, above)]
    bulk.insert(UnitAncestry, [UnitAncestry(unit_id=pk, ancestor_id=up) for pk, line in above.items() for up in line])
    bulk.insert(
        Succession,
        [
            Succession(
                old_id=row.old, new_id=row.new, date=reform.day, reform=reform, basis=basis(row.kind, row.share),
                share=row.share.quantize(Decimal("0.000001")) if row.share else None,
            )
            for row in plan.passings if row.old
        ],
    )  # fmt: skip
    _keep_outlines(plan)


def _above(unit: Unit, known: dict[str, list[str]]) -> list[str]:
    if unit.parent_id is None:
        return []
    standing = UnitAncestry.objects.filter(unit=unit.parent_id).values_list("ancestor_id", flat=True)
    return known.get(unit.parent_id) or list(standing)


def basis(kind: str, share: Decimal | None) -> str:
    if share is None:
        return "abolished"
    return "unchanged" if kind in SURVIVES else "given" if kind == Kind.SPLIT else "whole"


def _keep_outlines(plan: Examined[Unit]) -> None:
    """Outlines of what is merged, renamed or moved: those of the parts together. What is split waits for new ones."""
    split = {row.new for row in plan.passings if row.kind == Kind.SPLIT}
    parts: dict[str, list[str]] = {}
    for row in plan.passings:
        if row.old and row.new and row.new not in split:
            parts.setdefault(row.new, []).append(row.old)
    drawn = {shape.unit_id: shape for shape in Shape.objects.filter(unit__in=plan.olds)}
    for new, olds in parts.items():
        if all(old in drawn for old in olds):
            polygons = [ring for old in olds for ring in _polygons(drawn[old].geometry)]
            geometry = {"type": "MultiPolygon", "coordinates": polygons}
            Shape.objects.create(unit_id=new, geometry=geometry, schematic=any(drawn[old].schematic for old in olds))


def _polygons(geometry: dict) -> list:  # type: ignore[type-arg]
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else list(geometry["coordinates"])
