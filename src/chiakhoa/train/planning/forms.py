"""Asking for a plan, what it assumes, and moving one of its classes."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.templatetags.words import TIE, num, vnd
from chiakhoa.ground.catalogue.models import Room, Trainer, Venue
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.registry.models import Audience
from chiakhoa.train.planning import happenings, oneclass, queries, seasons, weeks
from chiakhoa.train.planning.models import Assumptions, Happened, Plan, PlannedClass, PlanState

MORE_SEASONS = 2
MOST_PERCENT = 300
MILLION = 1_000_000
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ProposeForm(forms.Form):
    """Name, year of the money, time to search, and the plan whose locked classes are kept."""

    name = forms.CharField(label=_("Name of the plan"), max_length=120)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    time_limit_seconds = forms.IntegerField(
        label=_("Seconds to search"), min_value=2, max_value=300, initial=20,
        help_text=_("Longer may bring the plan closer to the best possible."),
    )  # fmt: skip
    based_on = forms.ModelChoiceField(
        queryset=None, label=_("Keep the locked classes of"), required=False, empty_label=_("None")
    )

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = sorted(set(BudgetLine.objects.values_list("year", flat=True)))
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        kept = queries.plans(reader).exclude(state__in=[PlanState.WAITING, PlanState.FAILED, PlanState.WITHDRAWN])
        self.fields["based_on"].queryset = kept  # type: ignore[attr-defined]


class AssumptionsForm(forms.Form):
    """What the plan assumes otherwise than the rows say. It begins with the rows, or with what a copied plan assumed."""

    trainers_percent = forms.IntegerField(
        label=_("Trainers' sessions, in percent of those there are"),
        min_value=0,
        max_value=MOST_PERCENT,
        required=False,
    )
    targets_percent = forms.IntegerField(
        label=_("Targets of the tasks, in percent"), min_value=0, max_value=MOST_PERCENT, required=False,
        help_text=_("0 leaves the targets out: the plan then only closes as much gap as it can."),
    )  # fmt: skip
    commune_people = forms.IntegerField(
        label=_("Every commune at least (people)"), min_value=0, max_value=1_000_000, required=False
    )
    commune_percent = forms.IntegerField(
        label=_("Every commune at least (percent of those in need)"), min_value=0, max_value=100, required=False
    )

    def __init__(self, *args: Any, reader: Reader, year: int | None, copied: Assumptions | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._copied = copied or Assumptions()
        self.lines = list(BudgetLine.objects.all())
        wanted = queries.demand(reader).order_by().values("audience").distinct()
        self.audiences = list(Audience.objects.filter(pk__in=wanted).order_by("order"))
        self.fields["trainers_percent"].initial = self._copied.trainers_percent
        self.fields["targets_percent"].initial = self._copied.targets_percent
        self.fields["commune_people"].initial = self._copied.commune_people or None
        self.fields["commune_percent"].initial = self._copied.commune_percent or None
        several = len({line.year for line in self.lines}) > 1
        for line in self.lines:
            self.fields[f"money_{line.pk}"] = forms.DecimalField(
                label=f"{line.name} ({line.year})" if several else line.name, required=False, min_value=0,
                max_digits=12, decimal_places=3, initial=_millions(self._copied.money.get(line.pk)),
                help_text=gettext("Million đồng; empty: %(amount)s as it stands.") % {"amount": vnd(line.amount_vnd)},
            )  # fmt: skip
        for audience in self.audiences:
            self._about(audience)
        self._seasons(year)

    @property
    def money(self) -> list[forms.BoundField]:
        """The fields of the budget lines."""
        return [self[f"money_{line.pk}"] for line in self.lines]

    @property
    def people(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Audience, least number to be trained, priority."""
        return [(row, self[f"floor_{row.pk}"], self[f"priority_{row.pk}"]) for row in self.audiences]

    @property
    def closed(self) -> list[tuple[forms.BoundField, ...]]:
        """Name, first and last day of each season, and whom it keeps from class."""
        return [
            (
                self[f"season_{n}_name"], self[f"season_{n}_first"], self[f"season_{n}_last"],
                self[f"season_{n}_audiences"],
            )
            for n in range(1, self.seasons + 1)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A season has both days, in order."""
        given = super().clean() or {}
        for n in range(1, self.seasons + 1):
            first, last = given.get(f"season_{n}_first"), given.get(f"season_{n}_last")
            if (first is None) != (last is None):
                self.add_error(f"season_{n}_last", _("Give both the first and the last day."))
            elif first and last and last < first:
                self.add_error(f"season_{n}_last", _("The last day is before the first."))
        return given

    def assumed(self, year: int) -> dict[str, Any]:
        """The fields of `Assumptions` that differ from the rows; nothing where none does."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            "money": {
                line.pk: amount
                for line in self.lines
                if line.year == year and (amount := _vnd(given.get(f"money_{line.pk}"))) not in (None, line.amount_vnd)
            },
            "floors": {row.pk: least for row in self.audiences if (least := given.get(f"floor_{row.pk}"))},
            "priorities": {
                row.pk: int(weight)
                for row in self.audiences
                if (weight := given.get(f"priority_{row.pk}") or "1") != "1"
            },
        }
        found |= {
            name: given[name] for name in ("trainers_percent", "targets_percent") if given.get(name) not in (None, 100)
        }
        found |= {name: given[name] for name in ("commune_people", "commune_percent") if given.get(name)}
        closed = self._closed()
        if closed is not None and closed != [row.as_row() for row in seasons.usual(year)]:
            found["seasons"] = closed
        return {name: value for name, value in found.items() if value or name not in ("money", "floors", "priorities")}

    def _about(self, audience: Any) -> None:
        self.fields[f"floor_{audience.pk}"] = forms.IntegerField(
            label=_("At least (people)"), required=False, min_value=0,
            max_value=1_000_000, initial=self._copied.floors.get(audience.pk),
        )  # fmt: skip
        self.fields[f"priority_{audience.pk}"] = forms.ChoiceField(
            label=_("Its gap counts"), required=False,
            choices=[("1", _("as others")), ("2", _("twice")), ("3", _("three times"))],
            initial=str(self._copied.priorities.get(audience.pk, 1)),
        )  # fmt: skip

    def _seasons(self, year: int | None) -> None:
        rows = seasons.assumed(self._copied.seasons, year) if year else []
        self.seasons = len(rows) + MORE_SEASONS
        named = {row.pk: str(row.name) for row in Audience.objects.all()}
        for n in range(1, self.seasons + 1):
            row = rows[n - 1] if n <= len(rows) else None
            whom = "; ".join(named.get(code, code) for code in row.audiences) if row else ""
            self.fields[f"season_{n}_name"] = forms.CharField(
                label=_("Name"), required=False, max_length=120, initial=row.name if row else "", help_text=whom
            )
            self.fields[f"season_{n}_audiences"] = forms.CharField(
                required=False, initial=",".join(row.audiences) if row else "", widget=forms.HiddenInput()
            )
            for end, label in (("first", _("First day")), ("last", _("Last day"))):
                self.fields[f"season_{n}_{end}"] = forms.DateField(
                    label=label, required=False, initial=getattr(row, end) if row else None,
                    widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                )  # fmt: skip

    def _closed(self) -> list[dict[str, str]] | None:
        """The seasons as given; None where the page did not ask for them."""
        if "season_1_first" not in self.data:
            return None
        given = self.cleaned_data
        found = []
        for n in range(1, self.seasons + 1):
            if first := given.get(f"season_{n}_first"):
                name, last = given.get(f"season_{n}_name") or gettext("Closed"), given[f"season_{n}_last"]
                audiences = tuple(filter(None, given.get(f"season_{n}_audiences", "").split(",")))
                found.append(seasons.Season(name, first, last, audiences).as_row())
        return found


