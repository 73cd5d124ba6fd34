"""Short answers, hot spots and small tasks: how they are marked, and how a learner meets them as plain forms."""

import json
import re
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from chiakhoa.demo.answering import given as simulated
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.measure.assessment import actions, bank, feedback, marking, offline, paper, queries, scoring
from chiakhoa.measure.assessment.models import Answer, Item, Purpose, Sitting

CUTS = [-2.8, -2.0, -1.2, -0.4, 0.4, 1.2, 2.0, 2.8]


def field(key, **more):
    return {"key": key, "label_vi": f"ô {key}", "label_en": f"field {key}", **more}


def written(key, answer, marked):
    return field(key, answer_vi=answer, answer_en=answer, marking=marked)


FOLDERS = [{"key": "keep", "vi": "Giữ", "en": "Keep"}, {"key": "spam", "vi": "Thư rác", "en": "Spam"}]
PLACES = [{"key": k, "vi": f"nút {k}", "en": f"button {k}", "at": [0, 50 * n, 320, 44], "correct": k == "b",
           "why_vi": "vì", "why_en": "as"} for n, k in enumerate("abc")]  # fmt: skip
BODIES = {
    "short": {"fields": [written("a", "Tệp đính kèm", "text") | {"also": ["đính kèm"]}]},
    "hotspot": {
        "options": PLACES,
        "screen": {
            "height": 200, "alt_vi": "Màn hình", "alt_en": "A screen",
            "blocks": [{"at": [0, 150, 320, 44], "tone": "bar", "vi": "Thanh", "en": "Bar"}],
        },
    },
    "task": {
        "look": "sheet", "title_vi": "Bảng tính", "title_en": "Sheet",
        "fields": [written("a", "=SUM(A1:A2)", "formula"), field("b", choices=FOLDERS, right="spam")],
        "grid": [[1, {"vi": "Cộng", "en": "Sum"}], [{"field": "a"}, {"field": "b"}]],
    },
}  # fmt: skip


def made(kind):
    source = {"code": f"1.1-{kind[:2]}", "grade": 2, "kind": kind, "stem_vi": "Hỏi", "stem_en": "Ask", **BODIES[kind]}
    return Item(**bank.fields_of(source, CUTS))


every_kind = pytest.mark.parametrize("kind", BODIES)


@pytest.mark.parametrize(
    ("said", "accepted", "marked", "tolerance", "right"),
    [
        ("tep  dinh kem.", "Tệp đính kèm", "text", 0, True),
        ("tệp tin", "Tệp đính kèm", "text", 0, False),
        ("  TỆP đính kèm", "Tệp đính kèm", "spelling", 0, True),
        ("tep dinh kem", "Tệp đính kèm", "spelling", 0, False),
        ("1.250.000 đ", "1250000", "number", 0, True),
        ("1,250,000", "1250000", "number", 0, True),
        ("1250000 đồng", "1250000", "number", 0, True),
        ("1250001", "1250000", "number", 0, False),
        ("3,5", "3.5", "number", 0, True),
        ("3,6 kg", "3.5", "number", 0.1, True),
        ("3,7", "3.5", "number", 0.1, False),
        ("ba", "3", "number", 0, False),
        ("1.250,5 kg", "1250.5", "number", 0, True),
        ("1,250.5", "1250.5", "number", 0, True),
        ("0,08", "8", "number", 0, False),
        ("0.080", "80", "number", 0, False),
        ("3.5", "35", "number", 0, False),
        ("1.2.3", "123", "number", 0, False),
        ("-5", "5", "number", 0, False),
        ("= sum( b2 : b6 )", "=SUM(B2:B6)", "formula", 0, True),
        ("=IF(A1>5;1;0)", "=IF(A1>5,1,0)", "formula", 0, True),
        ("SUM(B2:B6)", "=SUM(B2:B6)", "formula", 0, False),
    ],
)
def test_what_is_written_is_marked_with_the_tolerance_that_the_item_states(said, accepted, marked, tolerance, right):
    assert marking.accepts(said, [accepted], marking=marked, tolerance=tolerance) is right


