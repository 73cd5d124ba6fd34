"""The form of an opening: what is offered, to whom, where and when, and which grade it asks for in each competence."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.frameworks.models import Domain
from chiakhoa.ground.registry.models import Audience, Body
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit
from chiakhoa.outcome.placement import queries
from chiakhoa.outcome.placement.actions import OpeningRow
from chiakhoa.outcome.placement.models import Commitment, Opening, OpeningKind

MOST_SEATS = 10_000
LONGEST_MONTHS = 120
Day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


@dataclass(frozen=True)
class Asked:
    """The grades asked for in one domain: the fields of its competences, and how many of them are set."""

    domain: Domain
    fields: list[BoundField]

    @property
    def count(self) -> int:
        """How many competences of the domain are asked for."""
        return sum(bool(field.value()) for field in self.fields)


class OpeningForm(forms.Form):
    """An opening. `code` is made with the empty form, so that sending it twice makes one opening."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    commitment = forms.ModelChoiceField(Commitment.objects.none(), required=False, widget=forms.HiddenInput)
    name_vi = forms.CharField(label=_("Title in Vietnamese"), max_length=200)
    name_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    employer = forms.ModelChoiceField(Body.objects.none(), label=_("Employer"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=OpeningKind.choices,
        help_text=_("A job or internship is given by the matching. A fair takes whoever registers first."),
    )  # fmt: skip
    seats = forms.IntegerField(label=_("Places"), min_value=1, max_value=MOST_SEATS)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Where"))
    closes_on = forms.DateField(label=_("Last day to apply"), widget=Day)
    starts_on = forms.DateField(label=_("Begins on"), required=False, widget=Day)
    lasts_months = forms.IntegerField(
        label=_("How many months"), required=False, min_value=1, max_value=LONGEST_MONTHS,
        help_text=_("Leave empty for a job without an end, or for a fair of one day."),
    )  # fmt: skip
    audiences = forms.ModelMultipleChoiceField(
        Audience.objects.filter(is_profile=True), label=_("Who may apply"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.scale = frameworks.scale()
        self.fields["employer"].queryset = queries.may_offer(reader)  # type: ignore[attr-defined]
        self.fields["commitment"].queryset = queries.commitments_to_keep(reader)  # type: ignore[attr-defined]
        self.fields["unit"].queryset = territory.communes(reader, on=today)  # type: ignore[attr-defined]
        grades = [
            ("", _("not asked for")),
            *((g.number, _("grade %(grade)d") % {"grade": g.number}) for g in self.scale.grades),
        ]
        for competence in self.scale.competences:
            self.fields[_key(competence.code)] = forms.TypedChoiceField(
                label=f"{competence.code} {competence.name}",
                required=False,
                choices=grades,
                coerce=int,
                empty_value=None,
            )

    def plain_fields(self) -> Iterator[BoundField]:
        """The fields that ask for no competence."""
        grades = {_key(competence.code) for competence in self.scale.competences}
        return (field for field in self if field.name not in grades)

    def asked(self) -> list[Asked]:
        """The fields of the competences, by domain."""
        return [
            Asked(domain, [self[_key(c.code)] for c in self.scale.competences if c.domain_id == domain.pk])
            for domain in self.scale.domains
        ]

    def clean(self) -> dict[str, Any]:
        """It begins when people can no longer apply, not before."""
        data = super().clean() or {}
        if data.get("starts_on") and data.get("closes_on") and data["starts_on"] < data["closes_on"]:
            self.add_error("starts_on", _("It begins before the last day to apply. Choose a later day."))
        return data

    @property
    def row(self) -> OpeningRow:
        """The answer as the actions take it."""
        data = self.cleaned_data
        required = [(c.code, data[_key(c.code)]) for c in self.scale.competences if data[_key(c.code)]]
        return OpeningRow(
            data["code"], data["employer"].pk, data["name_vi"], data["name_en"], data["kind"], data["unit"].pk,
            data["seats"], data["closes_on"], tuple(row.pk for row in data["audiences"]), tuple(required),
            starts_on=data["starts_on"], lasts_months=data["lasts_months"],
            commitment_id=data["commitment"].pk if data["commitment"] else None,
        )  # fmt: skip

    @staticmethod
    def empty(reader: Reader, commitment: Commitment | None) -> dict[str, Any]:
        """What a new form begins with: the only employer there is to choose, and what a commitment promises."""
        employers = list(queries.may_offer(reader)[:2])
        begun: dict[str, Any] = {"code": f"vt-{secrets.token_hex(8)}"}
        if len(employers) == 1:
            begun |= {"employer": employers[0].pk}
        if commitment:
            covered = commitment.audience.covers.filter(is_profile=True) if commitment.audience else []
            begun |= {
                "commitment": commitment.pk, "employer": commitment.by_id, "kind": OpeningKind.FAIR,
                "name_vi": commitment.name_vi, "name_en": commitment.name_en, "audiences": list(covered),
            }  # fmt: skip
        return begun

    @staticmethod
    def initial_of(opening: Opening) -> dict[str, Any]:
        """What the form begins with for an opening that is there."""
        plain = ("name_vi", "name_en", "kind", "seats", "closes_on", "starts_on", "lasts_months")
        grades = opening.requirements.values_list("competence__code", "grade")
        return {
            "code": opening.pk,
            "commitment": opening.commitment_id,
            "employer": opening.employer_id,
            "unit": opening.unit_id,
            "audiences": list(opening.audiences.all()),
            **{name: getattr(opening, name) for name in plain},
            **{_key(code): grade for code, grade in grades},
        }


def _key(competence_code: str) -> str:
    return f"grade_{competence_code.replace('.', '_')}"