class HappenedForm(forms.Form):
    """What happened to a published plan: a trainer is away, a venue is closed, a budget line is cut (one of each at most), or
    something that was known holds no longer.
    """

    trainer = forms.ModelChoiceField(
        queryset=Trainer.objects.none(), label=_("Trainer"), required=False, empty_label=_("None")
    )
    trainer_first = forms.DateField(label=_("Away from"), required=False, widget=DAY)
    trainer_last = forms.DateField(
        label=_("Until"), required=False, widget=DAY, help_text=_("Empty: to the end of the year.")
    )
    venue = forms.ModelChoiceField(
        queryset=Venue.objects.none(), label=_("Venue"), required=False, empty_label=_("None")
    )
    venue_first = forms.DateField(label=_("Closed from"), required=False, widget=DAY)
    venue_last = forms.DateField(
        label=_("Until"), required=False, widget=DAY, help_text=_("Empty: to the end of the year.")
    )
    line = forms.ModelChoiceField(
        queryset=BudgetLine.objects.none(), label=_("Budget line"), required=False, empty_label=_("None")
    )
    millions = forms.DecimalField(
        label=_("It now holds (million đồng)"), required=False, min_value=0, max_digits=12, decimal_places=3
    )
    over = forms.MultipleChoiceField(
        label=_("Holds no longer"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("From the new plan on, the trainer, the venue or the money may be used again."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why it holds no longer"), required=False, max_length=300)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = plan.classes.filter(cancelled=False, sessions__held_on__gte=clock.today())
        people = Trainer.objects.filter(planned_classes__in=held).select_related("person").distinct()
        self._offer("trainer", people, lambda row: str(row))
        # The rest of a class that has begun may be held elsewhere than where it began.
        rooms = plan.sessions.filter(planned_class__in=held, held_on__gte=clock.today()).values("room")
        venues = Venue.objects.filter(Q(pk__in=held.values("venue")) | Q(rooms__in=rooms)).distinct()
        self._offer("venue", venues, lambda row: str(row.name))
        self._offer(
            "line", BudgetLine.objects.filter(year=plan.year), lambda row: f"{row.name} ({vnd(row.amount_vnd)})"
        )
        self._known = {str(row.pk): row for row in happenings.of(plan)}
        self.fields["over"].choices = [(key, happenings.words(row)) for key, row in self._known.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something happened; what is missing has a first day, and ends after it begins; a line holds less than before."""
        given = super().clean() or {}
        for what in ("trainer", "venue"):
            first, last = given.get(f"{what}_first"), given.get(f"{what}_last")
            if given.get(what) and not first and f"{what}_first" not in self.errors:
                self.add_error(f"{what}_first", _("Give the first day."))
            if first and last and last < first:
                self.add_error(f"{what}_last", _("The last day is before the first."))
        line, amount = given.get("line"), _vnd(given.get("millions"))
        if line and amount is None and "millions" not in self.errors:
            self.add_error("millions", _("Say how much the line holds now."))
        elif line and amount is not None and amount >= line.amount_vnd:
            self.add_error("millions", _("That is no less than before: enter more money under Money."))
        if given.get("over") and not given.get("reason"):
            self.add_error("reason", _("Say why it holds no longer."))
        if not self.errors and not self.happened():
            raise forms.ValidationError(_("Say what happened: who is away, what is closed, or what was cut."))
        return given

    def happened(self) -> list[dict[str, Any]]:
        """The fields of the happenings."""
        given, found = self.cleaned_data, []
        for what, kind in (("trainer", Happened.TRAINER_AWAY), ("venue", Happened.VENUE_CLOSED)):
            if given.get(what):
                found.append(
                    {"kind": kind, what: given[what], "first": given[f"{what}_first"], "last": given[f"{what}_last"]}
                )
        if line := given.get("line"):
            found.append(
                {"kind": Happened.MONEY_CUT, "budget_line": line, "was_vnd": line.amount_vnd,
                 "amount_vnd": _vnd(given["millions"])}
            )  # fmt: skip
        found += [
            {"kind": Happened.NO_LONGER, "withdraws": self._known[key], "reason": given["reason"]}
            for key in given.get("over", ())
        ]
        return found

    def _offer(self, name: str, rows: Any, label: Callable[[Any], str]) -> None:
        field = self.fields[name]
        field.queryset = rows  # type: ignore[attr-defined]
        field.label_from_instance = label  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Another week, room or trainer for a planned class: those that fit are offered; of others it is said why not."""

    week = forms.TypedChoiceField(label=_("Week"), coerce=date.fromisoformat)
    room = forms.ModelChoiceField(queryset=Room.objects.none(), label=_("Room"), empty_label=None)
    trainer = forms.ModelChoiceField(
        queryset=Trainer.objects.none(), label=_("Trainer"), required=False, empty_label=_("No trainer yet")
    )

    def __init__(self, *args: Any, row: PlannedClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["week"].choices = list(_weeks(row.plan))  # type: ignore[attr-defined]
        self.fields["week"].initial = weeks.monday_of(row.starts_on).isoformat() if row.starts_on else None
        rooms = oneclass.places(row, oneclass.OFFERED_ROOMS)
        self._offer(
            "room", Room.objects.select_related("venue__unit"), {one.room.pk: _room(one) for one in rooms}, row.room_id,
            lambda other: _room(oneclass.Place(other, oneclass.mean_way(other, list(row.groups.all())), chosen=False)),
        )  # fmt: skip
        able = {one.pk: f"{one} ({num(km)}{TIE}km)" for one, km in oneclass.trainers(row)}
        self._offer(
            "trainer", Trainer.objects.select_related("person").prefetch_related("skills"), able, row.trainer_id, str
        )

    def _offer(
        self, name: str, rows: Any, labels: dict[int, str], chosen: int | None, label: Callable[[Any], str]
    ) -> None:  # fmt: skip
        """Offer these, in this order, with these words; and what was asked for (dragged to) that is not among them."""
        field = self.fields[name]
        field.queryset = rows  # type: ignore[attr-defined]
        asked = str(self.data.get(name) or "")
        if asked.isdecimal() and int(asked) not in labels and (other := rows.filter(pk=int(asked)).first()):
            labels = labels | {other.pk: label(other)}
        first = [] if field.required else [("", field.empty_label)]  # type: ignore[attr-defined]
        field.choices = [*first, *labels.items()]  # type: ignore[attr-defined]
        field.initial = chosen


def _millions(amount_vnd: int | None) -> Decimal | None:
    return None if amount_vnd is None else (Decimal(amount_vnd) / MILLION).normalize()


def _vnd(millions: Decimal | None) -> int | None:
    return None if millions is None else int(millions * MILLION)


def _weeks(plan: Plan) -> Iterable[tuple[str, str]]:
    for week in weeks.all_weeks(plan):
        words = f"{week.monday:%d/%m}–{week.friday:%d/%m/%Y}"
        yield week.monday.isoformat(), f"{words} · {week.season}" if week.season else words


def _room(place: oneclass.Place) -> str:
    room = place.room
    seats = gettext("%(seats)s seats") % {"seats": num(room.seats)}
    return f"{room.venue.name}, {room.name} · {seats} · {num(place.km, 1)}{TIE}km"
