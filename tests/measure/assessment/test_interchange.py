"""Items leave for other tools and come back the same; what other tools write is read, or said why not, question by question."""

import io
import json
import zipfile
from html import escape
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import nfc
from chiakhoa.measure.assessment import bank, checking, interchange, paper, scoring
from chiakhoa.measure.assessment.interchange import extras
from chiakhoa.measure.assessment.models import Item

CUTS = [-2.8, -2.0, -1.2, -0.4, 0.4, 1.2, 2.0, 2.8]
every_form = pytest.mark.parametrize("form", interchange.FORMATS)
LETTERS = "abcdef"


def example(name):
    """A file as another tool writes it, or a person by hand."""
    return (Path(__file__).parent / "exchange" / name).read_bytes()


# What people write, and every sign that means something in one of the forms.
words = st.text(
    st.one_of(
        st.sampled_from(list("aăâbcdđeêghiklmnoôơpqrstuưvxyÀẢỄỰ 0123456789.,;:?!'\"()[]")),
        st.sampled_from(list("<>&=~#{}\\/%*$|`^_-“”…→\n\t")),
        st.characters(exclude_categories=["Cs", "Cc", "Cn"], max_codepoint=0x1FFF),
    ),
    min_size=1,
    max_size=40,
).map(nfc).filter(bool)  # fmt: skip
maybe = st.one_of(st.just(""), words)


def distinct(count_from, count_to, **texts):
    """Some parts whose texts differ from part to part in each language."""
    names = list(texts)
    return st.integers(count_from, count_to).flatmap(
        lambda n: st.tuples(
            *[
                st.lists(strategy, min_size=n, max_size=n, unique_by=str.casefold)
                if name in ("vi", "en", "left_vi", "left_en", "right_vi", "right_en")
                else st.lists(strategy, min_size=n, max_size=n)
                for name, strategy in texts.items()
            ]
        ).map(
            lambda columns: [
                {"key": key, **dict(zip(names, values, strict=True))}
                for key, *values in zip(LETTERS, *columns, strict=False)
            ]
        )
    )


options = distinct(3, 6, vi=words, en=words, why_vi=maybe, why_en=maybe)
pairs = distinct(3, 5, left_vi=words, left_en=words, right_vi=words, right_en=words)
answer = st.from_regex(r"[a-zđơ=+*\\~#{}<&][a-zàé =:;~#{}<>&*\\]{0,12}", fullmatch=True).map(nfc).filter(bool)
number = st.decimals(-10000, 10000, places=2).map(lambda value: f"{value:f}")
key = st.sampled_from(["keep", "spam", "x1", "y2"])


@st.composite
def fields(draw, name, choices=True):
    field = {"key": name, "label_vi": draw(words), "label_en": draw(words)}
    marking = draw(st.sampled_from(["text", "spelling", "formula", "number", *(["choices"] if choices else [])]))
    if marking == "choices":
        keys = draw(st.lists(key, min_size=2, max_size=4, unique=True))
        every = [draw(st.lists(words, min_size=len(keys), max_size=len(keys), unique_by=str.casefold)) for _ in "ve"]
        said = [
            {"key": one, "vi": vi, "en": en, "why_vi": draw(maybe)} for one, vi, en in zip(keys, *every, strict=True)
        ]
        return field | {"choices": said, "right": draw(st.sampled_from(keys))}
    texts = draw(st.lists(number if marking == "number" else answer, min_size=1, max_size=4, unique=True))
    second = draw(st.booleans()) and len(texts) > 1
    also = texts[2:] if second else texts[1:]
    off = {"tolerance": draw(st.sampled_from([1, 2.5, 0.01]))} if marking == "number" and draw(st.booleans()) else {}
    return field | {
        "marking": marking, "answer_vi": texts[0], "answer_en": texts[1] if second else texts[0], "also": also, **off,
    }  # fmt: skip


