"""How the commands speak: a bar on stderr, figures on stdout in words or as JSON, a refusal with code 2."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click


@contextmanager
def progress(length: int, label: str, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr, fed by how much was done; none where quiet."""
    if quiet:
        yield None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def say(figures: dict[str, Any], as_json: bool) -> None:
    """Print the figures, a line each."""
    click.echo(json.dumps(figures, ensure_ascii=False) if as_json else "\n".join(_lines(figures)))


def stop(message: str) -> NoReturn:
    """Say what is wrong and end."""
    click.echo(message, err=True)
    sys.exit(2)


def _lines(figures: dict[str, Any], indent: str = "") -> Iterator[str]:
    for key, value in figures.items():
        if isinstance(value, dict):
            yield f"{indent}{key}"
            yield from _lines(value, indent + "  ")
            continue
        shown = value if isinstance(value, list) else [value]
        line = "  ".join(f"{each:.4f}" if isinstance(each, float) else str(each) for each in shown)
        yield f"{indent}{key:<22}{line}"
