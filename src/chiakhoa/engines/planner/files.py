"""What the commands of the planner share: reading a scenario's file."""

from pathlib import Path

from chiakhoa.engines.planner.scenario import Scenario, load_scenario
from chiakhoa.engines.terminal import stop


def scenario_of(path: Path) -> Scenario:
    """The scenario of a file. ValueError naming the file and what is wrong with it."""
    try:
        return load_scenario(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from fault


def read_or_stop(path: Path) -> Scenario:
    """The same; the command ends where the file is wrong."""
    try:
        return scenario_of(path)
    except ValueError as fault:
        stop(str(fault))
