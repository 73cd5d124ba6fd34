"""Openings of the synthetic province, applications of its students, and a first matching. SEVT's numbers are invented."""

from datetime import datetime, timedelta

import numpy as np

from chiakhoa.demo.population import Population
from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.foundation.sourced import both
from chiakhoa.outcome.placement import actions as placement
from chiakhoa.outcome.placement.actions import OpeningRow

WHY = both(
    "Nhu cầu tuyển dụng của SEVT không có trong bài báo; số chỗ và yêu cầu chỉ để trình diễn.",
    "What SEVT needs is not in the report; places and requirements are for demonstration only.",
)
WISHES = 3
APPLYING = 0.3


def run(actor: Reader, persons: Population, ids: np.ndarray, rng: np.random.Generator, at: datetime) -> None:
    """SEVT offers; three in ten students apply for up to three openings; the matching proposes."""
    students = [i for i, row in enumerate(persons.rows) if row.audience_code == "ict_student"]
    applying = [i for i in students if rng.random() < APPLYING]
    rows = _openings(persons.rows[students[0]].unit_id, at)
    placement.add_openings(SYSTEM, rows, at=at - timedelta(days=30))
    wishes = []
    for i in applying:
        for rank, pick in enumerate(rng.permutation(len(rows))[:WISHES], start=1):
            wishes.append((rows[pick].code, int(ids[i]), rank))
    placement.apply_many(actor, wishes, at=at - timedelta(days=10))
    if wishes:
        placement.match(actor, at=at - timedelta(days=5))


def _openings(unit_id: str, at: datetime) -> list[OpeningRow]:
    closes = (at + timedelta(days=45)).date()
    students = ("ict_student",)
    return [
        OpeningRow("sevt-it", "body-sevt", "Kỹ thuật viên CNTT nhà máy", "Plant IT technician", "job", unit_id, 30, closes,
                   students, (("5.1", 5), ("4.1", 5), ("5.2", 5)), WHY),
        OpeningRow("sevt-data", "body-sevt", "Nhân viên phân tích dữ liệu sản xuất", "Production data analyst", "job", unit_id,
                   15, closes, students, (("1.3", 5), ("3.4", 5), ("6.2", 4)), WHY),
        OpeningRow("sevt-intern", "body-sevt", "Thực tập sinh tự động hóa", "Automation intern", "internship", unit_id, 60,
                   closes, students, (("5.2", 4), ("2.4", 4)), WHY),
        OpeningRow("sevt-security", "body-sevt", "Thực tập sinh an toàn thông tin", "Information security intern",
                   "internship", unit_id, 12, closes, students, (("4.1", 5), ("4.2", 5), ("2.6", 5)), WHY),
    ]  # fmt: skip
