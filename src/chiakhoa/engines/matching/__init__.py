"""Stable matching of many applicants to openings with several seats, each outcome with its reason.

`stable` holds the algorithm and the independent check; `command` works on files.
"""

from chiakhoa.engines.matching.stable import Matching, Reason, blocking_pairs, match

__all__ = ["Matching", "Reason", "blocking_pairs", "match"]
