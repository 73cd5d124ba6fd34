"""The pages of the frameworks, as people of different roles see them."""

from django.urls import reverse

from chiakhoa.ground.frameworks.models import Competence


def competence(code, framework="tt02_2025"):
    return Competence.objects.get(domain__framework=framework, code=code)


def read(cast, name, address, *args, **query):
    response = cast.browse(name).get(reverse(address, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_page_is_the_measuring_scale_with_its_grades_and_what_one_can_do(cast):
    page = read(cast, "hoa", "frameworks:framework")
    assert "Khung năng lực số cho người học" in page.split("</h1>")[0]
    assert "Tôi tự chọn từ khóa, dùng bộ lọc ngày tháng" in page
    assert "Điểm cắt là đề xuất của dự án" in page


def test_a_framework_that_was_not_read_in_full_says_so(cast):
    page = read(cast, "ha", "frameworks:framework", code="qd757_2025")
    assert "chưa đầy đủ" in page
    assert "theo khung trước đó" in page


def test_a_framework_that_is_not_there_is_not_found(cast):
    assert cast.browse("ha").get(reverse("frameworks:framework"), {"code": "x"}).status_code == 404


def test_a_competence_shows_who_needs_it_its_counterparts_and_the_way_to_its_courses(cast):
    row = competence("2.3")
    page = read(cast, "binh", "frameworks:competence", row.pk)
    assert "Công chức cấp xã" in page
    assert "QP.SVC" in page
    assert "chưa chắc" in page
    assert f"{reverse('catalogue:courses')}?competence={row.pk}" in page


def test_a_competence_of_another_framework_leads_back_to_the_scale(cast):
    page = read(cast, "ha", "frameworks:competence", competence("QP.AI", "qd757_2025").pk)
    assert reverse("frameworks:competence", args=[competence("6.1").pk]) in page


def test_profiles_are_marked_as_a_proposal(cast):
    page = read(cast, "son", "frameworks:profiles")
    assert "đề xuất" in page
    assert page.count("<tr>") == 25


def test_the_crosswalk_lists_what_has_no_counterpart(cast):
    page = read(cast, "ha", "frameworks:crosswalk", framework="tt03_2014", relation="none")
    assert "đã nối 17/24" in page
    assert "Chuẩn 2014 không có mô đun về dịch vụ công." in page
    assert "Duyệt web" not in page


def test_a_visitor_is_asked_to_sign_in(cast):
    for address in ("framework", "profiles", "crosswalk"):
        response = cast.browse(None).get(reverse(f"frameworks:{address}"))
        assert response.status_code == 302
        assert reverse("access:sign_in") in response.url
