"""The form of hot spots: places and blocks on a drawn screen, each by its column, row, width and height on the grid."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from chiakhoa.measure.assessment import checking, drawing
from chiakhoa.measure.assessment.item_forms.words import LETTERS, ItemForm

PLACES, BLOCKS = 6, 10
WHERE = ("column", "row", "width", "height")
TONES = {
    "plain": _("plain words"), "title": _("title"), "bar": _("coloured bar"), "panel": _("box"), "quiet": _("small grey words"),
    "mine": _("own message"), "warning": _("warning"),
}  # fmt: skip
FACES = {"": _("dashed box"), "button": _("button"), "link": _("link"), "row": _("row of a list")}
ICONS = {
    "back": _("arrow left"),
    "bell": _("bell"),
    "bin": _("bin"),
    "camera": _("camera"),
    "clip": _("paper clip"),
    "cloud": _("cloud"),
    "gear": _("gear wheel"),
    "lens": _("magnifying glass"),
    "lock": _("padlock"),
    "menu": _("three lines"),
    "more": _("three dots"),
    "people": _("people"),
    "pen": _("pen"),
    "phone": _("telephone"),
    "picture": _("picture"),
    "pin": _("pin of a map"),
    "plus": _("plus"),
    "reply": _("arrow of a reply"),
    "send": _("paper plane"),
    "share": _("arrow out of a box"),
    "star": _("star"),
    "warning": _("warning triangle"),
}
BOTH = checking.LANGUAGES


class Thing:
    """A place to point at or a block, as the page sets its fields."""

    def __init__(self, form: "ScreenForm", before: str, number: int) -> None:
        self.number = number
        self.is_place = not before
        self.where = [form[f"{before}{number}.{name}"] for name in WHERE]
        self.looks = [form[f"{before}{number}.{name}"] for name in ("tone", "icon")]
        self.name = [form[f"{before}{number}.{one}"] for one in BOTH]
        self.shows: list[BoundField] = []
        self.why: list[BoundField] = []
        self.correct: BoundField | None = None
        if self.is_place:
            self.shows = [form[f"{number}.shows_{one}"] for one in BOTH]
            self.why = [form[f"{number}.why_{one}"] for one in BOTH]
            self.correct = form[f"{number}.correct"]
        fields = [*self.where, *self.name, form[f"{before}{number}.icon"]]
        self.is_open = any(field.value() or field.errors for field in fields) or (self.is_place and number == 1)


class ScreenForm(ItemForm):
    """A hot spot. Columns are counted from 1 to 16, rows from 1 to 24; the screen is as high as what stands on it."""

    template_parts = "assessment/_write_screen.html"
    most: ClassVar[dict[str, int]] = {"column": 16, "row": 24, "width": 16, "height": 8}

    @property
    def places(self) -> list[Thing]:
        """The places to point at."""
        return [Thing(self, "", n) for n in range(1, PLACES + 1)]

    @property
    def blocks(self) -> list[Thing]:
        """What else is drawn."""
        return [Thing(self, "block", n) for n in range(1, BLOCKS + 1)]

    def add_parts(self) -> None:
        """What the screen is in words, its places and its blocks."""
        self.add_pair("alt", _("What the screen shows, in words"), rows=2)
        for number in range(1, PLACES + 1):
            self._add_thing(f"{number}.", _("What the place is called"), FACES)
            self.add_pair(f"{number}.shows", _("Words drawn there, if other than its name"))
            self.add_pair(f"{number}.why", _("Reason"))
            self.fields[f"{number}.correct"] = forms.BooleanField(label=_("This is the right place"), required=False)
        for number in range(1, BLOCKS + 1):
            self._add_thing(f"block{number}.", _("Words"), TONES)

    def _add_thing(self, before: str, words: Any, tones: Mapping[str, Any]) -> None:
        labels = {"column": _("Column"), "row": _("Row"), "width": _("Width"), "height": _("Height")}
        for name, most in self.most.items():
            self.fields[f"{before}{name}"] = forms.IntegerField(
                label=labels[name], required=False, min_value=1, max_value=most
            )
        self.add_choice(f"{before}tone", _("Look"), list(tones.items()))
        self.add_choice(f"{before}icon", _("Icon"), [("", _("none")), *ICONS.items()])
        self.add_pair(before, words)

    def initial_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as the fields hold it."""
        found = super().initial_of(row)
        screen = row.get("screen", {})
        found |= {f"alt_{one}": screen.get(f"alt_{one}", "") for one in BOTH}
        for n, option in enumerate(row.get("options", []), start=1):
            found |= {f"{n}.{name}": value for name, value in _initial(option).items()}
        for n, block in enumerate(screen.get("blocks", []), start=1):
            found |= {f"block{n}.{name}": value for name, value in _initial(block).items()}
        return found

    def parts_of(self) -> dict[str, Any]:
        """The places and the screen."""
        places = [self._place(n, key) for key, n in zip(LETTERS, self._used("", PLACES), strict=False)]
        blocks = [self._thing(f"block{n}.") for n in self._used("block", BLOCKS)]
        lowest = max((one["at"][1] + one["at"][3] for one in [*places, *blocks]), default=0)
        return {"screen": {"height": lowest, **self.pair("alt"), "blocks": blocks}, "options": places}

    def place_of(self, place: str) -> str:
        """The number of a place or block counts those that are used."""
        number, dot, name = place.partition(".")
        if not dot:
            return place
        if number.startswith("block"):
            return f"block{self._used('block', BLOCKS)[int(number.removeprefix('block')) - 1]}.{name}"
        return f"{self._used('', PLACES)[int(number) - 1]}.{name}"

    def _used(self, before: str, most: int) -> list[int]:
        names = (*BOTH, "icon", *WHERE)
        return [n for n in range(1, most + 1) if any(self.cleaned_data.get(f"{before}{n}.{name}") for name in names)]

    def _place(self, n: int, key: str) -> dict[str, Any]:
        before = f"{n}."
        shows = self.pair("shows", before) if self.has_any([f"{before}shows_{one}" for one in BOTH]) else {}
        correct = self.cleaned_data.get(f"{before}correct", False)
        return {"key": key, **self._thing(before), **shows, "correct": correct, **self.pair("why", before)}

    def _thing(self, before: str) -> dict[str, Any]:
        """Where it stands and what it looks like. What is not said stands at the left edge, on top, one cell large."""
        column, row, width, height = (self.cleaned_data.get(f"{before}{name}") or 1 for name in WHERE)
        at = [(column - 1) * drawing.COLUMN, (row - 1) * drawing.ROW, width * drawing.COLUMN, height * drawing.ROW]
        looks = {name: self.said(f"{before}{name}") for name in ("icon", "tone")}
        words = self.pair("", before)
        is_block = before.startswith("block")
        return {
            **(words if not is_block or any(words.values()) else {}),
            "at": at,
            **{name: value for name, value in looks.items() if value},
        }


def _initial(thing: Mapping[str, Any]) -> dict[str, Any]:
    x, y, width, height = thing.get("at", (0, 0, drawing.COLUMN, drawing.ROW))
    where = {
        "column": x // drawing.COLUMN + 1,
        "row": y // drawing.ROW + 1,
        "width": max(1, width // drawing.COLUMN),
        "height": max(1, height // drawing.ROW),
    }
    names = ("vi", "en", "shows_vi", "shows_en", "why_vi", "why_en", "icon", "tone", "correct")
    return where | {name: thing[name] for name in names if name in thing}