@st.composite
def rows(draw, kinds=("single", "multiple", "ordering", "matching", "short", "hotspot", "task")):
    kind = draw(st.sampled_from(kinds))
    row = {
        "code": draw(st.sampled_from(["1.1-a", "6.3-n12", "2.4-b.2"])), "competence": draw(st.sampled_from(["1.1", "6.3"])),
        "grade": draw(st.integers(1, 8)), "kind": kind, "stem_vi": draw(words), "stem_en": draw(maybe),
        "learn_vi": draw(maybe), "learn_en": draw(maybe),
    }  # fmt: skip
    if kind == "matching":
        return row | {"pairs": draw(pairs), "why_vi": draw(maybe), "why_en": draw(maybe)}
    if kind == "short":
        return row | {"fields": [draw(fields("a", choices=False))], "why_vi": draw(words), "why_en": draw(words)}
    if kind == "task":
        names = draw(st.sampled_from(["a", "ab", "xyz"]))
        made = [draw(fields(name)) | {"why_vi": draw(maybe), "detail_vi": draw(maybe)} for name in names]
        return row | {"fields": made, "look": "mailbox", "title_vi": draw(words), "title_en": draw(words)}
    parts = draw(options)
    if kind == "ordering":
        return row | {"options": parts}
    right = draw(st.integers(2, len(parts) - 1)) if kind == "multiple" else 1
    chosen = draw(st.permutations(range(len(parts))))[:right]
    row["options"] = [{**part, "correct": i in chosen} for i, part in enumerate(parts)]
    if kind == "hotspot":
        bar = {"at": [0, 0, 320, 40], "tone": "bar", "vi": draw(words), "en": draw(words)}
        blocks = draw(st.sampled_from([[], [bar]]))  # a draft may lack all but its places
        row["screen"] = {"height": 200, "alt_vi": draw(maybe), "alt_en": draw(maybe), "blocks": blocks}
        for i, part in enumerate(row["options"]):
            part["at"] = [10, 40 * i, 100, 30]
    return row


def there_and_back(row, form):
    written = interchange.write([row], form)
    (entry,) = interchange.read(written.content)
    assert entry.reason == ""
    return entry.row


@every_form
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_item_comes_back_as_it_left(form, data):
    kinds = [kind for kind in bank.GUESSING if form != "gift" or kind != "task"]
    row = data.draw(rows(kinds=[str(kind.value) for kind in kinds]))
    assert extras.tidied(there_and_back(row, form)) == extras.tidied(row)


@every_form
def test_the_whole_bank_leaves_and_comes_back(form):
    source = [row for row in bank.item_files() if form != "gift" or row["kind"] != "task"]
    written = interchange.write(source, form)
    entries = interchange.read(written.content)
    assert written.left_out == []
    assert [entry.reason for entry in entries if entry.reason] == []
    back = {entry.row["code"]: entry.row for entry in entries}
    assert len(back) == len(source)
    for row in source:
        assert bank.fields_of(back[row["code"]], CUTS)["key"] == bank.fields_of(row, CUTS)["key"]
        assert extras.tidied(back[row["code"]]) == _as_stored(row)


def _as_stored(row):
    """The row with its texts in the one form that is stored."""
    part = bank.PARTS.get(row["kind"], "options")
    stored = Item(**bank.fields_of(row, CUTS))
    rights = {option["key"]: option["correct"] for option in row.get("options", []) if "correct" in option}
    rows = [{**one, **({"correct": rights[one["key"]]} if rights else {})} for one in stored.content[part]]
    texts = {name: getattr(stored, name) for name in bank.TEXTS}
    return extras.tidied({**row, **{n: v for n, v in stored.content.items() if n != part}, **texts, part: rows})


def test_gift_has_no_place_for_a_task_and_says_so():
    task = {
        "code": "1.1-t", "competence": "1.1", "grade": 2, "kind": "task", "stem_vi": "Làm", "stem_en": "Do", "look": "order",
        "fields": [{"key": k, "label_vi": k, "label_en": k, "marking": "text", "answer_vi": "x", "answer_en": "x"} for k in "ab"],
    }  # fmt: skip
    written = interchange.write([task], "gift")
    assert [code for code, _reason in written.left_out] == ["1.1-t"]


@pytest.fixture
def moodle():
    entries = interchange.read(example("moodle.xml"), competence="1.1", grade=2, known=["1.1"])
    return {entry.name: entry for entry in entries}


