"""The form in which somebody who is no programmer writes an item, in both languages; what is wrong stands at its field."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.text import nfc
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.measure.assessment import bank, checking
from chiakhoa.measure.assessment.models import ItemKind

LINES = {ItemKind.SINGLE: 6, ItemKind.MULTIPLE: 8, ItemKind.ORDERING: 8, ItemKind.MATCHING: 8}
LETTERS = "abcdefghijkl"
LARGEST_FILE = 20_000_000
MARKED = (ItemKind.SINGLE, ItemKind.MULTIPLE)
SHORT = forms.TextInput(attrs={"autocomplete": "off"})


class Line:
    """One line of the form: its number, pairs of fields (Vietnamese, English), and the box that says it is right."""

    def __init__(self, form: "ItemForm", number: int) -> None:
        self.number = number
        self.pairs = [
            tuple(form[f"{number}.{checking.named(text, language)}"] for language in checking.LANGUAGES)
            for text in form.texts
        ]
        self.correct = form[f"{number}.correct"] if form.kind in MARKED else None
        fields = [field for pair in self.pairs for field in pair]
        self.is_open = number <= form.least or any(field.value() or field.errors for field in fields)


class ItemForm(forms.Form):
    """The text of an item of one of the kinds that have a form. `row` gives a row as in the item files."""

    competence = forms.ChoiceField(label=_("Competence"))
    grade = forms.TypedChoiceField(
        label=_("Grade"), coerce=int, choices=[("", _("Choose…")), *((n, str(n)) for n in checking.GRADES)],
        help_text=_("Somebody who has just reached this grade answers rightly about six times in ten."),
    )  # fmt: skip
    stem_vi = forms.CharField(label=_("Question in Vietnamese"), widget=forms.Textarea(attrs={"rows": 4}))
    stem_en = forms.CharField(label=_("Question in English"), widget=forms.Textarea(attrs={"rows": 4}), required=False)

    def __init__(
        self,
        kind: ItemKind,
        competences: Sequence[Competence],
        data: Any = None,
        *,
        row: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.least = 4
        self.texts = ["left", "right"] if kind == ItemKind.MATCHING else ["", "why"]
        super().__init__(data, initial=_as_initial(row) if row else None)
        choices = [("", _("Choose…")), *((one.code, f"{one.code} {one.name}") for one in competences)]
        self.fields["competence"] = forms.ChoiceField(label=_("Competence"), choices=choices)
        for number in range(1, LINES[kind] + 1):
            self._add_line(number)
        if kind == ItemKind.MATCHING:
            self._add_pair("why", _("Why they belong together"))
        self._add_pair("learn", _("Where to learn it"))
        self.lines = [Line(self, number) for number in range(1, LINES[kind] + 1)]

    def _add_line(self, number: int) -> None:
        words = {
            "": _("Step") if self.kind == ItemKind.ORDERING else _("Option"),
            "why": _("Reason"), "left": _("Left side"), "right": _("Right side"),
        }  # fmt: skip
        for text in self.texts:
            self._add_pair(f"{number}.{text}" if text else f"{number}.", words[text])
        if self.kind in MARKED:
            self.fields[f"{number}.correct"] = forms.BooleanField(label=_("This answer is right"), required=False)

    def _add_pair(self, name: str, words: Any) -> None:
        for language, said in (("vi", _("in Vietnamese")), ("en", _("in English"))):
            whole = f"{name}{language}" if name.endswith(".") else f"{name}_{language}"
            label = format_lazy("{} {}", words, said)
            self.fields[whole] = forms.CharField(label=label, required=False, max_length=1000, widget=SHORT)

    def row(self) -> dict[str, Any]:
        """What was written, as a row of the item files; empty lines fall out and the rest move up."""
        sent = self.cleaned_data
        part = bank.PARTS.get(self.kind, "options")
        names = ["stem_vi", "stem_en", "learn_vi", "learn_en"]
        names += ["why_vi", "why_en"] if self.kind == ItemKind.MATCHING else []
        head = {"kind": str(self.kind), "competence": sent["competence"], "grade": sent["grade"]}
        lines = [self._part(number, key) for key, number in zip(LETTERS, self._used(), strict=False)]
        return {**head, **{name: nfc(sent.get(name, "")) for name in names}, part: lines}

    def say(self, lacks: Sequence[checking.Lack]) -> None:
        """Put each thing that is missing or wrong at its field."""
        used = list(self._used())
        for lack in lacks:
            place = lack.place
            number, dot, name = place.partition(".")
            if dot:
                place = f"{used[int(number) - 1]}.{name}"
            elif place in ("parts", "key"):
                place = ""
            self.add_error(place if place in self.fields else None, lack.words)

    def _used(self) -> Iterator[int]:
        sent = self.cleaned_data
        for line in self.lines:
            names = [field.name for pair in line.pairs for field in pair]
            if any(sent.get(name, "").strip() for name in names):
                yield line.number

    def _part(self, number: int, key: str) -> dict[str, Any]:
        sent = self.cleaned_data
        names = [checking.named(text, language) for text in self.texts for language in checking.LANGUAGES]
        part = {"key": key, **{name: nfc(sent.get(f"{number}.{name}", "")) for name in names}}
        return {**part, "correct": sent.get(f"{number}.correct", False)} if self.kind in MARKED else part


def _as_initial(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if isinstance(value, str | int)}
    for number, part in enumerate(checking.parts(dict(row)), start=1):
        found |= {f"{number}.{name}": value for name, value in part.items()}
    return found


class ExchangeForm(forms.Form):
    """A file from another tool, and what its questions do not say themselves."""

    file = forms.FileField(
        label=_("File"), help_text=_("Moodle XML, GIFT (text), QTI 2.x or 3 (ZIP or XML), up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".xml,.txt,.gift,.zip"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of texts that do not say theirs"), choices=[("vi", "Tiếng Việt"), ("en", "English")]
    )
    competence = forms.ChoiceField(label=_("Competence, for questions that name none"), required=False)
    grade = forms.TypedChoiceField(
        label=_("Grade, for questions that name none"), coerce=int, empty_value=None, required=False,
        choices=[("", "–"), *((n, str(n)) for n in checking.GRADES)],
    )  # fmt: skip

    def __init__(self, competences: Sequence[Competence], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((one.code, f"{one.code} {one.name}") for one in competences)]
        label = _("Competence, for questions that name none")
        self.fields["competence"] = forms.ChoiceField(label=label, required=False, choices=choices)

    def clean_file(self) -> Any:
        """The file, if it is of a size that a list of questions can have."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 20 MB. Split it and send the parts."))
        return file
