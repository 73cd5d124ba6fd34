"""What a sign rests on, drawn and as a table: the same numbers that were judged, frozen in the concern."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation import charts
from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.measure.assessment.models import Concern, ConcernKind

LEAST_SHOWN = 0.0001


@dataclass(frozen=True)
class Drawn:
    """What is said of a sign: a sentence, a drawing, a table whose rows may be marked."""

    said: str
    title: str
    svg: str
    heads: Sequence[str]
    rows: Sequence[tuple[bool, Sequence[str]]]


def of(concern: Concern) -> Drawn:
    """The evidence of a concern, in the language of the page."""
    return _DRAW[ConcernKind(concern.kind)](concern, concern.details)


def rarely(p: float) -> str:
    """A chance among the honest, in words: never 0, which no chance is."""
    return f"< {percent(LEAST_SHOWN, 2)}" if p < LEAST_SHOWN else percent(p, 2)


def _rapid(_concern: Concern, found: dict[str, Any]) -> Drawn:
    lines = found["lines"]
    said = _(
        "%(rapid)d of %(answers)d answers took less than a tenth of the time that the question usually takes. "
        "Nobody reads that fast; but somebody who had given up, or whose page hung, gives the same picture."
    ) % {"rapid": found["rapid"], "answers": found["answers"]}
    title = _("Seconds for each question, in the order in which they were asked")
    svg = charts.line(
        [
            (_("this person"), [line["seconds"] for line in lines]),
            (_("usual time"), [line["usual"] for line in lines]),
        ],
        labels=_places(lines),
        title=title,
        number=lambda value: num(value, 0),
    )
    heads = [_("Place"), _("Item"), _("Seconds"), _("Usual seconds"), _("Sign")]
    rows = [
        (
            line["rapid"],
            [
                str(n),
                line["item"],
                num(line["seconds"], 1),
                num(line["usual"], 1),
                _("too fast") if line["rapid"] else "",
            ],
        )
        for n, line in enumerate(lines, start=1)
    ]
    return Drawn(said, title, svg, heads, rows)


def _misfit(_concern: Concern, found: dict[str, Any]) -> Drawn:
    lines = found["lines"]
    odd = [line["right"] != (line["chance"] >= 0.5) and not 0.3 < line["chance"] < 0.7 for line in lines]
    said = _(
        "Easy questions are wrong and hard ones right, more than chance does. Answers from elsewhere look like this; so does "
        "somebody who did not care at first, cannot read one kind of page, or knows one field well."
    )
    title = _("The chance of a right answer by this person's ability, and what was answered")
    svg = charts.line(
        [
            (_("chance by ability"), [line["chance"] for line in lines]),
            (_("right (1) or wrong (0)"), [float(line["right"]) for line in lines]),
        ],
        labels=_places(lines),
        title=title,
        number=lambda value: num(value, 1),
    )
    heads = [_("Place"), _("Item"), _("Chance of a right answer"), _("Answer"), _("Sign")]
    rows = [
        (
            is_odd,
            [str(n), line["item"], percent(line["chance"]), _right(line["right"]), _("unexpected") if is_odd else ""],
        )
        for n, (line, is_odd) in enumerate(zip(lines, odd, strict=True), start=1)
    ]
    return Drawn(said, title, svg, heads, rows)


def _alike(concern: Concern, found: dict[str, Any]) -> Drawn:
    lines = found["lines"]
    one, other = (seat.number if seat else 0 for seat in (concern.seat, concern.other))
    said = _(
        "Of %(common)d answers that can be compared %(same)d are the same, %(wrong)d of them the same wrong answer. "
        "The sign does not say who had it from whom, nor whether both learnt the same mistake in the same class."
    ) % {"common": found["common"], "same": found["same"], "wrong": found["same_wrong"]}
    title = _("Answers in common")
    svg = charts.bars(
        [
            (_("same wrong answer"), found["same_wrong"]),
            (_("both right"), sum(line["same"] and line["right"][0] for line in lines)),
            (_("different answers"), found["common"] - found["same"]),
        ],
        title=title,
        number=lambda value: num(value),
    )
    seat = _("Seat %(number)s")
    heads = [_("Place"), _("Item"), seat % {"number": one}, seat % {"number": other}, _("Sign")]
    rows = [
        (
            line["same"] and not line["right"][0],
            [str(n), line["item"], _right(line["right"][0]), _right(line["right"][1]), _said_of(line)],
        )
        for n, line in enumerate(lines, start=1)
    ]
    return Drawn(said, title, svg, heads, rows)


def _leak(_concern: Concern, found: dict[str, Any]) -> Drawn:
    said = _(
        "Of the newest %(answers)d answers %(right)s are right; by the abilities of those who gave them %(expected)s were "
        "expected. "
        "The question may have got out, or a course now teaches just this."
    ) % {"answers": found["answers"], "right": percent(found["right"]), "expected": percent(found["expected"])}
    path = found["path"]
    title = _("Gathered signs that the question has become easier, oldest answer to newest")
    svg = charts.line(
        [(_("gathered signs"), path)], labels=[str(n + 1) for n in range(len(path))], title=title,
        number=lambda value: num(value, 1),
    )  # fmt: skip
    rows = [(False, [str(n + 1), num(value, 2)]) for n, value in enumerate(path)]
    return Drawn(said, title, svg, [_("Moment"), _("Gathered signs")], rows)


def _right(is_right: bool) -> str:
    return _("right") if is_right else _("wrong")


def _said_of(line: dict[str, Any]) -> str:
    if not line["same"]:
        return ""
    return _("same answer") if line["right"][0] else _("same wrong answer")


def _places(lines: Sequence[Any]) -> list[str]:
    return [str(n) for n in range(1, len(lines) + 1)]


_DRAW = {
    ConcernKind.RAPID: _rapid,
    ConcernKind.MISFIT: _misfit,
    ConcernKind.ALIKE: _alike,
    ConcernKind.LEAK: _leak,
}
