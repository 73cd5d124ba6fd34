"""One cell as people type it -> the value meant. Each reader returns the value, or `Noted` where it had to repair something.

What cannot be meant raises `Unreadable`: words with the remedy, and what the cell may have been meant to say.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.registry.models import Sex

SEXES = {
    "nu": Sex.FEMALE, "female": Sex.FEMALE, "f": Sex.FEMALE, "gai": Sex.FEMALE, "ba": Sex.FEMALE, "chi": Sex.FEMALE,
    "nam": Sex.MALE, "male": Sex.MALE, "m": Sex.MALE, "trai": Sex.MALE, "ong": Sex.MALE, "anh": Sex.MALE,
}  # fmt: skip
EXCEL_DAY_ONE = date(1899, 12, 30)
LAST_SERIAL = 80_000  # in the year 2119
THREE_NUMBERS = re.compile(r"(\d{1,4})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{1,4})(?:\s+0?0:00(?::00(?:\.0+)?)?)?")
IN_WORDS = re.compile(r"(?:ngay\s*)?(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")
CITIZEN_DIGITS, OLD_CARD_DIGITS, MOBILE_DIGITS = 12, 9, 10
MARKS = {"x", "v", "co", "1", "yes", "✓", "✔", "☑"}


@dataclass(frozen=True)
class Noted:
    """A value, and what was repaired to reach it."""

    value: Any
    note: str


class Unreadable(ValueError):  # noqa: N818 - an answer to whoever typed the cell
    """A cell that means nothing. `near` are texts that it may have been meant to say, the likeliest first."""

    def __init__(self, message: str, near: tuple[str, ...] = (), code: str = "cell_unreadable") -> None:
        super().__init__(message)
        self.message, self.near, self.code = message, near, code


def text(cell: Any) -> str:
    """The cell as text, NFC, single blanks; a whole number without the point that spreadsheets add."""
    if isinstance(cell, str):
        return nfc(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}" if cell.time() == datetime.min.time() else f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return "" if cell is None else nfc(str(cell))


def day_reader(month_first: bool) -> Callable[[Any], "date | Noted | None"]:
    """A reader of days for one column; `month_first` where its days are written month/day/year."""
    return lambda cell: _day(cell, month_first)


def is_month_first(cells: Iterable[Any]) -> bool:
    """Whether a column writes month/day/year: some day can only be read so, and none can only be read the other way."""
    seconds = False
    for cell in cells:
        found = THREE_NUMBERS.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found and len(found[1]) < 3:
            if int(found[1]) > 12:
                return False
            seconds |= int(found[2]) > 12
    return seconds


def sex(cell: Any) -> str:
    """f, m or nothing, from the usual words of both languages."""
    said = fold(text(cell)).strip(".")
    if said and said not in SEXES:
        words = _("“%(text)s” is not a sex. Write nam or nữ, or leave it empty.") % {"text": text(cell)}
        raise Unreadable(words, near=("nam", "nữ"))
    return SEXES[said].value if said else ""


def phone(cell: Any) -> "str | Noted":
    """A telephone number as 0 and its digits; a lost leading zero is put back, old mobile prefixes are kept as they are."""
    if isinstance(cell, str) and len(cell) == MOBILE_DIGITS and cell[0] == "0" and cell.isdigit():
        return cell
    said = text(cell).lstrip("'").strip()
    first = re.split(r"[;,/]|\s-\s|\s{2,}", said)[0].strip()
    digits = re.sub(r"[\s.\-()]", "", first)
    if digits.startswith("+84"):
        digits = "0" + digits[3:]
    elif re.fullmatch(r"84\d{9}", digits):
        digits = "0" + digits[2:]
    if re.fullmatch(r"[1-9]\d{8}", digits):
        return Noted(
            "0" + digits, _("The telephone number got its leading zero back: %(number)s.") % {"number": "0" + digits}
        )
    if first != said:
        return Noted(digits, _("Of several telephone numbers the first was taken: %(number)s.") % {"number": digits})
    return digits


def citizen_number(cell: Any) -> "str | Noted":
    """The twelve digits; leading zeros that a spreadsheet dropped are put back. An old card of nine digits is none."""
    if isinstance(cell, str) and len(cell) == CITIZEN_DIGITS and cell.isascii() and cell.isdigit():
        return cell
    digits = re.sub(r"[\s.\-']", "", text(cell))
    if re.fullmatch(r"[1-9]\d{9,10}", digits):
        return Noted(digits.zfill(CITIZEN_DIGITS), _("The citizen number got its leading zeros back."))
    if re.fullmatch(rf"\d{{{OLD_CARD_DIGITS}}}", digits):
        return Noted(
            "", _("This is the number of an old identity card of nine digits; it was not taken as a citizen number.")
        )
    return digits


def email(cell: Any) -> str:
    """The address without the blanks that people leave in it."""
    return text(cell).replace(" ", "").strip(".,;'").lower()


def is_marked(cell: Any) -> bool:
    """Whether a column such as “Nữ” is ticked for the row: by x or the like, or by the year of birth written there."""
    said = fold(text(cell))
    return said in MARKS or bool(THREE_NUMBERS.fullmatch(said) or re.fullmatch(r"(19|20)\d\d", said))


def number(cell: Any) -> "int | float | None":
    """A number as Việt Nam writes it: 1.234.567,5; None for nothing."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return int(cell) if float(cell).is_integer() else cell
    said = text(cell).replace(" ", "")
    if not said:
        return None
    plain = re.sub(r"\.(?=\d{3}(\D|$))", "", said).replace(",", ".")
    try:
        return int(plain) if re.fullmatch(r"[+-]?\d+", plain) else float(plain)
    except ValueError:
        raise Unreadable(_("“%(text)s” is not a number. Write digits only.") % {"text": said}) from None


