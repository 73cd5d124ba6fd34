"""What the form of every item holds: competence, grade, the question and where to learn, in both languages."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.text import nfc
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.measure.assessment import checking
from chiakhoa.measure.assessment.models import ItemKind

LETTERS = "abcdefghijkl"
LONGEST_LINE = 1000
NUMBERED = re.compile(r"(\d+)\.")  # "2.vi" is of the second part, "1.slip2.answer" of the second slip of the first
NAMES = ("stem_vi", "stem_en", "learn_vi", "learn_en")


class ItemForm(forms.Form):
    """The words that every item has. `row` gives a row as in the item files; each kind adds its parts.

    Fields of the n-th part are called "n.name", so that a lack of the second part has the place of its field.
    """

    template_parts: ClassVar[str] = ""

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
        super().__init__(data, initial=self.initial_of(row) if row else None)
        choices = [("", _("Choose…")), *((one.code, f"{one.code} {one.name}") for one in competences)]
        self.fields["competence"] = forms.ChoiceField(label=_("Competence"), choices=choices)
        self.add_parts()
        self.add_pair("learn", _("Where to learn it"))
        self._number_labels()

    def _number_labels(self) -> None:
        """A list of what is missing names four options alike unless the label says which one."""
        for name, field in self.fields.items():
            numbers = NUMBERED.findall(name)
            if numbers:
                field.label = format_lazy("{}. {}", ".".join(numbers), field.label)

    def add_parts(self) -> None:
        """Add the fields of the kind's parts."""
        raise NotImplementedError

    def parts_of(self) -> dict[str, Any]:
        """What the kind adds to the row."""
        raise NotImplementedError

    def initial_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as the fields hold it; each kind adds its parts."""
        return {name: row[name] for name in ("competence", "grade", *NAMES) if name in row}

    def place_of(self, place: str) -> str:
        """The field in which a lack at this place of the row is said; none of that name where it is of the whole."""
        return place

    def row(self) -> dict[str, Any]:
        """What was written, as a row of the item files; empty lines fall out and the rest move up."""
        sent = self.cleaned_data
        head = {"kind": str(self.kind), "competence": sent.get("competence", ""), "grade": sent.get("grade")}
        return {**head, **{name: self.said(name) for name in NAMES}, **self.parts_of()}

    def say(self, lacks: Sequence[checking.Lack]) -> None:
        """Put each thing that is missing or wrong at its field; the same is said once."""
        for lack in lacks:
            place = self.place_of(lack.place)
            known = place in self.fields
            if lack.words not in self.errors.get(place if known else "__all__", []):
                self.add_error(place if known else None, lack.words)

    def lacks(self) -> list[tuple[BoundField | None, str]]:
        """What keeps the item, as it is written now, from being read by somebody else: the field and the words."""
        row = self.row()
        wrong = [(name, str(words)) for name, errors in self.errors.items() for words in errors]
        said = {name for name, _words in wrong}
        places = [(self.place_of(lack.place), lack.words) for lack in [*checking.faults(row), *checking.gaps(row)]]
        wrong += [one for one in dict.fromkeys(places) if one[0] not in said]
        return [(self[name] if name in self.fields else None, words) for name, words in wrong]

    def add_pair(self, name: str, words: Any, *, rows: int = 0, longest: int = LONGEST_LINE) -> None:
        """A text in both languages: "2." becomes 2.vi and 2.en, "why" becomes why_vi and why_en."""
        for language, said in (("vi", _("in Vietnamese")), ("en", _("in English"))):
            whole = f"{name}{language}" if name.endswith(".") else f"{name}_{language}"
            label = format_lazy("{} {}", words, said)
            self.add_text(whole, label, rows=rows, longest=longest)

    def add_text(self, name: str, label: Any, *, rows: int = 0, longest: int = LONGEST_LINE, words: Any = "") -> None:
        """One text, on one line or several."""
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
        self.fields[name] = forms.CharField(
            label=label, required=False, max_length=longest, widget=widget, help_text=words
        )

    def add_choice(self, name: str, label: Any, choices: Sequence[tuple[Any, Any]], *, words: Any = "") -> None:
        """One of several."""
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, help_text=words)

    def said(self, name: str) -> str:
        """What stands in a field, in the one form that is stored; nothing where the form could not read it."""
        return nfc(self.cleaned_data.get(name) or "").strip()

    def said_lines(self, name: str) -> str:
        """The same of a text whose lines count, and whose cells may be parted by tabs, as a spreadsheet copies them."""
        lines = str(self.cleaned_data.get(name) or "").replace("\t", " | ").splitlines()
        return "\n".join(filter(None, map(nfc, lines)))

    def pair(self, name: str, before: str = "") -> dict[str, str]:
        """A text in both languages, as the row holds it; of a part, whose fields begin with `before`."""
        names = [checking.named(name, language) for language in checking.LANGUAGES]
        return {one: self.said(f"{before}{one}") for one in names}

    def has_any(self, names: Sequence[str]) -> bool:
        """Whether something stands in one of the fields."""
        return any(self.said(name) for name in names)
