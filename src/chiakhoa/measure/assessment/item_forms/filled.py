"""The form of short answers and of tasks: fields to choose or to write, and what stands above them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chiakhoa.measure.assessment import checking, marking
from chiakhoa.measure.assessment.item_forms import sheets
from chiakhoa.measure.assessment.item_forms.words import LETTERS, ItemForm
from chiakhoa.measure.assessment.models import ItemKind

FIELDS, CHOICES, SLIPS, NOTES = 6, 6, 5, 4
MARKINGS = {
    "text": _("words; capitals and Vietnamese marks do not count"),
    "spelling": _("words; Vietnamese marks count"),
    "number": _("a number; 1.250.000 and 1250000 are one"),
    "formula": _("a formula; on a sheet, what it calculates counts"),
}
BOTH = checking.LANGUAGES


class FieldLine:
    """One field of the form: what it is called, what may be chosen or is to be written, and the mistakes foreseen."""

    def __init__(self, form: "FilledForm", number: int) -> None:
        self.number = number
        self.form = form
        self.choices = [(k, self.row(f"choice{k}.", "", "why")) for k in range(1, CHOICES + 1)] if form.is_task else []
        self.slips = [
            (k, [form[f"{number}.slip{k}.answer"], *self.row(f"slip{k}.", "why")]) for k in range(1, SLIPS + 1)
        ]
        self.is_open = number == 1 or self.holds(*(f"{name}_{one}" for name in ("label", "answer") for one in BOTH))
        self.chooses = any(self.filled(fields) for _k, fields in self.choices)
        self.writes = not form.is_task or form.look == "sheet" or self.holds("answer_vi", "answer_en")
        self.foresees = any(self.filled(fields) for _k, fields in self.slips)

    def __getitem__(self, name: str) -> BoundField:
        """A field of this line by its name, for templates. KeyError where this item has no such field."""
        return self.form[f"{self.number}.{name}"]

    def row(self, before: str, *texts: str) -> list[BoundField]:
        """The fields of texts in both languages."""
        return [self.form[f"{self.number}.{before}{checking.named(text, one)}"] for text in texts for one in BOTH]

    def holds(self, *names: str) -> bool:
        """Whether something stands in one of the fields, or is wrong with it."""
        return self.filled([self.form[f"{self.number}.{name}"] for name in names])

    @staticmethod
    def filled(fields: Sequence[BoundField]) -> bool:
        """Whether something stands in one of these, or is wrong with it."""
        return any(field.value() or field.errors for field in fields)


class FilledForm(ItemForm):
    """A short answer, which has one field, or a task. The look of a task is that of the row it is made with."""

    template_parts = "assessment/_write_filled.html"

    def __init__(
        self, kind: ItemKind, competences: Any, data: Any = None, *, row: Mapping[str, Any] | None = None
    ) -> None:
        self.is_task = kind == ItemKind.TASK
        self.look = str((row or {}).get("look", "form")) if self.is_task else ""
        self.has_why = bool((row or {}).get("why_vi"))
        super().__init__(kind, competences, data, row=row)

    @property
    def count(self) -> int:
        """How many fields the form offers."""
        return FIELDS if self.is_task else 1

    @property
    def lines(self) -> list[FieldLine]:
        """The fields of the item, as the page sets them."""
        return [FieldLine(self, number) for number in range(1, self.count + 1)]

    @property
    def shared(self) -> list[tuple[int, list[BoundField]]]:
        """The choices that all fields share which have none of their own."""
        return [(k, [self[f"shared{k}.{one}"] for one in BOTH]) for k in range(1, CHOICES + 1)]

    @property
    def notes(self) -> list[tuple[BoundField, ...]]:
        """The rules above the task."""
        return [tuple(self[f"note{k}.{one}"] for one in BOTH) for k in range(1, NOTES + 1)]

    def add_parts(self) -> None:
        """The fields of the item, and of a task what stands above them."""
        if self.is_task:
            self.add_pair("title", _("Title of the task"))
            for k in range(1, NOTES + 1):
                self.add_pair(f"note{k}.", _("Note or rule"))
            for k in range(1, CHOICES + 1):
                self.add_pair(f"shared{k}.", format_lazy("{} {}", _("Choice"), k))
        if self.look == "sheet":
            self.add_pair("grid", _("Sheet"), rows=7, longest=4000)
        for number in range(1, self.count + 1):
            self._add_field(number)
        if self.has_why:
            self.add_pair("why", _("Reason"))

    def _add_field(self, number: int) -> None:
        before = f"{number}."
        self.add_pair(f"{before}label", _("What the field is called"))
        self.add_pair(f"{before}detail", _("What stands beside it, if need be"))
        if self.is_task:
            for k in range(1, CHOICES + 1):
                self.add_pair(f"{before}choice{k}.", format_lazy("{} {}", _("Choice"), k))
                self.add_pair(f"{before}choice{k}.why", _("Why it is wrong"))
            numbers = [("", _("Choose…")), *((str(k), str(k)) for k in range(1, CHOICES + 1))]
            self.add_choice(f"{before}right", _("Number of the right choice"), numbers)
        self.add_pair(f"{before}answer", _("Right answer"), longest=marking.LONGEST)
        self.add_choice(f"{before}marking", _("How it is marked"), [("", _("Choose…")), *MARKINGS.items()])
        self.add_text(f"{before}also", _("Other right answers, one a line"), rows=2)
        self.add_text(f"{before}tolerance", _("A number may be off by"))
        if self.look == "sheet":
            words = _("A line each, for words and borders that the formula looks at: B2=4,9; B3=Đã nộp")
            self.add_text(f"{before}trials", _("Other values to try the formula with"), rows=3, words=words)
        for k in range(1, SLIPS + 1):
            self.add_text(f"{before}slip{k}.answer", format_lazy("{} {}", _("Frequent mistake"), k))
            self.add_pair(f"{before}slip{k}.why", _("Why it is wrong"))
        self.add_pair(f"{before}why", _("Why the answer is right"))

    def initial_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as the fields hold it; choices that several fields share stand once."""
        fields = row.get("fields", [])
        shared = _shared(row)
        found = super().initial_of(row)
        found |= {name: row[name] for name in ("title_vi", "title_en", "why_vi", "why_en") if name in row}
        for k, note in enumerate(row.get("notes", []), start=1):
            found |= {f"note{k}.{one}": note.get(one, "") for one in BOTH}
        for k, choice in enumerate(shared, start=1):
            found |= {f"shared{k}.{one}": choice[one] for one in BOTH}
        if "grid" in row:
            numbers = {field["key"]: n for n, field in enumerate(fields, start=1)}
            found |= {f"grid_{one}": sheets.write(row["grid"], numbers, one) for one in BOTH}
        for n, field in enumerate(fields, start=1):
            found |= {f"{n}.{name}": value for name, value in _initial(field, shared).items()}
        return found

    def clean(self) -> dict[str, Any]:
        """What no row can hold is said here: two tables of different shape, a trial that names no cell, a tolerance in words."""
        for number in range(1, self.count + 1):
            self._try(f"{number}.tolerance", _tolerance, _("Write a number, for instance 0,5."))
            self._try(f"{number}.trials", sheets.trials, _("Write cells with values: B2=4,9; B3=Đã nộp."))
        words = _("The English table needs as many rows and cells as the Vietnamese one.")
        self._try("grid_en", lambda text: sheets.read(self.said_lines("grid_vi"), text, {}), words)
        return self.cleaned_data

    def _try(self, name: str, reading: Any, words: Any) -> None:
        try:
            reading(self.said_lines(name))
        except ValueError:
            self.add_error(name, forms.ValidationError(words))

    def parts_of(self) -> dict[str, Any]:
        """The fields, and what stands above them."""
        used = self._used()
        keys = dict(zip(used, LETTERS, strict=False))
        above: dict[str, Any] = {"look": self.look, **self.pair("title")} if self.is_task else {}
        notes = [self.pair("", f"note{k}.") for k in range(1, NOTES + 1) if self._both(f"note{k}.")]
        above |= {"notes": notes} if notes else {}
        if self.look == "sheet":
            above["grid"] = sheets.read(self.said_lines("grid_vi"), self.said_lines("grid_en"), keys)
        why = self.pair("why") if self.has_why else {}
        return {**above, **why, "fields": [self._field(number, keys[number]) for number in used]}

    def place_of(self, place: str) -> str:
        """A field of the form for a place in the row: numbers count what is used; shared choices stand once."""
        if place == "grid":
            return "grid_vi"
        number, dot, name = place.partition(".")
        if number.startswith("note") and dot:
            used = [k for k in range(1, NOTES + 1) if self._both(f"note{k}.")]
            return f"note{used[int(number.removeprefix('note')) - 1]}.{name}"
        if not dot:
            return place
        line = self._used()[int(number) - 1]
        part, dot, text = name.partition(".")
        for kind, lines in (("choice", self._choices(line)), ("slip", self._slips(line))):
            if dot and part.startswith(kind):
                at = lines[int(part.removeprefix(kind)) - 1]
                is_shared = kind == "choice" and not self._own(line)
                return f"shared{at}.{text}" if is_shared else f"{line}.{kind}{at}.{text}"
        return f"{line}.{name}"

    def _both(self, name: str) -> bool:
        return self.has_any([f"{name}{one}" for one in BOTH])

    def _used(self) -> list[int]:
        """The numbers of the fields that hold something; a short answer always has its one."""
        names = [checking.named(text, one) for text in ("label", "answer") for one in BOTH]
        return [
            n for n in range(1, self.count + 1) if not self.is_task or self.has_any([f"{n}.{one}" for one in names])
        ]

    def _own(self, n: int) -> list[int]:
        return [k for k in range(1, CHOICES + 1) if self._both(f"{n}.choice{k}.") or self._both(f"{n}.choice{k}.why_")]

    def _choices(self, n: int) -> list[int]:
        """The numbers of the choices of a field, its own or, where nothing is to be written, those of all."""
        own = self._own(n)
        if own or self._both(f"{n}.answer_"):
            return own
        return [k for k in range(1, CHOICES + 1) if self._both(f"shared{k}.")]

    def _slips(self, n: int) -> list[int]:
        return [
            k for k in range(1, SLIPS + 1) if self.said(f"{n}.slip{k}.answer") or self._both(f"{n}.slip{k}.why_")
        ]  # fmt: skip

    def _field(self, n: int, key: str) -> dict[str, Any]:
        before = f"{n}."
        detail = self.pair("detail", before) if self._both(f"{before}detail_") else {}
        field = {"key": key, **self.pair("label", before), **detail}
        if self._choices(n):
            field |= self._chosen(n)
        if self._own(n) or not self._choices(n):
            field |= self._written(n)
        return {**field, **self.pair("why", before)}

    def _chosen(self, n: int) -> dict[str, Any]:
        lines = self._choices(n)
        keys = dict(zip(map(str, lines), LETTERS, strict=False))
        prefixes = [f"{n}.choice{k}." if self._own(n) else f"shared{k}." for k in lines]
        choices = [
            {"key": key, **self.pair("", before), **(self.pair("why", before) if self._both(f"{before}why_") else {})}
            for key, before in zip(LETTERS, prefixes, strict=False)
        ]
        return {"choices": choices, "right": keys.get(self.said(f"{n}.right"), "")}

    def _written(self, n: int) -> dict[str, Any]:
        if self._own(n) and not self._both(f"{n}.answer_"):
            return {}
        before = f"{n}."
        slips = [
            {"answer": self.said(f"{before}slip{k}.answer"), **self.pair("why", f"{before}slip{k}.")}
            for k in self._slips(n)
        ]
        written = {**self.pair("answer", before), "marking": self.said(f"{before}marking"), "slips": slips}
        more = {
            "also": self.said_lines(f"{before}also").splitlines(),
            "tolerance": _tolerance(self.said(f"{before}tolerance")),
            "trials": sheets.trials(self.said_lines(f"{before}trials")),
        }
        return written | {name: value for name, value in more.items() if value}


