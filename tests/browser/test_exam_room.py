"""The room of an exam on two screens: what an invigilator writes stays, what a candidate sees is true."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import enter

RENEWED = 11_000  # milliseconds: the seats renew themselves every five seconds


def test_the_reason_that_an_invigilator_writes_outlives_the_seats_that_renew_themselves(
    desk: Page, phone: Page
) -> None:
    enter(desk, "Người đánh giá")
    desk.goto("/assessment/exams/")
    desk.get_by_text("Lập kỳ thi").first.click()
    desk.get_by_label("Tên kỳ thi").fill("Thi thử")
    desk.get_by_role("button", name="Lập kỳ thi").click()
    code = desk.locator(".room-code strong").inner_text()
    enter(phone, "Người học")
    phone.goto("/assessment/room/")
    phone.get_by_label("Mã phòng").fill(code)
    phone.get_by_role("button", name="Vào chỗ").click()
    expect(phone.get_by_text("Hãy chờ ở đây")).to_be_visible()
    desk.get_by_role("button", name="Mở phòng").click()
    begin = phone.get_by_role("button", name="Bắt đầu làm bài")
    begin.wait_for()
    expect(phone.get_by_text("Hãy chờ ở đây")).to_be_hidden()
    begin.click()
    expect(phone.get_by_role("timer")).to_contain_text("Còn 60 phút")
    desk.reload()
    seats = desk.locator("#seats")
    seats.get_by_text("Hủy bài").first.click()
    seats.get_by_label("Lý do").fill("Dùng điện thoại")
    desk.wait_for_timeout(RENEWED)
    expect(seats.get_by_label("Lý do")).to_have_value("Dùng điện thoại")
    seats.get_by_role("button", name="Hủy bài").click()
    phone.locator("form[data-question] button[name=unknown]").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Bài này không được tính")
