"""A report as a Word file by the layout of Nghị định 30/2020/NĐ-CP. Reads only the stored figures, never the rows again.

Each figure carries a reference number; the annex gives, under that number, its definition and the address of its rows.
"""

import io
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation
from docxtpl import DocxTemplate

from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.ground.mandates.models import ReportedResult
from chiakhoa.ground.territory.queries import home
from chiakhoa.outcome.reporting import saying
from chiakhoa.outcome.reporting.actions import BY_TASK
from chiakhoa.outcome.reporting.models import Figure, Report, ReportState
from chiakhoa.outcome.reporting.word_template import template

BODY = "ỦY BAN NHÂN DÂN"
SYMBOL = "BC-UBND"
PROVINCE = 1
MISSING = "–"


def render(report: Report, *, base: str = "") -> bytes:
    """The .docx file. `base` is the address of the installation, put before the address of each figure's rows."""
    with translation.override("vi"):
        paper = DocxTemplate(io.BytesIO(template()))
        paper.render(_words(report, base), autoescape=True)
        buffer = io.BytesIO()
        paper.save(buffer)
    return buffer.getvalue()


def _words(report: Report, base: str) -> dict[str, Any]:
    figures = list(report.figures.select_related("task"))
    references = {figure.pk: n for n, figure in enumerate(figures, 1)}
    place = home()
    days = f"từ ngày {report.period_from:%d/%m/%Y} đến ngày {report.period_to:%d/%m/%Y}"
    unit = str(report.unit)
    return {
        "draft": report.state == ReportState.DRAFT,
        "synthetic": bool(place and place.synthetic),
        "body": BODY,
        "body_place": unit.upper(),
        "body_name": f"Ủy ban nhân dân {unit[:1].lower()}{unit[1:]}",
        "symbol": SYMBOL,
        "place": report.unit.name,
        "year": report.made_at.year,
        "summary": f"Kết quả thực hiện {report.document.name_vi} ({days})",
        "addressee": "……………………………" if report.unit.level == PROVINCE else report.document.issuer.name_vi,
        "opening": _opening(report, days),
        "general": _general(figures, references),
        "tasks": _tasks(figures, references),
        "before": _before(figures),
        "annex": [_annexed(figure, references[figure.pk], base) for figure in figures],
    }


def _opening(report: Report, days: str) -> str:
    moment = report.frozen_at or report.made_at
    said = "chốt" if report.frozen_at else "tính"
    return (
        f"Thực hiện {report.document.name_vi}, {report.unit} báo cáo kết quả {days}. "
        f"Các số liệu được {said} ngày {moment:%d/%m/%Y} từ dữ liệu gốc của hệ thống."
    )


def _general(figures: Iterable[Figure], references: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "n": n,
            "name": figure.name_vi,
            "value": f"{saying.number(figure.value, figure.unit_label)} [{references[figure.pk]}]",
            "unit": saying.unit(figure.unit_label) or "%",
        }
        for n, figure in enumerate((row for row in figures if row.task_id is None), 1)
    ]


def _tasks(figures: Iterable[Figure], references: dict[int, int]) -> list[dict[str, Any]]:
    """A row for each task, in the order of the figures."""
    grouped: dict[str, dict[str, Figure]] = {}
    for figure in figures:
        if figure.task_id is not None:
            grouped.setdefault(figure.task_id, {})[figure.indicator] = figure
    return [_task(by_indicator, references) for by_indicator in grouped.values()]


def _task(by_indicator: dict[str, Figure], references: dict[int, int]) -> dict[str, Any]:
    said = {
        code: f"{saying.number(figure.value, figure.unit_label)} [{references[figure.pk]}]"
        for code, figure in by_indicator.items()
    }
    classes, people, certificates, money = (said.get(code, MISSING) for code in BY_TASK)
    trained = by_indicator["people_trained"]
    share = (trained.value or 0) / trained.target if trained.target else None
    return {
        "name": trained.task.name_vi if trained.task else "",
        "classes": classes,
        "people": people,
        "certificates": certificates,
        "money": money,
        "target": num(trained.target),
        "share": percent(share, 1),
    }


def _before(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """The results that the report counted as reported before, by the keys it kept."""
    keys = [key for figure in figures if figure.rows_kind == "mandates.reportedresult" for key in figure.rows]
    rows = ReportedResult.objects.filter(pk__in=keys).order_by("sentence", "code")
    return [{"name": row.name_vi, "value": num(row.value), "sentence": row.sentence or MISSING} for row in rows]


def _annexed(figure: Figure, reference: int, base: str) -> dict[str, Any]:
    task = f" ({figure.task.name_vi})" if figure.task else ""
    return {
        "reference": f"[{reference}]",
        "name": f"{figure.name_vi}{task}",
        "definition": figure.definition_vi,
        "count": num(len(figure.rows)),
        "address": base.rstrip("/") + reverse("reporting:figure", args=[figure.pk]),
    }
