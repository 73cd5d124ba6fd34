"""A sent spreadsheet kept between its preview and the decision: on disk under a name that only that session knows.

What nobody decided upon within a day is removed when the next file comes.
"""

import secrets
import time
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.sheets import LARGEST_BYTES

KINDS = (".xlsx", ".xls", ".ods", ".csv")
KEPT_SECONDS = 24 * 3600


def keep(file: "UploadedFile[bytes]") -> str:
    """Store the file and return its name. Refusal for a file that is no spreadsheet or too large."""
    suffix = Path(file.name or "").suffix.lower()
    if suffix not in KINDS:
        raise Refusal(_("This is not a spreadsheet. Send a file that ends in .xlsx, .xls, .ods or .csv."), field="file")
    if (file.size or 0) > LARGEST_BYTES:
        raise Refusal(_("The file is larger than 20 MB. Split it and send the parts."), field="file")
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    name = secrets.token_hex(16) + suffix
    with (folder / name).open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    return name


def find(name: str) -> Path | None:
    """The kept file; None where there is none (any more)."""
    path = _folder() / Path(name).name
    return path if name and path.is_file() else None


def discard(name: str) -> None:
    """Remove the kept file."""
    path = find(name)
    if path:
        path.unlink()


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file() and path.stat().st_mtime < time.time() - KEPT_SECONDS:
            path.unlink(missing_ok=True)
