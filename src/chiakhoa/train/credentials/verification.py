"""Checking a certificate from its QR text or its number: what was checked, in which order, with what outcome.

Nothing personal is told before the signature holds. Five words: valid, revoked, expired, wrong signature, not checkable.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.ground.registry.models import Body
from chiakhoa.train.credentials import signing
from chiakhoa.train.credentials.models import Certificate, Revocation, SigningKey

WORDS = {
    "valid": gettext_lazy("VALID"),
    "revoked": gettext_lazy("REVOKED"),
    "expired": gettext_lazy("EXPIRED"),
    "wrong_signature": gettext_lazy("WRONG SIGNATURE"),
    "not_checkable": gettext_lazy("COULD NOT BE CHECKED"),
}


class Outcome(StrEnum):
    """How a check ended."""

    VALID = "valid"
    REVOKED = "revoked"
    EXPIRED = "expired"
    WRONG_SIGNATURE = "wrong_signature"
    NOT_CHECKABLE = "not_checkable"


@dataclass
class Verdict:
    """The outcome, the checks made (words, passed or not), and the statement once its signature holds."""

    outcome: Outcome
    checks: list[tuple[str, bool]] = field(default_factory=list)
    statement: signing.Statement | None = None
    issuer: str = ""
    issuer_now: str = ""
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the certificate may be relied upon."""
        return self.outcome is Outcome.VALID

    @property
    def word(self) -> str:
        """The outcome as one word for people."""
        return str(WORDS[self.outcome])

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        said = {} if self.statement is None else {
            "number": self.statement.number, "person": self.statement.person, "course": self.statement.course_name,
            "issued_on": self.statement.issued_on.isoformat(), "issuer": self.issuer,
        }  # fmt: skip
        return {"outcome": str(self.outcome), "checks": [{"check": c, "passed": p} for c, p in self.checks], **said}

    def __str__(self) -> str:
        lines = [self.word, *(f"{'+' if passed else '-'} {check}" for check, passed in self.checks)]
        return "\n".join(lines)


def verify(text: str, *, on: date) -> Verdict:
    """Check the text of a QR code (with or without the address before it), or a certificate's number."""
    text = text.strip().split("?c=")[-1]
    # PostgreSQL takes no NUL in a text, and no number holds what cannot be printed. A certificate forgotten has no token.
    stored = Certificate.objects.filter(number__iexact=text).exclude(token=b"").first() if text.isprintable() else None
    if stored is not None:
        return _of_token(bytes(stored.token), on)
    try:
        return _of_token(signing.from_text(text), on)
    except signing.Unreadable:
        return Verdict(
            Outcome.NOT_CHECKABLE, [(_("The text is a certificate's code or number"), False)],
            reason=_("This is neither the code of a certificate nor a number issued here. Scan the whole QR code again."),
        )  # fmt: skip


def _of_token(token: bytes, on: date) -> Verdict:
    opened = signing.take_apart(token)
    readable = (_("The code is a signed statement"), True)
    key = SigningKey.objects.filter(kid=opened.kid.hex()).select_related("body").first()
    if key is None:
        return Verdict(
            Outcome.NOT_CHECKABLE, [readable, (_("The signing key belongs to a body known here"), False)],
            reason=_("The key is unknown here. Ask the issuing body named on the paper."),
        )  # fmt: skip
    known = (_("The signing key belongs to a body known here"), True)
    if not (signing.holds(opened, bytes(key.public)) and opened.statement.issuer == key.body_id):
        signature = (_("The signature matches every word of the statement"), False)
        return Verdict(
            Outcome.WRONG_SIGNATURE, [readable, known, signature], reason=_("The statement was changed or forged.")
        )
    signature = (_("The signature matches every word of the statement"), True)
    in_force = _in_force(key, opened.statement.issued_on)
    checks = [readable, known, signature, (_("The key was in force on the day of issue"), in_force)]
    if not in_force:
        # Nothing personal is told: whoever holds a key after its time can write any name.
        return Verdict(
            Outcome.WRONG_SIGNATURE, checks,
            reason=_("The key that signed it was not in force on the day written in it. Ask the issuing body."),
        )  # fmt: skip
    revoked = _revocation(opened.statement.subject)
    day = on.strftime("%d/%m/%Y")
    checks.append((_("It is not on the list of revocations of %(day)s") % {"day": day}, revoked is None))
    expires = opened.statement.expires_on
    current = expires is None or on < expires
    checks.append((_("It has not expired on %(day)s") % {"day": day}, current))
    outcome = Outcome.REVOKED if revoked else Outcome.VALID if current else Outcome.EXPIRED
    heir = _heir(key.body)
    return Verdict(
        outcome, checks, opened.statement, key.body.name, heir.name if heir != key.body else "",
        revoked.reason if revoked else "",
    )  # fmt: skip


def _revocation(subject: str) -> Revocation | None:
    try:
        certificate = uuid.UUID(subject)
    except ValueError:
        return None
    return Revocation.objects.filter(certificate=certificate).first()


def _heir(body: Body) -> Body:
    """The body that stands for this one today: its successor, that one's successor, and so on; itself where there is none."""
    passed = {body.pk}
    while body.successor is not None and body.successor_id not in passed:
        body = body.successor
        passed.add(body.pk)
    return body


def _in_force(key: SigningKey, day: date) -> bool:
    return (key.valid_from is None or key.valid_from <= day) and (key.valid_to is None or day < key.valid_to)