def _shared(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The choices, without reasons of their own, that more than one field has."""
    offered = [field["choices"] for field in row.get("fields", []) if "choices" in field]
    offered = [choices for choices in offered if not any("why_vi" in choice for choice in choices)]
    common: list[dict[str, Any]] = next((one for one in offered if offered.count(one) > 1), [])
    return common or list(row.get("shared", []))


def _initial(field: Mapping[str, Any], shared: list[dict[str, Any]]) -> dict[str, Any]:
    names = [f"{name}_{one}" for name in ("label", "detail", "answer", "why") for one in BOTH]
    found: dict[str, Any] = {name: field[name] for name in (*names, "marking", "tolerance") if name in field}
    found["also"] = "\n".join(field.get("also", []))
    found["trials"] = sheets.written_trials(field.get("trials", []))
    if "choices" in field:
        right = [choice["key"] for choice in field["choices"]]
        found["right"] = str(right.index(field["right"]) + 1) if field["right"] in right else ""
        for k, choice in enumerate([] if field["choices"] == shared else field["choices"], start=1):
            found |= {f"choice{k}.{name}": value for name, value in choice.items() if name != "key"}
    for k, slip in enumerate(field.get("slips", []), start=1):
        found |= {f"slip{k}.{name}": value for name, value in slip.items()}
    return found


def _tolerance(text: str) -> float:
    found = sheets.value(text) if text else 0
    if isinstance(found, str) or found < 0:
        raise ValueError(text)
    return float(found) if found != int(found) else int(found)
