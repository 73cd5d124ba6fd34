"""One file that holds the database and the secret, for both databases; it proves itself by being restored before it counts.

A backup is taken as of one moment while people work. It is then unpacked from the very file, looked through, and compared with
what the database held: rows of every table, the ledger's digest, the end of the trail. Only then does the file take its place.
"""

import io
import json
import os
import tarfile
import tempfile
import zlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import click
from django.conf import settings
from django.db import connection

from chiakhoa.foundation import clock, full_disk
from chiakhoa.site import postgres_copies, sqlite_copies
from chiakhoa.site.contents import Contents

SECRET = "secret"
MANIFEST = "manifest.json"
WORKSHOP = "copying-"  # a folder for the moment; one that was left was cut off
VENDORS: dict[str, ModuleType] = {"sqlite": sqlite_copies, "postgresql": postgres_copies}


def backup(file: Path) -> Contents:
    """Write the file and prove it; what it holds. ClickException where it fails, and then nothing is left of it."""
    copies = VENDORS[connection.vendor]
    partial = file.with_name(file.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=WORKSHOP) as folder:
            copy = Path(folder) / copies.NAME
            held: Contents = copies.take(copy)
            _pack(partial, copy, held)
            copy.unlink()
            _proven(partial, Path(folder), copies)
        _keep(partial, file)
    finally:
        partial.unlink(missing_ok=True)
    return held


def restore(file: Path) -> Contents:
    """Unpack a backup where no database is yet. ClickException for a foreign file or a place in use."""
    copies = VENDORS[connection.vendor]
    if not copies.is_empty():
        raise click.ClickException(
            f"{settings.DATA} already holds a database. Restore into an empty folder with --data."
            if connection.vendor == "sqlite"
            else "The database is not empty. Restore into an empty one: set DATABASE."
        )
    return _put(file, copies)


def put_back(file: Path) -> Contents:
    """Put a backup in the place of the database that is there. Nobody else may work on it."""
    return _put(file, VENDORS[connection.vendor])


def look_through() -> Contents:
    """Read every page and every reference of the database itself; what it holds."""
    held: Contents = VENDORS[connection.vendor].now()
    return held


def _put(file: Path, copies: ModuleType) -> Contents:
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=WORKSHOP) as folder:
        held = _proven(file, Path(folder), copies)
        os.replace(Path(folder) / SECRET, settings.DATA / SECRET)
        copies.put(Path(folder) / copies.NAME)
    return held


def _pack(partial: Path, copy: Path, held: Contents) -> None:
    said = {"version": _version(), "at": clock.now().isoformat(), "database": connection.vendor, **held.as_dict()}
    manifest = json.dumps(said, ensure_ascii=False).encode()
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
            about = tarfile.TarInfo(MANIFEST)
            about.size = len(manifest)
            archive.addfile(about, io.BytesIO(manifest))
            archive.add(settings.SECRET_FILE, SECRET)
            archive.add(copy, copy.name)
        out.flush()
        os.fsync(out.fileno())


def _proven(file: Path, folder: Path, copies: ModuleType) -> Contents:
    """Unpack a backup into the folder and look it through; what it holds, which is what its manifest says."""
    _unpack(file, folder, copies)
    found: Contents = copies.look_through(folder / copies.NAME)
    manifest = folder / MANIFEST
    if manifest.exists():  # those of the first version had none
        different = Contents.told(json.loads(manifest.read_text(encoding="utf-8"))).differs(found)
        if different:
            raise click.ClickException(f"{file} does not restore to what it was taken from: {different}.")
    return found


def _unpack(file: Path, folder: Path, copies: ModuleType) -> None:
    try:
        with tarfile.open(file, "r:gz") as archive:
            members = archive.getmembers()
            names = {member.name for member in members}
            whole = names == {copies.NAME, SECRET} | (names & {MANIFEST}) and all(one.isreg() for one in members)
            if whole:
                archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError, zlib.error) as fault:
        if full_disk.is_behind(fault):
            raise
        names, whole = set(), False
    if names & {other.NAME for other in VENDORS.values() if other is not copies}:
        raise click.ClickException(
            f"{file} is of the other kind of database: it restores where DATABASE names one such."
        )
    if not whole:
        raise click.ClickException(f"{file} is not a backup of Chìa Khóa, or not the whole of one.")


def _keep(partial: Path, file: Path) -> None:
    partial.replace(file)
    handle = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _version() -> str:
    try:
        return version("chiakhoa")
    except PackageNotFoundError:
        return "checkout"
