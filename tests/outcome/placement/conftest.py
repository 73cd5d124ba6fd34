"""What the tests of placement add: an opening as it is handed in, and the memorandum of the report with its audience."""

from datetime import date

import pytest

from chiakhoa.ground.mandates.models import Document
from chiakhoa.ground.registry.models import Audience
from chiakhoa.outcome.placement import actions
from chiakhoa.outcome.placement.actions import OpeningRow


@pytest.fixture
def row(bodies, place, scale):
    """An opening of SEVT with one seat that asks for grade 3 in two competences of different domains."""
    first, second = scale.competences[0], scale.competences[-1]

    def make(code="vt-1", **changes):
        given = {
            "code": code, "employer_id": "body-sevt", "name_vi": f"Kỹ thuật viên {code}", "name_en": "", "kind": "job",
            "unit_id": place.first.pk, "seats": 1, "closes_on": date(2026, 12, 31), "audiences": ("iz_worker",),
            "required": ((first.code, 3), (second.code, 3)),
        }  # fmt: skip
        return OpeningRow(**given | changes)

    return make


@pytest.fixture
def fair(row):
    """A recruitment fair with one seat."""
    return lambda code="fair-1", **changes: row(code, **{"kind": "fair", "required": ()} | changes)


@pytest.fixture
def students(scale):
    """The group that SEVT's commitment names, and whom it covers."""
    group = Audience.objects.create(code="aud-sinh-vien", name_vi="Sinh viên", name_en="Students")
    group.covers.add("ict_student")
    return group


@pytest.fixture
def agreement(system, bodies, students, at):
    """The memorandum of SEVT and three schools."""
    Document.objects.create(code="doc-bbgn", kind="memorandum", name_vi="Biên bản", issuer_id="body-sevt")
    return actions.load_agreement(system, at=at)
