"""The people of the synthetic province: how many of each audience, where, how old, in which body. Seeded, and pure.

True ability is drawn here and never stored: only the simulator, in the same run, knows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from chiakhoa.demo.names import names
from chiakhoa.foundation.sourced import both
from chiakhoa.ground.frameworks.queries import Scale
from chiakhoa.ground.registry.actions import BodyRow, PersonRow

# Share of the synthetic people, the youngest and oldest age, and the kind of body that each audience belongs to.
AUDIENCES = {
    "commune_official": (0.10, 23, 59, "commune"),
    "department_official": (0.04, 24, 59, "department"),
    "state_it_specialist": (0.01, 24, 55, "department"),
    "teacher": (0.13, 23, 59, "school"),
    "school_manager": (0.02, 35, 59, "school"),
    "pupil_lower_secondary": (0.14, 11, 15, "school"),
    "pupil_upper_secondary": (0.10, 15, 18, "school"),
    "sme_coop_manager": (0.06, 27, 62, "firm"),
    "tea_farm_household": (0.22, 25, 68, "cooperative"),
    "iz_worker": (0.13, 18, 45, "factory"),
    "ict_student": (0.05, 18, 23, "university"),
}
FACTORY_WARDS = ("Phổ Yên", "Sông Công", "Vạn Xuân", "Điềm Thụy", "Trung Thành", "Bách Quang", "Phúc Thuận")
CENTRAL_WARDS = (
    "Phan Đình Phùng",
    "Linh Sơn",
    "Tích Lương",
    "Gia Sàng",
    "Quyết Thắng",
    "Quan Triều",
    "Đức Xuân",
    "Bắc Kạn",
)
CENTRAL = ("department_official", "state_it_specialist", "ict_student")
STUDENT_BODIES = ("body-ictu", "body-ictu", "body-ictu", "body-cdn1-bqp", "body-cd-cnktcn")
COMMUNE_SD = 0.35
BELOW_REQUIRED = 0.2


@dataclass(frozen=True)
class Commune:
    """A commune to be peopled: its id, name, official code and weight."""

    id: str
    name: str
    full_name: str
    code: str
    weight: float


@dataclass(frozen=True)
class Population:
    """People as registration takes them, with the simulator's own knowledge of each: true ability (N, D) in logits."""

    rows: list[PersonRow]
    ability: NDArray[np.float64]


def bodies(communes: Sequence[Commune]) -> list[BodyRow]:
    """Two schools, a co-operative and a firm in each commune, all invented."""
    why = both("Đơn vị tổng hợp của tỉnh trình diễn", "A synthetic body of the demonstration province")
    found = []
    for commune in communes:
        kinds = (("school", "Trường THCS", "Lower-secondary school"), ("high_school", "Trường THPT", "Upper-secondary school"),
                 ("cooperative", "HTX chè", "Tea co-operative"), ("firm", "Công ty TNHH", "Company"))  # fmt: skip
        for kind, vi, en in kinds:
            found.append(
                BodyRow(
                    f"demo-{kind}-{commune.code}",
                    "enterprise" if kind == "firm" else kind,
                    f"{vi} {commune.name}",
                    f"{en} {commune.name}",
                    unit_id=commune.id,
                    reason=why,
                )
            )
    return found


def people(
    count: int, communes: Sequence[Commune], departments: Sequence[str], scale: Scale, today: date, seed: int
) -> Population:
    """So many people over all communes and audiences."""
    rng = np.random.default_rng(seed)
    audiences = list(AUDIENCES)
    audience = rng.choice(len(audiences), size=count, p=[AUDIENCES[a][0] for a in audiences])
    place = _places(audience, audiences, communes, rng)
    sexes = ["f" if chance < 0.52 else "m" for chance in rng.random(count)]
    born = [_born(audiences[a], today, chance) for a, chance in zip(audience, rng.random(count), strict=True)]
    who = names(sexes, rng)
    rows = [
        PersonRow(
            external_key=f"demo-{i:06d}",
            full_name=who[i],
            unit_id=communes[place[i]].id,
            audience_code=audiences[audience[i]],
            born_on=born[i],
            sex=sexes[i],
            body_id=_body(audiences[audience[i]], communes[place[i]], departments, i),
        )
        for i in range(count)
    ]
    return Population(rows, _ability(audience, place, audiences, len(communes), scale, rng))


def _places(
    audience: NDArray[np.intp], audiences: list[str], communes: Sequence[Commune], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Where each lives: workers near the factories, staff of the province and students in town, the others by weight."""
    weight = np.array([commune.weight for commune in communes])
    factory = np.array([commune.weight * (12 if commune.name in FACTORY_WARDS else 0.2) for commune in communes])
    place = rng.choice(len(communes), size=audience.size, p=weight / weight.sum())
    near = rng.choice(len(communes), size=audience.size, p=factory / factory.sum())
    central = np.array([12.0 if commune.name in CENTRAL_WARDS else 0.1 for commune in communes])
    town = rng.choice(len(communes), size=audience.size, p=central / central.sum())
    place = np.where(np.isin(audience, [audiences.index(code) for code in CENTRAL]), town, place)
    return np.where(audience == audiences.index("iz_worker"), near, place)


def _born(audience: str, today: date, chance: float) -> date:
    _share, youngest, oldest, _kind = AUDIENCES[audience]
    return today - timedelta(days=int(365.25 * (youngest + chance * (oldest + 1 - youngest))))


def _body(audience: str, commune: Commune, departments: Sequence[str], index: int) -> str:
    kind = AUDIENCES[audience][3]
    if kind == "department":
        return departments[index % len(departments)]
    if kind == "factory":
        return "body-sevt"
    if kind == "university":
        return STUDENT_BODIES[index % len(STUDENT_BODIES)]
    if kind == "commune":
        return f"ubnd-{commune.code}"
    if audience == "pupil_upper_secondary":
        kind = "high_school"
    return f"demo-{kind}-{commune.code}"


def _ability(
    audience: NDArray[np.intp],
    place: NDArray[np.intp],
    audiences: list[str],
    communes: int,
    scale: Scale,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Audience mean, a lift or drop of the commune, and a personal part correlated over domains."""
    domains = len(scale.domains)
    correlation = np.full((domains, domains), scale.prior.correlation)
    np.fill_diagonal(correlation, 1.0)
    personal = rng.standard_normal((audience.size, domains)) @ np.linalg.cholesky(correlation).T * scale.prior.domain_sd
    mean = np.array([scale.prior.mean[code] for code in audiences])
    lift = rng.normal(0, COMMUNE_SD, communes)
    profile = rng.normal(-BELOW_REQUIRED, 0.25, (len(audiences), domains))
    return mean[audience, None] + lift[place, None] + profile[audience] + personal
