"""Who is asking: the role chosen among those in force, what a role over a unit or a body reaches, and who reads the trail."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import reverse

from chiakhoa.foundation import audit, clock
from chiakhoa.foundation.readers import SYSTEM, VISITOR, Reader, Role
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.middleware import CHOSEN, ReaderMiddleware
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry.models import Body, Person
from chiakhoa.ground.territory.models import Home, Unit, UnitAncestry

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)


@pytest.fixture
def place(db):
    """A province with one commune, another province, and a body in each of the provinces."""
    top, other = (_unit(code, 1) for code in ("19", "24"))
    commune = _unit("05000", 3, top)
    Home.objects.create(unit=top, synthetic=True)
    bodies = [
        Body.objects.create(id=pk, kind="university", name_vi=pk.upper(), search_key=pk, unit=unit)
        for pk, unit in (("ictu", commune), ("far", other))
    ]
    return SimpleNamespace(top=top, other=other, commune=commune, ictu=bodies[0], far=bodies[1])


@pytest.fixture
def hoa(place):
    """Hoa's account, with the person behind it."""
    person = Person.objects.create(full_name="Hoa", search_key="hoa", unit=place.commune, registered_at=AT)
    return Account.objects.create_account("hoa", None, full_name="Nguyễn Hoa", person=person)


@pytest.fixture
def give(hoa, place):
    def role(role, *, unit=None, body=None, account=None, **days):
        over = {"body": body} if body else {"unit": unit or place.top}
        return RoleAssignment.objects.create(account=account or hoa, role=role, **over, **days)

    return role


@pytest.fixture
def asked_by():
    """The reader that the middleware puts on a request of an account, with what its session chose."""

    def ask(account, chosen=None):
        request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
        request.user, request.session = account, SessionStore()
        if chosen is not None:
            request.session[CHOSEN] = chosen
        ReaderMiddleware(lambda _request: None)(request)
        return request.reader

    return ask


def _unit(code, level, parent=None):
    unit = Unit.objects.create(
        id=f"VN-{code}@2025", code=code, edition="2025", name=code, kind="x", kind_vi="Xã", level=level, parent=parent,
        search_key=code,
    )  # fmt: skip
    UnitAncestry.objects.bulk_create(UnitAncestry(unit=unit, ancestor=row) for row in (unit, parent) if row)
    return unit


def test_a_reader_is_the_account_in_its_role_at_its_place(give, hoa, place, asked_by):
    held = give(Role.LEARNER, unit=place.commune)
    assert asked_by(hoa) == Reader(
        hoa.pk, "Nguyễn Hoa", Role.LEARNER, place.commune.pk, None, hoa.person_id, "Xã 05000", "192.0.2.7", held.pk
    )


def test_a_role_over_a_body_has_no_unit(give, hoa, place, asked_by):
    give(Role.PROVIDER_MANAGER, body=place.ictu)
    reader = asked_by(hoa)
    assert (reader.unit_id, reader.body_id, reader.place_label) == (None, "ictu", "ICTU")


def test_without_a_choice_the_first_role_given_is_taken(give, hoa, asked_by):
    give(Role.LEARNER), give(Role.AUDITOR)
    assert asked_by(hoa).role == Role.LEARNER


def test_the_role_chosen_is_taken_while_it_is_held(give, hoa, asked_by):
    give(Role.LEARNER)
    chosen = give(Role.AUDITOR)
    assert asked_by(hoa, chosen.pk).role == Role.AUDITOR
    RoleAssignment.objects.filter(pk=chosen.pk).update(valid_from=date(2020, 1, 1), valid_to=clock.today())
    assert asked_by(hoa, chosen.pk).role == Role.LEARNER


def test_a_role_chosen_that_is_somebody_else_s_or_nothing_gives_no_more_than_the_own(give, hoa, asked_by):
    give(Role.LEARNER)
    stranger = Account.objects.create_account("minh", None, full_name="Minh")
    other = give(Role.ADMINISTRATOR, account=stranger)
    for chosen in (other.pk, 10**6):
        assert asked_by(hoa, chosen).role == Role.LEARNER


