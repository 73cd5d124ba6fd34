"""Background work of the assessment: going through the answers of a closed exam."""

from chiakhoa.foundation import clock
from chiakhoa.foundation.jobs import Report, task
from chiakhoa.foundation.readers import Reader
from chiakhoa.measure.assessment import actions, queries
from chiakhoa.measure.assessment.integrity import judging


@task("assessment.integrity")
def check_integrity(reader: Reader, report: Report, exam: int) -> str:
    """Look for signs in the exam and in the bank, store them; leads to the exam's page of signs. Safe to run twice."""
    row = queries.exams(reader).get(pk=exam)
    report(0, 4, "")
    judged = judging.of_exam(row, report)
    watched, leaks = judging.of_bank(row.pk)
    actions.store_check(reader, row.pk, judged, watched, leaks, at=clock.now())
    return f"/assessment/exams/{exam}/integrity/"
