"""Whether what somebody wrote says the same as an accepted answer, with the tolerance that the item states. Pure.

`text`     capitals, spaces, punctuation at the end and Vietnamese marks do not count: "tep dinh kem." is "Tệp đính kèm"
`spelling` as text, but marks do count
`number`   1.250.000 đ, 1,250,000 and 1250000 are one number; it may be off by the item's tolerance
`formula`  spaces and capitals do not count, nor how arguments and decimals are parted; on a sheet, what it calculates counts
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from chiakhoa.foundation.text import fold, nfc
from chiakhoa.measure.assessment import formulas

LONGEST = 200
_AROUND = " .,;:!?\"'“”‘’()"
_UNITS = re.compile(r"(?:[a-zà-ỹđ₫%°²³/ ]*)$", re.IGNORECASE)
_THOUSANDS = (
    re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?"),
    re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"),
)


def accepts(
    written: str,
    accepted: Sequence[str],
    *,
    marking: str,
    tolerance: float = 0,
    sheet: formulas.Sheet | None = None,
) -> bool:
    """Whether the text says one of the accepted answers. KeyError for a marking that there is not."""
    if marking == "number":
        return _is_near(written, accepted, Decimal(str(tolerance)))
    if marking == "formula" and sheet and formulas.agree(written, accepted, sheet):
        return True
    same = _SAME[marking]
    return same(written) in {same(one) for one in accepted}


def numbers(written: str) -> set[Decimal]:
    """What number a text can mean: none, one, or two where a lone separator may part thousands or decimals ("1.250")."""
    digits = _UNITS.sub("", nfc(written)).replace(" ", "")
    readings = [digits.replace(",", ".")]
    for shape, thousands in zip(_THOUSANDS, ".,", strict=True):
        if shape.fullmatch(digits):
            readings.append(digits.replace(thousands, "").replace(",", "."))
    return {number for text in readings if (number := _number(text)) is not None}


def _number(text: str) -> Decimal | None:
    if not re.fullmatch(r"[+-]?\d{1,15}(?:\.\d{1,6})?", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _is_near(written: str, accepted: Sequence[str], tolerance: Decimal) -> bool:
    wanted = [Decimal(one) for one in accepted]
    return any(abs(number - one) <= tolerance for number in numbers(written) for one in wanted)


def _spelled(text: str) -> str:
    return nfc(text).strip(_AROUND).casefold()


def _said(text: str) -> str:
    return fold(nfc(text)).strip(_AROUND)


_SAME: dict[str, Callable[[str], str]] = {"text": _said, "spelling": _spelled, "formula": formulas.plain}
MARKINGS = ("number", *_SAME)
