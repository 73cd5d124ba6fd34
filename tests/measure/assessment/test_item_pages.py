"""The bank's pages: writing in a form, reviewing, handing out and taking in; and the same from the command line."""

import json

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.territory.models import Home
from chiakhoa.measure.assessment import bank, interchange
from chiakhoa.measure.assessment.models import Item, ItemState, ItemStep
from chiakhoa.site.item_commands import items_ as command

WRITTEN = {
    "competence": "1.1", "grade": "3", "stem_vi": "Muốn tìm ảnh thì bấm gì?", "stem_en": "What to press to find a picture?",
    "learn_vi": "Hỏi tổ công nghệ số", "learn_en": "Ask the digital team",
    **{f"{n}.{name}": f"{name} {n}" for n in (1, 2, 4) for name in ("vi", "en", "why_vi", "why_en")},
    "2.correct": "on",
}  # fmt: skip


@pytest.fixture
def thu(sign_in, province, items):
    return sign_in(Role.ASSESSOR)


@pytest.fixture
def hai(province, items):
    """A second browser, of the coordinator."""
    account = Account.objects.create_account("hai", None, full_name="Hải")
    RoleAssignment.objects.create(account=account, role=Role.COORDINATOR, unit=province.communes[0].parent)
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def founded(province):
    """The first page is there once the province is."""
    Home.objects.create(unit=province.communes[0].parent)


def new(kind="single"):
    return reverse("assessment:item_new", args=[kind])


def step(client, item, name, note=""):
    return client.post(reverse("assessment:item_step", args=[item.code, name]), {"note": note}, follow=True)


def test_somebody_writes_an_item_in_a_form_and_sees_it_as_a_learner_does(thu):
    page = thu.post(new(), WRITTEN, follow=True)
    item = Item.objects.get(state=ItemState.DRAFT)
    assert (item.code, item.key, item.stem_vi) == ("1.1-n1", "b", "Muốn tìm ảnh thì bấm gì?")
    assert [option["vi"] for option in item.content["options"]] == ["vi 1", "vi 2", "vi 4"]
    assert "Muốn tìm ảnh thì bấm gì?" in page.content.decode()
    assert reverse("assessment:item_edit", args=[item.code]) in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stem_vi": ""}, "stem_vi"),
        ({"competence": ""}, "competence"),
        ({"4.vi": "vi 1"}, "4.vi"),
        ({"4.vi": "", "4.en": ""}, "4.vi"),
        ({"2.correct": ""}, None),
        ({"1.correct": "on"}, None),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(thu, changes, field):
    response = thu.post(new(), {**WRITTEN, **changes})
    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field or "__all__"]
    assert "why_vi 2" in response.content.decode()
    assert not Item.objects.filter(state=ItemState.DRAFT).exists()


def test_what_is_missing_names_the_option_in_which_it_is(thu):
    refused = thu.post(new(), {**WRITTEN, "2.why_en": "", "4.why_en": "", "hand_over": "1"}).content.decode()
    assert "2. Lý do bằng tiếng Anh: " in refused
    assert "4. Lý do bằng tiếng Anh: " in refused


def test_a_draft_may_be_incomplete_but_is_handed_over_only_when_complete(thu):
    half = {**WRITTEN, "4.why_en": "", "learn_vi": ""}
    refused = thu.post(new(), {**half, "hand_over": "1"})
    assert set(refused.context["form"].errors) == {"4.why_en", "learn_vi"}
    thu.post(new(), half)
    item = Item.objects.get(state=ItemState.DRAFT)
    edit = reverse("assessment:item_edit", args=[item.code])
    assert 'value="why_vi 2"' in thu.get(edit).content.decode()
    thu.post(edit, {**WRITTEN, "hand_over": "1"})
    assert Item.objects.get(pk=item.code).state == ItemState.REVIEW


@pytest.mark.parametrize(
    ("kind", "lines", "right"),
    [
        ("multiple", {"1.correct": "on", "2.correct": "on"}, ["a", "b"]),
        ("ordering", {}, ["a", "b", "c"]),
        ("matching", {f"{n}.{side}": f"{side} {n}" for n in (1, 2, 3) for side in ("left_vi", "left_en", "right_vi", "right_en")},
         {"a": "a", "b": "b", "c": "c"}),
    ],
)  # fmt: skip
def test_the_other_kinds_that_have_a_form(thu, kind, lines, right):
    thu.post(new(kind), {**WRITTEN, **lines})
    assert Item.objects.get(state=ItemState.DRAFT).key == right


