"""Text of the fonts of the 1990s is recognised by whole columns and made Unicode; what is Unicode already is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiakhoa.foundation.legacy_text import TCVN3, VNI, decoder, from_tcvn3, from_vni, is_syllable

LETTERS = "aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵđbcdghklmnpqrstvx "
NAMES = ["Nguyễn Văn Hùng", "Trần Thị Thúy", "Đặng Quốc Tuấn", "Lê Đình Phước", "Hoàng Thị Mười", "Vũ Thị Huyền"]


def in_tcvn3(text):
    """The text as a TCVN3 typist left it; its capitals with diacritics are those of the capital font, lower case by code."""
    back = {letter: code for code, letter in TCVN3.items()}
    return "".join(back.get(letter, back.get(letter.lower(), letter)) for letter in text)


def in_vni(text):
    back = {}
    for code, letter in VNI.items():
        back.setdefault(letter, code)
    return "".join(back.get(letter, letter) for letter in text)


def test_a_column_of_tcvn3_is_read():
    written = [in_tcvn3(name) for name in NAMES]
    assert written[0] == "NguyÔn V¨n Hïng"
    readable = decoder(written)
    assert readable is not None
    assert [readable(name) for name in written] == NAMES


def test_a_column_of_vni_is_read():
    written = [in_vni(name) for name in NAMES]
    assert written[0] == "Nguyeãn Vaên Huøng"
    readable = decoder(written)
    assert readable is not None
    assert [readable(name) for name in written] == NAMES


def test_a_word_in_capitals_becomes_one_wholly():
    assert from_tcvn3("NGUYÔN V¡N HïNG") == "NGUYỄN VĂN HÙNG"


@pytest.mark.parametrize("cells", [NAMES, ["Müller", "García"], ["Hòa", "Tú", "Mỹ"], ["An", "Ba"], []])
def test_unicode_and_what_no_font_explains_is_left_alone(cells):
    assert decoder(cells) is None


@given(
    st.text(
        alphabet="aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵđbcdghklmnpqrstvx ",
        max_size=40,
    )
)
def test_every_lower_case_letter_comes_back_from_tcvn3(text):
    assert from_tcvn3(in_tcvn3(text)) == text


@pytest.mark.parametrize("letter", sorted(set(VNI.values())))
def test_every_letter_comes_back_from_vni(letter):
    assert from_vni(in_vni(letter)) == letter


@pytest.mark.parametrize(
    ("word", "so"), [("nghiêng", True), ("quyền", True), ("Nguyễn", True), ("hïng", False), ("huøng", False)]
)
def test_a_syllable_is_known_by_its_build(word, so):
    assert is_syllable(word) is so
