"""How often two tests of one person say “has risen”, and rightly so: adaptive tests from the two halves of the item bank.

    python bench/measure/change.py [PEOPLE]

The bank is that of data/items at its authors' grades; nobody meets an item twice. A line for each length and gain: the share
told that they rose, that they fell, and the mean change that was found (grades).
"""

import math
import sys
from pathlib import Path

import numpy as np
import yaml

from chiakhoa.engines import irt

DOMAINS, GRADE, STRICT = 6, 0.8, 1.75
COV = 0.7 * np.ones((DOMAINS, DOMAINS)) + 0.3 * np.eye(DOMAINS)
GUESSED = {"single": 0.2, "hotspot": 0.2, "short": 0.0}
GROUP = 500


def bank() -> tuple[irt.Items, irt.Items]:
    """The items of the files as two halves, each with every domain and grade."""
    rows = [
        row
        for file in sorted((Path(__file__).parents[2] / "data/items").glob("*.yaml"))
        for row in yaml.safe_load(file.read_text())["items"]
    ]
    rows.sort(key=lambda row: (row["code"][0], row["grade"], row["code"]))
    halves = []
    for half in (rows[::2], rows[1::2]):
        c = np.array([GUESSED.get(row["kind"], 0.05) for row in half])
        right = (0.62 - c) / (1 - c)
        middle = -2.8 + GRADE * (np.array([row["grade"] for row in half]) - 0.5)
        domain = np.array([int(row["code"][0]) - 1 for row in half])
        halves.append(irt.Items(domain, np.full(len(half), 1.2), middle - np.log(right / (1 - right)) / 1.2, c))
    return halves[0], halves[1]


def told(people: int, gain: float, length: int, seed: int, *, level: float | None = None, shift: float = 0.0,
         error: float = 0.0, domains: int = DOMAINS) -> irt.Paired:  # fmt: skip
    """What two tests say of people who gain so many grades; `error`: by how many logits difficulties are believed wrongly."""
    theta = irt.draw(people, irt.Prior(np.full(DOMAINS, shift), COV), seed)
    theta = theta if level is None else np.full((people, DOMAINS), level)
    plan = irt.Blueprint(np.full(DOMAINS, 2), length, np.full(DOMAINS, 0.45))
    parts, moved = [], gain * GRADE * (np.arange(DOMAINS) < domains)
    for turn, items in enumerate(bank()):
        off = error * np.random.default_rng(turn).standard_normal(len(items.b))
        done = irt.sit(theta + turn * moved, items, irt.Prior(np.zeros(DOMAINS), COV), plan, 7 * seed + turn)
        met, place = done.shown >= 0, np.where(done.shown >= 0, done.shown, 0)
        score = np.where(met, done.score, np.nan)
        b = items.b[place] + off[place]
        parts.append((items.domain[place], items.a[place], b, items.c[place], score, np.full(place.shape, turn)))
    columns = [np.concatenate(pair, axis=1) for pair in zip(*parts, strict=True)]
    found = []
    for first in range(0, people, GROUP):
        some = slice(first, first + GROUP)
        answers = irt.Answers(*(column[some] for column in columns))
        count = len(answers.score)
        found.append(
            irt.paired(answers, np.zeros((count, DOMAINS)), np.broadcast_to(COV, (count, DOMAINS, DOMAINS)), STRICT)
        )
    return irt.Paired(*(np.concatenate(part) for part in zip(*found, strict=True)))


def main() -> None:
    """Print the table."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    print(f"{people} people each; standard error of 5 % is {100 * math.sqrt(0.05 * 0.95 / people):.1f} points")
    cases = [(f"{length} questions, gain {gain}", {"gain": gain, "length": length})
             for length in (24, 40) for gain in (0.0, 0.3, 0.5, 1.0, 2.0)]  # fmt: skip
    cases += [(f"24 questions, nobody changed, all at {level} logits", {"gain": 0.0, "length": 24, "level": level})
              for level in (-2.5, -1.5, 0.0, 1.5, 2.5)]  # fmt: skip
    cases += [
        (
            "24 questions, nobody changed, a population 1 logit abler than assumed",
            {"gain": 0.0, "length": 24, "shift": 1.0},
        ),
        ("24 questions, nobody changed, difficulties wrong by 0.4", {"gain": 0.0, "length": 24, "error": 0.4}),
        ("24 questions, two domains gain 1.0", {"gain": 1.0, "length": 24, "domains": 2}),
    ]
    for seed, (words, case) in enumerate(cases, start=1):
        said = told(people, seed=seed, **case)
        print(f"{words:75} risen {100 * (said.low > 0).mean():5.1f}  fallen {100 * (said.high < 0).mean():4.1f}  "
              f"mean {said.change.mean() / GRADE:+.2f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
