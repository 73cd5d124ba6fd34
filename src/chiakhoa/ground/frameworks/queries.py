"""Reading the frameworks: the measuring scale as arrays for engines, required grades, and the rows of the pages.

Frameworks are public facts: no query here filters by reader. `scale` is kept per process, by version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.models import Bilingual
from chiakhoa.foundation.readers import Reader
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


@dataclass(frozen=True)
class Prior:
    """What is believed of a person before any evidence, in logits; all of it assumed until measured."""

    mean: Mapping[str, float]
    domain_sd: float
    correlation: float
    variance_per_year: float


@dataclass(frozen=True)
class Scale:
    """The measuring framework: rows in the engines' order, `cuts` (8,) in logits ascending, read-only."""

    framework: Framework
    domains: tuple[Domain, ...]
    competences: tuple[Competence, ...]
    cuts: np.ndarray
    grades: tuple[Grade, ...]
    prior: Prior


LEVELS = {
    "basic": gettext_lazy("basic modules"),
    "advanced": gettext_lazy("advanced modules"),
    "universal": gettext_lazy("threshold of universal skills"),
}


@dataclass(frozen=True)
class LevelLink(Bilingual):
    """Grades of the scale beside a level of another framework, as the crosswalk file states it."""

    framework: Framework
    row: Mapping[str, Any]

    @property
    def grades(self) -> str:
        """The grades, joined by a comma."""
        source = self.row["from"]
        return ", ".join(map(str, source.get("grades", [source.get("grade")])))

    @property
    def level(self) -> str:
        """What the other framework calls its level."""
        return ", ".join(str(LEVELS.get(value, value)) for key, value in self.row["to"].items() if key != "framework")

    @property
    def reason_vi(self) -> str:
        """Why, in Vietnamese."""
        return str(self.row["reason_vi"])

    @property
    def reason_en(self) -> str:
        """Why, in English."""
        return str(self.row["reason_en"])

    @property
    def confidence(self) -> str:
        """How sure the link is."""
        return str(self.row.get("confidence", "medium"))


_kept: dict[tuple[Any, ...], Scale] = {}


def scale() -> Scale:
    """The measuring scale. Refusal where no frameworks are loaded. Kept per process, keyed by version."""
    key = _scale_key()
    if key not in _kept:
        _kept.clear()
        _kept[key] = _read_scale()
    return _kept[key]


def _scale_key() -> tuple[Any, ...]:
    # The least competence id tells apart two databases that one process has seen (tests, a restored copy).
    row = (
        Framework.objects.filter(is_scale=True)
        .annotate(first=Min("domains__competences"))
        .values_list("code", "version", "meta__scale__version", "first")
        .first()
    )
    if row is None:
        raise Refusal(_("No measuring framework is loaded. Load the frameworks first."), code="no_scale")
    return tuple(row)


def _read_scale() -> Scale:
    framework = Framework.objects.get(is_scale=True)
    grades = tuple(framework.grades.order_by("number"))
    cuts = np.array([grade.cut for grade in grades])
    cuts.setflags(write=False)
    return Scale(
        framework=framework,
        domains=tuple(framework.domains.order_by("order")),
        competences=tuple(competences(framework.code)),
        cuts=cuts,
        grades=grades,
        prior=Prior(**framework.meta["scale"]["prior"]),
    )


def required(audience_code: str) -> dict[int, int]:
    """The grade that the audience's profile asks for, by competence id; empty where it has no profile."""
    rows = RequiredGrade.objects.filter(profile__audience=audience_code)
    return dict(rows.values_list("competence_id", "grade"))


def required_by_audience() -> dict[str, dict[int, int]]:
    """`required` of every audience that has a profile, in one look-up."""
    found: dict[str, dict[int, int]] = {}
    rows = RequiredGrade.objects.values_list("profile__audience_id", "competence_id", "grade")
    for audience, competence, grade in rows:
        found.setdefault(audience, {})[competence] = grade
    return found


def frameworks(_reader: Reader) -> QuerySet[Framework]:
    """All frameworks, the measuring scale first."""
    rows = Framework.objects.annotate(competence_count=Count("domains__competences"))
    return rows.order_by("-is_scale", "code")