def test_a_second_person_reviews_and_the_author_cannot(thu, hai):
    thu.post(new(), {**WRITTEN, "hand_over": "1"})
    item = Item.objects.get(state=ItemState.REVIEW)
    own = step(thu, item, "agree")
    assert Item.objects.get(pk=item.code).state == ItemState.REVIEW
    assert reverse("assessment:item_step", args=[item.code, "agree"]) not in own.content.decode()
    assert (
        reverse("assessment:item_step", args=[item.code, "agree"])
        in hai.get(reverse("assessment:item", args=[item.code])).content.decode()
    )
    step(hai, item, "return", "hai phương án trùng ý")
    page = thu.get(reverse("assessment:item", args=[item.code])).content.decode()
    assert "hai phương án trùng ý" in page
    step(thu, item, "submit")
    step(hai, item, "agree")
    assert Item.objects.get(pk=item.code).state == ItemState.PILOT


def test_a_reviewer_meets_the_question_and_its_key_before_the_buttons(thu, hai):
    thu.post(new(), {**WRITTEN, "hand_over": "1"})
    item = Item.objects.get(state=ItemState.REVIEW)
    page = hai.get(reverse("assessment:item", args=[item.code])).content.decode()
    agree = reverse("assessment:item_step", args=[item.code, "agree"])
    assert page.index("why_vi 2") < page.index(agree)


def test_the_list_counts_each_state_and_offers_what_a_writer_may_do(thu, sign_in):
    page = thu.get(reverse("assessment:items")).content.decode()
    assert "?state=review" in page
    assert new("matching") in page
    auditor = sign_in(Role.AUDITOR)
    page = auditor.get(reverse("assessment:items")).content.decode()
    assert new("matching") not in page
    assert auditor.get(new()).status_code == 403


def test_a_live_item_has_no_edit_page_but_a_new_version(thu, items):
    live = items[0]
    assert thu.get(reverse("assessment:item_edit", args=[live.code])).status_code == 404
    page = step(thu, live, "version")
    assert page.redirect_chain[-1][0] == reverse("assessment:item", args=[f"{live.code}.2"])


def test_pages_of_the_bank_ask_the_database_equally_often_for_many_steps(thu, items, django_assert_max_num_queries, at):
    row = items[0]
    ItemStep.objects.bulk_create(ItemStep(item=row, at=at, after="live", before="live", note=f"{n}") for n in range(60))
    with django_assert_max_num_queries(25):
        thu.get(reverse("assessment:item", args=[row.code]))


@pytest.mark.parametrize("form", interchange.FORMATS)
def test_what_the_list_shows_is_handed_out_and_the_trail_knows(thu, items, form):
    response = thu.post(reverse("assessment:items_export") + "?kind=single", {"form": form})
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    back = interchange.read(response.content)
    assert {entry.row["kind"] for entry in back} == {"single"}
    assert len(back) == 6
    last = AuditEntry.objects.filter(verb="hand_out_items").get()
    assert last.after == {"items": 6, "form": form}


def send(client, content, **fields):
    file = SimpleUploadedFile("items.txt", content)
    return client.post(reverse("assessment:items_import"), {"file": file, "language": "vi", **fields})


HAND = "::Một:: Chọn gì? {=a ~b ~c}\n\n::Hai:: Viết đi {}\n\n::Ba:: Ghép {=x -> 1 =y -> 2 =z -> 3}".encode()


def test_a_file_is_looked_at_first_and_what_is_ticked_becomes_drafts(thu):
    preview = send(thu, HAND, competence="2.1", grade="4")
    assert [str(offer.becomes) for offer in preview.context["offers"]] == ["new", "nothing", "new"]
    assert not Item.objects.filter(state=ItemState.DRAFT).exists()
    thu.post(reverse("assessment:items_import"), {"rows": preview.context["rows"], "take": ["3"]})
    item = Item.objects.get(state=ItemState.DRAFT)
    assert (item.kind, item.competence.code, item.grade) == ("matching", "2.1", 4)


