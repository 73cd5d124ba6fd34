"""The engine of item response theory beside girth and catsim, in one run.

    python -m venv .venv && .venv/bin/pip install -r requirements/runtime.txt
    .venv/bin/pip install -r bench/measure/requirements.txt
    PYTHONPATH=src .venv/bin/python bench/measure/run.py [calibration] [step] [questions]

Prints figures, ratios and goals; without a word, all three. What they were when last run stands in the README beside this.
"""

import sys

import calibration
import questions
import report
import step

PARTS = {"calibration": calibration.run, "step": step.run, "questions": questions.run}


def main() -> None:
    """Run the parts that were asked for."""
    asked = sys.argv[1:] or list(PARTS)
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        sys.exit(f"no part {unknown[0]!r}; there are: {', '.join(PARTS)}")
    report.machine()
    for name in asked:
        PARTS[name]()


if __name__ == "__main__":
    main()
