"""Questions on their way into the bank, so that its pages show what waits for whom: a draft, one to review, one on trial."""

from datetime import datetime, timedelta
from typing import Any

from chiakhoa.demo import cast
from chiakhoa.foundation.readers import Role
from chiakhoa.measure.assessment import actions

DRAFT: dict[str, Any] = {
    "competence": "2.2", "grade": 3, "kind": "single",
    "stem_vi": "Chị Thêu muốn gửi 40 ảnh lễ hội cho cả xóm. Cách nào để ai cũng xem được mà không đầy bộ nhớ máy?",
    "stem_en": "",
    "options": [
        {"key": "a", "vi": "Gửi từng ảnh vào nhóm chat của xóm", "en": "", "correct": False,
         "why_vi": "Ảnh được tải về từng máy, nhanh đầy bộ nhớ.", "why_en": ""},
        {"key": "b", "vi": "Đưa ảnh lên một thư mục chung rồi gửi đường dẫn", "en": "", "correct": True,
         "why_vi": "Đúng: ai cần thì mở xem, ảnh không nằm trong máy.", "why_en": ""},
        {"key": "c", "vi": "In ảnh ra rồi chụp lại bằng điện thoại", "en": "", "correct": False, "why_vi": "", "why_en": ""},
    ],
}  # fmt: skip
TO_REVIEW: dict[str, Any] = {
    "competence": "4.2", "grade": 2, "kind": "ordering",
    "stem_vi": "Anh Sùng đánh mất điện thoại ở chợ. Hãy xếp các việc theo thứ tự nên làm.",
    "stem_en": "Sùng lost his phone at the market. Put the steps in the order in which he should take them.",
    "learn_vi": "Hỏi tổ công nghệ số cộng đồng cách khóa máy từ xa.",
    "learn_en": "Ask the community digital team how to lock a phone from afar.",
    "options": [
        {"key": "a", "vi": "Mượn máy khác gọi vào số của mình", "en": "Call his own number from another phone",
         "why_vi": "Nếu có người nhặt được thì xong ngay.", "why_en": "If somebody found it, that is the end of it."},
        {"key": "b", "vi": "Khóa máy từ xa bằng tài khoản của mình", "en": "Lock the phone from afar with his account",
         "why_vi": "Không ai nghe máy thì phải giữ dữ liệu trước.", "why_en": "If nobody answers, the data come first."},
        {"key": "c", "vi": "Báo nhà mạng khóa SIM", "en": "Have the operator block the SIM card",
         "why_vi": "Khóa SIM sau cùng, vì khóa rồi thì không gọi hay tìm máy được nữa.",
         "why_en": "Last, for a blocked SIM can be neither called nor found."},
    ],
}  # fmt: skip
ON_TRIAL: dict[str, Any] = {
    "competence": "1.2", "grade": 4, "kind": "multiple",
    "stem_vi": "Một bài đăng nói xã sắp đổi giờ làm việc của bộ phận một cửa. Những việc nào giúp biết tin có đúng không?",
    "stem_en": "A post says that the commune's service desk changes its hours. Which steps help to find out whether it is true?",
    "learn_vi": "Xem trang của xã và cách nhận ra trang chính thức.",
    "learn_en": "See the commune's own page and how to recognise an official site.",
    "options": [
        {"key": "a", "vi": "Xem thông báo trên trang của xã", "en": "Look for a notice on the commune's page", "correct": True,
         "why_vi": "Đúng: nơi ra quyết định đăng trước hết.", "why_en": "Right: whoever decides publishes first."},
        {"key": "b", "vi": "Gọi số điện thoại của bộ phận một cửa", "en": "Call the service desk", "correct": True,
         "why_vi": "Đúng: người làm việc ở đó biết giờ của mình.", "why_en": "Right: those who work there know their hours."},
        {"key": "c", "vi": "Đếm số người đã chia sẻ bài đăng", "en": "Count how often the post was shared", "correct": False,
         "why_vi": "Tin sai cũng được chia sẻ nhiều.", "why_en": "False news is shared as often."},
        {"key": "d", "vi": "Hỏi thêm ở phần bình luận của bài", "en": "Ask in the comments of the post", "correct": False,
         "why_vi": "Người bình luận không phải người ra quyết định.", "why_en": "Who comments does not decide."},
    ],
}  # fmt: skip


def write(at: datetime) -> None:
    """The assessor of the cast writes three questions; the coordinator reads one of them and says a word on another."""
    assessor, coordinator = cast.of(Role.ASSESSOR), cast.of(Role.COORDINATOR)
    begun = at - timedelta(days=12)
    draft = actions.write_item(assessor, DRAFT, at=begun)
    actions.comment_item(coordinator, draft.code, "Cần thêm phương án sai mà người ta hay làm thật.", at=begun)
    waiting = actions.write_item(assessor, TO_REVIEW, at=begun)
    actions.submit_item(assessor, waiting.code, at=begun + timedelta(days=1))
    tried = actions.write_item(assessor, ON_TRIAL, at=begun)
    actions.submit_item(assessor, tried.code, at=begun + timedelta(days=1))
    actions.review_item(
        coordinator, tried.code, True, "Rõ, hai phương án sai đều hay gặp.", at=begun + timedelta(days=2)
    )
