"""The pages of the registry as people use them: find, open, register, change, answer, import."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry import actions
from chiakhoa.ground.registry.actions import PersonRow
from chiakhoa.ground.registry.models import Person, Purpose
from chiakhoa.ground.territory.models import Unit

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
TAN_CUONG, GIA_SANG = "VN-05440@2025", "VN-05467@2025"
FORM = {"full_name": "Lê Văn An", "born_on": "1990-05-02", "sex": "m", "unit": TAN_CUONG, "body": "ubnd-05440"}


@pytest.fixture
def hoa(registry):
    row = PersonRow("k-1", "Nguyễn Thị Hòa", TAN_CUONG, born_on=date(1990, 5, 2), audience_code="commune_official",
                    body_id="ubnd-05440", citizen_number="019190000001")  # fmt: skip
    return Person.objects.get(pk=actions.register_people(SYSTEM, [row], at=AT)["k-1"])


@pytest.fixture
def browse(client, registry):
    def signed_in(role=Role.COORDINATOR, unit="VN-19@2025", person=None):
        account = Account.objects.create_account(f"{role}-{unit}", None, full_name="Bình", person=person)
        RoleAssignment.objects.create(
            account=account, role=role, unit=Unit.objects.get(pk=unit), valid_from=date(2026, 1, 1)
        )
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def text(response):
    return response.content.decode()


def test_somebody_is_found_by_part_of_the_name_without_diacritics(browse, hoa):
    client = browse()
    assert "Nguyễn Thị Hòa" in text(client.get(reverse("registry:people"), {"search": "hoa nguyen"}))
    assert "Nguyễn Thị Hòa" not in text(client.get(reverse("registry:people"), {"search": "lan"}))


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"unit": TAN_CUONG}, True),
        ({"unit": GIA_SANG}, False),
        ({"audience": "commune_official"}, True),
        ({"audience": "teacher"}, False),
        ({"body": "ubnd-05440"}, True),
        ({"body": "body-ubnd-tinh"}, True),
        ({"body": "uy ban"}, False),
        ({"body": "ubnd tan cuong"}, True),
    ],
)
def test_the_list_is_narrowed_by_commune_audience_and_body(browse, hoa, narrowed, found):
    assert ("Nguyễn Thị Hòa" in text(browse().get(reverse("registry:people"), narrowed))) is found


def test_the_list_takes_as_many_queries_for_thirty_people_as_for_three(browse, registry, queries_of):
    client = browse()

    def fill(numbers):
        rows = [PersonRow(f"n-{i}", "An", TAN_CUONG, audience_code="teacher", body_id="ubnd-05440") for i in numbers]
        actions.register_people(SYSTEM, rows, at=AT)
        return queries_of(lambda: client.get(reverse("registry:people")))

    assert fill(range(3)) == fill(range(30))


def test_a_download_of_the_list_is_in_the_trail_and_holds_no_citizen_number(browse, hoa):
    response = browse().get(reverse("registry:people"), {"export": "csv"})
    assert "Nguyễn Thị Hòa" in response.content.decode()
    assert "019190000001" not in response.content.decode()
    assert AuditEntry.objects.get(verb="export").after == {"rows": 1}


def test_opening_a_record_is_in_the_trail_and_shows_three_digits_only(browse, hoa):
    page = text(browse().get(reverse("registry:person", args=[hoa.pk])))
    assert "•••001" in page
    assert "019190000001" not in page
    assert AuditEntry.objects.filter(verb="view", thing_key=str(hoa.pk)).count() == 1


@pytest.mark.parametrize("name", ["person", "edit", "consent"])
def test_a_record_of_another_commune_is_not_there(browse, hoa, name):
    client = browse(Role.UNIT_MANAGER, GIA_SANG)
    assert client.get(reverse(f"registry:{name}", args=[hoa.pk])).status_code == 404
    assert not AuditEntry.objects.filter(verb="view").exists()


@pytest.mark.parametrize("role", [Role.TRAINER, Role.EMPLOYER, Role.PROVIDER_MANAGER, Role.LEARNER])
def test_the_people_are_not_for_this_role(browse, role):
    client = browse(role)
    for name in ("people", "add"):
        assert client.get(reverse(f"registry:{name}")).status_code == 403


def test_an_auditor_reads_but_does_not_register(browse, hoa):
    client = browse(Role.AUDITOR)
    page = text(client.get(reverse("registry:people")))
    assert reverse("registry:add") not in page
    assert client.post(reverse("registry:add"), FORM).status_code == 403


def test_somebody_is_registered_by_hand(browse):
    response = browse(Role.UNIT_MANAGER, TAN_CUONG).post(reverse("registry:add"), FORM)
    person = Person.objects.get()
    assert response.url == reverse("registry:person", args=[person.pk])
    assert (person.full_name, person.unit_id, person.memberships.get().body_id) == (
        "Lê Văn An",
        TAN_CUONG,
        "ubnd-05440",
    )


def test_a_likely_double_is_shown_before_it_is_registered(browse, hoa):
    client = browse()
    again = {**FORM, "full_name": "nguyen thi HOA"}
    page = client.post(reverse("registry:add"), again)
    assert reverse("registry:person", args=[hoa.pk]) in text(page)
    assert Person.objects.count() == 1
    client.post(reverse("registry:add"), {**again, "confirmed": "on"})
    assert Person.objects.count() == 2


def test_a_malformed_number_comes_back_at_its_field(browse):
    response = browse().post(reverse("registry:add"), {**FORM, "citizen_number": "123"})
    assert response.status_code == 422
    assert "citizen_number" in response.context["form"].errors
    assert not Person.objects.exists()


def test_a_record_is_changed_and_the_number_kept(browse, hoa):
    client = browse()
    assert 'value="Nguyễn Thị Hòa"' in text(client.get(reverse("registry:edit", args=[hoa.pk])))
    client.post(reverse("registry:edit", args=[hoa.pk]), {**FORM, "full_name": "Nguyễn Thị Hoà"})
    before = hoa.citizen_number_index
    hoa.refresh_from_db()
    assert (hoa.full_name, hoa.citizen_number_index) == ("Nguyễn Thị Hoà", before)


def test_a_learner_sees_the_own_record_agrees_and_withdraws(browse, hoa):
    client = browse(Role.LEARNER, TAN_CUONG, person=hoa)
    page = text(client.get(reverse("registry:me")))
    assert "Nguyễn Thị Hòa" in page
    assert "•••001" in page
    address = reverse("registry:consent", args=[hoa.pk])
    assert client.post(address, {"purpose": "matching", "given": "yes"}).url == reverse("registry:me")
    assert hoa.consents.get().given
    assert hoa.consents.get().channel == "own_page"
    client.post(address, {"purpose": "matching", "given": "no"})
    assert not hoa.consents.filter(purpose=Purpose.MATCHING).first().given


def test_a_learner_without_a_record_is_told_what_to_do(browse):
    assert browse(Role.LEARNER, TAN_CUONG).get(reverse("registry:me")).status_code == 200


def test_a_child_s_page_asks_for_the_guardian(browse, hoa):
    Person.objects.filter(pk=hoa.pk).update(born_on=date(2013, 1, 1))
    client = browse(Role.LEARNER, TAN_CUONG, person=hoa)
    address = reverse("registry:consent", args=[hoa.pk])
    assert f"{address}?purpose=matching" in text(client.get(reverse("registry:me")))
    response = client.post(address, {"purpose": "matching", "given": "yes"})
    assert response.status_code == 422
    assert "guardian_name" in response.context["form"].errors


def test_bodies_are_listed_and_one_leads_to_its_people(browse, hoa):
    client = browse()
    assert "UBND xã Tân Cương" in text(client.get(reverse("registry:bodies"), {"search": "tan cuong", "ended": "no"}))
    page = text(client.get(reverse("registry:body", args=["ubnd-05440"])))
    assert f"{reverse('registry:people')}?body=ubnd-05440" in page
    assert client.get(reverse("registry:body", args=["nowhere"])).status_code == 404
    ended = text(client.get(reverse("registry:body", args=["body-so-tttt"])))
    assert reverse("registry:body", args=["body-so-khcn"]) in ended
