"""Background work of planning: the solver."""

from django.utils.translation import override

from chiakhoa.foundation import clock
from chiakhoa.foundation.jobs import Report, task
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.train.planning import actions, changing, queries, running, solving
from chiakhoa.train.planning.models import Plan, PlanState


@task("planning.solve")
def solve(reader: Reader, report: Report, plan: int, language: str = "vi") -> str:
    """Build the scenario from today's rows, solve it, store the plan; leads to the plan's page.

    `language`: that of whoever asks, in which the plan says what stands in its way.
    """
    row = queries.plans(reader).get(pk=plan)
    try:
        with override(language):
            _search(reader, report, row)
    except Refusal as refusal:
        # It was asked anew meanwhile, for which another job waits, or taken back.
        if refusal.code != "asked_anew":
            raise
    return f"/planning/{plan}/"


def _search(reader: Reader, report: Report, row: Plan) -> None:
    if row.state == PlanState.WITHDRAWN:
        return
    try:
        if row.is_change:
            solved = changing.solve(reader, row, report)
        else:
            solved = solving.solve(reader, row, report, running.Watcher(row.pk))
    except (ValueError, Refusal) as fault:
        actions.fail(reader, row, str(fault), at=clock.now())
    else:
        actions.store(reader, row, solved, at=clock.now())
