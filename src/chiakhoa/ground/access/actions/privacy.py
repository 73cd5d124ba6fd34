"""What a person may ask about their data, and what is done: a copy, a correction, forgetting; and forgetting in time.

Forgetting leaves statistics: the record stays as nobody's, in its commune, audience and year of birth, with what was
measured and taught; whatever says who it was goes, out of the trail too (`foundation.emptying`), but for what the person did in
an office: the law asks who did that.
"""

import uuid
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.erasing import ERASERS
from chiakhoa.foundation.models import Attempt, SentForm
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.access import holdings, queries
from chiakhoa.ground.access.holdings import Holding
from chiakhoa.ground.access.models import (
    Account,
    PrivacyRequest,
    ProvidedAccount,
    RequestKind,
    RequestState,
    Session,
    Slip,
)
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry import uploads
from chiakhoa.ground.registry.actions import is_child
from chiakhoa.ground.registry.models import Consent, Membership, Person, Purpose

ANSWERERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER)
DAYS_TO_ANSWER = 10  # our own promise; the law names none that we could verify
FORGOTTEN = "(đã xóa)"
SLIPS_KEPT = timedelta(days=30)
REQUESTS_KEPT = timedelta(days=5 * 365)
SILENT_PEOPLE_KEPT = timedelta(days=10 * 365)
BATCH = 100


@action(Role.LEARNER)
def take_own_data(actor: Reader, *, at: datetime) -> list[Holding]:
    """Everything held about oneself, to take along; noted in the trail."""
    person = _self(actor)
    found = holdings.holdings(person)
    audit.record(actor, "export_own_data", person, at=at, after={held.table: len(held.rows) for held in found})
    return found


@action(Role.LEARNER)
def ask(actor: Reader, kind: RequestKind, words: str, guardian_name: str, *, at: datetime) -> PrivacyRequest:
    """Ask for one's own data to be corrected, erased or left alone.

    Refusal while the same is asked already, without words where something is to be corrected, and for a child without a
    parent or guardian.
    """
    person = _self(actor)
    if kind != RequestKind.ERASURE and not words.strip():
        raise Refusal(_("Say what is wrong and how it should be."), code="words_missing", field="words")
    guardian = nfc(guardian_name)
    if not guardian and is_child(person, _day(at)):
        raise Refusal(
            _("You are under 16: a parent or guardian asks with you. Write their name."),
            code="guardian_missing", field="guardian_name",
        )  # fmt: skip
    if PrivacyRequest.objects.filter(person=person, kind=kind, state=RequestState.OPEN).exists():
        raise Refusal(_("You have asked this already. The answer will stand on this page."), code="asked_already")
    row = PrivacyRequest.objects.create(
        person=person, kind=kind, words=words.strip(), guardian_name=guardian, made_at=at,
        due_on=_day(at) + timedelta(days=DAYS_TO_ANSWER),
    )  # fmt: skip
    audit.record(actor, "ask_about_data", row, at=at, after={"kind": kind})
    return row


@action(*ANSWERERS)
def answer(actor: Reader, pk: int, done: bool, words: str, *, at: datetime) -> PrivacyRequest:
    """Close a request of somebody whom the actor may see: done, or refused with a reason. Erasure is done here and now."""
    row = queries.privacy_requests(actor).select_for_update(of=("self",)).filter(pk=pk, state=RequestState.OPEN).first()
    if row is None:
        raise NotVisible(_("There is no such open request here."))
    if not done and not words.strip():
        raise Refusal(_("A refusal needs a reason that the person reads."), code="reason_missing", field="answer")
    PrivacyRequest.objects.filter(pk=pk).update(
        state=RequestState.DONE if done else RequestState.REFUSED, answer=words.strip(), answered_at=at
    )
    audit.record(actor, "answer_about_data", row, at=at, after={"kind": row.kind, "done": done})
    if done and row.kind == RequestKind.ERASURE:
        _forget(actor, row.person, at)
    row.refresh_from_db()
    return row


