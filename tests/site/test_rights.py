"""Every address as every role, held against a snapshot that somebody reads when it changes.

Addresses that need a thing are tried with one of the home province. An address that does not say whose it is fails here.
To accept a change, delete the snapshot, run this test and read the difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from chiakhoa.foundation import beats
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.frameworks.models import Competence, Framework
from chiakhoa.ground.mandates.models import Task
from chiakhoa.ground.registry.models import Body, Import, Person
from chiakhoa.ground.territory.models import Home
from chiakhoa.measure.assessment.models import Calibration, Exam, GroupTest, Item, Sitting
from chiakhoa.measure.evidence.models import Evidence
from chiakhoa.measure.needs.models import Gap
from chiakhoa.outcome.placement.models import Application, Opening
from chiakhoa.outcome.reporting.models import Report
from chiakhoa.train.credentials.models import Certificate
from chiakhoa.train.delivery.models import Enrolment, TrainingClass
from chiakhoa.train.planning.models import Plan, PlannedClass
from tests.site.conftest import House

SNAPSHOT = Path(__file__).with_name("rights.txt")
ROLES = [None, *Role]
PAGES_OF_A_PLAN = ("plan", "classes", "calendar", "map", "unmet", "progress", "stop", "costs", "something_happened")
PAGES_OF_A_LIST = (
    "receipt", "columns", "place", "preview", "fix", "doubts", "register", "returned", "undo", "drop",
)  # fmt: skip
BY_TOKEN = ("api:", "scim:", "metrics")


def named_addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address of the site with its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from named_addresses(entry, f"{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}", entry


def test_every_view_says_whose_it_is() -> None:
    silent = [name for name, pattern in named_addresses() if not hasattr(pattern.callback, "roles")]
    assert not silent, f"put @page(...) or @public_page on the views of {silent}"


def a_list() -> Import:
    """A list that the coordinator sent and that was received."""
    sender = RoleAssignment.objects.filter(role=Role.COORDINATOR).first().account_id
    at = timezone.now()
    return Import.objects.first() or Import.objects.create(
        kind="people", file_name="list.xlsx", account_id=sender, state="received", sent_at=at, received_at=at
    )


def somebody() -> Person:
    """Who completed a class of the cast's provider and lives outside the commune of its unit manager, so that both tell."""
    held = {
        role: RoleAssignment.objects.filter(role=role).first() for role in (Role.UNIT_MANAGER, Role.PROVIDER_MANAGER)
    }
    taught = Person.objects.filter(
        enrolments__state="completed", enrolments__training_class__provider=held[Role.PROVIDER_MANAGER].body_id
    )
    return taught.exclude(unit=held[Role.UNIT_MANAGER].unit_id).order_by("pk").first()


Arguments = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Things:
    """Arguments for addresses, by the address's name or else by its step: something of the home province."""

    by_name: Arguments
    by_step: Arguments

    def of(self, name: str) -> dict[str, Any]:
        """The arguments of the address, or none."""
        return self.by_name.get(name) or self.by_step.get(name.split(":")[0], {})


def things() -> Things:
    """Found once for the whole walk."""
    person = somebody()
    by_step: Arguments = {
        "territory": {"pk": 1, "source": "form", "kind": "csv", "day": "2025-07-01"},
        "api": {"reference": person.reference},
        "registry": {"pk": person.pk},
        "evidence": {"pk": person.pk},
        "delivery": {"pk": TrainingClass.objects.filter(enrolments__person=person).order_by("pk").first().pk},
        "credentials": {"pk": getattr(Certificate.objects.filter(person=person).first(), "pk", None)},
        "placement": {"pk": Opening.objects.first().pk},
        "reporting": {"pk": getattr(Report.objects.first(), "pk", 1)},
    }
    return Things(
        {**of_the_house(), **of_access(), **of_ground(), **of_assessment(person), **of_later_steps(), **of_tokens()},
        by_step,
    )


def of_the_house() -> Arguments:
    """Pages of no step, and those of the sign-in libraries."""
    job = Job.objects.first().pk
    return {
        "tour": {"step": 0},
        "job": {"pk": job},
        "try_job_again": {"pk": job},
        "mfa_remove_webauthn": {"pk": 1},
        "openid_connect_login": {"provider_id": "national"},
        "openid_connect_callback": {"provider_id": "national"},
    }


