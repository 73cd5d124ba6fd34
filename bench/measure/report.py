"""How the bench prints: a heading, lines of figures in columns, and whether a goal was met."""

import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np


def machine() -> None:
    """Print what the figures depend on."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    print(f"{names[0] if names else platform.processor()}, {len(names)} cores, {platform.system()}")
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "girth", "catsim"))
    print(
        f"Python {platform.python_version()}, {packages}; BLAS {np.show_config('dicts')['Build Dependencies']['blas']['name']}"
    )


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def line(name: str, **figures: object) -> None:
    """Print a name and its figures."""
    shown = (f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}" for key, value in figures.items())
    print(f"{name:<40}" + "   ".join(shown), flush=True)


def goal(text: str, met: bool) -> None:
    """Print a goal and whether it was met."""
    print(f"  {'met   ' if met else 'MISSED'} {text}", flush=True)
