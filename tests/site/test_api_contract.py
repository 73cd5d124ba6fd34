"""schemathesis calls every documented address with what the document allows and with what it forbids.

An answer that the document does not name is a fault: of the program, or of the document.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case

from chiakhoa.foundation.readers import Role
from chiakhoa.site.wsgi import application
from tests.site.conftest import House

pytestmark = [
    pytest.mark.django_db,
    # Warnings of libraries inside schemathesis are none of ours.
    pytest.mark.filterwarnings("default"),
]
document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, headers={"Host": "localhost"})


@pytest.fixture(scope="module")
def every_right(little_province: None, django_db_blocker: pytest.FixtureRequest) -> str:
    """The header of a coordinator's token with all scopes."""
    with django_db_blocker.unblock():
        return f"Bearer {House().key(Role.COORDINATOR)}"


@document.parametrize()
@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_api_answers_as_its_document_says(case: Case, house: House, every_right: str) -> None:
    case.call_and_validate(headers={"Authorization": every_right, "Host": "localhost"})
