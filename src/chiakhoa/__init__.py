"""Chìa Khóa: a province registers, measures, plans, trains, certifies, places and reports on its digital workforce.

Floors, each importing only those before it: engines, foundation, ground, measure, train, outcome, demo, site.
"""

import os

# Linear algebra runs in one thread, which must be said before numpy is first loaded. Our arrays are long and thin: threads that
# wait for each other cost more than they bring (a province planned in 1.6 s instead of 12 on a busy machine), and sums that are
# split otherwise on every machine would make other plans of the same seed. Whoever sets it is heeded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
