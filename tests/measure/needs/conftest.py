"""Measured people for the steps of needs: each with one mean and one standard error in every domain."""

import pytest

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.models import Home
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate

AUDIENCE = "tea_farm_household"


@pytest.fixture
def measure(province, scale, at):
    """Says what is known of a person."""

    def know(person, mean, se=0.5):
        state = CompetenceState.objects.create(
            person=person, framework=scale.framework, covariance=[], evidence_count=1, as_of=at
        )
        DomainEstimate.objects.bulk_create(
            DomainEstimate(state=state, domain=domain, mean=mean, se=se) for domain in scale.domains
        )
        return person

    return know


@pytest.fixture
def settle(province, measure, at):
    """Puts so many more people into a commune, each measured at `mean`; unmeasured where that is None."""

    def put(commune, count, mean=None, audience=AUDIENCE):
        for _ in range(count):
            name = f"Người {Person.objects.count()}"
            person = Person.objects.create(
                full_name=name, search_key=fold(name), unit=province.communes[commune], audience_id=audience,
                registered_at=at,
            )  # fmt: skip
            if mean is not None:
                measure(person, mean)

    return put


@pytest.fixture
def coordinator(province):
    return Reader(9, "Hà", Role.COORDINATOR, province.communes[0].parent_id)


@pytest.fixture
def home(province):
    return Home.objects.create(unit=province.communes[0].parent, synthetic=True)


@pytest.fixture
def asked(scale):
    """What the profile of tea farmers asks of the first competence: (its key, the grade, where the grade begins)."""
    competence = scale.competences[0]
    grade = frameworks.required(AUDIENCE)[competence.pk]
    return competence.pk, grade, float(scale.cuts[grade - 1])
