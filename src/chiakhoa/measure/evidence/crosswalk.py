"""A result said in the words of other frameworks: which level, which modules, and how sure that is. A proposal, never a mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.frameworks.models import CrosswalkEdge, Domain, Framework
from chiakhoa.ground.frameworks.queries import LevelLink
from chiakhoa.measure.evidence.standing import Standing

OTHERS = ("digcomp22", "tt03_2014")


@dataclass(frozen=True)
class Meeting:
    """One domain beside another framework: the parts that it meets there, the level that its grade stands for.

    `codes` is empty where nothing meets it; `gap` then tells why.
    """

    domain: Domain
    standing: Standing
    codes: tuple[str, ...]
    gap: CrosswalkEdge | None
    level: LevelLink | None
    is_same: bool
    is_unsure: bool


@dataclass(frozen=True)
class Crosswalk:
    """All domains beside one framework in the version that was compared."""

    framework: Framework
    rows: tuple[Meeting, ...]


def crosswalk(reader: Reader, standings: Sequence[Standing]) -> list[Crosswalk]:
    """The result beside DigComp and circular 03/2014, domain by domain."""
    found = {row.pk: row for row in frameworks.frameworks(reader).filter(pk__in=OTHERS)}
    edges = list(frameworks.edges(reader).filter(framework__in=OTHERS))
    links = [link for link in frameworks.level_links(reader) if link.framework.pk in OTHERS]
    return [
        Crosswalk(found[code], tuple(_meeting(row, code, edges, links) for row in standings))
        for code in OTHERS
        if code in found
    ]


def _meeting(standing: Standing, code: str, edges: Sequence[CrosswalkEdge], links: Sequence[LevelLink]) -> Meeting:
    ours = [edge for edge in edges if edge.framework_id == code and edge.source.domain_id == standing.domain.pk]
    met = [edge for edge in ours if edge.target is not None]
    level = next((link for link in links if link.framework.pk == code and standing.grade in _grades(link)), None)
    codes = tuple(sorted({edge.target.code for edge in met if edge.target is not None}))
    is_same = bool(met) and all(edge.relation == "equal" for edge in met)
    unsure = (level is not None and level.confidence == "low") or any(edge.confidence == "low" for edge in met)
    return Meeting(
        standing.domain, standing, codes, ours[0] if ours and not met else None, level if met else None, is_same,
        bool(met) and (unsure or not is_same),
    )  # fmt: skip


def _grades(link: LevelLink) -> list[int]:
    source = link.row["from"]
    return list(source.get("grades", [source.get("grade")]))
