"""A disk without room: how it shows itself, and the words for it. Nothing is half saved then, and what is there can be read."""

import errno
import shutil
import sqlite3

from django.conf import settings
from django.utils.translation import gettext as _

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
POSTGRES_DISK_FULL = "53100"
# SQLite says so in words where it writes; where it makes its shared memory it only says that something failed.
UNCLEAR = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
A_LITTLE = 1024 * 1024


def is_behind(fault: BaseException | None) -> bool:
    """Whether a fault, or what caused it, is that there was no room on the disk."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in NO_ROOM:
            return True
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code in UNCLEAR and shutil.disk_usage(settings.DATA).free < A_LITTLE):
            return True
        if getattr(fault, "sqlstate", None) == POSTGRES_DISK_FULL:
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def words() -> str:
    """What happened, what is safe, who can help."""
    return _(
        "The disk of this computer is full. Nothing was saved, and nothing was half saved; what is there can still be read."
        " Ask your administrator to make room, then do it again."
    )
