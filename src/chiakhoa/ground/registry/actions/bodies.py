"""Bodies: those of the report, those of today, a People's Committee for each commune, and any that are added later.

Every writer here keeps `BodyAncestry` whole. Loading again changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, facts
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.sourced import reason_of
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.registry.models import Body, BodyAncestry, BodyCarried, BodySuccession
from chiakhoa.ground.territory import closure
from chiakhoa.ground.territory.models import Unit
from chiakhoa.ground.territory.queries import home, in_force, subtree

BATCH = 1000
FIELDS = [field.attname for field in Body._meta.concrete_fields if not field.primary_key]
COLUMNS = [field.name for field in Body._meta.concrete_fields if not field.primary_key]


@dataclass(frozen=True)
class BodyRow:
    """A body as it is handed in. A `reason` says that the body is assumed or invented, and why."""

    id: str
    kind: str
    name_vi: str
    name_en: str = ""
    short: str = ""
    parent_id: str | None = None
    unit_id: str | None = None
    valid_from: date | None = None
    reason: str = ""


@action(Role.ADMINISTRATOR)
def load_bodies(actor: Reader, *, at: datetime) -> int:
    """Read the bodies of data/programme and make the communes' committees. Returns how many rows were written."""
    today = facts.load_yaml("programme/bodies.yaml")
    reported = facts.load_yaml("programme/programme.yaml")["bodies"]
    province = getattr(home(), "unit_id", None)
    bodies = {row["id"]: _reported(row) for row in reported}
    bodies |= {row["id"]: _assumed(row) for row in today["bodies"]}
    for body in bodies.values():
        body.unit_id = None if body.kind in today["national_kinds"] else province
    _amend(bodies, today)
    bodies |= _committees(today["committees"], province, at.astimezone(HERE).date())
    rearranged = _rearranged()
    written = _write({key: body for key, body in bodies.items() if key not in rearranged})
    passed = _write_successions(today["endings"])
    after = {"bodies": len(bodies), "written": written, "successions": passed}
    audit.record(actor, "load_bodies", "registry.body", at=at, after=after)
    return written


@action(Role.ADMINISTRATOR, Role.COORDINATOR)
def add_bodies(actor: Reader, rows: Sequence[BodyRow], *, at: datetime) -> list[Body]:
    """Add bodies, or change those of the same id. Refusal naming the row of an unknown parent or unit."""
    on = at.astimezone(HERE).date()
    known = set(Body.objects.values_list("pk", flat=True)) | {row.id for row in rows}
    units = Unit.objects.filter(in_force(on))
    if actor != SYSTEM:
        units = units.filter(id__in=subtree(actor.unit_id or ""))
    places = set(units.values_list("pk", flat=True))
    for number, row in enumerate(rows, 1):
        _check(number, row, known, places)
    bodies = {row.id: _added(row) for row in rows}
    written = _write(bodies)
    audit.record(actor, "add_bodies", "registry.body", at=at, after={"bodies": len(rows), "written": written})
    return list(bodies.values())


def _rearranged() -> set[str]:
    """Bodies that a reform of this installation closed or put under another: the files say nothing of them any more."""
    closed = BodySuccession.objects.filter(reform__isnull=False).values_list("old", flat=True)
    moved = BodyCarried.objects.filter(path="registry.Body.parent").values_list("key", flat=True)
    return {*closed, *moved}


def _write_successions(endings: Iterable[dict[str, Any]]) -> int:
    """Record which of the report's bodies passed into which, where that is not recorded yet."""
    standing = set(BodySuccession.objects.values_list("old", "date"))
    missing = [
        BodySuccession(
            old_id=row["id"],
            new_id=row["successor"],
            date=row["ended_on"],
            share=1 if row["successor"] else None,
            basis="whole" if row["successor"] else "abolished",
        )
        for row in endings
        if (row["id"], row["ended_on"]) not in standing
    ]
    BodySuccession.objects.bulk_create(missing)
    return len(missing)


def _check(number: int, row: BodyRow, known: set[str], places: set[str]) -> None:
    where = {"row": number, "name": row.name_vi}
    if row.parent_id and row.parent_id not in known:
        raise Refusal(
            _("Row %(row)d, %(name)s: there is no body %(parent)s to stand above it. Add that one first.")
            % {**where, "parent": row.parent_id},
            code="parent_unknown",
        )
    if row.unit_id and row.unit_id not in places:
        raise Refusal(
            _("Row %(row)d, %(name)s: the unit %(unit)s is not in force or not yours. Choose one of today's map.")
            % {**where, "unit": row.unit_id},
            code="unit_not_in_force",
        )


