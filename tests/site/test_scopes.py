"""Every address of a thing as every role over the thing's own place, above, below and beside it: beside it is not there.

What a role may open over its own place says `rights.txt`; here it is moved about. The snapshot is read when it changes.
A thing beside must answer as one that does not exist: same status, same words.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.catalogue.models import Trainer
from chiakhoa.ground.registry.models import Body, BodyAncestry, Person
from chiakhoa.ground.territory.models import Home, Unit
from chiakhoa.measure.assessment.models import Sitting
from chiakhoa.measure.evidence.models import Evidence
from chiakhoa.measure.needs.models import Gap
from chiakhoa.train.credentials.models import Certificate
from chiakhoa.train.delivery.models import Enrolment, TrainingClass
from tests.site.conftest import House
from tests.site.test_rights import named_addresses

SNAPSHOT = Path(__file__).with_name("scopes.txt")
OVER_BODIES = (Role.PROVIDER_MANAGER, Role.TRAINER, Role.EMPLOYER)
SCOPES = ("own", "ancestor", "sibling", "elsewhere")
ABSENT = {"pk": 987_654_321, "evidence": "00000000-0000-4000-8000-000000000000", "number": 9}
CLOSED = {403, 404}

# The addresses of somebody's things: what stands in the address, by the person, class, certificate or commune it is of.
PERSONAL = (
    "registry:person", "registry:edit", "registry:consent", "evidence:person", "evidence:rate", "evidence:one",
    "credentials:certificate", "credentials:pdf", "credentials:revoke", "delivery:class", "delivery:roll",
    "delivery:enrol", "delivery:leave", "needs:people", "assessment:question", "assessment:answers",
    "assessment:result", "assessment:result_pdf",
)  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back. Actions refuse to run inside a transaction, unless it is a test's."""
    atom = transaction.atomic()
    atom._from_testcase = True  # type: ignore[attr-defined]
    with atom:
        yield
        transaction.set_rollback(True)


class Beside:
    """A person of the little province with a certificate; their commune, class and provider; and what lies beside each."""

    def __init__(self) -> None:
        certificate = Certificate.objects.filter(enrolment__training_class__trainer__isnull=False).first()
        assert certificate is not None, "the little province issued no certificate to prove anything by"
        self.certificate = certificate
        self.person: Person = certificate.person
        self.training_class: TrainingClass = certificate.enrolment.training_class
        self.commune: Unit = self.person.unit
        self.neighbour = Unit.objects.filter(people__isnull=False).exclude(pk=self.commune.pk).distinct().first()
        self.province = Home.objects.get().unit
        self.other_province = Unit.objects.filter(level=1, edition=self.province.edition).exclude(pk=self.province.pk)[
            0
        ]
        self.other_person = Person.objects.filter(unit=self.neighbour).exclude(account__isnull=False)[0]
        self.provider: Body = certificate.issuer
        above = BodyAncestry.objects.filter(body=self.provider).exclude(ancestor=self.provider).first()
        self.body_above: Body = above.ancestor if above else self.provider
        strange = Body.objects.exclude(subtree__body=self.provider).exclude(ancestry__ancestor=self.provider)
        teaching = TrainingClass.objects.filter(enrolments__person=self.person).values("trainer")
        self.other_trainer = Trainer.objects.exclude(pk__in=teaching).exclude(provider_id=self.provider.pk)[0]
        self.other_bodies = list(strange.exclude(unit=self.commune).order_by("pk")[:2])

    def arguments(self, wanted: list[str], name: str) -> dict[str, Any] | None:
        """What stands in the address for the things of the person; None where they have no such thing."""
        sitting = Sitting.objects.filter(person=self.person).first()
        evidence = Evidence.objects.filter(person=self.person).first()
        gap = Gap.objects.filter(unit=self.commune).first()
        key: Any = self.person.pk
        if name.startswith("credentials:"):
            key = self.certificate.pk
        elif name.startswith("assessment:"):
            key = sitting and sitting.pk
        elif name == "delivery:leave":
            key = Enrolment.objects.filter(person=self.person).first().pk
        elif name.startswith("delivery:"):
            key = self.training_class.pk
        elif name == "needs:people":
            key = gap.pk if gap else None
        known = {"pk": key, "evidence": evidence and evidence.pk, "sitting": sitting and sitting.pk, "number": 1,
                 "position": 1}  # fmt: skip
        if name == "evidence:one":
            known = dict.fromkeys(wanted, evidence and evidence.pk)
        arguments = {key: known.get(key) for key in wanted}
        return None if any(value is None for value in arguments.values()) else arguments

    def account(self, role: Role, scope: str) -> Account:
        """Somebody in the role, over the thing's own place, above it, beside it, or in another province."""
        mine = scope in ("own", "ancestor")
        person = None
        if role == Role.LEARNER:
            person = self.person if mine else self.other_person
        if role == Role.TRAINER:
            person = self.training_class.trainer.person if mine else self.other_trainer.person
        if person:
            # A person has one account: above and beside are told apart by whose it is, not by where the role is held.
            Account.objects.filter(person=person).delete()
        account = Account.objects.create_account(f"{role}-{scope}", None, full_name=f"{role} {scope}", person=person)
        if role in OVER_BODIES:
            bodies = {"own": self.provider, "ancestor": self.body_above}
            place = {"body": bodies.get(scope) or self.other_bodies[scope == "elsewhere"]}
        else:
            units = {"own": self.commune, "ancestor": self.province, "sibling": self.neighbour}
            place = {"unit": units.get(scope, self.other_province)}
        RoleAssignment.objects.create(account=account, role=role, **place)
        return account

    def status(self, role: Role, scope: str, address: str) -> int:
        """What the address answers to them; whatever that writes, the account included, is taken back."""
        with undone():
            browser = Client(REMOTE_ADDR="10.0.0.1")
            browser.force_login(self.account(role, scope))
            return open_it(browser, address).status_code


