"""Facts come from files that anybody can edit: what was edited, or came with an upgrade, is brought in by the next start."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.mandates.models import Task
from chiakhoa.measure.assessment.models import Item
from chiakhoa.site import serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(settings, tmp_path: Path) -> Path:
    """A folder of facts of its own, loaded once."""
    settings.FACTS, settings.DATA = tmp_path / "facts", tmp_path / "data"
    shutil.copytree(Path(__file__).parents[2] / "data", settings.FACTS)
    start()
    return settings.FACTS


def start() -> int:
    """What each start does before it serves; how many deeds that left in the trail."""
    before = AuditEntry.objects.count()
    with serving.sole_use():
        serving.prepare()
    return AuditEntry.objects.count() - before


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_edited_question_and_course_are_brought_in_and_a_start_without_edits_brings_nothing(facts: Path) -> None:
    assert start() == 0
    item, course = Item.objects.order_by("code").first(), Course.objects.order_by("code").first()
    file = next(file for file in (facts / "items").glob("*.yaml") if item.code in file.read_text())
    edit(file, item.stem_vi[:20], "Câu hỏi đã sửa: " + item.stem_vi[:20])
    edit(facts / "programme/courses.yaml", course.name_vi, "Khóa đã sửa")
    assert start() > 0
    item.refresh_from_db()
    course.refresh_from_db()
    assert item.stem_vi.startswith("Câu hỏi đã sửa") and course.name_vi == "Khóa đã sửa"
    assert start() == 0


def test_what_the_province_has_made_its_own_stays_as_it_is(facts: Path) -> None:
    task = Task.objects.order_by("code").first()
    Task.objects.filter(pk=task.pk).update(name_vi="Nhiệm vụ do tỉnh sửa")
    edit(facts / "programme/programme.yaml", task.name_vi, "Nhiệm vụ từ tệp")
    start()
    task.refresh_from_db()
    assert task.name_vi == "Nhiệm vụ do tỉnh sửa"


def test_a_process_beside_one_that_serves_brings_nothing_in(facts: Path) -> None:
    edit(facts / "programme/courses.yaml", Course.objects.order_by("code").first().name_vi, "Khóa đã sửa")
    before = AuditEntry.objects.count()
    serving.prepare()
    assert AuditEntry.objects.count() == before
    assert (settings.DATA / serving.LOADED).exists()