def test_a_question_of_moodle_becomes_an_item_in_plain_words(moodle):
    entry = moodle["Tìm kiếm & lọc"]
    row = entry.row
    assert (row["kind"], row["competence"], row["grade"]) == ("single", "1.1", 2)
    assert row["stem_vi"] == "Muốn tìm đúng cụm từ thì gõ gì?"
    assert [(one["vi"], one["correct"]) for one in row["options"]] == [
        ('Dấu ngoặc kép "…"', True), ("Dấu trừ", False), ("a < b", False)]  # fmt: skip
    assert row["options"][0]["why_vi"] == "Phải."
    assert row["why_vi"] == "Ngoặc kép giữ nguyên cụm từ."
    assert len(entry.notes) == 1


def test_both_ways_in_which_moodle_marks_languages_are_read(moodle):
    row = moodle["Nhiều"].row
    assert (row["kind"], row["stem_vi"], row["stem_en"]) == ("multiple", "Chọn đủ", "Choose all")
    assert (row["options"][0]["vi"], row["options"][0]["en"]) == ("một", "one")
    assert [one["correct"] for one in row["options"]] == [True, True, False]


def test_the_other_kinds_of_moodle(moodle):
    assert [one["correct"] for one in moodle["Đúng sai"].row["options"]] == [True, False]
    short, number = moodle["Ngắn"].row["fields"][0], moodle["Số"].row["fields"][0]
    assert (short["answer_vi"], short["also"], short["marking"]) == ("Ctrl+C", ["Ctrl C"], "text")
    assert (number["answer_vi"], number["tolerance"], number["marking"]) == ("1024", 24, "number")
    assert [pair["right_vi"] for pair in moodle["Ghép"].row["pairs"]] == ["văn bản", "bảng tính", "trình chiếu"]
    task = moodle["Điền"].row
    assert (task["kind"], task["stem_vi"]) == ("task", "Thủ đô là (1); năm (2); viết tắt (3).")
    assert [one.get("right", one.get("answer_vi")) for one in task["fields"]] == ["a", "2025", "CĐS"]


def test_what_cannot_be_an_item_is_named_with_its_reason(moodle):
    refused = {name: entry.reason for name, entry in moodle.items() if entry.row is None}
    assert set(refused) == {"Ghép thừa", "Luận", "Có hình"}
    assert len(set(refused.values())) == 3


@pytest.mark.parametrize("name", ["Tìm kiếm & lọc", "Nhiều", "Đúng sai", "Ngắn", "Số", "Ghép", "Điền"])
def test_what_was_read_can_be_answered_and_marked(moodle, name):
    item = Item(**bank.fields_of({**moodle[name].row, "code": "1.1-n1"}, CUTS))
    assert scoring.score(item, item.key) == 1


def test_gift_as_people_write_it():
    entries = interchange.read(example("by_hand.gift.txt"), competence="2.1", grade=3)
    read = [entry.row for entry in entries if entry.row]
    assert [row["kind"] for row in read] == ["single", "short", "multiple", "single", "short", "short", "matching"]
    assert read[0]["options"][1]["why_vi"] == "Kinh đô cũ"
    assert read[1]["stem_vi"] == "Phím tắt dán là _____ trên Windows."
    assert (read[2]["code"], read[2]["competence"], read[2]["grade"]) == ("1.1-zz", "1.1", 4)
    assert (read[2]["stem_vi"], read[2]["why_vi"]) == ("Chọn đủ: a=b", "Vì thế")
    assert [one["correct"] for one in read[3]["options"]] == [False, True]
    assert (read[5]["fields"][0]["answer_vi"], read[5]["fields"][0]["tolerance"]) == ("3", 2)
    assert next(entry.name for entry in entries if not entry.row) == "Luận"
    assert len([entry for entry in entries if not entry.row]) == 2


def test_qti_of_both_generations_as_other_tools_write_it():
    (choice,) = interchange.read(example("qti21.xml"), language="en", competence="1.1", grade=1)
    assert choice.row["stem_en"] == "Look at the address bar. Which address is safe?"
    assert [(one["en"], one["why_en"], one["correct"]) for one in choice.row["options"]] == [
        ("http://bank.example", "", False), ("https://bank.example", "Yes", True)]  # fmt: skip
    (order,) = interchange.read(example("qti3.xml"), language="en", competence="1.1", grade=1)
    assert [one["en"] for one in order.row["options"]] == ["first", "second", "third"]
    assert checking.gaps(order.row)


