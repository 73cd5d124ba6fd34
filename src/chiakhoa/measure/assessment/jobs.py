"""Background work of the assessment: going through the answers of a closed exam, calibrating the live bank, its exposure."""

from chiakhoa.foundation import clock
from chiakhoa.foundation.jobs import Report, task
from chiakhoa.foundation.readers import Reader
from chiakhoa.measure.assessment import actions, queries
from chiakhoa.measure.assessment.calibration import gathering
from chiakhoa.measure.assessment.calibration import report as calibration_report
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


@task("assessment.calibrate")
def calibrate_bank(reader: Reader, report: Report, calibration: int) -> str:
    """Calibrate the live bank from the stored answers; leads to the report. Safe to run twice, idle where it was decided."""
    row = queries.calibrations(reader).get(pk=calibration)
    if row.is_open:
        report(0, 1, "")
        written = calibration_report.write(gathering.gather(), report)
        actions.store_calibration(reader, row.pk, written, at=clock.now())
    return f"/assessment/items/calibrations/{row.pk}/"


@task("assessment.exposure")
def settle_exposure(reader: Reader, report: Report) -> str:
    """Settle how often each item of the bank may be chosen. Safe to run twice."""
    report(0, 1, "")
    actions.settle_exposure(reader, at=clock.now())
    return "/assessment/items/"