@every_kind
def test_the_key_is_right_and_a_simulated_wrong_answer_is_wrong(kind):
    import numpy as np

    item = made(kind)
    assert scoring.score(item, item.key) == 1
    assert scoring.score(item, simulated(item, False, np.random.default_rng(1))) == 0
    assert scoring.score(item, None) == 0


@pytest.mark.parametrize(
    ("kind", "given"),
    [("short", ""), ("short", ["a"]), ("short", "x" * 201), ("hotspot", "z"), ("hotspot", ["b"]), ("task", {"a": "=1"}),
     ("task", {"a": "=1", "b": "elsewhere"}), ("task", {"a": " ", "b": "spam"}), ("task", "a")],
)  # fmt: skip
def test_an_answer_of_another_shape_is_no_answer(kind, given):
    with pytest.raises(ValueError, match=r"1\.1-"):
        scoring.score(made(kind), given)


def test_one_wrong_field_makes_the_task_wrong_and_the_reasons_say_which():
    item = made("task")
    given = {"a": "=sum(a1:a2)", "b": "keep"}
    assert scoring.score(item, given) == 0
    told = feedback.parts(item, given)
    assert [(part.was_right, part.chosen) for part in told] == [(True, "=sum(a1:a2)"), (False, "Giữ")]
    assert told[1].text == "ô b → Thư rác"


SENT = {"short": "line_1=dinh+kem", "hotspot": "choice=2", "task": "line_1=%3DSUM(A1%3AA2)&line_2=2"}


@every_kind
def test_a_plain_form_brings_the_answer_back(kind):
    laid = paper.lay_out(made(kind), seed=3)
    given = paper.read(laid, QueryDict(SENT[kind]))
    assert scoring.score(laid.item, given) == 1


@every_kind
def test_an_unfinished_answer_is_refused_in_words_and_what_was_given_stays(kind):
    laid = paper.lay_out(made(kind), seed=3)
    with pytest.raises(Refusal):
        paper.read(laid, QueryDict("line_2=1"))
    if kind == "task":
        paper.remember(laid, QueryDict("line_2=1"))
        assert "selected" in render_to_string("assessment/_options.html", {"paper": laid})


@every_kind
def test_each_control_of_a_page_has_a_name_and_gives_no_key_away(kind):
    html = render_to_string("assessment/_options.html", {"paper": paper.lay_out(made(kind), seed=3)})
    values = re.findall(r'value="([^"]*)"', html)
    assert all(re.fullmatch(r"\d?", value) for value in values)
    assert "SUM" not in html
    assert "đính kèm" not in html
    wrapped = re.findall(r"<label[^>]*>\s*(<input[^>]*>).*?</label>", html, re.DOTALL)
    for control in re.findall(r"<(?:select|input)[^>]*>", html):
        identity = re.search(r' id="([^"]+)"', control)
        assert control in wrapped or f'for="{identity.group(1)}"' in html
    assert "style=" not in html


@every_kind
def test_an_answer_kept_without_a_network_is_read_as_the_form_would_be(kind, scale):
    item = made(kind)
    item.competence = scale.competences[0]
    item.save()
    sent = json.dumps([{"code": item.code, "fields": SENT[kind], "seconds": 12, "ago": 3}])
    (kept,) = offline.read(sent, Sitting(seed=3))
    assert scoring.score(item, kept.given) == 1


def test_a_foreseen_slip_is_told_its_own_reason_and_a_new_mistake_the_general_one():
    item = made("task")
    item.content["fields"][0] |= {
        "why_vi": "cộng cả hai", "why_en": "add both", "slips": [{"answer": "=A1", "why_vi": "mới một ô", "why_en": "one cell"}],
    }  # fmt: skip
    item.content["fields"][1]["choices"][0] |= {"why_vi": "thư này lừa", "why_en": "it is a fraud"}
    slipped = feedback.parts(item, {"a": "= a1", "b": "keep"})
    assert [part.why for part in slipped] == ["mới một ô cộng cả hai", "thư này lừa"]
    assert feedback.parts(item, {"a": "=A9", "b": "spam"})[0].why == "cộng cả hai"
    assert feedback.parts(item, {"a": "=sum(a1:a2)", "b": "spam"})[0].why == "cộng cả hai"


