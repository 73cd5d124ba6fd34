"""Classes: the list, one class, enrolling, the roll, starting and finishing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock, mail
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.templatetags import words
from chiakhoa.ground.access.actions import SLIP_PRINTERS
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery import actions, changes, gains, notices, publishing, queries, seats, wishing
from chiakhoa.train.delivery.forms import DayForm, FindForm, IntroducedForm, NameForm, TrainerForm, WhoForm, WishForm
from chiakhoa.train.delivery.models import ClaimSource, ClassSession, ClassState, Enrolment, EnrolmentState
from chiakhoa.train.delivery.tables import ClassFilter, ClassTable, EnrolmentFilter, EnrolmentTable
from chiakhoa.train.delivery.wishing import WISHERS
from chiakhoa.train.planning import queries as plans

READERS = (*queries.OVERSEERS, Role.PROVIDER_MANAGER, Role.TRAINER, Role.LEARNER)
NOTICES, PEOPLE = 30, 50
STEPS = {"start": actions.start_class, "finish": actions.finish_class, "cancel": actions.cancel_class}
DONE = {
    "start": gettext_lazy("The class has begun: take the roll at each session."),
    "finish": gettext_lazy("The class is finished."),
    "cancel": gettext_lazy("The class is cancelled; whoever was in it and the trainer have a notice."),
}


@page(*READERS)
def classes(request: Request) -> HttpResponse:
    """The classes that the reader runs, teaches, oversees or may join."""
    rows = queries.listed(request.reader)
    return list_page(
        request, rows, ClassTable, filters=ClassFilter, template="delivery/classes.html", file_name="classes",
        context={
            "own": queries.mine(request.reader) if request.reader.has(Role.LEARNER) else [],
            "unseen": notices.unseen(request.reader).count(), "told": request.reader.has(*notices.READERS),
            "may_wish": request.reader.has(*WISHERS),
        },
    )  # fmt: skip


@page(*notices.READERS)
def see(request: Request) -> HttpResponse:
    """What the reader was told, newest first; one press says that all is seen."""
    if request.method == "POST":
        actions.see_notices(request.reader, at=clock.now())
        return redirect("delivery:notices")
    rows = Paginator(notices.to(request.reader), NOTICES).get_page(request.GET.get("page"))
    context = {
        "rows": rows, "told": [(row, notices.words(row)) for row in rows],
        "unseen": notices.unseen(request.reader).count(), "mail": _mail(request.reader),
    }  # fmt: skip
    return render(request, "delivery/notices.html", context)


@require_POST
@page(*notices.READERS)
def see_one(request: Request, pk: int) -> HttpResponse:
    """One notice is read."""
    actions.see_notice(request.reader, pk, at=clock.now())
    return redirect("delivery:notices")


def _mail(reader: Reader) -> str:
    """Whether notices also go by e-mail, for a person; an office reads them here."""
    if not reader.has(Role.LEARNER, Role.TRAINER):
        return ""
    if not mail.is_set():
        return _("No mail server is set up, so notices are not sent by e-mail: read them here.")
    address = Person.objects.filter(pk=reader.person_id).values_list("email", flat=True).first()
    if not address:
        return _("Notices are also sent by e-mail, but no address of yours is known. Ask your unit to enter it.")
    return _("New notices are also sent to %(address)s.") % {"address": address}


@page(*WISHERS)
def wishes(request: Request, person: int | None = None) -> HttpResponse:
    """What a learner would like, or one of a unit manager's people; without a person a manager looks for somebody."""
    if person is None and request.reader.has(Role.UNIT_MANAGER):
        return _find_wisher(request)
    row = get_object_or_404(queries.wishers(request.reader), pk=person or request.reader.person_id)
    form = WishForm(request.POST if request.method == "POST" else None, person=row)
    if request.method == "POST" and form.is_valid():
        wishing.wish(request.reader, row.pk, form.wished(), form.unable(), at=clock.now())
        messages.success(request, _("Kept. The next plan that is published seats people by it, as far as seats go."))
        return redirect("delivery:classes" if request.reader.has(Role.LEARNER) else "delivery:wishes")
    context = {"person": row, "form": form, "own": row.pk == request.reader.person_id}
    return render(request, "delivery/wishes.html", context, status=422 if form.errors else 200)


