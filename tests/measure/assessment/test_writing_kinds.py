"""Short answers, tasks and hot spots are written in forms: what comes out is an item as the files have them."""

import pytest
from django.urls import reverse

from chiakhoa.foundation.readers import Role
from chiakhoa.measure.assessment import bank, checking, scoring
from chiakhoa.measure.assessment.item_forms import form_for
from chiakhoa.measure.assessment.models import Item, ItemKind, ItemState
from tests.data.bank import ITEMS

HEAD = {
    "competence": "1.1", "grade": "3", "stem_vi": "Câu hỏi?", "stem_en": "Question?", "learn_vi": "Hỏi tổ công nghệ số",
    "learn_en": "Ask the digital team",
}  # fmt: skip
SHORT = {
    **HEAD, "1.label_vi": "Số kg", "1.label_en": "Kilograms", "1.answer_vi": "12", "1.answer_en": "12", "1.marking": "number",
    "1.slip1.answer": "3", "1.slip1.why_vi": "cộng thay vì nhân", "1.slip1.why_en": "added", "1.why_vi": "3 × 4",
    "1.why_en": "3 × 4",
}  # fmt: skip
MAILBOX = {
    **HEAD, "title_vi": "Hộp thư", "title_en": "Inbox", "shared1.vi": "Thật", "shared1.en": "Genuine", "shared3.vi": "Lừa đảo",
    "shared3.en": "Phishing",
    **{f"{n}.{name}": f"{name} {n}" for n in (1, 3) for name in ("label_vi", "label_en", "why_vi", "why_en")},
    "1.right": "3", "3.right": "1",
}  # fmt: skip
SHEET = {
    **HEAD, "title_vi": "a.xlsx", "title_en": "a.xlsx", "grid_vi": "Hộ | Cân\nA | 4,5\nB\t'2026\nTổng | [1]",
    "grid_en": "Household | Weight\nA | 4,5\nB\t'2026\nSum | [1]", "1.label_vi": "Ô B4", "1.label_en": "Cell B4",
    "1.answer_vi": "=B2*2", "1.answer_en": "=B2*2", "1.marking": "formula", "1.trials": "B2=7; B3=x\nb2 = 0,5",
    "1.why_vi": "gấp đôi", "1.why_en": "doubled",
}  # fmt: skip
SCREEN = {
    **HEAD, "alt_vi": "Một màn hình", "alt_en": "A screen",
    "1.column": "1", "2.column": "5",
    **{f"{n}.{name}": size for n in (1, 2) for name, size in (("row", "3"), ("width", "4"), ("height", "2"))},
    **{f"{n}.{name}": f"{name} {n}" for n in (1, 2) for name in ("vi", "en", "why_vi", "why_en")},
    "2.icon": "send", "2.correct": "on", "1.tone": "button",
    "block1.column": "1", "block1.row": "1", "block1.width": "16", "block1.height": "2", "block1.tone": "bar", "block1.vi": "Thư",
    "block1.en": "Mail",
}  # fmt: skip


@pytest.fixture
def thu(sign_in, province, items):
    return sign_in(Role.ASSESSOR)


def new(kind, start=""):
    return reverse("assessment:item_new", args=[kind]) + (f"?start={start}" if start else "")


def draft():
    return Item.objects.get(state=ItemState.DRAFT)


def test_a_short_answer_is_written_and_marked_as_its_author_said(thu):
    thu.post(new("short"), SHORT)
    assert scoring.score(draft(), "12 kg") == 1
    assert scoring.mistake(draft(), draft().content["fields"][0], "3")["why_vi"] == "cộng thay vì nhân"


def test_a_mailbox_is_written_with_choices_that_its_messages_share(thu):
    thu.post(new("task", "mailbox"), {**MAILBOX, "hand_over": "1"})
    item = Item.objects.get(state=ItemState.REVIEW)
    assert item.content["look"] == "mailbox"
    assert [field["label_vi"] for field in item.content["fields"]] == ["label_vi 1", "label_vi 3"]
    assert item.key == {"a": "b", "b": "a"}
    assert scoring.score(item, {"a": "b", "b": "a"}) == 1


def test_a_field_may_have_choices_of_its_own_or_an_answer_to_write(thu):
    own = {f"1.choice{k}.{name}": f"{name} {k}" for k in (1, 2) for name in ("vi", "en", "why_vi", "why_en")}
    written = {"3.answer_vi": "5", "3.answer_en": "5", "3.marking": "number", "3.tolerance": "0,5"}
    thu.post(new("task", "form"), {**MAILBOX, **own, **written, "1.right": "2", "3.right": ""})
    assert [choice["vi"] for choice in draft().content["fields"][0]["choices"]] == ["vi 1", "vi 2"]
    assert scoring.score(draft(), {"a": "b", "b": "5,4"}) == 1


def test_a_sheet_is_written_as_it_is_pasted_and_its_formula_is_tried(thu):
    thu.post(new("task", "sheet"), {**SHEET, "hand_over": "1"})
    item = Item.objects.get(state=ItemState.REVIEW)
    assert item.content["grid"][1:] == [["A", 4.5], ["B", "2026"], [{"vi": "Tổng", "en": "Sum"}, {"field": "a"}]]
    assert item.content["fields"][0]["trials"] == [{"B2": 7, "B3": "x"}, {"B2": 0.5}]
    assert scoring.score(item, {"a": "=B2+B2"}) == 1
    assert scoring.score(item, {"a": "9"}) == 0


def test_a_hot_spot_stands_on_the_grid_where_its_rows_say(thu):
    thu.post(new("hotspot"), {**SCREEN, "hand_over": "1"})
    item = Item.objects.get(state=ItemState.REVIEW)
    assert [option["at"] for option in item.content["options"]] == [[0, 48, 80, 48], [80, 48, 80, 48]]
    assert (item.key, item.content["screen"]["height"]) == ("b", 96)