def test_nobody_signed_in_no_role_held_and_an_account_closed_are_visitors(give, hoa, client, asked_by):
    assert asked_by(hoa) == VISITOR
    give(Role.LEARNER)
    hoa.is_active = False
    assert asked_by(hoa) == VISITOR
    assert client.get(reverse("access:sign_in")).wsgi_request.reader == VISITOR


def test_an_account_closed_while_signed_in_is_asked_to_sign_in_at_the_next_page(give, hoa, client):
    give(Role.AUDITOR)
    client.force_login(hoa)
    assert client.get(reverse("access:trail")).status_code == 200
    Account.objects.update(is_active=False)
    answer = client.get(reverse("access:trail"))
    assert answer.status_code == 302 and reverse("access:sign_in") in answer.url


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "held"),
    [
        (None, None, True),
        (DAY, None, True),
        (DAY + timedelta(days=1), None, False),
        (None, DAY, False),
        (None, DAY + timedelta(days=1), True),
    ],
)
def test_a_role_is_held_from_its_first_day_and_not_on_the_day_it_ends(give, hoa, valid_from, valid_to, held):
    give(Role.LEARNER, valid_from=valid_from, valid_to=valid_to)
    assert queries.own_assignments(hoa, at=AT).exists() is held


def test_a_role_is_over_a_unit_or_a_body_and_never_over_both_or_neither(hoa, place):
    for over in ({"unit": place.top, "body": place.ictu}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleAssignment.objects.create(account=hoa, role=Role.LEARNER, **over)


def test_an_administrator_of_a_part_sees_the_roles_over_units_and_bodies_of_the_own_subtree(give, place):
    rows = {
        "province": give(Role.COORDINATOR),
        "commune": give(Role.UNIT_MANAGER, unit=place.commune),
        "body": give(Role.PROVIDER_MANAGER, body=place.ictu),
        "elsewhere": give(Role.COORDINATOR, unit=place.other),
        "far body": give(Role.PROVIDER_MANAGER, body=place.far),
    }

    def seen(unit, role=Role.ADMINISTRATOR):
        found = set(queries.assignments(Reader(1, "Huy", role, unit.pk)))
        return {name for name, row in rows.items() if row in found}

    assert seen(place.top) == seen(place.top, Role.AUDITOR) == set(rows), (
        "over the home province: all of the installation"
    )
    assert seen(place.commune) == {"commune", "body"}
    assert seen(place.other) == {"elsewhere", "far body"}


@pytest.mark.parametrize("role", [None, *Role])
def test_the_trail_and_the_roles_are_for_auditors_and_administrators_alone(give, place, role):
    give(Role.LEARNER)
    audit.record(SYSTEM, "test", "access.account", at=AT)
    reader = Reader(1, "X", role, place.top.pk)
    may = role in (Role.AUDITOR, Role.ADMINISTRATOR)
    assert queries.trail(reader).exists() is may
    assert queries.assignments(reader).exists() is may


def test_the_trail_begins_with_the_latest(place):
    for verb in ("first", "second"):
        audit.record(SYSTEM, verb, "access.account", at=AT)
    verbs = list(queries.trail(Reader(1, "Sơn", Role.AUDITOR, place.top.pk)).values_list("verb", flat=True))
    assert verbs[:2] == ["second", "first"]


def test_the_cast_holds_only_open_demonstration_accounts(hoa):
    shown = Account.objects.create_account("ha", None, full_name="Hà", demonstration=True)
    Account.objects.create_account("cu", None, full_name="Cũ", demonstration=True, is_active=False)
    assert list(queries.demonstration_accounts()) == [shown]


def test_the_queries_of_the_list_of_roles_do_not_grow_with_its_rows(give, hoa, place, client, queries_of):
    give(Role.ADMINISTRATOR)
    client.force_login(hoa)
    address = reverse("access:assignments")
    client.get(address)
    few = queries_of(lambda: client.get(address))
    for number in range(10):
        account = Account.objects.create_account(f"a{number}", None, full_name=f"A{number}")
        give(Role.LEARNER, account=account, unit=place.commune)
        give(Role.PROVIDER_MANAGER, account=account, body=place.ictu)
    assert queries_of(lambda: client.get(address)) == few
