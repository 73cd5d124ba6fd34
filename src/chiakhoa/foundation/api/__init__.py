"""What all parts of the HTTP API share: who calls (`callers`), lists by cursor (`listing`), refusals (`problems`), the frame
with ETag and OpenAPI (`frame`).

The addresses themselves stand in `api.py` of each step and call the same queries and actions as the pages.
"""

from chiakhoa.foundation.api.callers import Caller, Needs, Scope, find_callers_by
from chiakhoa.foundation.api.frame import Api, etag_of, representation
from chiakhoa.foundation.api.listing import Listing, Text, listed, query_for, rows_after
from chiakhoa.foundation.api.problems import Problem, problem

__all__ = [
    "Api",
    "Caller",
    "Listing",
    "Needs",
    "Problem",
    "Scope",
    "Text",
    "etag_of",
    "find_callers_by",
    "listed",
    "problem",
    "query_for",
    "representation",
    "rows_after",
]
