"""Limits that cannot be met together, as a coordinator reads them."""

import pytest
from django.utils import translation

from chiakhoa.engines.planner import Limit
from chiakhoa.foundation.templatetags.words import TIE
from chiakhoa.train.planning.solving import conflict_in_words

pytestmark = pytest.mark.django_db


def test_limits_that_conflict_are_told_by_their_names(teaching):
    conflict = (
        Limit("lock", "AN-1 at ven-1", 9), Limit("trainer", "safety", 1200), Limit("money", "bud", 45_000_000),
        Limit("room", "ven-2 classroom", 60),
    )  # fmt: skip
    with translation.override("vi"):
        told = conflict_in_words(conflict)
    assert "9 lớp đã khóa hoặc đã bắt đầu (An toàn mạng, Nhà văn hóa); Giảng viên: An toàn (tất cả 1.200 buổi)" in told
    assert f"dòng ngân sách “Tập huấn” có 45,0{TIE}triệu đồng" in told
    assert "Trạm khuyến nông (tất cả 60 buổi)" in told
    assert "mở khóa một lớp" in told


def test_what_has_no_name_any_more_is_told_by_its_code():
    with translation.override("vi"):
        assert "(X-9, gone)" in conflict_in_words((Limit("lock", "X-9 at gone", 1),))
