"""The engine of item response theory beside girth and catsim, in one run.

    python -m venv .venv && .venv/bin/pip install -r requirements/runtime.txt
    .venv/bin/pip install -r bench/measure/requirements.txt
    PYTHONPATH=src .venv/bin/python bench/measure/run.py [PART ...]

Parts: dense, sparse, large (calibration); step; questions, assumptions, one-number (tests). Prints figures, ratios and goals;
without a word, all parts (girth takes most of the time). What they were when last run stands in the README beside this.
"""

import os
import sys

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # one thread for each side: two that wait for each other tell nothing

import calibration
import questions
import report
import step

PARTS = {
    "dense": calibration.dense,
    "sparse": calibration.few_each,
    "large": calibration.large,
    "step": step.run,
    "questions": questions.right_prior,
    "assumptions": questions.wrong_priors,
    "one-number": questions.one_number_for_all,
}


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
