"""The wheel carries everything: code, pages, texts, and the facts; it runs where no checkout is."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif("CHIAKHOA_DATABASE" in os.environ, reason="one build is enough")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which a freshly built wheel was unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def call(installed, tmp_path, *arguments):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "XDG_DATA_HOME": str(tmp_path)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )


def test_it_prepares_a_data_folder_of_the_user_with_all_facts(installed, tmp_path):
    text = (
        "import chiakhoa, django; django.setup(); from chiakhoa.site import serving; serving.prepare();"
        "from chiakhoa.measure.assessment.models import Item; from django.utils.translation import gettext;"
        "print(chiakhoa.__file__, Item.objects.count(), gettext('Choose a role'))"
    )
    made = call(
        installed, tmp_path, "-c", "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'chiakhoa.site.settings';" + text
    )
    assert made.returncode == 0, made.stderr
    place, items, word = made.stdout.strip().split(" ", 2)
    assert place.startswith(str(installed))
    assert int(items) >= 72
    assert word == "Chọn vai"
    assert (tmp_path / "chiakhoa" / "chiakhoa.sqlite3").exists()


def test_its_needs_are_those_of_the_runtime_requirements(installed):
    needs = next(installed.glob("*.dist-info/METADATA")).read_text()
    for line in (ROOT / "requirements" / "runtime.in").read_text().split():
        name = line.split("[")[0].split(">")[0]
        assert f"requires-dist: {name.lower()}" in needs.lower(), name
