"""The form of items whose parts are options, steps or pairs."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiakhoa.measure.assessment import bank, checking
from chiakhoa.measure.assessment.item_forms.words import LETTERS, ItemForm
from chiakhoa.measure.assessment.models import ItemKind

LINES = {ItemKind.SINGLE: 6, ItemKind.MULTIPLE: 8, ItemKind.ORDERING: 8, ItemKind.MATCHING: 8}
SHOWN_AT_FIRST = 4
MARKED = (ItemKind.SINGLE, ItemKind.MULTIPLE)


class Line:
    """One line of the form: its number, pairs of fields (Vietnamese, English), and the box that says it is right."""

    def __init__(self, form: "OptionsForm", number: int) -> None:
        self.number = number
        self.pairs = [
            tuple(form[f"{number}.{checking.named(text, language)}"] for language in checking.LANGUAGES)
            for text in form.texts
        ]
        self.correct = form[f"{number}.correct"] if form.kind in MARKED else None
        fields = [field for pair in self.pairs for field in pair]
        self.is_open = number <= SHOWN_AT_FIRST or any(field.value() or field.errors for field in fields)


class OptionsForm(ItemForm):
    """An item of options, steps or pairs."""

    template_parts = "assessment/_write_options.html"

    def add_parts(self) -> None:
        """Lines of options, steps or pairs."""
        words = {
            "": _("Step") if self.kind == ItemKind.ORDERING else _("Option"),
            "why": _("Reason"), "left": _("Left side"), "right": _("Right side"),
        }  # fmt: skip
        for number in range(1, LINES[self.kind] + 1):
            for text in self.texts:
                self.add_pair(f"{number}.{text}" if text else f"{number}.", words[text])
            if self.kind in MARKED:
                label = _("This answer is right")
                self.fields[f"{number}.correct"] = forms.BooleanField(label=label, required=False)
        if self.kind == ItemKind.MATCHING:
            self.add_pair("why", _("Why they belong together"))

    @property
    def texts(self) -> list[str]:
        """The texts of a line, by name."""
        return ["left", "right"] if self.kind == ItemKind.MATCHING else ["", "why"]

    @property
    def lines(self) -> list[Line]:
        """The lines of the form."""
        return [Line(self, number) for number in range(1, LINES[self.kind] + 1)]

    def initial_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as the fields hold it."""
        found = super().initial_of(row)
        found |= {name: row[name] for name in ("why_vi", "why_en") if name in row}
        for number, part in enumerate(checking.parts(dict(row)), start=1):
            found |= {f"{number}.{name}": value for name, value in part.items()}
        return found

    def parts_of(self) -> dict[str, Any]:
        """The options or pairs."""
        part = bank.PARTS.get(self.kind, "options")
        why = self.pair("why") if self.kind == ItemKind.MATCHING else {}
        return {**why, part: [self._part(n, key) for key, n in zip(LETTERS, self._used(), strict=False)]}

    def place_of(self, place: str) -> str:
        """The number of a part counts those that are used; the field has the number of its line."""
        number, dot, name = place.partition(".")
        return f"{list(self._used())[int(number) - 1]}.{name}" if dot else place

    def _used(self) -> Iterator[int]:
        for number in range(1, LINES[self.kind] + 1):
            names = [f"{number}.{checking.named(text, one)}" for text in self.texts for one in checking.LANGUAGES]
            if self.has_any(names):
                yield number

    def _part(self, number: int, key: str) -> dict[str, Any]:
        part: dict[str, Any] = {"key": key}
        for text in self.texts:
            part |= self.pair(text, f"{number}.")
        return {**part, "correct": self.cleaned_data.get(f"{number}.correct", False)} if self.kind in MARKED else part
