"""Issuing to those who completed a class, and revoking. A certificate, once signed, is never changed."""

import secrets
import uuid
from datetime import date, datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, sealing
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.registry.models import Body
from chiakhoa.train.credentials import queries, signing
from chiakhoa.train.credentials.models import Certificate, Revocation, SigningKey
from chiakhoa.train.delivery import queries as delivery
from chiakhoa.train.delivery.models import ClassState, Enrolment, EnrolmentState, TrainingClass

SEAL = "signing-key"
ISSUERS = (Role.COORDINATOR, Role.PROVIDER_MANAGER, Role.ADMINISTRATOR)


@action(*ISSUERS)
def issue(actor: Reader, class_pk: int, *, at: datetime) -> list[Certificate]:
    """Certificates for all who completed a finished class and have none yet; pressing twice issues nothing twice."""
    training_class = delivery.classes(actor).filter(pk=class_pk).first()
    if training_class is None:
        raise NotVisible(_("There is no such class."))
    if training_class.state != ClassState.FINISHED:
        raise Refusal(_("Finish the class first: only then is it known who completed it."), code="class_not_finished")
    day = at.astimezone(HERE).date()
    key = _key_of(training_class.provider.body, day)
    private = sealing.unseal(bytes(key.private_sealed or b""), SEAL)
    completed = training_class.enrolments.filter(state=EnrolmentState.COMPLETED, certificate=None).select_related(
        "person"
    )
    rows = [_certificate(row, training_class, key, private, day) for row in completed.select_for_update(of=("self",))]
    issued = Certificate.objects.bulk_create(rows, batch_size=500)
    audit.record(actor, "issue", training_class, at=at, after={"certificates": [row.number for row in issued]})
    return issued


@action(*ISSUERS)
def revoke(actor: Reader, certificate_pk: uuid.UUID, reason: str, *, at: datetime) -> Revocation:
    """Withdraw a certificate; the reason is shown to whoever checks it. Refusal where it is withdrawn already."""
    certificate = queries.certificates(actor).filter(pk=certificate_pk).first()
    if certificate is None:
        raise NotVisible(_("There is no such certificate."))
    reason, most = reason.strip(), Revocation._meta.get_field("reason").max_length
    if not reason:
        raise Refusal(_("Give the reason; whoever checks the certificate reads it."), field="reason")
    if len(reason) > most:
        raise Refusal(_("Give the reason in at most %(most)d characters.") % {"most": most}, field="reason")
    if Revocation.objects.filter(certificate=certificate).exists():
        raise Refusal(_("This certificate is revoked already."), code="already_revoked", field="reason")
    row = Revocation.objects.create(certificate=certificate, at=at, reason=reason)
    audit.record(actor, "revoke", certificate, at=at, after={"reason": row.reason})
    return row


def _key_of(body: Body, day: date) -> SigningKey:
    """The body's key in use; its first certificate makes it."""
    key = SigningKey.objects.select_for_update().filter(body=body, valid_to=None).first()
    if key is None:
        private, public = signing.new_key()
        key = SigningKey.objects.create(
            kid=secrets.token_hex(8),
            body=body,
            public=public,
            private_sealed=sealing.seal(private, SEAL),
            valid_from=day,
        )
    return key


def _certificate(
    enrolment: Enrolment, training_class: TrainingClass, key: SigningKey, private: bytes, day: date
) -> Certificate:
    pk = uuid.uuid4()
    number = f"{day.year}/{training_class.pk:05d}-{enrolment.seat:03d}"
    statement = signing.Statement(
        issuer=key.body_id, subject=str(pk), issued_on=day, number=number, person=enrolment.person.full_name,
        course=training_class.course_id, course_name=training_class.course.name_vi,
        expires_on=_expiry(day, training_class.course.certificate_years),
    )  # fmt: skip
    return Certificate(
        id=pk, number=number, enrolment=enrolment, person=enrolment.person, issuer_id=key.body_id, key=key, issued_on=day,
        statement={"person": statement.person, "course": statement.course, "course_name": statement.course_name,
                   "starts_on": training_class.starts_on.isoformat(), "ends_on": training_class.ends_on.isoformat(),
                   "periods": training_class.course.periods,
                   "expires_on": statement.expires_on.isoformat() if statement.expires_on else None},
        token=signing.sign(statement, bytes.fromhex(key.kid), private),
    )  # fmt: skip


def _expiry(day: date, years: int | None) -> date | None:
    """The same day so many years on; 29 February becomes 1 March."""
    if years is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