def test_questions_without_a_competence_are_refused_until_one_is_chosen(thu):
    assert {str(offer.becomes) for offer in send(thu, HAND).context["offers"]} == {"nothing"}


def test_a_changed_preview_is_not_believed(thu):
    preview = send(thu, HAND, competence="2.1", grade="4")
    forged = preview.context["rows"][:-2] + "xx"
    thu.post(reverse("assessment:items_import"), {"rows": forged, "take": ["1"]})
    assert not Item.objects.filter(state=ItemState.DRAFT).exists()


def test_an_unreadable_file_is_refused_at_its_field(thu):
    response = send(thu, b"<quiz><question>")
    assert response.status_code == 422
    assert "file" in response.context["form"].errors


def test_an_item_that_is_here_already_comes_in_once_and_a_changed_one_as_a_new_version(thu, items, scale):
    rows = [bank.row_of(Item.objects.select_related("competence").get(pk=item.code)) for item in items[:2]]
    rows[1] = {**rows[1], "stem_vi": "Câu khác"}
    preview = send(thu, interchange.write(rows, "moodle").content)
    assert [str(offer.becomes) for offer in preview.context["offers"]] == ["same", "version"]
    thu.post(reverse("assessment:items_import"), {"rows": preview.context["rows"], "take": ["1", "2"]})
    draft = Item.objects.get(state=ItemState.DRAFT)
    assert (draft.supersedes_id, draft.stem_vi) == (items[1].code, "Câu khác")
    again = send(thu, interchange.write([{**rows[1], "stem_vi": "Câu khác nữa"}], "gift").content)
    assert [str(offer.becomes) for offer in again.context["offers"]] == ["draft"]
    thu.post(reverse("assessment:items_import"), {"rows": again.context["rows"], "take": ["1"]})
    assert Item.objects.get(pk=draft.code).stem_vi == "Câu khác nữa"


def test_the_command_line_hands_out_and_takes_in(items, tmp_path, scale):
    out = tmp_path / "bank.zip"
    run = CliRunner().invoke(command, ["export", str(out), "--form", "qti3"])
    assert run.exit_code == 0, run.output
    Item.objects.filter(pk__in=[item.code for item in items]).delete()
    tried = CliRunner().invoke(command, ["import", str(out), "--dry-run", "--json"])
    assert {row["becomes"] for row in json.loads(tried.output)["questions"]} == {"new"}
    assert not Item.objects.filter(state=ItemState.DRAFT).exists()
    done = CliRunner().invoke(command, ["import", str(out)])
    assert done.exit_code == 0, done.output
    assert Item.objects.filter(state=ItemState.DRAFT).count() == len(items)


def test_the_command_line_says_what_it_could_not_read(scale, tmp_path):
    file = tmp_path / "hand.gift"
    file.write_bytes(HAND)
    run = CliRunner().invoke(command, ["import", str(file), "--competence", "1.1", "--grade", "2"])
    assert run.exit_code == 1
    assert "2. Hai" in run.output
    assert Item.objects.filter(state=ItemState.DRAFT).count() == 2


def test_the_first_page_says_what_waits_for_a_second_person_and_not_for_its_author(thu, hai, founded):
    thu.post(new(), {**WRITTEN, "hand_over": "1"})
    item = Item.objects.get(state=ItemState.REVIEW)
    queue = reverse("assessment:items") + "?waits=me"
    assert queue in hai.get(reverse("home")).content.decode()
    assert [row.pk for row in hai.get(queue).context["table"].data] == [item.code]
    assert queue not in thu.get(reverse("home")).content.decode()
    assert list(thu.get(queue).context["table"].data) == []
    step(hai, item, "agree")
    assert queue not in hai.get(reverse("home")).content.decode()


def test_who_changed_an_item_is_not_asked_to_review_it(thu, hai):
    thu.post(new(), WRITTEN)
    item = Item.objects.get(state=ItemState.DRAFT)
    hai.post(reverse("assessment:item_edit", args=[item.code]), {**WRITTEN, "stem_vi": "Câu khác?", "hand_over": "1"})
    assert Item.objects.get(pk=item.code).state == ItemState.REVIEW
    assert list(hai.get(reverse("assessment:items") + "?waits=me").context["table"].data) == []
