"""Whether a kept list tells of somebody: by a number or address of theirs in any cell, or by their name along a row.

A name is looked for without diacritics, also in the fonts of the 1990s and over two columns. A namesake is taken for the
person: then a list is sent once more, while the other mistake would keep what was to be erased.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from chiakhoa.foundation import sheets
from chiakhoa.foundation.legacy_text import from_tcvn3, from_vni
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.importing.cells import text
from chiakhoa.ground.registry.models import Person

NOT_DIGITS = re.compile(r"[^0-9]")
FEWEST_DIGITS = 8  # fewer say a year or an amount as well


class Traces:
    """What would tell of a person in a list."""

    def __init__(self, person: Person) -> None:
        number = citizen_number.whole(person.citizen_number_sealed)
        self.name = fold(person.full_name)
        self.words = {fold(said) for said in (person.email, person.external_key) if said}
        self.numbers = {digits for said in (person.phone, number) if len(digits := _digits(said)) >= FEWEST_DIGITS}

    def told_in(self, path: Path) -> bool:
        """Whether the kept file tells of the person. One that cannot be read is taken to: nobody can register it either."""
        try:
            tabs = sheets.tabs(path)
        except Refusal:
            return True
        return any(self._told(row) for tab in tabs for row in tab.rows)

    def _told(self, row: Iterable[Any]) -> bool:
        said = [text(cell) for cell in row if cell != "" and cell is not None]
        if self.numbers and any(_digits(one) in self.numbers for one in said):
            return True
        folded = [fold(one) for one in said]
        if self.words and any(one in self.words for one in folded):
            return True
        if self._named(" ".join(folded)):
            return True
        line = " ".join(said)
        return not line.isascii() and any(self._named(fold(reading(line))) for reading in (from_tcvn3, from_vni))

    def _named(self, line: str) -> bool:
        return bool(self.name) and f" {self.name} " in f" {line} "


def _digits(said: str) -> str:
    """The digits of a number without what comes and goes: blanks, points, the zeros before it, the country's 84."""
    digits = NOT_DIGITS.sub("", said).lstrip("0")
    return digits[2:] if len(digits) == 11 and digits.startswith("84") else digits