def _find_wisher(request: Request) -> HttpResponse:
    """Whose wishes are known, and a search for somebody else."""
    find = NameForm(request.GET if "name" in request.GET else None)
    people = queries.wishers(request.reader)
    known = people.filter(wishes__isnull=False).distinct().order_by("search_key")
    context = {
        "find": find, "found": find.found(request.reader),
        "known": Paginator(known.prefetch_related("wishes__course"), PEOPLE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "delivery/wishers.html", context)


@page(*READERS)
def training_class(request: Request, pk: int) -> HttpResponse:
    """One class: what, where, when, who, and what to do next."""
    row = get_object_or_404(queries.listed(request.reader), pk=pk)
    rows = queries.enrolments(request.reader, row)
    attended = {e: sum(sessions.values()) for e, sessions in queries.attendance(row).items()}
    find = FindForm(request.GET if "name" in request.GET else None)
    may_enrol = request.reader.has(*actions.ENROLLERS) and row.state == ClassState.OPEN
    context = {
        "class": row,
        "sessions": row.sessions.select_related("room__venue", "trainer__person"),
        "find": find,
        "found": find.found(request.reader, row) if may_enrol and find.is_bound else [],
        "may_enrol": may_enrol,
        "introduced_form": IntroducedForm()
        if request.reader.has(Role.PROVIDER_MANAGER) and row.state == ClassState.OPEN
        else None,
        "may_run": request.reader.has(*actions.RUNNERS),
        "may_print_slips": request.reader.has(*SLIP_PRINTERS),
        "trainer_form": TrainerForm(training_class=row)
        if request.reader.has(Role.COORDINATOR, Role.PROVIDER_MANAGER)
        else None,
        "day_form": DayForm(initial={"starts_on": row.starts_on}),
        "disputes": queries.disputes(request.reader, row),
        "named": queries.named(request.reader, row) if row.state == ClassState.OPEN else [],
        "gain": gains.of_class(row.course_id, rows),
        "own": rows.filter(person=request.reader.person_id).first() if request.reader.person_id else None,
    }
    return list_page(
        request, rows, _table_with(attended), filters=EnrolmentFilter, template="delivery/class.html",
        file_name=row.code, context=context,
    )  # fmt: skip


@require_POST
@page(*actions.ENROLLERS, Role.LEARNER)
def enrol(request: Request, pk: int) -> HttpResponse:
    """Enrol one person (a learner oneself)."""
    form = WhoForm({"person": request.reader.person_id} if request.reader.has(Role.LEARNER) else request.POST)
    if not form.is_valid():
        raise Refusal(_("Choose a person first."))
    row = actions.enrol(request.reader, pk, form.cleaned_data["person"], at=clock.now())
    return _enrolled(request, row)


@require_POST
@page(Role.PROVIDER_MANAGER)
def enrol_introduced(request: Request, pk: int) -> HttpResponse:
    """Enrol somebody whom the provider knows by name and birthday."""
    form = IntroducedForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Give the whole name and the day of birth."))
    row = actions.enrol_introduced(request.reader, pk, **form.cleaned_data, at=clock.now())
    return _enrolled(request, row)


def _enrolled(request: Request, row: Enrolment) -> HttpResponse:
    if row.state == EnrolmentState.WAITING:
        messages.warning(request, _("The class is full: placed on the waiting list."))
    else:
        messages.success(request, _("Enrolled in seat %(seat)d.") % {"seat": row.seat})
    return redirect("delivery:class", row.training_class_id)


@require_POST
@page(*actions.ENROLLERS, Role.PROVIDER_MANAGER, Role.LEARNER)
def leave(request: Request, pk: int) -> HttpResponse:
    """Give a seat back; the first who waits moves up."""
    moved = actions.leave(request.reader, pk, at=clock.now())
    text = ngettext("The seat is free; %(n)d person moved up.", "The seat is free; %(n)d people moved up.", len(moved))
    messages.success(request, text % {"n": len(moved)})
    return redirect("delivery:classes")


@page(*actions.RUNNERS)
def roll(request: Request, pk: int, number: int) -> HttpResponse:
    """Take the roll of one session: big rows, all present to begin with."""
    row = get_object_or_404(queries.classes(request.reader), pk=pk)
    session = get_object_or_404(row.sessions, number=number)
    enrolled = row.enrolments.filter(state__in=seats.SEATED).select_related("person")
    if request.method == "POST":
        there = set(request.POST.getlist("present"))
        rolls = [actions.Roll(session.pk, e.pk, str(e.pk) in there) for e in enrolled]
        count = actions.take_roll(request.reader, pk, ClaimSource.TRAINER, rolls, at=clock.now())
        messages.success(request, _("The roll of %(count)d people is saved.") % {"count": count})
        return redirect("delivery:class", pk)
    return render(
        request, "delivery/roll.html", {"class": row, "session": session, "rows": _roll_rows(session, enrolled)}
    )


@require_POST
@page(*actions.RUNNERS)
def move(request: Request, pk: int, step: str) -> HttpResponse:
    """Start, finish or cancel a class."""
    try:
        STEPS[step](request.reader, pk, at=clock.now())
        messages.success(request, DONE[step])
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("delivery:class", pk)


@require_POST
@page(Role.COORDINATOR, Role.PROVIDER_MANAGER)
def assign(request: Request, pk: int) -> HttpResponse:
    """Put a trainer in charge."""
    row = get_object_or_404(queries.classes(request.reader), pk=pk)
    form = TrainerForm(request.POST, training_class=row)
    if form.is_valid():
        actions.assign_trainer(request.reader, pk, form.cleaned_data["trainer"].pk, at=clock.now())
        messages.success(request, _("The trainer is assigned."))
    else:
        messages.error(request, _("Choose a trainer from the list."))
    return redirect("delivery:class", pk)


@require_POST
@page(Role.COORDINATOR, Role.PROVIDER_MANAGER)
def reschedule(request: Request, pk: int) -> HttpResponse:
    """Move a class to another first day."""
    form = DayForm(request.POST)
    if form.is_valid():
        actions.reschedule(request.reader, pk, form.cleaned_data["starts_on"], at=clock.now())
        messages.success(request, _("The class is moved."))
    else:
        messages.error(request, _("Give the first day, such as 04/01/2027."))
    return redirect("delivery:class", pk)


@page(Role.COORDINATOR)
def publish(request: Request, plan: int) -> HttpResponse:
    """What publishing a plan would do; a press on the button there does it, once."""
    row = get_object_or_404(plans.plans(request.reader), pk=plan)
    is_change = row.is_change
    if request.method != "POST":
        if is_change:
            return render(request, "delivery/changes.html", changes.before(request.reader, row, at=clock.now()))
        return render(request, "delivery/publish.html", publishing.before(request.reader, row))
    done = actions.publish(request.reader, plan, at=clock.now())
    messages.success(
        request, _("The plan is published; %(count)d classes are open for enrolment.") % {"count": done.opened}
    )
    if done.moves or done.changed:
        told = ngettext(
            "%(people)s were moved and %(n)d class is held otherwise; all whom it concerns have a notice.",
            "%(people)s were moved and %(n)d classes are held otherwise; all whom it concerns have a notice.",
            len(done.changed),
        )  # fmt: skip
        if not done.moves:
            told = ngettext(
                "%(n)d class is held otherwise than before; all whom it concerns have a notice.",
                "%(n)d classes are held otherwise than before; all whom it concerns have a notice.", len(done.changed),
            )  # fmt: skip
        messages.info(request, told % {"people": words.people(len(done.moves)), "n": len(done.changed)})
    if is_change:
        return redirect("planning:plan", plan)
    if done.kept or done.called_off:
        messages.info(
            request,
            _(
                "Of the earlier plan %(kept)d classes go on under this one and %(off)d without anybody in them are called off."
            )
            % {"kept": done.kept, "off": done.called_off},
        )
    if done.left:
        messages.warning(
            request,
            _(
                "%(count)d classes of the earlier plan have people in them and are not in this one. Decide on each below."
            )
            % {"count": done.left},
        )
        return redirect(f"{reverse('delivery:classes')}?left=true")
    return redirect("delivery:classes")


def _table_with(attended: dict[int, int]) -> type[EnrolmentTable]:
    class Attended(EnrolmentTable):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, attended=attended, **kwargs)

    return Attended


def _roll_rows(session: ClassSession, enrolled: Any) -> list[dict[str, Any]]:
    """Each person with whether the box is ticked: as recorded, or present where nothing is recorded yet."""
    said = dict(session.claims.filter(source=ClaimSource.TRAINER).values_list("enrolment", "present"))
    return [{"enrolment": row, "present": said.get(row.pk, True)} for row in enrolled]
