"""Audiences: those with a required profile, and the groups of the programme, each covering some of the former."""

from datetime import datetime
from typing import Any

from chiakhoa.foundation import audit, facts
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.sourced import reason_of
from chiakhoa.ground.registry.models import Audience

FIELDS = [
    "name_vi",
    "name_en",
    "is_profile",
    "parent",
    "order",
    "sentence",
    "also_sentences",
    "assumed",
    "sure",
    "source",
    "reason",
]


@action(Role.ADMINISTRATOR)
def load_audiences(actor: Reader, *, at: datetime) -> int:
    """Read audiences and what they cover from data/. Again: no change. ValueError for an unknown profile."""
    profiles = facts.load_yaml("frameworks/profiles.yaml")["profiles"]
    named = facts.load_yaml("programme/programme.yaml")["audiences"]
    covers = facts.load_yaml("programme/audiences.yaml")["covers"]
    _check(covers, {row["id"] for row in profiles}, {row["id"] for row in named})
    reasons = {row["audience"]: reason_of(row) for row in covers}
    rows = [_profile(row, order) for order, row in enumerate(profiles)]
    rows += [_group(row, order, reasons[row["id"]]) for order, row in enumerate(_parents_first(named))]
    Audience.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=FIELDS)
    _cover(covers)
    audit.record(actor, "load_audiences", "registry.audience", at=at, after={"audiences": len(rows)})
    return len(rows)


def _check(covers: list[dict[str, Any]], profiles: set[str], named: set[str]) -> None:
    missing = named - {row["audience"] for row in covers}
    if missing:
        raise ValueError(f"programme/audiences.yaml does not say what {sorted(missing)} cover")
    for row in covers:
        unknown = {row["audience"]} - named | set(row["profiles"]) - profiles
        if unknown:
            raise ValueError(f"programme/audiences.yaml, {row['audience']}: unknown {sorted(unknown)}")


def _parents_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: "parent" in row)


def _profile(row: dict[str, Any], order: int) -> Audience:
    return Audience(
        code=row["id"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        is_profile=True,
        order=order,
        assumed=True,
        sure="assumed",
        source="frameworks/profiles.yaml",
        reason=reason_of(row),
    )


def _group(row: dict[str, Any], order: int, reason: str) -> Audience:
    return Audience(
        code=row["id"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        parent_id=row.get("parent"),
        order=order,
        sentence=row["sentence"],
        also_sentences=row.get("also_sentences", []),
        assumed=row.get("learners_assumed", False),
        source="programme/programme.yaml",
        reason=reason,
    )


def _cover(covers: list[dict[str, Any]]) -> None:
    for row in covers:
        Audience.objects.get(code=row["audience"]).covers.set(row["profiles"])
