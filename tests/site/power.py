"""A disk that forgets: what SQLite wrote, what it asked to be on the disk, and what a power cut leaves of it at any moment.

`Recorder` stands between SQLite and the operating system and notes each write and each sync, in their order. `cuts` makes of
these the files as they may be found after a cut: what was synced is there; of what was not, nothing, all with the last write
torn, or any part.
"""

import ctypes
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAIN, WAL = 0x100, 0x80000
POINTER = ctypes.c_void_p
WRITE = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, POINTER, ctypes.c_int, ctypes.c_int64)
TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, ctypes.c_int64)
SYNC = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, ctypes.c_int)
OPEN = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, POINTER, POINTER, ctypes.c_int, POINTER)


class Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", ctypes.c_int), ("close", POINTER), ("read", POINTER), ("write", POINTER), ("truncate", POINTER),
        ("sync", POINTER), ("rest", POINTER * 13),
    ]  # fmt: skip


class Vfs(ctypes.Structure):
    """The beginning of sqlite3_vfs."""

    _fields_ = [
        ("version", ctypes.c_int), ("size_of_file", ctypes.c_int), ("longest_path", ctypes.c_int), ("next", POINTER),
        ("name", ctypes.c_char_p), ("data", POINTER), ("open", POINTER),
    ]  # fmt: skip


@dataclass
class Recorder:
    """Notes what happens to a database and its log: ("write", file, offset, bytes), ("truncate", file, size), ("sync", file), and
    whatever the test says in between."""

    events: list[tuple[Any, ...]] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)  # what C code points at must not be thrown away

    def begin(self) -> None:
        """From now on every database that this process opens is recorded."""
        library = ctypes.CDLL("libsqlite3.so.0")
        library.sqlite3_vfs_find.restype = ctypes.POINTER(Vfs)
        vfs = library.sqlite3_vfs_find(None).contents
        real = OPEN(vfs.open)

        # The name is handed on as the pointer it is: SQLite goes on reading there, where a copy of ours would be gone.
        def opened(this: int, name: int, file: int, flags: int, out: int) -> int:
            code = real(this, name, file, flags, out)
            if code == 0 and flags & (MAIN | WAL):
                self._watch(file, "wal" if flags & WAL else "main")
            return code

        ours = OPEN(opened)
        self.kept += [real, ours]
        vfs.open = ctypes.cast(ours, POINTER).value

    def _watch(self, file: int, kind: str) -> None:
        place = ctypes.cast(file, ctypes.POINTER(ctypes.POINTER(Methods)))
        theirs = place[0].contents
        write, truncate, sync = WRITE(theirs.write), TRUNCATE(theirs.truncate), SYNC(theirs.sync)
        ours = Methods.from_buffer_copy(theirs)

        def written(this: int, content: int, amount: int, offset: int) -> int:
            self.events.append(("write", kind, offset, ctypes.string_at(content, amount)))
            return write(this, content, amount, offset)

        def shortened(this: int, size: int) -> int:
            self.events.append(("truncate", kind, size))
            return truncate(this, size)

        def synced(this: int, flags: int) -> int:
            code = sync(this, flags)
            self.events.append(("sync", kind))
            return code

        callbacks = WRITE(written), TRUNCATE(shortened), SYNC(synced)
        ours.write, ours.truncate, ours.sync = (ctypes.cast(one, POINTER).value for one in callbacks)
        self.kept += [ours, callbacks, write, truncate, sync]
        place[0] = ctypes.pointer(ours)


@dataclass
class File:
    """A file on the forgetful disk: what is surely there, and what was written since."""

    sure: bytearray
    since: list[tuple[Any, ...]] = field(default_factory=list)

    def sync(self) -> None:
        """All that was written is surely there."""
        self.sure, self.since = _with(self.sure, self.since), []


@dataclass(frozen=True)
class Cut:
    """What a cut left, and how many things had been answered before it."""

    how: str
    main: bytes
    wal: bytes
    said: int


def cuts(events: list[tuple[Any, ...]], main: bytes, seed: int = 1) -> Iterator[Cut]:
    """Every state in which a cut after one of the events may leave the two files; the same state is told once."""
    files, said, chance = {"main": File(bytearray(main)), "wal": File(bytearray())}, 0, random.Random(seed)
    for number, event in enumerate(events):
        if event[0] == "said":
            said = event[1]
        elif event[0] == "sync":
            files[event[1]].sync()
        else:
            files[event[1]].since.append(event)
        if event[0] in ("said", "sync"):
            yield _cut(f"{number}: nothing unsynced", files, _nothing, said)
        else:
            yield _cut(f"{number}: all, the last torn", files, _torn, said)
            yield _cut(
                f"{number}: any part", files, lambda since: [one for one in since if chance.random() < 0.5], said
            )


def _cut(how: str, files: dict[str, File], survives: Any, said: int) -> Cut:
    left = {name: bytes(_with(file.sure, survives(file.since))) for name, file in files.items()}
    return Cut(how, left["main"], left["wal"], said)


def _nothing(_since: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return []


def _torn(since: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    if not since or since[-1][0] != "write":
        return since
    what, kind, offset, content = since[-1]
    return [*since[:-1], (what, kind, offset, content[: len(content) // 2])]


def _with(content: bytearray, events: list[tuple[Any, ...]]) -> bytearray:
    if not events:
        return content
    content = bytearray(content)
    for event in events:
        if event[0] == "truncate":
            del content[event[2] :]
        else:
            _what, _kind, offset, written = event
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(written)] = written
    return content


def lay_out(cut: Cut, folder: Path) -> Path:
    """The files as they are found after the cut; the shared memory, which is none of the disk's, is not there."""
    place = folder / "found.sqlite3"
    Path(f"{place}-shm").unlink(missing_ok=True)
    place.write_bytes(cut.main)
    Path(f"{place}-wal").write_bytes(cut.wal)
    return place