def open_it(browser: Client, address: str) -> HttpResponse:
    """GET, or POST where the address takes only that; whatever it writes is taken back."""
    with undone():
        answer = browser.get(address)
        return browser.post(address) if answer.status_code == 405 else answer


def absent_of(name: str, arguments: dict[str, Any]) -> str:
    """The same address for a thing that is not there."""
    return reverse(name, kwargs={**arguments, **{key: ABSENT[key] for key in arguments if key in ABSENT}})


def words(answer: HttpResponse) -> str:
    """The page without what differs from one request to the next."""
    return re.sub(r'csrf[^>]*>|value="[^"]*"|X-CSRFToken[^}]*', "", answer.content.decode())


def personal_addresses() -> Iterator[tuple[str, URLPattern]]:
    """The addresses of somebody's things."""
    return ((name, pattern) for name, pattern in sorted(named_addresses()) if name in PERSONAL)


@pytest.fixture
def beside(house: House) -> Beside:
    return Beside()


@pytest.mark.django_db
def test_what_lies_beside_is_not_there(beside: Beside) -> None:
    lines, leaks = [], []
    for name, pattern in personal_addresses():
        arguments = beside.arguments(list(pattern.pattern.converters), name)
        if arguments is None:
            continue
        address = reverse(name, kwargs=arguments)
        for role in Role:
            if role not in (pattern.callback.roles or ()):
                continue
            found = {scope: beside.status(role, scope, address) for scope in SCOPES}
            lines.append(f"{name:<24} {role:<17} " + " ".join(f"{scope}={found[scope]}" for scope in SCOPES))
            # A form may be refused before anybody asks whose thing it is; then one that is not there is refused alike.
            leaks += [
                f"{name} as {role} {scope}: {found[scope]}" for scope in SCOPES[2:]
                if found[scope] not in CLOSED
                and found[scope] != beside.status(role, scope, absent_of(name, arguments))
            ]  # fmt: skip
    text = "\n".join(lines) + "\n"
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(text)
    assert not leaks, "\n".join(leaks)
    assert text == SNAPSHOT.read_text(), "scopes changed: read the difference, then delete the snapshot and run again"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["registry:person", "registry:edit", "evidence:person"])
def test_a_stranger_s_record_answers_in_the_words_of_one_that_is_not_there(beside: Beside, name: str) -> None:
    browser = Client()
    browser.force_login(beside.account(Role.UNIT_MANAGER, "sibling"))
    strange = open_it(browser, reverse(name, args=[beside.person.pk]))
    absent = open_it(browser, reverse(name, args=[ABSENT["pk"]]))
    assert (strange.status_code, absent.status_code) == (404, 404)
    assert words(strange).replace(str(beside.person.pk), "N") == words(absent).replace(str(ABSENT["pk"]), "N")


LISTS = [
    "registry:people", "evidence:ledger", "credentials:certificates", "delivery:classes", "needs:ranked",
    "access:assignments", "access:accounts", "access:trail", "placement:openings", "catalogue:trainers",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_holds_nobody_who_lies_beside(beside: Beside, name: str, kind: str, tmp_path: Path) -> None:
    """A list's file is no wider than its page: names that live in the commune alone are in no neighbour's export."""
    from chiakhoa.foundation import sheets

    pattern = dict(named_addresses())[name]
    here = set(Person.objects.filter(unit=beside.commune).values_list("full_name", flat=True))
    only_here = here - set(Person.objects.exclude(unit=beside.commune).values_list("full_name", flat=True))
    for role in (Role.UNIT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.ASSESSOR):
        if role not in pattern.callback.roles:
            continue
        browser = Client()
        browser.force_login(beside.account(role, "sibling"))
        answer = browser.get(reverse(name), {"export": kind})
        if answer.status_code != 200:
            continue
        file = tmp_path / f"{role}.{kind}"
        file.write_bytes(answer.content)
        told = (
            {str(cell) for tab in sheets.tabs(file) for row in tab.rows for cell in row}
            if kind == "xlsx"
            else answer.content.decode()
        )
        assert not [person for person in only_here if person in told], f"{name} as {role}"
