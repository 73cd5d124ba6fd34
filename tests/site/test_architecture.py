"""The rules of the house that a program can check. Each failure names the remedy."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from chiakhoa.site import messages

SOURCE = settings.SOURCE
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
READERS = [
    p
    for p in sorted(SOURCE.rglob("*.py"))
    if {p.stem, p.parent.name} & {"queries", "forms", "views", "api", "tables", "filters"}
]


@pytest.mark.parametrize("path", READERS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_actions_write(path: Path) -> None:
    calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    found = WRITES & {function.attr for function in calls if isinstance(function, ast.Attribute)}
    assert not found, f"{path} calls {found}: move it into actions.py (for a dict, write a | b)"


@pytest.mark.parametrize("path", sorted((SOURCE / "engines").rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCE)))
def test_engines_know_no_clock_and_no_global_chance(path: Path) -> None:
    source = path.read_text()
    for banned in ("datetime.now", "date.today", "np.random.seed", "np.random.rand", "import random", "django"):
        assert banned not in source, f"{path} uses {banned}: hand the moment or the generator in"


def test_every_message_has_a_vietnamese_text() -> None:
    assert messages.missing() == {}, "run ./run messages and translate what it lists"


def test_one_message_has_one_vietnamese_text_in_the_whole_house():
    assert messages.contradictions() == {}, "give the two meanings two messages"


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_the_installation_passes_its_own_checks() -> None:
    call_command("check", "--fail-level", "WARNING")


def test_no_file_names_a_machine_path_or_a_registry() -> None:
    # In pieces, so that this file keeps its own rule.
    pieces = ("/ work/", "/ root/", "pypi .org", "python hosted", "registry .npmjs", "cdn .jsdelivr", "unpkg .com")
    banned = [name.replace(" ", "") for name in pieces]
    for path in settings.REPOSITORY.rglob("*"):
        ours = not {".venv", ".git", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis"} & set(
            path.parts
        )
        if (
            ours
            and path.is_file()
            and path.suffix in {".py", ".html", ".js", ".css", ".md", ".toml", ".yaml", ".txt", ""}
        ):
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert not any(name in text for name in banned), f"{path} names one of {banned}"
