"""Slips of paper with a code that signs in once: for people without e-mail, and for whoever forgot the password."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, sealing
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.actions.accounts import learner_account
from chiakhoa.ground.access.models import Account, Slip
from chiakhoa.ground.registry import queries as registry

PURPOSE = "slip"
SLIP_PRINTERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER)
LASTS = timedelta(days=30)
# Without letters and digits that look alike on paper: 10 of these 30 are 49 bits, behind a door of ten tries.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
MOST = 500


@dataclass(frozen=True)
class Printed:
    """One slip as it is printed: the only place where its code stands in the clear."""

    full_name: str
    place: str
    login: str
    code: str
    expires_at: datetime


@action(*SLIP_PRINTERS)
def print_slips(actor: Reader, people: Sequence[int], *, at: datetime) -> list[Printed]:
    """A slip for each of the people (ids); it replaces the last unused one, and opens a learner's account where none is.

    NotVisible where somebody is not the actor's to see. Refusal for more than 500, and for somebody whose account holds
    more than a learner's role: whoever held that paper would hold that role.
    """
    if not 0 < len(people) <= MOST:
        raise Refusal(_("Choose between 1 and %(most)d people.") % {"most": MOST}, code="too_many_slips")
    rows = list(registry.people(actor).filter(pk__in=people).select_related("unit"))
    if len(rows) != len(set(people)):
        raise NotVisible(_("There is no such person here."))
    accounts = [learner_account(person, at) for person in rows]
    _check(accounts)
    codes = _store(accounts, at)
    audit.record(actor, "print_slips", "access.slip", at=at, after={"people": [person.pk for person in rows]})
    return [
        Printed(person.full_name, str(person.unit), account.login, code, at + LASTS)
        for person, account, code in zip(rows, accounts, codes, strict=True)
    ]


@action(Role.ADMINISTRATOR)
def print_slip_for_account(actor: Reader, pk: int, *, at: datetime) -> Printed:
    """A slip for an account within the administrator's reach, whose holder forgot the password."""
    account = queries.accounts(actor).filter(pk=pk).first()
    if account is None:
        raise NotVisible(_("There is no such account here."))
    code = _store([account], at)[0]
    audit.record(actor, "print_slip", account, at=at)
    return Printed(account.full_name, "", account.login, code, at + LASTS)


@action()
def use_slip(actor: Reader, code: str, *, at: datetime) -> Account:
    """The account that the code opens; the code is used up. The system alone may do this, for a visitor.

    Refusal, in the same words, for a code that is unknown, used or expired, and for a suspended account.
    """
    open_slips = Slip.objects.select_for_update(of=("self",)).filter(used_at__isnull=True, expires_at__gt=at)
    slip = open_slips.filter(digest=_digest(code), account__is_active=True).select_related("account").first()
    if slip is None:
        raise Refusal(
            _("This code is not known, was used before, or has expired. Ask whoever gave it to you for a new one."),
            code="slip_unknown", field="code",
        )  # fmt: skip
    slip.used_at = at
    slip.save(update_fields=["used_at"])
    audit.record(actor, "use_slip", slip.account, at=at)
    return slip.account


def _check(accounts: list[Account]) -> None:
    more = Account.objects.filter(pk__in=[a.pk for a in accounts]).exclude(assignments__isnull=True)
    more = more.exclude(pk__in=queries.learners_alone())
    if (first := more.first()) is not None:
        raise Refusal(
            _("%(name)s holds more than a learner's role: an administrator prints that slip on the page of accounts.")
            % {"name": first.full_name},
            code="more_than_a_learner",
        )


def _store(accounts: list[Account], at: datetime) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _place in range(LENGTH)) for _account in accounts]
    Slip.objects.filter(account__in=accounts, used_at__isnull=True).delete()
    Slip.objects.bulk_create(
        Slip(account=account, digest=_digest(code), made_at=at, expires_at=at + LASTS)
        for account, code in zip(accounts, codes, strict=True)
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign in ALPHABET)
    return sealing.mac(plain, PURPOSE)
