"""A sent spreadsheet kept between its preview and the decision: on disk under a name that only that session knows.

What nobody decided upon within a day is removed when the next file comes, and by the program's cleaning up
(`retain` of access); rows that were not taken stay for thirty days. Who is erased goes at once: their lists are removed.
"""

import secrets
import time
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from chiakhoa.foundation import whole_files
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.sheets import KINDS, LARGEST_BYTES

KEPT_SECONDS = 24 * 3600
RETURNED_SECONDS = 30 * 24 * 3600
RETURNED = ".returned.xlsx"


def keep(file: "UploadedFile[bytes] | File[bytes]") -> str:
    """Store the file and return its name. Refusal for a file that is no spreadsheet or too large."""
    suffix = Path(file.name or "").suffix.lower()
    if suffix not in KINDS:
        raise Refusal(_("This is not a spreadsheet. Send a file that ends in .xlsx, .xls, .ods or .csv."), field="file")
    if (file.size or 0) > LARGEST_BYTES:
        raise Refusal(_("The file is larger than 20 MB. Split it and send the parts."), field="file")
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    sweep()
    name = secrets.token_hex(16) + suffix
    whole_files.write(folder / name, file.chunks())
    return name


def keep_copy(path: Path) -> str:
    """Store a copy of a file of this machine, as if it had been sent, and return its name."""
    with path.open("rb") as source:
        return keep(File(source, name=path.name))


def find(name: str) -> Path | None:
    """The kept file; None where there is none (any more)."""
    path = _folder() / Path(name).name
    return path if name and path.is_file() else None


def find_beside(name: str, pattern: str) -> Path | None:
    """What was made from a kept file and is called so (with * for any part); None where there is none."""
    return next(iter(sorted(_folder().glob(f"{name}.{pattern}"))), None) if name else None


def keep_beside(name: str, beside: str, content: str | bytes) -> None:
    """Store what was made from a kept file under a name that begins with the file's; an older one in its place goes."""
    kind = beside.rsplit(".", 2)[-2:]
    for path in _folder().glob(f"{name}.*.{'.'.join(kind)}"):
        path.unlink(missing_ok=True)
    data = content.encode() if isinstance(content, str) else content
    whole_files.write(_folder() / beside, [data])


def discard(name: str) -> None:
    """Remove the kept file and its previews; rows that were not taken stay."""
    if find(name):
        for path in [*_folder().glob(f"{name}.*.json"), _folder() / name]:
            path.unlink(missing_ok=True)


def lists() -> list[Path]:
    """Every kept list: what was sent, and rows of it that were not taken."""
    folder = _folder()
    return sorted(path for path in folder.iterdir() if path.suffix in KINDS) if folder.is_dir() else []


def remove(path: Path) -> None:
    """Remove one of the kept lists; a list that was sent goes with its previews."""
    if path.name.endswith(RETURNED):
        path.unlink(missing_ok=True)
    else:
        discard(path.name)


def overdue() -> list[Path]:
    """Files that were kept long enough."""
    folder, now = _folder(), time.time()
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        kept = RETURNED_SECONDS if path.name.endswith(RETURNED) else KEPT_SECONDS
        if path.is_file() and path.stat().st_mtime < now - kept:
            found.append(path)
    return found


def sweep() -> int:
    """Remove what was kept long enough; how many files."""
    found = overdue()
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"
