"""A file is there whole or not at all: written beside its place, on the disk before it takes it. Knows nothing of Django."""

import os
from collections.abc import Iterable
from pathlib import Path

PART = ".part"


def write(path: Path, chunks: Iterable[bytes], *, mode: int = 0o644, over: bool = True) -> None:
    """Write the chunks to the path; what fails leaves nothing. FileExistsError for one there already, unless `over`."""
    partial = path.with_name(f"{path.name}.{os.getpid()}{PART}")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if over:
            partial.replace(path)
        else:
            os.link(partial, path)
    finally:
        partial.unlink(missing_ok=True)