def test_a_formula_counts_by_what_it_gives_on_the_sheet_of_the_item():
    item = made("task")
    item.content["grid"] = [[2, 5], [3, {"field": "b"}], [{"field": "a"}, ""]]
    for written, right in [
        ("=A1+A2", True),
        ("=SUM(A1;A2)", True),
        ("=5", False),
        ("=SUM(A1:A3)", False),
        ("5", False),
    ]:
        assert ("a" in scoring.right_parts(item, {"a": written, "b": "spam"})) is right, written


def test_a_drawn_screen_is_read_from_the_top_and_places_stand_by_class_names():
    laid = paper.lay_out(made("hotspot"), seed=3)
    assert [spot.text for spot in laid.screen.spots] == ["nút a", "nút b", "nút c", "Thanh"]
    assert [spot.line.number if spot.line else 0 for spot in laid.screen.spots] == [1, 2, 3, 0]
    assert laid.screen.spots[1].place == "x0 y2 w16 h2"


def test_a_place_with_an_icon_alone_is_called_by_name_and_one_with_words_by_its_words():
    item = made("hotspot")
    item.content["options"][0]["icon"] = "back"
    item.content["options"][1] |= {"shows_vi": "nút", "shows_en": "button"}
    html = render_to_string("assessment/_options.html", {"paper": paper.lay_out(item, seed=3)})
    assert 'aria-label="nút a"' in html
    assert 'aria-label="nút b"' in html
    assert 'aria-label="nút c"' not in html
    assert html.count("<svg") == 1


def test_the_places_that_were_pointed_at_are_counted(province, items, at, scale):
    item = made("hotspot")
    item.competence = scale.competences[0]
    item.save()
    sitting = actions.start(province.learner, province.hoa, Purpose.PRACTICE, at=at)
    more = {"a": 1, "b": 0, "c": 0, "score": 0, "answered_at": at}
    Answer.objects.create(sitting=sitting, item=item, position=9, given="c", **more)
    assert queries.choices_made(province.assessor, item) == {"c": 1}


LARGEST_FORM = 14_000  # of a page of 25 kB


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_such_item_of_the_bank_makes_a_small_form_whose_right_answer_is_right(language):
    with translation.override(language):
        for source in bank.item_files():
            if source["kind"] not in BODIES:
                continue
            item = Item(**bank.fields_of(source, CUTS))
            laid = paper.lay_out(item, seed=3)
            html = render_to_string("assessment/_form.html", {"paper": laid, "offline": True})
            assert len(html.encode()) < LARGEST_FORM, item.code
            given = paper.read(laid, QueryDict(urlencode(rightly_filled_in(laid))))
            assert scoring.score(item, given) == 1, item.code
            assert all(part.was_right for part in feedback.parts(item, given) if part.chosen), item.code


def rightly_filled_in(laid):
    """What the form sends when everything is right, by the numbers of the page alone."""
    item = laid.item
    if item.kind == "hotspot":
        return {"choice": next(line.number for line in laid.lines if line.key == item.key)}
    key = {laid.lines[0].key: item.key} if item.kind == "short" else item.key
    return {
        f"line_{line.number}": next((one.number for one in line.others if one.key == key[line.key]), key[line.key])
        for line in laid.lines
    }


@pytest.mark.parametrize(
    ("marking", "answer", "read"),
    [
        ("number", "20000000", "20.000.000"),
        ("number", "2026", "2026"),
        ("number", "0912345678", "0912345678"),
        ("number", "4,9", "4,9"),
        ("text", "20000000", "20000000"),
    ],
)
def test_a_long_number_is_told_in_groups_as_one_reads_it(marking, answer, read):
    assert feedback.right_words({"answer_vi": answer, "answer_en": answer, "marking": marking}) == read