def competences(framework_code: str) -> QuerySet[Competence]:
    """The competences of a framework in the engines' order."""
    return (
        Competence.objects.filter(domain__framework=framework_code)
        .select_related("domain")
        .order_by("domain__order", "order")
    )


def competence(_reader: Reader) -> QuerySet[Competence]:
    """Competences of all frameworks, with what their page shows."""
    return Competence.objects.select_related("domain__framework").prefetch_related("can_do")


def requirements(row: Competence) -> QuerySet[RequiredGrade]:
    """Who must reach which grade in a competence, highest first."""
    return (
        RequiredGrade.objects.filter(competence=row)
        .select_related("profile__audience")
        .order_by("-grade", "profile__audience__order")
    )


def edges(_reader: Reader) -> QuerySet[CrosswalkEdge]:
    """The crosswalk, stated gaps included."""
    return CrosswalkEdge.objects.select_related("source__domain", "target__domain", "framework").order_by(
        "framework", "source__domain__order", "source__order", "target__domain__order", "target__order"
    )


def edges_of(reader: Reader, row: Competence) -> QuerySet[CrosswalkEdge]:
    """Edges that start or end at the competence."""
    return edges(reader).filter(Q(source=row) | Q(target=row))


def profiles(_reader: Reader) -> QuerySet[RequiredProfile]:
    """The required profiles with their grades."""
    return (
        RequiredProfile.objects.select_related("audience")
        .prefetch_related("required")
        .order_by("audience__order", "pk")
    )


def linked_counts() -> list[dict[str, Any]]:
    """For each framework beside the scale: how many competences of the scale reach it, and how many are stated gaps."""
    rows = Framework.objects.filter(is_scale=False).annotate(
        linked=Count("edges_in__source", filter=Q(edges_in__target__isnull=False), distinct=True),
        gaps=Count("edges_in", filter=Q(edges_in__target__isnull=True)),
    )
    total = Competence.objects.filter(domain__framework__is_scale=True).count()
    return [{"framework": row, "linked": row.linked, "gaps": row.gaps, "total": total} for row in rows]


def levels(framework: Framework) -> list[tuple[str, list[Grade]]]:
    """The levels of the scale with their grades, lowest first; empty for a framework without grades here."""
    found: dict[str, list[Grade]] = {}
    for grade in framework.grades.order_by("number"):
        found.setdefault(grade.level_code, []).append(grade)
    return list(found.items())


def tree(framework: Framework) -> list[tuple[Domain, list[tuple[Competence, list[tuple[Grade, CanDo]]]]]]:
    """Domains, their competences, and for each level (told by its lowest grade) what one can do."""
    steps = {code: (i, grades[0]) for i, (code, grades) in enumerate(levels(framework))}
    domains = framework.domains.prefetch_related("competences__can_do").order_by("order")
    return [(domain, [(row, _said_by_level(row, steps)) for row in domain.competences.all()]) for domain in domains]


def can_do(row: Competence) -> list[tuple[Grade, CanDo]]:
    """What one can do in a competence, lowest level first."""
    steps = {code: (i, grades[0]) for i, (code, grades) in enumerate(levels(row.domain.framework))}
    return _said_by_level(row, steps)


def _said_by_level(row: Competence, steps: dict[str, tuple[int, Grade]]) -> list[tuple[Grade, CanDo]]:
    said = sorted(row.can_do.all(), key=lambda text: steps[text.level_code][0])
    return [(steps[text.level_code][1], text) for text in said]


def grid(reader: Reader) -> tuple[list[RequiredProfile], list[tuple[Competence, list[int | None]]]]:
    """Profiles as columns, competences of the scale as rows, required grades in the cells."""
    columns = list(profiles(reader))
    asked = [{need.competence_id: need.grade for need in profile.required.all()} for profile in columns]
    rows = Competence.objects.filter(domain__framework__is_scale=True).select_related("domain")
    ordered = rows.order_by("domain__order", "order")
    return columns, [(row, [grades.get(row.pk) for grades in asked]) for row in ordered]


def level_links(_reader: Reader) -> list[LevelLink]:
    """How the grades of the scale stand to levels of the other frameworks."""
    return [
        LevelLink(framework, row)
        for framework in Framework.objects.filter(is_scale=False)
        for row in framework.meta.get("level_links", [])
    ]