@pytest.mark.parametrize("kind", ["short", "hotspot", "task"])
def test_every_item_of_the_files_goes_through_its_form_and_comes_out_the_same(scale, kind):
    for source in (item for item in ITEMS if item["kind"] == kind):
        shown = form_for(ItemKind(kind), scale.competences, row=source)
        values = {field.name: field.value() for field in shown}
        sent = {
            name: "on" if value is True else str(value) for name, value in values.items() if value not in (None, False)
        }
        form = form_for(ItemKind(kind), scale.competences, sent, row=source)
        assert form.is_valid(), (source["code"], form.errors)
        again = form.row()
        assert checking.faults(again) + checking.gaps(again) == []
        assert plain(bank.content_of(again)) == plain(bank.content_of(source))


def plain(value):
    """Without what says nothing: the look of plain words, and a cell that is the same in both languages."""
    if isinstance(value, dict):
        if set(value) == {"vi", "en"} and value["vi"] == value["en"]:
            return value["vi"]
        return {name: plain(one) for name, one in value.items() if (name, one) != ("tone", "plain")}
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("kind", "start", "sent", "changes", "field"),
    [
        ("short", "", SHORT, {"1.answer_vi": "mười", "1.answer_en": ""}, "1.answer_vi"),
        ("short", "", SHORT, {"1.marking": ""}, "1.marking"),
        ("short", "", SHORT, {"1.tolerance": "ít"}, "1.tolerance"),
        ("short", "", SHORT, {"1.slip1.answer": "12.0", "hand_over": "1"}, "1.slip1.answer"),
        ("short", "", SHORT, {"1.why_en": "", "hand_over": "1"}, "1.why_en"),
        ("task", "mailbox", MAILBOX, {"3.right": "2"}, "3.right"),
        ("task", "mailbox", MAILBOX, {"shared3.vi": "Thật"}, "shared3.vi"),
        ("task", "mailbox", MAILBOX, {"shared3.en": "", "hand_over": "1"}, "shared3.en"),
        ("task", "mailbox", MAILBOX, {"note2.vi": "Quy tắc", "hand_over": "1"}, "note2.en"),
        ("task", "sheet", SHEET, {"grid_vi": "A | B\nC", "grid_en": ""}, "grid_vi"),
        ("task", "sheet", SHEET, {"grid_vi": "A | [2]\nB | C", "grid_en": ""}, "grid_vi"),
        ("task", "sheet", SHEET, {"grid_en": "A | B"}, "grid_en"),
        ("task", "sheet", SHEET, {"grid_en": "", "hand_over": "1"}, "grid_en"),
        ("task", "sheet", SHEET, {"1.trials": "ô B2 bằng 7"}, "1.trials"),
        ("task", "sheet", SHEET, {"1.trials": "F9=7"}, "1.trials"),
        ("hotspot", "", SCREEN, {"2.column": "14"}, "2.width"),
        ("hotspot", "", SCREEN, {"2.row": "24"}, "2.height"),
        ("hotspot", "", SCREEN, {"2.column": "3", "hand_over": "1"}, "2.column"),
        ("hotspot", "", SCREEN, {"2.height": "1", "hand_over": "1"}, "2.width"),
        ("hotspot", "", SCREEN, {"1.shows_vi": "khác", "hand_over": "1"}, "1.vi"),
        ("hotspot", "", SCREEN, {"block1.en": "", "hand_over": "1"}, "block1.en"),
        ("hotspot", "", SCREEN, {"2.correct": ""}, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words_at_its_field(thu, kind, start, sent, changes, field):
    response = thu.post(new(kind, start), {**sent, **changes})
    assert response.status_code == 422
    assert (field or "__all__") in response.context["form"].errors
    assert not Item.objects.filter(state=ItemState.DRAFT).exists()


def test_what_is_written_is_seen_as_a_learner_sees_it_and_nothing_is_stored(thu):
    page = thu.post(new("hotspot"), {**SCREEN, "2.correct": "", "stem_en": "", "preview": "1"})
    assert page.status_code == 200
    text = page.content.decode()
    assert 'class="screen__spot x4 y2 w4 h2"' in text
    said = {field.name if field else None for field, _words in page.context["lacks"]}
    assert said == {"stem_en", None}
    assert not Item.objects.filter(state=ItemState.DRAFT).exists()


def test_a_half_written_sheet_is_no_error_and_says_what_is_wrong(thu):
    page = thu.post(new("task", "sheet"), {**SHEET, "grid_vi": "A | [4]", "grid_en": "", "stem_vi": "", "preview": "1"})
    assert page.status_code == 200
    assert page.context["paper"] is None
    assert {"grid_vi", "stem_vi"} <= {field.name for field, _words in page.context["lacks"] if field}


@pytest.mark.parametrize("start", [row["start"] for row in bank.item_starts()])
def test_each_sort_of_task_begins_with_a_page_of_its_own_and_a_draft_is_changed_in_its_form(thu, start):
    assert start in thu.get(reverse("assessment:items")).content.decode()
    assert thu.get(new("task", start)).status_code == 200
    thu.post(new("task", start), MAILBOX if start != "sheet" else SHEET)
    page = thu.get(reverse("assessment:item_edit", args=[draft().code]))
    assert page.context["form"]["1.label_vi"].value() == draft().content["fields"][0]["label_vi"]
    assert page.context["paper"].item.stem_vi == "Câu hỏi?"


def test_a_task_of_no_known_sort_has_no_page(thu):
    assert thu.get(new("task")).status_code == 404
    assert thu.get(new("task", "x")).status_code == 404
