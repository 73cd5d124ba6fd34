"""Makes the synthetic province from nothing: people, tests, gaps, a plan, classes that ran, certificates, placements.

Every row comes in through the actions that people use. Deterministic under the seed, apart from keys and signatures.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np

from chiakhoa.demo import cast, drafts, exam, meeting, places, population, survey, year
from chiakhoa.demo.answering import Simulated
from chiakhoa.demo.population import Commune, Population
from chiakhoa.demo.truth import draw
from chiakhoa.foundation.clock import HERE, today
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.catalogue import actions as catalogue
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.mandates import actions as mandates
from chiakhoa.ground.registry import actions as registry
from chiakhoa.ground.registry.models import Body
from chiakhoa.ground.territory import actions as territory
from chiakhoa.ground.territory import queries as map_of
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.assessment import actions as assessment
from chiakhoa.measure.assessment import adaptive
from chiakhoa.measure.needs import actions as needs
from chiakhoa.outcome.placement import actions as placement

HOME = "VN-19@2025"
PEOPLE_A_COMMUNE = 150
TELL: Callable[[str], None] = lambda _text: None  # noqa: E731 - a report that nobody reads


def make(*, people: int = 24_000, seed: int = 1, on: date | None = None, report: Callable[[str], None] = TELL) -> None:
    """Make the whole province as of a day (today, where none is given)."""
    day = on or today()
    at = datetime.combine(day, time(9, 0), tzinfo=HERE)
    report("synthetic province: people …")
    communes = ground(at)
    # A little province lives in a few communes, so that a commune still has enough people to say something of.
    lived = communes[: max(2, people // PEOPLE_A_COMMUNE)]
    persons, ids = register(people, lived, day, seed, at - timedelta(days=120))
    truth = draw(list(adaptive.live()), persons.ability, seed, at - timedelta(days=survey.LEAKS))
    everybody = Simulated(ids, persons, {int(pk): i for i, pk in enumerate(ids)}, truth)
    experts = cast.experts(at)
    report("synthetic province: tests …")
    survey.take(coordinator(), experts, everybody, seed, at)
    needs.refresh(coordinator(), at=at)
    report("synthetic province: a plan and its classes …")
    year.run(coordinator(), everybody, seed, at)
    commune = cast.enter(at)
    drafts.write(at)
    report("synthetic province: a meeting and an exam …")
    meeting.hold(coordinator(), everybody, commune, seed, at)
    exam.hold(experts, everybody, seed, at)
    assessment.plan_exam(coordinator(), "Kỳ thi lấy chứng nhận năng lực số cơ bản", day, 60, 30, at=at)


def coordinator() -> Reader:
    """The simulator acts as the province's coordinator, like anybody in that office."""
    return replace(SYSTEM, role=Role.COORDINATOR, unit_id=HOME)


def ground(at: datetime) -> list[Commune]:
    """The province, its orders and money, its bodies and venues. Returns the communes."""
    territory.settle(SYSTEM, Unit.objects.get(pk=HOME), synthetic=True, at=at)
    units = map_of.communes(SYSTEM, on=at.date())
    communes = [Commune(unit.pk, unit.name, str(unit), unit.code, _weight(unit)) for unit in units]
    registry.load_bodies(SYSTEM, at=at)
    registry.add_bodies(SYSTEM, population.bodies(communes), at=at)
    mandates.load_orders(SYSTEM, at=at)
    placement.load_agreement(SYSTEM, at=at)
    catalogue.add_venues(SYSTEM, places.venues(communes), at=at)
    return communes


def register(count: int, communes: list[Commune], day: date, seed: int, at: datetime) -> tuple[Population, np.ndarray]:
    """The people, through registration; trainers among those who could teach. Returns them and their ids (N,)."""
    departments = list(
        Body.objects.filter(kind="department", valid_to=None).order_by("pk").values_list("pk", flat=True)
    )
    persons = population.people(count, communes, departments, frameworks.scale(), day, seed)
    keys = registry.register_people(SYSTEM, persons.rows, at=at)
    ids = np.array([keys[row.external_key] for row in persons.rows])
    able = [i for i, row in enumerate(persons.rows) if row.audience_code in ("state_it_specialist", "teacher")]
    strongest = sorted(able, key=lambda i: -persons.ability[i].mean())
    rows = places.trainers([int(ids[i]) for i in strongest], ["body-ictu", "body-cd-cnktcn", "body-cdn1-bqp"])
    catalogue.add_trainers(SYSTEM, rows, at=at)
    return persons, ids


def _weight(unit: Unit) -> float:
    """How populous a commune is taken to be: wards more, and more for each old commune that it joins."""
    joined = unit.forebears.count()
    return (2.0 if unit.kind == "ward" else 1.0) * (1 + 0.4 * joined)
