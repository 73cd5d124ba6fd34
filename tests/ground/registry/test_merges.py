"""Two records of one person become one by an act that can be reversed."""

from datetime import date

import pytest
from django.urls import reverse

from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.ground.registry import actions, queries
from chiakhoa.ground.registry.models import Merge, Person
from tests.ground.registry.test_imports import AT, GIA_SANG, HOA, TAN_CUONG, clerk  # noqa: F401 - a fixture

AGAIN = ["k-9", "Hoà Nguyễn Thị", "", "", "Phường Gia Sàng", "", "", "", ""]


@pytest.fixture
def two(clerk):  # noqa: F811
    """Hòa as registered, and a second record of hers with another key and hardly anything else."""
    binh = clerk()
    binh.take(AGAIN)
    row = binh.look(HOA)
    binh.post("doubts", row.pk, line=2, decision="new")
    binh.register(row)
    return Person.objects.get(external_key="k-9"), Person.objects.get(external_key="k-1")


def fields(*people):
    names = ("external_key", "full_name", "born_on", "sex", "phone", "citizen_number_index", "merged_into_id")
    return [[getattr(Person.objects.get(pk=person.pk), name) for name in names] for person in people]


def test_namesakes_are_shown_side_by_side(two, clerk):  # noqa: F811
    poor, rich = two
    page = clerk().get("doubles", poor.pk)
    assert [other.pk for other in page.context["others"]] == [rich.pk]
    assert 'data-key="1"' in page.content.decode()


def test_a_merge_fills_what_was_lacking_and_hides_the_other_record(two, clerk):  # noqa: F811
    poor, rich = two
    clerk().post("doubles", poor.pk, other=rich.pk)
    poor.refresh_from_db()
    assert (poor.born_on, poor.sex, poor.phone) == (date(1990, 5, 2), "f", "0912345678")
    assert poor.external_key == "k-9"
    assert poor.citizen_number_index
    assert list(queries.people(SYSTEM)) == [poor]
    assert clerk().get("person", rich.pk).status_code == 404


def test_a_merge_is_reversed(two, clerk):  # noqa: F811
    before = fields(*two)
    clerk().post("doubles", two[0].pk, other=two[1].pk)
    assert fields(*two) != before
    clerk().post("part", Merge.objects.get().pk)
    assert fields(*two) == before
    assert queries.people(SYSTEM).count() == 2


def test_a_merge_is_not_reversed_over_a_later_change(two, clerk):  # noqa: F811
    clerk().post("doubles", two[0].pk, other=two[1].pk)
    Person.objects.filter(pk=two[0].pk).update(phone="0999999999")
    clerk().post("part", Merge.objects.get().pk)
    assert queries.people(SYSTEM).count() == 1


def test_the_key_of_a_merged_record_finds_the_one_it_was_merged_into(two, clerk):  # noqa: F811
    binh = clerk()
    binh.post("doubles", two[0].pk, other=two[1].pk)
    row = binh.look([*HOA[:7], "0987654321", ""])
    assert binh.counts(row)["changed"] == 1
    binh.register(row)
    assert Person.objects.get(pk=two[0].pk).phone == "0987654321"
    assert queries.people(SYSTEM).count() == 1


def test_two_people_with_a_number_each_are_not_merged(two, clerk):  # noqa: F811
    poor, rich = two
    Person.objects.filter(pk=poor.pk).update(citizen_number_index="x" * 64)
    clerk().post("doubles", poor.pk, other=rich.pk)
    assert queries.people(SYSTEM).count() == 2


def test_nobody_of_elsewhere_is_merged(two, clerk):  # noqa: F811
    manager = clerk(GIA_SANG, Role.UNIT_MANAGER)
    assert two[1].unit_id == TAN_CUONG
    manager.post("doubles", two[0].pk, other=two[1].pk)
    assert queries.people(SYSTEM).count() == 2
    merge = actions.merge_people(SYSTEM, two[0].pk, two[1].pk, at=AT)
    assert clerk(TAN_CUONG, Role.UNIT_MANAGER).post("part", merge.pk).status_code == 404
    assert reverse("registry:part", args=[merge.pk])