def _day(cell: Any, month_first: bool) -> "date | Noted | None":
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    said = text(cell).lstrip("'").strip()
    if not said:
        return None
    found = THREE_NUMBERS.fullmatch(said)
    if found and len(found[3]) == 4 and not month_first:
        return _checked(said, int(found[3]), int(found[2]), int(found[1]))
    if re.fullmatch(r"(19|20)\d\d", said):
        return Noted(None, _("Only the year %(year)s is given; the date of birth stays empty.") % {"year": said})
    if re.fullmatch(r"\d{5}", said) and int(said) <= LAST_SERIAL:
        return EXCEL_DAY_ONE + timedelta(days=int(said))
    parts = _parts(said, month_first)
    if parts:
        return _checked(said, *parts)
    raise _no_day(said)


def _parts(said: str, month_first: bool) -> tuple[int, int, int] | None:
    """Year, month, day as the text gives them; None where it has no such shape."""
    if re.fullmatch(r"\d{8}", said):
        return int(said[4:]), int(said[2:4]), int(said[:2])
    words = IN_WORDS.fullmatch(fold(said))
    if words:
        return int(words[3]), int(words[2]), int(words[1])
    found = THREE_NUMBERS.fullmatch(said)
    if not found:
        return None
    if len(found[1]) == 4:
        return int(found[1]), int(found[2]), int(found[3])
    day, month = (int(found[2]), int(found[1])) if month_first else (int(found[1]), int(found[2]))
    return int(found[3]), month, day


def _checked(said: str, year: int, month: int, day: int) -> "date | Noted":
    try:
        if year < 100:
            full = year + (2000 if year <= 20 else 1900)
            found = date(full, month, day)
            return Noted(found, _("“%(text)s” was read as %(day)s.") % {"text": said, "day": f"{found:%d/%m/%Y}"})
        return date(year, month, day)
    except ValueError:
        near = ()
        if month > 12 >= day:
            near = (f"{month:02d}/{day:02d}/{year}",)
        elif 1 <= month <= 12 and day in (29, 30, 31):
            last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
            near = (f"{last:02d}/{month:02d}/{year}",)
        raise _no_day(said, near) from None


def _no_day(said: str, near: tuple[str, ...] = ()) -> Unreadable:
    words = _("“%(text)s” is not a day. Write day/month/year, such as 02/05/1990.") % {"text": said}
    return Unreadable(words, near)
