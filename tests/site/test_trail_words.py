"""The auditor reads the trail in words: no verb and no kind of thing appears as the program writes it."""

import ast
from pathlib import Path

import pytest
from django.urls import reverse

import chiakhoa
from chiakhoa.foundation import trail_words
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from tests.site.conftest import House

SOURCES = Path(chiakhoa.__file__).parent


def recorded_verbs() -> set[str]:
    """Every verb that the source gives to `audit.record`."""
    found = set()
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                found |= {part.value for part in ast.walk(node.args[1]) if isinstance(part, ast.Constant)}
    return found


def test_every_verb_that_an_action_records_has_words() -> None:
    told = {verb for verb, _words in trail_words.verbs()}
    assert len(recorded_verbs()) > 100
    assert recorded_verbs() <= told


@pytest.mark.django_db
def test_everything_done_in_the_little_province_reads_in_words(house: House) -> None:
    kinds = set(AuditEntry.objects.values_list("thing_kind", flat=True))
    assert kinds
    assert {kind for kind in kinds if trail_words.thing_words(kind) == kind} == set()


@pytest.mark.django_db
def test_the_auditor_chooses_a_deed_by_its_words(house: House) -> None:
    browser = house.browse(Role.AUDITOR)
    page = browser.get(reverse("access:trail"), {"verb": "enrol"}).text
    assert '<option value="enrol" selected>ghi danh</option>' in page
    rows = page.split("<tbody")[1]
    assert "ghi danh" in rows and "đăng nhập" not in rows