def of_access() -> Arguments:
    """Accounts, roles and sessions."""
    account, role = Account.objects.first().pk, RoleAssignment.objects.first().pk
    return {
        "access:entry": {"number": 1},
        "access:take_back": {"pk": 1},
        "access:look_at_emergency": {"pk": 1},
        "access:answer": {"pk": 1},
        "access:end_session": {"handle": "0"},
        "access:suspend": {"pk": account},
        "access:resume": {"pk": account},
        "access:forget_second_steps": {"pk": account},
        "access:account_slip": {"pk": account},
        "access:account": {"pk": account},
        "access:play": {"pk": account},
        "access:take_role": {"pk": role},
        "access:revoke_token": {"pk": 1},
        "access:end_role": {"pk": role},
        "access:group": {"pk": 1},
    }


def of_ground() -> Arguments:
    """What is given."""
    task = Task.objects.first().pk
    return {
        "territory:unit": {"pk": Home.objects.get().unit_id},
        "registry:reform_new": {"source": "form"},
        "registry:reform_template": {"kind": "csv"},
        "registry:body": {"pk": Body.objects.first().pk},
        "registry:send": {"kind": "people"},
        "registry:part": {"pk": 1},
        "registry:import_template": {"kind": "people", "form": "xlsx"},
        "registry:import_standing": {"kind": "venues", "form": "xlsx"},
        **{f"registry:{page}": {"pk": a_list().pk} for page in PAGES_OF_A_LIST},
        "frameworks:competence": {"pk": Competence.objects.filter(domain__framework__is_scale=True).first().pk},
        "catalogue:course": {"pk": Course.objects.first().pk},
        "mandates:task": {"pk": task},
        "mandates:add": {"kind": "task"},
        "mandates:change": {"kind": "task", "pk": task},
        "mandates:remove": {"kind": "task", "pk": task},
    }


def of_assessment(person: Person) -> Arguments:
    """Items, exams, group tests; the run is one that is over."""
    item, exam = Item.objects.first().pk, getattr(Exam.objects.first(), "pk", 1)
    group = GroupTest.objects.get()
    run = group.runs.filter(state="finished").first().pk
    calibration = Calibration.objects.first() or Calibration.objects.create(asked_at=timezone.now(), asked_by=0)
    return {
        "assessment:item": {"code": item},
        "assessment:item_new": {"kind": "single"},
        "assessment:item_edit": {"code": item},
        "assessment:item_step": {"code": item, "step": "submit"},
        "assessment:calibration": {"pk": calibration.pk},
        "assessment:decide_calibration": {"pk": calibration.pk, "verdict": "reject"},
        "assessment:exam_step": {"pk": exam, "step": "open"},
        "assessment:seats_act": {"pk": exam, "act": "pause"},
        "assessment:seat_act": {"pk": 1, "act": "pause"},
        "assessment:exam": {"pk": exam},
        "assessment:exam_integrity": {"pk": exam},
        "assessment:check_again": {"pk": exam},
        "assessment:concern": {"pk": 1},
        "assessment:decide": {"pk": 1},
        "assessment:void_over": {"pk": 1},
        "assessment:group_test": {"pk": group.pk},
        "assessment:group_notice": {"pk": group.pk},
        "assessment:close_group_test": {"pk": group.pk},
        "assessment:group_start": {"key": group.key},
        "assessment:group_question": {"key": group.key, "run": run},
        "assessment:group_own_result": {"key": group.key, "run": run},
        "assessment:note": {"pk": exam},
        "assessment:rescore": {"pk": exam},
        "assessment:seat": {"pk": 1},
        "assessment:accommodation": {"pk": person.pk},
    }


