"""Secrets at rest: values sealed with the newest of the installation's keys, and blind indexes to find them.

The first key is derived from the installation's secret; `rotate-keys` adds others (see `site.rotation`). All are kept in
one file in the data folder, readable by its owner alone; without it sealed values cannot be opened.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

FORM = b"2."  # what begins a value sealed by AES-GCM; a Fernet token, as sealed before, begins with gAAAA
NONCE_BYTES = 12


def seal(plain: bytes, purpose: str) -> bytes:
    """The bytes, encrypted and authenticated for one purpose, under the newest key. ASCII."""
    return seal_all([plain], purpose)[0]


def seal_all(plains: Iterable[bytes], purpose: str) -> list[bytes]:
    """Each of the values sealed, in their order."""
    encrypt = _ciphers(_keys(), purpose)[0].encrypt
    sealed = []
    for plain in plains:
        nonce = os.urandom(NONCE_BYTES)
        sealed.append(FORM + base64.urlsafe_b64encode(nonce + encrypt(nonce, plain, None)))
    return sealed


def unseal(sealed: bytes, purpose: str) -> bytes:
    """The bytes behind `seal`, under whichever key. cryptography.fernet.InvalidToken where none of ours or the purpose fits."""
    token = bytes(sealed)
    if not token.startswith(FORM):
        return _fernet(_keys(), purpose).decrypt(token)
    try:
        content = base64.urlsafe_b64decode(token[len(FORM) :])
    except ValueError as fault:
        raise InvalidToken from fault
    for cipher in _ciphers(_keys(), purpose):
        try:
            return cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            continue
    raise InvalidToken


def blind_index(text: str, purpose: str) -> str:
    """A keyed digest (hex) under which equal texts meet, and from which the text cannot be read back."""
    return blind_indexes([text], purpose)[0]


def blind_indexes(texts: Sequence[str], purpose: str) -> list[str]:
    """The blind index of each text, in their order."""
    key, digest = _derived(_keys()[-1], purpose + ":index"), hmac.digest
    return [digest(key, text.encode(), "sha256").hex() for text in texts]


def mac(text: str, purpose: str) -> str:
    """A keyed digest (hex) that shows that this installation wrote the text. Its key stays when the others are rotated."""
    return hmac.digest(_derived(settings.SECRET_KEY, purpose + ":mac"), text.encode(), "sha256").hex()


def _keys() -> tuple[str, ...]:
    """The keys, oldest first."""
    return tuple(settings.SEALING_KEYS)


@cache
def _ciphers(keys: tuple[str, ...], purpose: str) -> tuple[AESGCM, ...]:
    """The ciphers of the keys, the newest first."""
    return tuple(AESGCM(_derived(key, purpose + ":gcm")) for key in reversed(keys))


@cache
def _fernet(keys: tuple[str, ...], purpose: str) -> MultiFernet:
    newest_first = [Fernet(base64.urlsafe_b64encode(_derived(key, purpose))) for key in reversed(keys)]
    return MultiFernet(newest_first)


@cache
def _derived(key: str, purpose: str) -> bytes:
    """The purpose's key, kept: a list of people asks for it a hundred thousand times."""
    return hmac.new(key.encode(), b"chiakhoa:" + purpose.encode(), hashlib.sha256).digest()
