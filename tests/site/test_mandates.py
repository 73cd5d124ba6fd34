"""What mandates only name, of steps that come later: the tables that stand on theirs, the figures, the money counted on."""

import pytest
from django.db.models import Sum
from django.urls import reverse

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.mandates import actions
from chiakhoa.ground.mandates.dependants import WORDS, dependants, pointing
from chiakhoa.ground.mandates.entries import BudgetLineEntry, Origin
from chiakhoa.ground.mandates.models import BudgetLine, Counted, Document, Target, Task
from chiakhoa.ground.mandates.spoken_for import spoken_for
from chiakhoa.outcome.reporting.indicators import INDICATORS
from chiakhoa.train.delivery.models import ClassState, TrainingClass
from tests.site.conftest import House


def test_every_table_that_points_at_the_mandates_has_words() -> None:
    found = {table._meta.label_lower for model in (Document, Task, Target, BudgetLine) for table, _ in pointing(model)}
    assert found == set(WORDS)


def test_every_count_that_a_target_may_be_set_on_is_a_figure_of_a_task() -> None:
    assert {value for value in Counted.values if value in INDICATORS and INDICATORS[value].by_task} == set(
        Counted.values
    )


@pytest.mark.django_db
def test_a_line_does_not_fall_below_what_its_classes_cost(house: House) -> None:
    kept = TrainingClass.objects.exclude(state=ClassState.CANCELLED).filter(budget_line__isnull=False)
    line = kept.first().budget_line
    cost = kept.filter(budget_line=line).aggregate(total=Sum("cost_vnd"))["total"]
    assert spoken_for(line.pk) >= cost > 0
    tasks = tuple(line.tasks.values_list("pk", flat=True))
    entry = BudgetLineEntry(line.pk, line.name_vi, line.name_en, line.year, cost - 1, tasks, (), Origin(sentence=11))
    with pytest.raises(Refusal) as refused:
        actions.change(house.reader(Role.COORDINATOR), entry, at=clock.now())
    assert refused.value.code == "below_spoken_for"
    assert dependants(line)
    page = house.browse(Role.COORDINATOR).get(reverse("mandates:change", args=["line", line.pk])).content.decode()
    assert "lớp: " in page
