"""Loading the frameworks of data/frameworks. Safe to repeat: rows keep their ids, evidence keeps pointing to them.

Audiences must be there before (registry): a profile belongs to one. A competence is added or renamed here,
never deleted.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.frameworks.models import (
    CanDo,
    Competence,
    CrosswalkEdge,
    Domain,
    Framework,
    Grade,
    RequiredGrade,
    RequiredProfile,
)
from chiakhoa.ground.frameworks.packs import FrameworkPack, packs
from chiakhoa.ground.frameworks.upsert import upsert
from chiakhoa.ground.registry.models import Audience

Codes = dict[tuple[str, str], int]


@action(Role.ADMINISTRATOR)
def load_frameworks(actor: Reader, *, at: datetime) -> None:
    """Load the four frameworks, the scale's grades, the crosswalk and the required profiles."""
    for pack in packs():
        _load_framework(pack)
    ids: Codes = {
        (framework, code): pk
        for framework, code, pk in Competence.objects.values_list("domain__framework_id", "code", "id")
    }
    _load_scale(ids)
    edges = _load_crosswalk(ids)
    profiles = _load_profiles(ids)
    after = {"competences": len(ids), "edges": edges, "profiles": profiles}
    audit.record(actor, "load frameworks", "frameworks.framework", at=at, after=after)


def _load_framework(pack: FrameworkPack) -> None:
    upsert(Framework, [Framework(**pack.framework)], ["code"])
    code = pack.framework["code"]
    upsert(
        Domain,
        [Domain(framework_id=code, order=i, **row) for i, (row, _rows) in enumerate(pack.domains)],
        ["framework", "code"],
    )
    domain_ids = dict(Domain.objects.filter(framework=code).values_list("code", "id"))
    upsert(
        Competence,
        [
            Competence(domain_id=domain_ids[domain["code"]], order=i, **row)
            for domain, rows in pack.domains
            for i, row in enumerate(rows)
        ],
        ["domain", "code"],
    )


def _load_scale(ids: Codes) -> None:
    source, proposal = load_yaml("frameworks/tt02_2025.yaml"), load_yaml("frameworks/scale.yaml")
    levels = {level["code"]: level for level in source["levels"]}
    cuts = proposal["grades"]["cuts"]
    upsert(
        Grade,
        [_grade(row, levels[row["level"]], cuts[row["grade"]]) for row in source["grades"]],
        ["framework", "number"],
    )
    said = [
        CanDo(competence_id=ids["tt02_2025", c["code"]], level_code=level, text_vi=text["vi"], text_en=text["en"])
        for domain in source["domains"]
        for c in domain["competences"]
        for level, text in c["can_do"].items()
    ]
    upsert(CanDo, said, ["competence", "level_code"])


def _grade(row: dict[str, Any], level: dict[str, Any], cut: float) -> Grade:
    return Grade(
        framework_id="tt02_2025",
        number=row["grade"],
        level_code=level["code"],
        level_vi=level["name_vi"],
        level_en=level["name_en"],
        short=row["short"],
        cut=cut,
        **{key: row[key] for key in ("autonomy_vi", "autonomy_en", "complexity_vi", "complexity_en")},
    )


def _load_crosswalk(ids: Codes) -> int:
    crosswalk = load_yaml("frameworks/crosswalk.yaml")
    # Nothing points to an edge, and a stated gap has no key of its own: the whole table is written anew.
    CrosswalkEdge.objects.all().delete()
    edges = [_edge(row, ids) for row in crosswalk["edges"]] + [_gap(row, ids) for row in crosswalk["gaps"]]
    CrosswalkEdge.objects.bulk_create(edges, batch_size=500)
    return len(edges)


def _edge(row: dict[str, Any], ids: Codes) -> CrosswalkEdge:
    return CrosswalkEdge(
        source_id=ids[row["from"]["framework"], row["from"]["code"]],
        target_id=ids[row["to"]["framework"], row["to"]["code"]],
        framework_id=row["to"]["framework"],
        relation=row["relation"],
        reason_vi=row["reason_vi"],
        reason_en=row["reason_en"],
        confidence=row.get("confidence", "medium"),
    )


def _gap(row: dict[str, Any], ids: Codes) -> CrosswalkEdge:
    return CrosswalkEdge(
        source_id=ids["tt02_2025", row["code"]],
        framework_id=row["framework"],
        relation="none",
        reason_vi=row["reason_vi"],
        reason_en=row["reason_en"],
        confidence=row.get("confidence", "medium"),
    )


def _load_profiles(ids: Codes) -> int:
    source = load_yaml("frameworks/profiles.yaml")
    _refuse_missing_audiences({row["id"] for row in source["profiles"]})
    rows = [
        RequiredProfile(
            audience_id=row["id"],
            status=source["meta"]["status"],
            reason_vi=row["reason_vi"],
            reason_en=row["reason_en"],
        )
        for row in source["profiles"]
    ]
    upsert(RequiredProfile, rows, ["audience"])
    profile_ids = dict(RequiredProfile.objects.values_list("audience_id", "id"))
    grades = [
        RequiredGrade(profile_id=profile_ids[row["id"]], competence_id=ids["tt02_2025", code], grade=grade)
        for row in source["profiles"]
        for code, grade in row["required"].items()
    ]
    upsert(RequiredGrade, grades, ["profile", "competence"])
    return len(rows)


def _refuse_missing_audiences(codes: set[str]) -> None:
    missing = sorted(codes - set(Audience.objects.values_list("code", flat=True)))
    if missing:
        raise Refusal(
            _("The required profiles name audiences that are not loaded: %(codes)s. Load the audiences first.")
            % {"codes": ", ".join(missing)},
            code="audiences_missing",
        )
