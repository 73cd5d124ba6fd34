"""What planning needs besides: two competences that the course raises, prices, and gaps."""

from types import SimpleNamespace

import pytest

from chiakhoa.ground.catalogue.models import CourseGain, Norm
from chiakhoa.ground.catalogue.queries import MANAGEMENT, PRICED_BY, RANKS
from chiakhoa.ground.frameworks.models import Competence, Domain, Framework
from chiakhoa.measure.needs.models import Gap
from chiakhoa.train.planning import actions
from chiakhoa.train.planning.models import Plan, PlannedClass

PRICE = 10_000


@pytest.fixture
def competences(course):
    """Two competences of one domain; the course raises the first by a grade, the second by half of one."""
    framework = Framework.objects.create(code="khung", version="1", document="x", is_scale=True, name_vi="Khung")
    domain = Domain.objects.create(framework=framework, code="4", order=1, name_vi="An toàn", name_en="Safety")
    rows = [
        Competence.objects.create(domain=domain, code=f"4.{n}", order=n, name_vi=f"Năng lực {n}", name_en=f"Skill {n}")
        for n in (1, 2)
    ]
    for row, mean in zip(rows, (1.0, 0.5), strict=True):
        CourseGain.objects.create(course=course, competence=row, mean=mean, sd=0.3)
    return rows


@pytest.fixture
def prices(db):
    """Every norm of the cost formula at one price; nothing for running the class."""
    codes = {*PRICED_BY.values(), *RANKS.values()}
    Norm.objects.bulk_create(Norm(code=code, group="demo", name_vi=code, value=PRICE) for code in codes)
    Norm.objects.create(code=MANAGEMENT, group="demo", name_vi="Quản lý", value_percent=0)


@pytest.fixture
def new_gap(place, competences, at):
    """Makes a gap: `people` registered, `measured` of them, `short` expected below among those, in the first commune."""

    def make(people=100, measured=20, short=10.0, depth=10.0, competence=0, unit=None):
        return Gap.objects.create(
            unit=unit or place.first, audience_id="tea", competence=competences[competence], required=4, people=people,
            measured=measured, short=short, variance=1.0, depth=depth, as_of=at,
        )  # fmt: skip

    return make


@pytest.fixture
def demand(readers, new_gap, place, prices, teaching, at):
    """Fifty tea growers in each commune need the first competence, twenty in the first the second too."""
    gaps = [new_gap(), new_gap(unit=place.second), new_gap(short=4.0, depth=4.0, competence=1)]
    actions.add_demand(readers.coordinator, gaps, at=at)


@pytest.fixture
def new_plan(place, at):
    """Makes a plan without classes, in the state asked."""

    def make(state="proposed", **given):
        published = at if state in ("published", "replaced") else None
        return Plan.objects.create(
            **{"name": "Kế hoạch", "year": 2027, "unit": place.top, "time_limit_seconds": 2, "made_at": at} | given,
            state=state, published_at=published,
        )  # fmt: skip

    return make


@pytest.fixture
def new_planned(teaching, course):
    """Makes a class of a plan."""

    def make(plan, **given):
        return PlannedClass.objects.create(
            **{"number": plan.classes.count() + 1, "course": course, "venue": teaching.venues[0], "starts_on": "2027-03-01",
               "budget_line": teaching.line, "learners": 20, "cost_vnd": 1_000_000, "gain": 3.0} | given, plan=plan,
        )  # fmt: skip

    return make


@pytest.fixture
def changed(new_plan, new_planned):
    """A proposed plan and its one class."""
    plan = new_plan()
    return SimpleNamespace(plan=plan, row=new_planned(plan))
