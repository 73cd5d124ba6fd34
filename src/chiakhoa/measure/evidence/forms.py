"""The form of a supervisor's opinion: one choice of a grade for each domain of the scale."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from chiakhoa.ground.frameworks import queries as frameworks


class RatingForm(forms.Form):
    """A grade for each domain; a domain that the supervisor cannot judge stays open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scale = frameworks.scale()
        choices = [("", _("I cannot say")), ("0", _("below grade 1"))]
        choices += [(str(grade.number), f"{grade.number} – {grade.said('autonomy')}") for grade in scale.grades]
        for domain in scale.domains:
            self.fields[f"domain_{domain.order}"] = forms.ChoiceField(
                label=f"{domain.code}. {domain.name}", choices=choices, required=False
            )

    def clean(self) -> dict[str, Any]:
        """At least one domain is judged."""
        answer = super().clean() or self.cleaned_data
        if not any(answer.values()):
            raise forms.ValidationError(_("Rate at least one domain, or leave the page."), code="nothing_rated")
        return answer

    @property
    def grades(self) -> dict[int, int]:
        """Domain index -> grade, of the domains judged."""
        return {int(name.removeprefix("domain_")): int(grade) for name, grade in self.cleaned_data.items() if grade}
