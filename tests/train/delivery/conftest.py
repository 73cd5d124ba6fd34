"""What tests of delivery share: a proposed plan."""

from types import SimpleNamespace

import numpy as np
import pytest

from chiakhoa.train.delivery import naming
from chiakhoa.train.planning.models import Plan, PlannedClass, PlannedGroup


@pytest.fixture
def plan(place, teaching, course, monkeypatch, at):
    """A proposed plan with one class for four tea growers of the first commune, of whom six are registered."""
    monkeypatch.setattr(naming.frameworks, "scale", lambda: SimpleNamespace(domains=(), cuts=np.arange(8.0)))
    row = Plan.objects.create(
        name="Kế hoạch", year=2027, unit=place.top, state="proposed", made_at=at, objective=1.0, bound=1.0
    )
    planned = PlannedClass.objects.create(
        plan=row, number=1, course=course, venue=teaching.venues[0], room=teaching.rooms[0], trainer=teaching.trainer,
        budget_line=teaching.line, starts_on="2027-03-01", learners=4, cost_vnd=3_000_000, gain=4.0,
    )  # fmt: skip
    PlannedGroup.objects.create(planned_class=planned, unit=place.first, audience_id="tea", people=4, gain=4.0)
    return row
