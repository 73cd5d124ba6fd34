"""The 12-digit citizen number: how it must look, what it says of its holder, how it is sealed and found again.

Digits 1-3 are the province of birth registration, 4 the century and sex, 5-6 the year of birth, 7-12 are random
(Thông tư 59/2021/TT-BCA). A disagreement with the row is a doubt to look at, not a fault: registers contain both.
"""

import re
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from chiakhoa.foundation import sealing
from chiakhoa.ground.registry.models import Sex

PURPOSE = "citizen_number"
LENGTH = 12
FIRST_CENTURY = 1900
FIRST_ABROAD = 100  # from here on the first three digits are a country of birth registration
PROVINCES = frozenset(
    (
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46,
        48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94,
        95, 96,
    )
)  # fmt: skip


def plain(text: str) -> str:
    """The twelve digits without blanks and dots; empty for nothing. ValueError where they are not twelve digits."""
    digits = re.sub(r"[\s.]", "", text)
    if digits and not re.fullmatch(r"[0-9]{12}", digits):
        raise ValueError("a citizen number has 12 digits")
    return digits


def doubts(digits: str, born_on: date | None, sex: str) -> list[str]:
    """What the number says otherwise than the row: province, year of birth, sex. Empty where all agrees or nothing is known."""
    if not digits:
        return []
    province = int(digits[:3])
    century, coded_sex = divmod(int(digits[3]), 2)
    year = FIRST_CENTURY + 100 * century + int(digits[4:6])
    found = []
    if province < FIRST_ABROAD and province not in PROVINCES:
        found.append(_("The citizen number begins with %(code)s, which no province has.") % {"code": digits[:3]})
    if born_on and born_on.year != year:
        found.append(_("The citizen number says born in %(year)d.") % {"year": year})
    if sex and (sex == Sex.FEMALE) != bool(coded_sex):
        found.append(_("The citizen number says the other sex."))
    return found


def seal(digits: str) -> bytes:
    """The number as it is stored."""
    return sealing.seal(digits.encode(), PURPOSE)


def index(digits: str) -> str:
    """The key under which the number is found."""
    return sealing.blind_index(digits, PURPOSE)


def indexes(numbers: Sequence[str]) -> list[str]:
    """The key of each number, in their order."""
    return sealing.blind_indexes(numbers, PURPOSE)


def seal_all(numbers: Sequence[str]) -> list[bytes]:
    """Each number as it is stored, in their order."""
    return sealing.seal_all((digits.encode() for digits in numbers), PURPOSE)


def masked(sealed: bytes | memoryview | None) -> str:
    """The number as it may be shown: only its last three digits. Empty where there is none."""
    if not sealed:
        return ""
    return "•" * 9 + sealing.unseal(bytes(sealed), PURPOSE).decode()[-3:]


def whole(sealed: bytes | memoryview | None) -> str:
    """All its digits; empty where there is none. For actions that write the view into the trail."""
    return sealing.unseal(bytes(sealed), PURPOSE).decode() if sealed else ""
