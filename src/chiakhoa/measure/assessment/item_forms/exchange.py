"""The form that takes a file of another tool in."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.measure.assessment import checking

LARGEST_FILE = 20_000_000


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