@action(Role.ADMINISTRATOR)
def retain(actor: Reader, *, dry_run: bool, at: datetime) -> dict[str, int]:
    """Remove what was kept long enough; how many of each. A dry run counts the same rows and changes nothing else."""
    silent = _silent_people(at)
    due: dict[str, QuerySet] = {  # type: ignore[type-arg]
        "old slips": Slip.objects.filter(expires_at__lt=at - SLIPS_KEPT),
        "ended sessions": Session.objects.filter(expire_date__lt=at),
        "old tries at doors": Attempt.objects.filter(at__lt=at - timedelta(days=1)),
        "forms that were sent": SentForm.objects.filter(at__lt=at - timedelta(days=1)),
        "answered requests": PrivacyRequest.objects.filter(answered_at__lt=at - REQUESTS_KEPT),
        "people long silent": silent,
    }
    counts = {**{what: rows.count() for what, rows in due.items()}, "old lists": len(uploads.overdue())}
    if not dry_run:
        uploads.sweep()
        for person in list(silent[:BATCH]):
            _forget_unless_refused(actor, person, at)
        for what, rows in due.items():
            if what != "people long silent":
                rows.delete()
    audit.record(actor, "retain", "access.retention", at=at, after={**counts, "dry_run": dry_run})
    return counts


def _forget_unless_refused(actor: Reader, person: Person, at: datetime) -> None:
    """Forget one of many; whoever cannot be forgotten just now is left for the next time."""
    with suppress(Refusal), transaction.atomic():
        _forget(actor, person, at)


def _forget(actor: Reader, person: Person, at: datetime) -> None:
    """Take away whatever says who the person was, in every step, and under records merged into theirs. Part of an action."""
    forgotten: Counter[str] = Counter()
    for record in [person, *person.merged.all()]:
        forgotten.update({what: erase(record.pk) for what, erase in sorted(ERASERS.items())})
        _empty(record, at)
    audit.record(actor, "forget", person, at=at, after=dict(forgotten))


def _empty(person: Person, at: datetime) -> None:
    account = Account.objects.filter(person=person).first()
    if account is not None:
        _close(account)
    Consent.objects.filter(person=person).update(guardian_name="")
    Consent.objects.bulk_create(
        Consent(person=person, purpose=purpose, given=False, at=at, channel="erasure", wording_version="-")
        for purpose in Purpose
    )
    Membership.objects.filter(person=person).update(position="")
    Membership.objects.filter(person=person, valid_to__isnull=True, valid_from__lt=_day(at)).update(valid_to=_day(at))
    PrivacyRequest.objects.filter(person=person).update(words="", guardian_name="")
    Person.objects.filter(pk=person.pk).update(
        reference=uuid.uuid4(), external_key=None, full_name=FORGOTTEN, search_key="", phone="", email="",
        born_on=date(person.born_on.year, 1, 1) if person.born_on else None, citizen_number_sealed=None,
        citizen_number_index=None,
    )  # fmt: skip


def _close(account: Account) -> None:
    """The account opens nothing any more and names nobody."""
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    for rows in (Session, Slip, ProvidedAccount):
        rows.objects.filter(account=account).delete()
    for steps in (Authenticator, SocialAccount):
        steps.objects.filter(user=account).delete()
    account.login, account.full_name = f"xoa-{account.pk}", FORGOTTEN
    account.is_active, account.person = False, None
    account.set_unusable_password()
    account.save()


def _silent_people(at: datetime) -> QuerySet[Person]:
    """People of whom no table that points at them has heard for ten years, and who are in no body now."""
    since = at - SILENT_PEOPLE_KEPT
    rows = Person.objects.filter(registered_at__lt=since).exclude(full_name=FORGOTTEN)
    rows = rows.exclude(memberships__valid_to__isnull=True, memberships__isnull=False)
    rows = rows.exclude(account__last_login__gte=since)
    for relation in holdings._pointing_at(Person):
        moments = [f.name for f in relation.related_model._meta.concrete_fields if isinstance(f, DateTimeField)]
        for moment in moments:
            heard = relation.related_model._default_manager.filter(
                **{relation.field.name: OuterRef("pk"), f"{moment}__gte": since}
            )
            rows = rows.exclude(Exists(heard))
    return rows.order_by("pk")


def _self(actor: Reader) -> Person:
    person = registry.people(actor).first()
    if person is None:
        raise NotVisible(_("No record belongs to this account."))
    return person


def _day(at: datetime) -> date:
    return at.astimezone(HERE).date()
