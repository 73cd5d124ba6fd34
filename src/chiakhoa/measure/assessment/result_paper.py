"""The result of a sitting as a PDF (PDF/A-2b), in the language of the page: the same words and intervals as on the screen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chiakhoa.engines import irt
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.paper import compile_pdf
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment.models import Sitting
from chiakhoa.measure.evidence.change import OnTheWhole, Since
from chiakhoa.measure.evidence.courses import Offer
from chiakhoa.measure.evidence.crosswalk import Crosswalk
from chiakhoa.measure.evidence.standing import CONFIDENCE, NextStep, Standing

TEMPLATE = "result.typ"
MARGIN = 0.8  # logits drawn beyond the outer cuts: one grade


def render(sitting: Sitting, told: Mapping[str, Any]) -> bytes:
    """The result as PDF. `told` is what the page of the result is made of."""
    cuts = [float(cut) for cut in frameworks.scale().cuts]
    words = {
        "language": (get_language() or "vi")[:2],
        "title": _("Result of a test of digital competence"),
        "person": sitting.person.full_name,
        "facts": _facts(sitting, told),
        "drawn": _("Grade in each domain, with the interval in which it lies"),
        "edges": [_place(cut, cuts) for cut in cuts],
        "bands": _bands([_place(cut, cuts) for cut in cuts]),
        "domains": [_domain(row, cuts) for row in told["standings"]],
        "holds": _("In four of five cases the true grade lies in the interval drawn."),
        "sections": [
            section
            for section in (
                {"head": _("Can do"), "lines": [row.said("text") for row in told["can_do"]]},
                {"head": _("Nearest next step"), "lines": _next(told["next_step"], told["offers"])},
                {"head": _("What has changed"), "lines": _changed(told["since"])},
            )
            if section["lines"]
        ],
        "elsewhere": {
            "head": _("The same in other frameworks"),
            "columns": [_("Domain"), _("Grade here"), _("Level there"), _("Parts there"), _("How sure")],
            "frameworks": [_elsewhere(part) for part in told["crosswalk"]],
        },
        "foot": _("This is no mark and no certificate: nobody passes or fails. It shows where a course would help."),
    }
    return compile_pdf(_template(), words, {})


def _facts(sitting: Sitting, told: Mapping[str, Any]) -> list[list[str]]:
    return [
        [_("Day of the test"), _day(sitting.finished_at)],
        [_("Purpose"), str(sitting.get_purpose_display())],
        [_("Questions answered"), str(told["answered"])],
        [_("Scale"), frameworks.scale().framework.document],
    ]


def _domain(row: Standing, cuts: Sequence[float]) -> dict[str, Any]:
    low, high = irt.interval(row.mean, row.se, CONFIDENCE)  # type: ignore[arg-type]
    grade = (
        _("Grade %(grade)s, %(level)s") % {"grade": row.grade, "level": row.row.said("level")}
        if row.row
        else _("Below grade 1")
    )
    return {
        "name": f"{row.domain.code}. {row.domain.name}",
        "grade": grade,
        "sure": f"{row.how_sure}: {row.span}",
        "low": _place(float(low), cuts),
        "mean": _place(row.mean, cuts),
        "high": _place(float(high), cuts),
    }


def _place(value: float, cuts: Sequence[float]) -> float:
    """Where a value stands between one grade below the first cut and one above the last, 0 to 1."""
    low, high = cuts[0] - MARGIN, cuts[-1] + MARGIN
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _next(step: NextStep | None, offers: Sequence[Offer]) -> list[str]:
    if step is None:
        return []
    said = {"code": step.competence.code, "name": step.competence.name, "grade": step.grade.number}
    lines = [_("Nearest next step: %(code)s %(name)s, grade %(grade)s.") % said]
    for offer in offers:
        about = {"course": offer.course.name, "code": offer.competence.code, "gain": num(offer.gain, 1)}
        words = _("Course “%(course)s”: raises %(code)s by about %(gain)s grades") % about
        lines.append(f"{words} ({_('assumed, not measured yet')})." if offer.assumed else f"{words}.")
    return lines


def _changed(since: Since | None) -> list[str]:
    if since is None:
        return []
    day = {"day": _day(since.day)}
    lines = []
    if since.whole:
        lines.append(f"{since.whole.words}: {_how_much(since.whole)}.")
    if not since.tells_domains:
        return [*lines, _("Of a single domain two tests tell too little, unless a course or a year lies between them.")]
    if not any(row.is_risen or row.is_fallen for row in since.rows):
        return [*lines, _("Since the test of %(day)s no change can be told yet in any single domain.") % day]
    lines.append(_("Since the test of %(day)s, in grades, with 95 %% intervals:") % day)
    for row in since.rows:
        interval = f"{num(row.mean, 1)} ({num(row.low, 1)} – {num(row.high, 1)})"
        lines.append(f"{row.domain.code}. {row.domain.name}: {row.words}, {interval}")
    return lines


def _how_much(whole: OnTheWhole) -> str:
    if whole.at_least is not None:
        return _("by at least %(least)s grades") % {"least": num(whole.at_least, 1)}
    return f"{num(whole.mean, 1)} ({num(whole.low, 1)} – {num(whole.high, 1)})"


def _elsewhere(part: Crosswalk) -> dict[str, Any]:
    """One other framework in its version, a row for each domain."""
    version = {"document": part.framework.document, "version": part.framework.version}
    rows = [
        [
            f"{row.domain.code}. {row.domain.name}",
            str(row.standing.grade),
            row.level.level if row.level else "–",
            ", ".join(row.codes) or _("no counterpart"),
            "–" if not row.codes else _("uncertain") if row.is_unsure else _("same scope"),
        ]
        for row in part.rows
    ]
    said = _("%(document)s; links in version %(version)s") % version
    return {"name": part.framework.name, "version": said, "rows": rows}


def _bands(edges: Sequence[float]) -> list[tuple[str, float]]:
    """The number of each grade with the middle of its band; 0 is below the first cut."""
    ends = [0.0, *edges, 1.0]
    return [(str(number), (left + right) / 2) for number, (left, right) in enumerate(pairwise(ends))]


def _day(moment: datetime | None) -> str:
    return moment.astimezone(HERE).strftime("%d/%m/%Y") if moment else ""


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("templates/assessment", TEMPLATE).read_bytes()
