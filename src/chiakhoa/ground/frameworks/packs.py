"""The four framework files of data/frameworks, each with its own headings, brought into one shape for loading.

Pure reading: no database. What the files are unsure of stays: `certainty` of a competence, `complete` of a framework.
"""

from dataclasses import dataclass
from typing import Any

from chiakhoa.foundation.facts import load_yaml

Fields = dict[str, Any]


@dataclass(frozen=True)
class FrameworkPack:
    """Fields of the framework, and of its domains, each with the fields of its competences, in order."""

    framework: Fields
    domains: list[tuple[Fields, list[Fields]]]


def packs() -> list[FrameworkPack]:
    """All framework files, the measuring scale first; links of levels stand in the meta of their framework."""
    crosswalk = load_yaml("frameworks/crosswalk.yaml")
    found = [_tt02(), _digcomp(), _tt03(), _qd757()]
    for pack in found:
        code = pack.framework["code"]
        links = [link for link in crosswalk["level_links"] if link["to"]["framework"] == code]
        pack.framework["meta"]["level_links"] = links
    return found


def _tt02() -> FrameworkPack:
    source, scale = load_yaml("frameworks/tt02_2025.yaml"), load_yaml("frameworks/scale.yaml")
    framework = _framework(source, is_scale=True, keep=("levels", "school_mapping"))
    framework["meta"]["scale"] = _scale_meta(scale)
    return FrameworkPack(framework, [_domain(row, certainty="name_certainty") for row in source["domains"]])


def _scale_meta(scale: Fields) -> Fields:
    prior, time = scale["prior"], scale["time"]
    return {
        "version": scale["meta"]["version"],
        "status": scale["meta"]["status"],
        "reasons": [{"vi": part["reason_vi"], "en": part["reason_en"]} for part in (scale["grades"], prior, time)],
        "prior": {
            "mean": prior["mean"],
            "domain_sd": prior["domain_sd"],
            "correlation": prior["correlation"],
            "variance_per_year": time["variance_per_year"],
        },
    }


def _digcomp() -> FrameworkPack:
    source = load_yaml("frameworks/digcomp22.yaml")
    return FrameworkPack(_framework(source, keep=("levels",)), [_domain(row) for row in source["areas"]])


def _tt03() -> FrameworkPack:
    source = load_yaml("frameworks/tt03_2014.yaml")
    tiers = {"basic": ("Mô đun cơ bản", "Basic modules"), "advanced": ("Mô đun nâng cao", "Advanced modules")}
    domains = [
        (
            {"code": tier, "name_vi": vi, "name_en": en},
            [_competence(row, "high") for row in source["modules"] if row["tier"] == tier],
        )
        for tier, (vi, en) in tiers.items()
    ]
    return FrameworkPack(_framework(source), domains)


def _qd757() -> FrameworkPack:
    source = load_yaml("frameworks/qd757_2025.yaml")
    framework = _framework(source, complete=False, keep=("articles", "annexes", "groups", "assessment"))
    domains: dict[str, tuple[Fields, list[Fields]]] = {}
    for row in source["skills"]:
        # The file names its groups without codes: the part of the skill's code before the point is one.
        code = row["code"].split(".")[0]
        heading = {"code": code, "name_vi": row["group_vi"], "name_en": row["group_en"]}
        domains.setdefault(code, (heading, []))[1].append(_competence(row, row["status"]))
    return FrameworkPack(framework, list(domains.values()))


def _framework(source: Fields, *, is_scale: bool = False, complete: bool = True, keep: tuple[str, ...] = ()) -> Fields:
    meta = source["meta"]
    return {
        "code": meta["id"],
        "version": meta["version"],
        "document": meta["document"]["number"],
        "is_scale": is_scale,
        "complete": complete,
        "name_vi": meta["title_vi"],
        "name_en": meta["title_en"],
        "meta": {**meta, **{key: source[key] for key in keep}},
    }


def _domain(row: Fields, certainty: str = "") -> tuple[Fields, list[Fields]]:
    heading = {key: row[key] for key in ("code", "name_vi", "name_en", "descriptor_vi", "descriptor_en")}
    return heading, [_competence(c, c.get(certainty, "high")) for c in row["competences"]]


def _competence(row: Fields, certainty: str) -> Fields:
    texts = {key: row[key] for key in ("code", "name_vi", "name_en", "descriptor_vi", "descriptor_en")}
    return {**texts, "certainty": certainty, "name_variants": row.get("name_variants", [])}
