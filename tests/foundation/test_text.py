"""Folding in one step says the same as folding letter by letter."""

from hypothesis import given
from hypothesis import strategies as st

from chiakhoa.foundation.text import bare, fold


@given(st.text(max_size=30))
def test_the_fast_way_and_the_slow_way_agree(text):
    assert fold(text) == " ".join(bare(text.lower()).split())


def test_vietnamese_is_folded_whatever_its_spelling():
    assert fold("Đặng  Thị HÒA") == fold("Đặng Thi\u0323 Ho\u0300a") == "dang thi hoa"
