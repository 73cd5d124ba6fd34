"""Limits that cannot be met together, as a coordinator reads them."""

import pytest
from django.utils import translation

from chiakhoa.engines.planner import Limit
from chiakhoa.train.planning.solving import conflict_in_words

pytestmark = pytest.mark.django_db


def test_limits_that_conflict_are_told_in_vietnamese():
    with translation.override("vi"):
        told = conflict_in_words((Limit("lock", "AI-1 at nha-van-hoa", 9), Limit("trainer", "ai", 1200)))
    assert "9 lớp đã khóa (AI-1 at nha-van-hoa); giảng viên có kỹ năng ai còn 1.200 buổi" in told
    assert "mở khóa một lớp" in told
