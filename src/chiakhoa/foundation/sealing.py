"""Secrets at rest: values sealed with a key derived from the installation's secret, and blind indexes to find them.

The secret is made at the first start and kept in the data folder; without it sealed values cannot be opened.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from django.conf import settings


def _key(purpose: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"chiakhoa:" + purpose.encode(), hashlib.sha256).digest()


def seal(plain: bytes, purpose: str) -> bytes:
    """The bytes, encrypted and authenticated for one purpose."""
    return Fernet(base64.urlsafe_b64encode(_key(purpose))).encrypt(plain)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """The bytes behind `seal`. cryptography.fernet.InvalidToken where the secret or the purpose is another."""
    return Fernet(base64.urlsafe_b64encode(_key(purpose))).decrypt(bytes(sealed))


def blind_index(text: str, purpose: str) -> str:
    """A keyed digest (hex) under which equal texts meet, and from which the text cannot be read back."""
    return hmac.new(_key(purpose + ":index"), text.encode(), hashlib.sha256).hexdigest()


def mac(text: str, purpose: str) -> str:
    """A keyed digest (hex) that shows that this installation wrote the text. The key is never changed: see `rotation`."""
    return hmac.new(_key(purpose + ":mac"), text.encode(), hashlib.sha256).hexdigest()
