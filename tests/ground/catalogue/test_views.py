"""The pages of the catalogue."""

import io

from django.urls import reverse
from python_calamine import CalamineWorkbook

from chiakhoa.ground.frameworks.models import Competence


def read(cast, name, address, *args, **query):
    response = cast.browse(name).get(reverse(address, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_course_is_found_without_diacritics(cast):
    page = read(cast, "hoa", "catalogue:courses", search="nong nghiep so")
    assert "Nhận thức nông nghiệp số" in page
    assert "Thí nghiệm ảo" not in page


def test_courses_are_filtered_by_audience_mode_and_competence(cast):
    security = Competence.objects.get(domain__framework="tt02_2025", code="4.1")
    page = read(cast, "ha", "catalogue:courses", audience="commune_official", mode="lab", competence=security.pk)
    assert "ATTT-XA" in page
    assert "ATTT-NT" not in page  # live online
    assert "CQNN-KNS" in page or "ATTT-DT" in page


def test_courses_are_exported_as_they_were_filtered(cast):
    response = cast.browse("ha").get(reverse("catalogue:courses"), {"search": "blockchain", "export": "xlsx"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["CNTT-BC"]


def test_a_course_shows_its_sentence_its_assumed_gain_and_the_cost_of_a_class_of_thirty(cast):
    page = read(cast, "lan", "catalogue:course", "ATTT-XA")
    assert "câu 11" in page
    assert "0,9 ± 0,4" in page
    assert "giả định" in page
    assert "15.510.000" in page


def test_the_cost_follows_the_number_of_learners_and_the_trainers_rank(cast):
    page = read(cast, "ha", "catalogue:course", "ATTT-XA", learners="20", rank="a")
    assert "4.800.000" in page  # four sessions at 1,200,000


def test_a_class_of_nobody_is_refused_beside_the_field_and_the_usual_cost_stays(cast):
    for learners in ("0", "-1", "many", "99999"):
        response = cast.browse("ha").get(reverse("catalogue:course", args=["ATTT-XA"]), {"learners": learners})
        assert response.status_code == 422
        assert "15.510.000" in response.content.decode()


def test_farm_households_get_their_meals_in_the_cost(cast):
    assert "Tiền ăn của học viên" in read(cast, "ha", "catalogue:course", "NONG-KNS")
    assert "Tiền ăn của học viên" not in read(cast, "ha", "catalogue:course", "ATTT-XA")


def test_the_count_of_a_providers_courses_opens_those_courses(cast):
    page = read(cast, "ha", "catalogue:providers")
    assert f"{reverse('catalogue:courses')}?provider=body-ictu" in page
    courses = read(cast, "ha", "catalogue:courses", provider="body-ictu")
    assert "CNTT-VR" in courses
    assert "GD-TN" not in courses


def test_norms_say_how_sure_they_are_and_why(cast):
    page = read(cast, "hoa", "catalogue:norms", group="demonstration_prices")
    assert "Ước theo giá thị trường." in page
    assert "giả định" in page
    assert "36/2018/TT-BTC" not in page


def test_only_those_who_answer_for_trainers_open_their_list(cast):
    address = reverse("catalogue:trainers")
    opened = {name: cast.browse(name).get(address).status_code for name in cast.accounts}
    assert {name for name, status in opened.items() if status == 200} == {"ha", "duc", "son", "huy"}
    assert set(opened.values()) == {200, 403}


def test_an_employer_may_open_the_rest(cast):
    for address in ("courses", "venues", "norms", "providers"):
        read(cast, "linh", f"catalogue:{address}")


def test_a_course_that_is_not_there_is_not_found(cast):
    assert cast.browse("ha").get(reverse("catalogue:course", args=["NONE"])).status_code == 404


def test_the_list_of_courses_asks_the_database_no_more_for_more_rows(cast, queries_of):
    client = cast.browse("ha")
    few = queries_of(lambda: client.get(reverse("catalogue:courses"), {"search": "blockchain"}))
    assert queries_of(lambda: client.get(reverse("catalogue:courses"), {"search": ""})) <= few + 1
