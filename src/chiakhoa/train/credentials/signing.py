"""Signed statements: a CWT in COSE_Sign1 (RFC 8392, RFC 9052) with Ed25519, small enough for a printed QR code.

Claims: 1 issuer (body id), 2 subject (certificate id), 4 expires (seconds; absent where never), 6 issued at (seconds);
private ones -70001 number, -70002 person's name, -70003 course code, -70004 course name. Nothing here knows the database.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

COSE_SIGN1 = 18
EDDSA = -8
ISSUER, SUBJECT, EXPIRES_AT, ISSUED_AT = 1, 2, 4, 6
NUMBER, PERSON, COURSE, COURSE_NAME = -70001, -70002, -70003, -70004


class Unreadable(ValueError):  # noqa: N818 - an answer about a text, not a fault of the program
    """The text is not a signed statement of this kind at all."""


@dataclass(frozen=True)
class Statement:
    """What a certificate says. `expires_on` is the first day on which it no longer holds; None is never."""

    issuer: str
    subject: str
    issued_on: date
    number: str
    person: str
    course: str
    course_name: str
    expires_on: date | None = None

    def claims(self) -> dict[int, Any]:
        """The statement as CWT claims; a day is stored as its midnight in UTC."""
        expires = {EXPIRES_AT: _seconds(self.expires_on)} if self.expires_on else {}
        return {
            ISSUER: self.issuer, SUBJECT: self.subject, ISSUED_AT: _seconds(self.issued_on), NUMBER: self.number,
            PERSON: self.person, COURSE: self.course, COURSE_NAME: self.course_name, **expires,
        }  # fmt: skip

    @classmethod
    def of(cls, claims: dict[int, Any]) -> "Statement":
        """The statement behind the claims; Unreadable where one is missing or of another kind."""
        try:
            issued = _day(claims[ISSUED_AT])
            expires = _day(claims[EXPIRES_AT]) if EXPIRES_AT in claims else None
            texts = [claims[key] for key in (ISSUER, SUBJECT, NUMBER, PERSON, COURSE, COURSE_NAME)]
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as fault:
            raise Unreadable("claims missing") from fault
        if not all(isinstance(text, str) for text in texts):
            raise Unreadable("claims are not texts")
        issuer, subject, number, person, course, course_name = texts
        return cls(issuer, subject, issued, number, person, course, course_name, expires)


@dataclass(frozen=True)
class Opened:
    """A token taken apart, its signature not yet checked."""

    kid: bytes
    statement: Statement
    signed: bytes
    signature: bytes


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, tz=UTC).date()


def new_key() -> tuple[bytes, bytes]:
    """A fresh Ed25519 key: (private 32 bytes, public 32 bytes)."""
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return raw, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign(statement: Statement, kid: bytes, private: bytes) -> bytes:
    """The statement as a tagged COSE_Sign1 message in deterministic CBOR."""
    protected = cbor2.dumps({1: EDDSA, 4: kid}, canonical=True)
    payload = cbor2.dumps(statement.claims(), canonical=True)
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_to_be_signed(protected, payload))
    return _wrapped(protected, payload, signature)


def take_apart(token: bytes) -> Opened:
    """The parts of a token. Unreadable for anything that is not a COSE_Sign1 by Ed25519 holding such claims, as `sign` writes it.

    The signature covers neither the unprotected header nor the wrapping: one way to write them leaves nothing to vary.
    """
    try:
        message = cbor2.loads(token)
        protected, _unprotected, payload, signature = message.value
        header, claims = cbor2.loads(protected), cbor2.loads(payload)
        kid, algorithm = header[4], header[1]
    except Exception as fault:  # a foreign text may break a CBOR reader in any way
        raise Unreadable("not a signed statement") from fault
    whole = message.tag == COSE_SIGN1 and algorithm == EDDSA and isinstance(claims, dict)
    if not (whole and isinstance(kid, bytes) and isinstance(signature, bytes)):
        raise Unreadable("another kind of message")
    if token != _wrapped(protected, payload, signature):
        raise Unreadable("not in the one form in which statements are written")
    return Opened(kid, Statement.of(claims), _to_be_signed(protected, payload), signature)


def holds(opened: Opened, public: bytes) -> bool:
    """Whether the signature is by the key and over exactly these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(opened.signature, opened.signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def as_text(token: bytes) -> str:
    """The token as it stands in an address: base64url without padding."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The token behind `as_text`. Unreadable for any text that `as_text` does not write."""
    try:
        token = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as fault:
        raise Unreadable("not base64url") from fault
    if as_text(token) != text:  # the last character has spare bits, and the reader takes the other alphabet too
        raise Unreadable("not base64url as written here")
    return token


def _wrapped(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(COSE_SIGN1, [protected, {}, payload, signature]), canonical=True)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052, section 4.4."""
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
