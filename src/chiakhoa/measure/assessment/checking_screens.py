"""What is wrong with a drawn screen, in words at the place. Pure; a part of checking, which also reads what `Lack` says."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from chiakhoa.measure.assessment import drawing

WIDEST = drawing.COLUMN * drawing.COLUMNS
HIGHEST = drawing.ROW * 24
TALLEST = drawing.ROW * 8
FINGER = (60, 48)  # units: what a thumb hits on a small phone


class Lack(NamedTuple):
    """Something missing or wrong: the part of the row ("stem_vi", "2.why_en" for the second part, "" for the whole), in words."""

    place: str
    words: str


def faults(row: dict[str, Any]) -> Iterator[Lack]:
    """What cannot be drawn: a thing outside the screen, an icon that there is not, a block with nothing in it."""
    for name, thing in _things(row):
        x, y, width, height = thing["at"]
        if x + width > WIDEST:
            yield Lack(f"{name}.width", _("It sticks out on the right: column and width make at most 17 together."))
        if y + height > HIGHEST or height > TALLEST:
            yield Lack(f"{name}.height", _("Too low or too high: a screen has 24 rows, and a thing at most 8 of them."))
        if "icon" in thing and thing["icon"] not in drawing.ICONS:
            yield Lack(f"{name}.icon", _("There is no such icon."))
        if name.startswith("block") and not (thing.get("icon") or thing.get("vi") or thing.get("en")):
            yield Lack(f"{name}.vi", _("Write something here, or choose an icon, or empty the whole line."))


def gaps(row: dict[str, Any]) -> Iterator[Lack]:
    """What a learner could not use: things off the grid or over each other, places too small, words of one language only."""
    taken: dict[tuple[int, int], str] = {}
    for name, thing in _things(row):
        x, y, width, height = thing["at"]
        cells = [(c, r) for c in range(x, x + width, drawing.COLUMN) for r in range(y, y + height, drawing.ROW)]
        if x % drawing.COLUMN or width % drawing.COLUMN or y % drawing.ROW or height % drawing.ROW:
            yield Lack(f"{name}.column", _("This does not lie on the grid of the screen."))
        if any(cell in taken for cell in cells):
            yield Lack(f"{name}.column", _("This covers something else on the screen."))
        taken |= dict.fromkeys(cells, name)
        if name.startswith("block"):
            yield from _one_language(name, thing, "")
        else:
            yield from _place_gaps(name, thing)


def _place_gaps(name: str, place: dict[str, Any]) -> Iterator[Lack]:
    if place["at"][2] < FINGER[0] or place["at"][3] < FINGER[1]:
        yield Lack(f"{name}.width", _("Too small for a finger: at least 3 columns and 2 rows."))
    yield from _one_language(name, place, "shows_")
    for language in ("vi", "en"):
        drawn = place.get(f"shows_{language}", "")
        if drawn not in place.get(language, ""):
            words = _("What the place is called has to hold the words that are drawn there.")
            yield Lack(f"{name}.{language}", words)


def _one_language(name: str, thing: dict[str, Any], before: str) -> Iterator[Lack]:
    vi, en = (thing.get(f"{before}{language}", "") for language in ("vi", "en"))
    if bool(vi) != bool(en):
        words = _("The English text is missing.") if vi else _("The Vietnamese text is missing.")
        yield Lack(f"{name}.{before}{'en' if vi else 'vi'}", words)


def _things(row: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Blocks and places with the beginning of their place in the row."""
    for number, option in enumerate(row["options"], start=1):
        yield str(number), option
    for number, block in enumerate(row["screen"].get("blocks", []), start=1):
        yield f"block{number}", block
