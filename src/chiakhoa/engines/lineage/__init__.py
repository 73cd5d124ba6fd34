"""The lineage of units: weights between the maps of two days, and counts restated so that totals stay whole.

`weights` composes successions into a sparse matrix and restates; `command` works on files.
"""

from chiakhoa.engines.lineage.weights import Span, Step, Weights, restate, weights

__all__ = ["Span", "Step", "Weights", "restate", "weights"]
