"""Tables as files: writing them so that no cell can be a formula, reading what people really send.

Read in this order: writing, guards (what is refused before anything parses it), encodings, reading.
"""

from chiakhoa.foundation.sheets.guards import LARGEST_BYTES, LARGEST_CELLS, LARGEST_ROWS
from chiakhoa.foundation.sheets.reading import KINDS, Tab, tabs
from chiakhoa.foundation.sheets.writing import TYPES, Formula, as_csv, as_xlsx, download

__all__ = [
    "KINDS",
    "LARGEST_BYTES",
    "LARGEST_CELLS",
    "LARGEST_ROWS",
    "TYPES",
    "Formula",
    "Tab",
    "as_csv",
    "as_xlsx",
    "download",
    "tabs",
]
