"""Secrets at rest: values sealed with a key derived from the installation's secret, and blind indexes to find them.

The secret is made at the first start and kept in the data folder; without it sealed values cannot be opened.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings


def _key(purpose: str) -> bytes:
    return _derived(settings.SECRET_KEY, purpose)


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    """The purpose's key, kept: a list of people asks for it a hundred thousand times."""
    return hmac.new(secret.encode(), b"chiakhoa:" + purpose.encode(), hashlib.sha256).digest()


@lru_cache(maxsize=64)
def _box(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))


def seal(plain: bytes, purpose: str) -> bytes:
    """The bytes, encrypted and authenticated for one purpose."""
    return _box(_key(purpose)).encrypt(plain)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """The bytes behind `seal`. cryptography.fernet.InvalidToken where the secret or the purpose is another."""
    return _box(_key(purpose)).decrypt(bytes(sealed))


def blind_index(text: str, purpose: str) -> str:
    """A keyed digest (hex) under which equal texts meet, and from which the text cannot be read back."""
    return hmac.digest(_key(purpose + ":index"), text.encode(), "sha256").hex()