def of_later_steps() -> Arguments:
    """From needs to placement."""
    plan, planned = Plan.objects.first().pk, PlannedClass.objects.first().pk
    provider = RoleAssignment.objects.filter(role=Role.PROVIDER_MANAGER).first().body_id
    training_class = TrainingClass.objects.filter(provider=provider).first().pk
    return {
        "needs:people": {"pk": Gap.objects.first().pk},
        **{f"planning:{page}": {"pk": plan} for page in PAGES_OF_A_PLAN},
        "planning:withdraw": {"pk": 1},
        "planning:class": {"pk": planned},
        "planning:move": {"pk": planned},
        "planning:change": {"pk": planned, "verb": "lock"},
        "delivery:publish": {"plan": plan},
        "delivery:leave": {"pk": Enrolment.objects.first().pk},
        "delivery:wishes_of": {"person": somebody().pk},
        "delivery:move": {"pk": training_class, "step": "start"},
        "delivery:roll": {"pk": training_class, "number": 1},
        "credentials:issue": {"pk": training_class},
        "placement:withdraw": {"pk": getattr(Application.objects.first(), "pk", 1)},
    }


def of_tokens() -> Arguments:
    """What programs ask for."""
    return {
        "scim:user": {"key": "0"},
        "scim:group": {"key": "0"},
        "scim:resource_type": {"key": "User"},
        "scim:schema": {"key": "urn:ietf:params:scim:schemas:core:2.0:User"},
        "scim:nothing": {"path": "nowhere"},
        "api:unit": {"id": Home.objects.get().unit_id},
        "api:body": {"id": Body.objects.first().pk},
        "api:framework": {"code": Framework.objects.first().pk},
        "api:competence": {"id": Competence.objects.first().pk},
        "api:course": {"code": Course.objects.first().pk},
        "api:task": {"code": Task.objects.first().pk},
        "api:unknown": {"path": "nowhere"},
    }


def filled(name: str, pattern: URLPattern, known: Things) -> str | None:
    """The address with its arguments; None where this test knows nothing of the kind."""
    wanted = list(pattern.pattern.converters) or list(pattern.pattern.regex.groupindex)
    special: dict[str, Any] = {
        "evidence": str(Evidence.objects.first().pk),
        "sitting": str(Sitting.objects.first().pk),
        "position": 1,
        "indicator": "people_registered",
    }
    given = known.of(name)
    arguments = {key: given.get(key, special.get(key)) for key in wanted}
    if name == "evidence:one":
        arguments = dict.fromkeys(wanted, special["evidence"])
    if any(value is None for value in arguments.values()):
        return None
    return reverse(name, kwargs=arguments)


@pytest.mark.django_db
def test_the_rights_are_those_of_the_snapshot(house: House) -> None:
    browsers = {role: house.browse(role) for role in ROLES}
    programs = {role: house.program(role) for role in ROLES}
    lines, known = [], things()
    for name, pattern in sorted(named_addresses()):
        address = filled(name, pattern, known)
        if address is None:
            continue
        beats.beat(beats.WORKER)  # /readyz must depend neither on another test's worker nor on how long this walk takes
        callers = programs if name.startswith(BY_TOKEN) else browsers
        statuses = [f"{role or 'visitor'}={callers[role].get(address).status_code}" for role in ROLES]
        lines.append(f"{name:<28} {' '.join(statuses)}")
    text = "\n".join(lines) + "\n"
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text(), "rights changed: read the difference, then delete the snapshot and run again"
    assert "=500" not in text


@pytest.mark.django_db
def test_what_lies_in_another_commune_is_not_there_for_a_unit_manager(house: House) -> None:
    manager = house.reader(Role.UNIT_MANAGER)
    stranger = Person.objects.exclude(unit=manager.unit_id).first()
    assert house.browse(Role.UNIT_MANAGER).get(reverse("registry:person", args=[stranger.pk])).status_code == 404
    assert house.browse(Role.UNIT_MANAGER).get(reverse("evidence:person", args=[stranger.pk])).status_code == 404
    gap = Gap.objects.exclude(unit=manager.unit_id).first()
    assert house.browse(Role.UNIT_MANAGER).get(reverse("needs:people", args=[gap.pk])).status_code == 404


@pytest.mark.django_db
def test_a_learner_sees_no_other_learner_s_certificate(house: House) -> None:
    learner = house.reader(Role.LEARNER)
    other = Certificate.objects.exclude(person=learner.person_id).first()
    if other is None:
        pytest.fail("the little province issued too few certificates to prove anything")
    assert house.browse(Role.LEARNER).get(reverse("credentials:pdf", args=[other.pk])).status_code == 404
