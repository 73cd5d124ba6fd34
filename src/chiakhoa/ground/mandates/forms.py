"""Forms of what people enter: a document, a task, a target, a budget line. Each makes its entry and begins from a row.

`code` is made with the empty form, so that sending it twice makes one row.
"""

import secrets
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.mandates import queries
from chiakhoa.ground.mandates.entries import BudgetLineEntry, DocumentEntry, Entry, Origin, TargetEntry, TaskEntry
from chiakhoa.ground.mandates.models import BudgetLine, Counted, Document, DocumentKind, Target, Task, TaskKind
from chiakhoa.ground.registry.models import Audience, Body
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit

SENTENCES = 22  # of the report; a test holds it against the programme's file
LARGEST_VND = 10**15
ROLES_OF_LEAD = [("chủ trì", _("leads")), ("phối hợp", _("works with others"))]
Several = forms.CheckboxSelectMultiple
Day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MoneyField(forms.IntegerField):
    """Đồng, typed with or without dots, commas or blanks between the thousands."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        """A stored amount with its thousands apart; what was typed, as it was typed."""
        return num(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        """The digits as a number."""
        return super().to_python("".join(str(value or "").split()).replace(".", "").replace(",", ""))


class EntryForm(forms.Form):
    """What all four have: a code, a name in both languages, where they come from."""

    kind: ClassVar[str]
    model: ClassVar[type[Model]]
    titles: ClassVar[tuple[Any, Any]]
    plain: ClassVar[tuple[str, ...]]
    links: ClassVar[tuple[str, ...]] = ()

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    name_vi = forms.CharField(label=_("Name in Vietnamese"), max_length=400)
    name_en = forms.CharField(label=_("Name in English"), max_length=400, required=False)

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    @classmethod
    def begun(cls, given: QueryDict) -> dict[str, Any]:
        """What an empty form begins with: a new code, and what the address hands over (`?task=`, `?document=`)."""
        return {
            "code": f"{cls.kind}-{secrets.token_hex(8)}", "origin": "assumed", "task": given.get("task"),
            "tasks": given.getlist("task"), "document": given.get("document"),
        }  # fmt: skip

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """What the form begins with for a row that is there."""
        lines = row.reason.splitlines() or [""]
        origin = "sentence" if row.sentence else "source" if row.source else "assumed" if row.reason else ""
        return {
            "code": row.pk, "name_vi": row.name_vi, "name_en": row.name_en, "origin": origin,
            "sentence": row.sentence, "source": row.source, "reason_vi": lines[0],
            "reason_en": lines[-1] if len(lines) > 1 else "",
            **{name: getattr(row, name) for name in cls.plain},
            **{name: list(getattr(row, name).all()) for name in cls.links},
        }  # fmt: skip

    def address_of(self, row: Any) -> str:
        """Where the row is shown."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """The answer as the actions take it."""
        raise NotImplementedError

    def _named(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("code", "name_vi", "name_en")}

    def _keys(self, name: str) -> tuple[str, ...]:
        return tuple(row.pk for row in self.cleaned_data[name])

    def _key(self, name: str) -> str | None:
        row = self.cleaned_data[name]
        return row.pk if row else None


class OriginForm(forms.Form):
    """Where a row comes from: which of three it is, and that one's words."""

    origin = forms.ChoiceField(
        label=_("Where it comes from"), widget=forms.RadioSelect,
        choices=[("sentence", _("A sentence of the report")), ("source", _("Another source")), ("assumed", _("Assumed"))],
    )  # fmt: skip
    sentence = forms.IntegerField(label=_("Number of the sentence"), required=False, min_value=1, max_value=SENTENCES)
    source = forms.CharField(
        label=_("The source"), required=False, max_length=400, help_text=_("Document, section and page.")
    )
    reason_vi = forms.CharField(
        label=_("Why it is assumed, in Vietnamese"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason_en = forms.CharField(
        label=_("Why it is assumed, in English"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """The one that was chosen has its words."""
        data = super().clean() or {}
        needed = {"sentence": "sentence", "source": "source", "assumed": "reason_vi"}.get(data.get("origin", ""))
        if needed and not data.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Fill this in: it is what you chose above."))
        return data

    def came_from(self) -> Origin:
        """What was chosen; the words of the other two are dropped."""
        data = self.cleaned_data
        if data["origin"] == "sentence":
            return Origin(sentence=data["sentence"])
        if data["origin"] == "source":
            return Origin(source=data["source"])
        return Origin(reason_vi=data["reason_vi"], reason_en=data["reason_en"]) if data["origin"] else Origin()


class DocumentForm(EntryForm):
    """A document, which is its own source."""

    kind, model = "document", Document
    titles = (_("Add a document"), _("Change the document"))
    plain = ("number", "issued_on")

    document_kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    number = forms.CharField(label=_("Document number"), max_length=40)
    issuer = forms.ModelChoiceField(Body.objects.none(), label=_("Issued by"))
    issued_on = forms.DateField(label=_("Promulgated on"), widget=Day)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = queries.may_carry_out(self.reader)  # type: ignore[attr-defined]
        for name in self.plain:  # of a document that the report names, neither may be known
            self.fields[name].required = "issuer" not in self.initial or bool(self.initial[name])

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """With its kind and issuer."""
        return super().initial_of(row) | {"document_kind": row.kind, "issuer": row.issuer_id}

    def clean_issued_on(self) -> date | None:
        """A document is entered once it is promulgated."""
        day: date | None = self.cleaned_data["issued_on"]
        if day and day > clock.today():
            raise forms.ValidationError(_("This day is still to come. Enter the document once it is promulgated."))
        return day

    def entry(self) -> DocumentEntry:
        """The document."""
        data = self.cleaned_data
        return DocumentEntry(
            **self._named(), kind=data["document_kind"], number=data["number"], issuer_id=data["issuer"].pk,
            issued_on=data["issued_on"],
        )  # fmt: skip

    def address_of(self, row: Any) -> str:
        """Its place in the list of documents."""
        return f"{reverse('mandates:documents')}#{row.pk}"


class TaskForm(OriginForm, EntryForm):
    """A task. Under a document it needs no other origin."""

    kind, model = "task", Task
    titles = (_("Add a task"), _("Change the task"))
    plain = ("lead_role_vi",)
    links = ("partners", "audiences", "courses")
    field_order = ("code", "name_vi", "name_en", "task_kind", "document", "lead", "lead_role_vi", "partners", "audiences",
                   "courses")  # fmt: skip

    task_kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices)
    document = forms.ModelChoiceField(Document.objects.all(), label=_("Document"), required=False)
    lead = forms.ModelChoiceField(Body.objects.none(), label=_("Lead"))
    lead_role_vi = forms.ChoiceField(label=_("What the lead does"), choices=ROLES_OF_LEAD)
    partners = forms.ModelMultipleChoiceField(Body.objects.none(), label=_("Partners"), required=False, widget=Several)
    audiences = forms.ModelMultipleChoiceField(
        Audience.objects.all(), label=_("Audience"), required=False, widget=Several
    )
    courses = forms.ModelMultipleChoiceField(
        Course.objects.all(), label=_("Courses that serve it"), required=False, widget=Several,
        help_text=_("Classes of these courses count for the task, and its money may pay them."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead", "partners"):
            self.fields[name].queryset = queries.may_carry_out(self.reader)  # type: ignore[attr-defined]
        self.fields["origin"].required = False
        self.fields["origin"].help_text = _("Not needed where the document above orders it.")

    @classmethod
    def begun(cls, given: QueryDict) -> dict[str, Any]:
        """Its document is its origin, unless one chooses otherwise."""
        return super().begun(given) | {"origin": ""}

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """With its kind, document and lead."""
        return super().initial_of(row) | {"task_kind": row.kind, "document": row.document_id, "lead": row.lead_id}

    def entry(self) -> TaskEntry:
        """The task."""
        data = self.cleaned_data
        return TaskEntry(
            **self._named(), kind=data["task_kind"], document_id=self._key("document"), lead_id=data["lead"].pk,
            lead_role_vi=data["lead_role_vi"], partners=self._keys("partners"), audiences=self._keys("audiences"),
            courses=self._keys("courses"), origin=self.came_from(),
        )  # fmt: skip

    def address_of(self, row: Any) -> str:
        """Its page."""
        return reverse("mandates:task", args=[row.pk])


class TargetForm(OriginForm, EntryForm):
    """How much of an indicator a task must reach, for whom, where, by when."""

    kind, model = "target", Target
    titles = (_("Add a target"), _("Change the target"))
    plain = ("indicator", "amount", "due_on")
    field_order = ("code", "task", "name_vi", "name_en", "indicator", "amount", "due_on", "audience", "unit")

    task = forms.ModelChoiceField(Task.objects.all(), label=_("Task"))
    indicator = forms.ChoiceField(label=_("What is counted"), choices=Counted.choices)
    amount = forms.IntegerField(label=_("How many"), min_value=1, max_value=10_000_000)
    due_on = forms.DateField(label=_("Due on"), widget=Day)
    audience = forms.ModelChoiceField(
        Audience.objects.all(), label=_("Audience"), required=False, empty_label=_("everybody the task is for")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Commune"), required=False, empty_label=_("the whole province")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = territory.communes(self.reader, on=clock.today())  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """With its task, audience and unit."""
        return super().initial_of(row) | {"task": row.task_id, "audience": row.audience_id, "unit": row.unit_id}

    def entry(self) -> TargetEntry:
        """The target."""
        data = self.cleaned_data
        return TargetEntry(
            **self._named(), task_id=data["task"].pk, indicator=data["indicator"], audience_id=self._key("audience"),
            unit_id=self._key("unit"), amount=data["amount"], due_on=data["due_on"], origin=self.came_from(),
        )  # fmt: skip

    def address_of(self, row: Any) -> str:
        """The page of its task."""
        return reverse("mandates:task", args=[row.task_id])


class BudgetLineForm(OriginForm, EntryForm):
    """Money of a year and the tasks that it may pay."""

    kind, model = "line", BudgetLine
    titles = (_("Add a budget line"), _("Change the budget line"))
    plain = ("year", "amount_vnd")
    links = ("tasks", "audiences")
    field_order = ("code", "name_vi", "name_en", "year", "amount_vnd", "tasks", "audiences")

    year = forms.IntegerField(label=_("Year"), min_value=2020, max_value=2100)
    amount_vnd = MoneyField(label=_("Amount (VND)"), min_value=0, max_value=LARGEST_VND)
    tasks = forms.ModelMultipleChoiceField(Task.objects.all(), label=_("Tasks it may pay for"), widget=Several)
    audiences = forms.ModelMultipleChoiceField(
        Audience.objects.all(), label=_("Audience"), required=False, widget=Several
    )

    def entry(self) -> BudgetLineEntry:
        """The budget line."""
        data = self.cleaned_data
        return BudgetLineEntry(
            **self._named(), year=data["year"], amount_vnd=data["amount_vnd"], tasks=self._keys("tasks"),
            audiences=self._keys("audiences"), origin=self.came_from(),
        )  # fmt: skip

    def address_of(self, row: Any) -> str:
        """Its place in the list of money."""
        return f"{reverse('mandates:money')}?year={row.year}#{row.pk}"


FORMS: dict[str, type[EntryForm]] = {form.kind: form for form in (DocumentForm, TaskForm, TargetForm, BudgetLineForm)}
