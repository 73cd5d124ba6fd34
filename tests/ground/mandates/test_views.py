"""The pages of the mandates."""

from itertools import product

from django.urls import reverse


def read(cast, name, address, *args, **query):
    response = cast.browse(name).get(reverse(address, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_tasks_show_their_sentence_target_money_and_what_is_assumed(cast):
    page = read(cast, "ha", "mandates:tasks")
    assert "Kế hoạch số 80/KH-UBND" in page
    assert "câu 11" in page
    assert "1.600" in page
    assert "900,0\N{NO-BREAK SPACE}triệu đồng" in page
    assert "Bài báo nói sở phối hợp với các đơn vị khác" in page


def test_tasks_are_exported_as_a_sheet(cast):
    response = cast.browse("ha").get(reverse("mandates:tasks"), {"export": "csv"})
    text = response.content.decode("utf-8-sig")
    assert text.count("\n") == 12
    assert "task-attt" in text


def test_a_task_leads_to_its_courses_and_its_money(cast):
    page = read(cast, "son", "mandates:task", "task-giao-duc")
    assert reverse("catalogue:course", args=["GD-TN"]) in page
    assert f"{reverse('mandates:money')}?tasks=task-giao-duc" in page
    assert "không nêu con số" in page


def test_the_topics_of_a_next_step_are_named(cast):
    assert "Công nghệ thực tại ảo" in read(cast, "duc", "mandates:task", "nxt-cntt")


def test_documents_show_facts_found_elsewhere_with_their_source(cast):
    page = read(cast, "huy", "mandates:documents")
    assert "2020-12-31" in page
    assert "laodongthudo.vn" in page
    assert "bài báo không nêu ngày" in page


def test_statements_give_the_rank_and_what_the_report_does_not_say(cast):
    page = read(cast, "binh", "mandates:statements")
    assert "30/63" in page
    assert page.index("Xếp hạng") < page.index("Bài báo không nêu")
    assert "Không nhiệm vụ nào có thời hạn." in page


def test_money_is_summed_by_year_and_filtered_by_task(cast):
    whole = read(cast, "ha", "mandates:money")
    assert "7,35\N{NO-BREAK SPACE}tỷ đồng" in whole
    one = read(cast, "ha", "mandates:money", tasks="task-attt")
    assert "Tập huấn an toàn, an ninh mạng cấp xã" in one
    assert "bud-sme" not in one


def test_in_english_the_reasons_are_english(cast):
    client = cast.browse("ha")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("mandates:tasks")).content.decode()
    assert "names no other lead" in page
    assert "Bài báo nói sở phối hợp" not in page


def test_who_neither_leads_nor_checks_may_not_open_them(cast):
    for name, address in product(["hoa", "lan", "linh", "anh"], ["tasks", "documents", "statements", "money"]):
        assert cast.browse(name).get(reverse(f"mandates:{address}")).status_code == 403, (name, address)


def test_a_task_that_is_not_there_is_not_found(cast):
    assert cast.browse("ha").get(reverse("mandates:task", args=["task-none"])).status_code == 404