def test_a_package_of_qti_is_read_whatever_else_lies_in_it():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("imsmanifest.xml", "<manifest xmlns='http://www.imsglobal.org/xsd/imscp_v1p1'/>")
        archive.writestr("items/one.xml", example("qti21.xml"))
        archive.writestr("items/two.xml", example("qti3.xml"))
        archive.writestr("../evil.png", b"\x89PNG")
    assert len(interchange.read(buffer.getvalue(), competence="1.1", grade=1)) == 2


@pytest.mark.parametrize(
    "forged",
    [
        5, [], {"row": 5}, {"row": {"screen": 5}}, {"row": {"screen": {"height": "x", "blocks": [1]}}}, {"parts": [1, 2, 3]},
        {"parts": [{"at": 3}, {"at": None}, {}], "row": {"screen": {"height": 9, "alt_vi": "", "blocks": []}}},
        {"parts": [{"key": 7}, {"key": ["x"]}, {"key": {}}]}, {"parts": [{"key": "a"}, {"key": "a"}, {"key": "a"}]},
    ],
)  # fmt: skip
def test_nothing_that_a_file_says_beside_its_texts_is_believed(forged):
    said = escape(json.dumps(forged))
    answers = "".join(f'<answer fraction="{100 * (n == 1)}"><text>{n}</text></answer>' for n in range(3))
    text = f"""<quiz><question type="multichoice"><name><text>x</text></name><questiontext><text>Hỏi</text></questiontext>
        <generalfeedback><text><![CDATA[<div class="ck-more" data-ck="{said}"></div>]]></text></generalfeedback>
        <single>true</single>{answers}</question></quiz>"""
    (entry,) = interchange.read(text.encode(), competence="1.1", grade=1)
    if entry.row is not None:
        item = Item(**bank.fields_of({**entry.row, "code": "1.1-n1"}, CUTS))
        render_to_string("assessment/_form.html", {"paper": paper.lay_out(item, seed=0), "offline": True})
        assert scoring.score(item, item.key) == 1


@pytest.mark.parametrize("form", ["qti2", "qti3"])
def test_a_package_has_a_manifest_that_names_every_file(form):
    import xml.etree.ElementTree as ElementTree

    with zipfile.ZipFile(io.BytesIO(interchange.write(bank.item_files()[:5], form).content)) as archive:
        manifest = ElementTree.fromstring(archive.read("imsmanifest.xml"))
        named = {file.get("href") for file in manifest.iter() if str(file.tag).endswith("}file")}
        assert named == set(archive.namelist()) - {"imsmanifest.xml"}
        root = ElementTree.fromstring(archive.read("1.1-a.xml"))
    assert (
        root.tag
        == {
            "qti2": "{http://www.imsglobal.org/xsd/imsqti_v2p2}assessmentItem",
            "qti3": "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}qti-assessment-item",
        }[form]
    )


BOMB = """<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<quiz><question>&b;</question></quiz>"""
FROM_ELSEWHERE = """<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<quiz><question type="essay"><name><text>&x;</text></name></question></quiz>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB.encode(), "file_has_entities"),
        (BOMB.encode("utf-16"), "file_has_entities"),
        (FROM_ELSEWHERE.encode(), "file_has_entities"),
        (b"<quiz>" * 5000, "file_too_deep"),
        (b"<quiz><question>", "file_unreadable"),
        (b"<html><body>no</body></html>", "file_empty"),
        (b"<questestinterop/>", "file_unreadable"),
        (b"PK\x03\x04 not a zip", "file_unreadable"),
        (b"\xff\xd8\xff", "file_unreadable"),
        (b"", "file_empty"),
    ],
)
def test_a_harmful_or_broken_file_is_refused_in_words(content, code):
    with pytest.raises(Refusal) as refused:
        interchange.read(content)
    assert refused.value.code == code


def test_a_package_that_swells_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.xml", b" " * 3_000_000)
    with pytest.raises(Refusal) as refused:
        interchange.read(buffer.getvalue())
    assert refused.value.code == "file_swells"


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda text: f"::x::{text}{{=a ~b}}".encode("utf-8", "ignore")),
    )
)
def test_no_file_breaks_the_reader(content):
    try:
        entries = interchange.read(content, competence="1.1", grade=1)
    except Refusal:
        return
    assert all(entry.row or entry.reason for entry in entries)
