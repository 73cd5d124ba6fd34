"""Secrets at rest: values sealed with the newest of the installation's keys, and blind indexes to find them.

The first key is derived from the installation's secret; `rotate-keys` adds others (see `site.rotation`). All are kept in
one file in the data folder, readable by its owner alone; without it sealed values cannot be opened.
"""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(plain: bytes, purpose: str) -> bytes:
    """The bytes, encrypted and authenticated for one purpose, under the newest key."""
    return _fernet(_keys(), purpose).encrypt(plain)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """The bytes behind `seal`, under whichever key. cryptography.fernet.InvalidToken where none of ours or the purpose fits."""
    return _fernet(_keys(), purpose).decrypt(bytes(sealed))


def blind_index(text: str, purpose: str) -> str:
    """A keyed digest (hex) under which equal texts meet, and from which the text cannot be read back."""
    return hmac.digest(_derived(_keys()[-1], purpose + ":index"), text.encode(), "sha256").hex()


def mac(text: str, purpose: str) -> str:
    """A keyed digest (hex) that shows that this installation wrote the text. Its key stays when the others are rotated."""
    return hmac.digest(_derived(settings.SECRET_KEY, purpose + ":mac"), text.encode(), "sha256").hex()


def _keys() -> tuple[str, ...]:
    """The keys, oldest first."""
    return tuple(settings.SEALING_KEYS)


@cache
def _fernet(keys: tuple[str, ...], purpose: str) -> MultiFernet:
    newest_first = [Fernet(base64.urlsafe_b64encode(_derived(key, purpose))) for key in reversed(keys)]
    return MultiFernet(newest_first)


@cache
def _derived(key: str, purpose: str) -> bytes:
    """The purpose's key, kept: a list of people asks for it a hundred thousand times."""
    return hmac.new(key.encode(), b"chiakhoa:" + purpose.encode(), hashlib.sha256).digest()