def _reported(row: dict[str, Any]) -> Body:
    aliases = " ".join(row.get("alias_vi", []))
    return Body(
        id=row["id"],
        kind=row["kind"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        short=row.get("short", ""),
        parent_id=row.get("parent"),
        sentence=row["sentence"],
        also_sentences=row.get("alias_sentences", []),
        source="programme/programme.yaml",
        reason=reason_of(row),
        search_key=_key(row["name_vi"], row["name_en"], row.get("short", ""), aliases),
    )


def _assumed(row: dict[str, Any]) -> Body:
    return Body(
        id=row["id"],
        kind=row["kind"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        parent_id=row.get("parent"),
        valid_from=row.get("valid_from"),
        assumed=True,
        sure="assumed",
        source="programme/bodies.yaml",
        reason=reason_of(row),
        search_key=_key(row["name_vi"], row["name_en"]),
    )


def _added(row: BodyRow) -> Body:
    name_vi, name_en = nfc(row.name_vi), nfc(row.name_en)
    return Body(
        id=row.id,
        kind=row.kind,
        name_vi=name_vi,
        name_en=name_en,
        short=row.short,
        parent_id=row.parent_id or None,
        unit_id=row.unit_id or None,
        valid_from=row.valid_from,
        assumed=bool(row.reason),
        sure="assumed" if row.reason else "",
        reason=row.reason,
        search_key=_key(name_vi, name_en, row.short),
    )


def _amend(bodies: dict[str, Body], today: dict[str, Any]) -> None:
    """What the report does not say of its bodies: where they stand in the tree, when they ended, who followed."""
    for row in today["parents"]:
        bodies[row["id"]].parent_id = row["parent"]
    for row in today["endings"]:
        body = bodies[row["id"]]
        body.valid_to, body.successor_id = row["ended_on"], row["successor"]
        body.sure, body.reason = "assumed", reason_of(row)


def _committees(form: dict[str, str], province: str | None, on: date) -> dict[str, Body]:
    communes = Unit.objects.filter(in_force(on), level=3, id__in=subtree(province)) if province else Unit.objects.none()
    return {f"ubnd-{unit.code}": _committee(form, unit) for unit in communes}


def _committee(form: dict[str, str], unit: Unit) -> Body:
    name_vi = form["name_vi"].format(kind=unit.kind_vi.lower(), name=unit.name)
    name_en = form["name_en"].format(name=unit.name)
    return Body(
        id=f"ubnd-{unit.code}",
        kind=form["kind"],
        name_vi=name_vi,
        name_en=name_en,
        parent_id=form["parent"],
        unit=unit,
        valid_from=unit.valid_from,
        assumed=True,
        sure="assumed",
        source="programme/bodies.yaml",
        reason=reason_of(form),
        search_key=_key(name_vi, name_en),
    )


def _key(*names: str) -> str:
    return fold(" ".join(names))[:500]


def _write(bodies: dict[str, Body]) -> int:
    """Write what is new or differs (references are checked at the end of the transaction), then mend the closure."""
    standing = {row[0]: row[1:] for row in Body.objects.filter(pk__in=bodies).values_list("pk", *FIELDS)}
    changed = [
        body for body in bodies.values() if standing.get(body.pk) != tuple(getattr(body, name) for name in FIELDS)
    ]
    Body.objects.bulk_create(
        changed, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=COLUMNS
    )
    if changed:
        mend_ancestry()
    return len(changed)


def mend_ancestry() -> None:
    """Bring the closure in step with the tree, for other actions of this step."""
    wanted = closure.pairs(dict(Body.objects.values_list("pk", "parent_id")))
    standing = {
        (body, above): pk for pk, body, above in BodyAncestry.objects.values_list("pk", "body_id", "ancestor_id")
    }
    stale = [pk for pair, pk in standing.items() if pair not in wanted]
    for start in range(0, len(stale), BATCH):
        BodyAncestry.objects.filter(pk__in=stale[start : start + BATCH]).delete()
    missing = [BodyAncestry(body_id=body, ancestor_id=above) for body, above in sorted(wanted - standing.keys())]
    BodyAncestry.objects.bulk_create(missing, batch_size=BATCH)
