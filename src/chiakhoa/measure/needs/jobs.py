"""Background work of needs."""

from chiakhoa.foundation import clock
from chiakhoa.foundation.jobs import Report, task
from chiakhoa.foundation.readers import Reader
from chiakhoa.measure.needs import actions


@task("needs.refresh")
def refresh(reader: Reader, report: Report) -> str:
    """Compute the gaps afresh; leads to the grid."""
    report(0, 1, "")
    actions.refresh(reader, at=clock.now())
    return "/needs/"
