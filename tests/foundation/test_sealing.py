"""Sealed values: opened again, told apart from changed ones, and those sealed before by Fernet are opened too."""

import base64

import pytest
from cryptography.fernet import Fernet, InvalidToken

from chiakhoa.foundation import sealing


@pytest.mark.parametrize("plains", [[], [b""], [b"019190000001", b"\0" * 40, "Hòa".encode()]])
def test_many_values_are_sealed_in_their_order_and_each_is_opened_alone(plains):
    assert [sealing.unseal(sealed, "p") for sealed in sealing.seal_all(plains, "p")] == plains


def test_the_same_value_is_sealed_otherwise_each_time_and_is_text_without_it():
    one, other = sealing.seal_all([b"019190000001"] * 2, "p")
    assert one != other
    assert one.isascii()
    assert b"019190000001" not in base64.urlsafe_b64decode(one.removeprefix(sealing.FORM))


@pytest.mark.parametrize("place", [0, 1, 2, 5, 20, -1])
def test_a_changed_seal_is_not_opened(place):
    sealed = bytearray(sealing.seal(b"019190000001", "p"))
    sealed[place] ^= 1
    with pytest.raises(InvalidToken):
        sealing.unseal(bytes(sealed), "p")


def test_a_seal_of_another_purpose_or_key_is_not_opened(settings):
    sealed = sealing.seal(b"x", "p")
    with pytest.raises(InvalidToken):
        sealing.unseal(sealed, "q")
    settings.SEALING_KEYS = ["another key"]
    with pytest.raises(InvalidToken):
        sealing.unseal(sealed, "p")
    settings.SEALING_KEYS = [settings.SECRET_KEY, "another key"]
    assert sealing.unseal(sealed, "p") == b"x"


def test_what_was_sealed_by_fernet_before_is_still_opened(settings):
    key = base64.urlsafe_b64encode(sealing._derived(settings.SEALING_KEYS[0], "p"))
    assert sealing.unseal(Fernet(key).encrypt(b"019190000001"), "p") == b"019190000001"


def test_indexes_of_many_are_those_of_each():
    assert sealing.blind_indexes(["a", "b", "a"], "p") == [sealing.blind_index(text, "p") for text in "aba"]
