"""Whether the program lives, whether it can serve, and figures for those who watch it.

/livez and /readyz tell outsiders one word. With a token of the scope `metrics` /readyz tells each sign, and /metrics all
figures in Prometheus' text form.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation import beats, clock
from chiakhoa.foundation.api import Needs, Scope, problem
from chiakhoa.foundation.api.problems import Unauthenticated, of_refusal
from chiakhoa.foundation.gauges import GAUGES
from chiakhoa.foundation.jobs import due
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.pages import public_page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.site import observing, upgrading

needs = Needs(Scope.METRICS, Role.ADMINISTRATOR, Role.AUDITOR)
SILENCE = timedelta(seconds=60)
STALE_BACKUP = timedelta(hours=26)
LEAST_FREE = 0.02
LITTLE_FREE = 0.10
TEXT = "text/plain; version=0.0.4; charset=utf-8"
TITLES = {
    "database": gettext_lazy("The database answers"),
    "migrations": gettext_lazy("Its tables are those of this version"),
    "disk": gettext_lazy("The disk takes what is written"),
    "disk has room": gettext_lazy("The disk has room for the next weeks"),
    "worker": gettext_lazy("Background work goes on"),
    "backup": gettext_lazy("There is a fresh backup"),
}
_up_to_date: list[bool] = []


@dataclass(frozen=True)
class Sign:
    """One thing looked at. Where a `vital` one is bad, the program should get no requests."""

    name: str
    good: bool
    says: str
    vital: bool = True

    @property
    def title(self) -> str:
        """What is so where the sign is good."""
        return str(TITLES[self.name])


def signs(at: datetime) -> list[Sign]:
    """Database, migrations, disk, the worker's last beat, the age of the backup."""
    return [_database(), _migrations(), *_disk(), _worker(at), _backup(at)]


@public_page
def alive(_request: HttpRequest) -> HttpResponse:
    """That the process answers. Asks nothing of the database."""
    return HttpResponse("ok", content_type="text/plain")


@public_page
def ready(request: HttpRequest) -> HttpResponse:
    """200 where all vital signs are good, else 503. One word for outsiders; each sign for a token of the scope."""
    with translation.override("en"):  # for programs, and for operators who read them beside the others
        found = signs(clock.now())
    good = all(sign.good for sign in found if sign.vital)
    said: dict[str, Any] = {"status": "ready" if good else "not ready"}
    if _is_known(request):
        said["signs"] = [sign.__dict__ for sign in found]
    response = JsonResponse(said, status=200 if good else 503)
    response["Cache-Control"] = "no-store"
    return response


def by_token(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The frame of a page for programs: a token with the scope, else a problem."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        try:
            needs(request)
        except Refusal as refusal:
            return of_refusal(request, refusal)
        if request.method != "GET":
            return problem(405, "method", "GET")
        return view(request)

    opened.roles = needs.roles  # type: ignore[attr-defined]
    return opened


@by_token
def metrics(_request: HttpRequest) -> HttpResponse:
    """Requests, jobs, the age of the queue, beats, the disk, and what the steps hand in, as Prometheus reads it."""
    autodiscover_modules("gauges")
    lines = [*observing.as_text(), *_jobs(clock.now()), *_ages(clock.now())]
    for gauge in GAUGES.values():
        lines += figure(gauge.name, gauge.help, {"": gauge.read()})
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


def figure(name: str, meaning: str, values: dict[str, float], kind: str = "gauge") -> list[str]:
    """One family in Prometheus' text form; `values` maps labels (`{state="done"}` or nothing) to numbers."""
    name = f"chiakhoa_{name}"
    samples = [f"{name}{labels} {value:g}" for labels, value in values.items()]
    return [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}", *samples]


def _jobs(at: datetime) -> list[str]:
    rows = Job.objects.order_by().values("state").annotate(count=Count("pk"))
    counts = dict.fromkeys(JobState.values, 0) | {row["state"]: row["count"] for row in rows}
    oldest = Job.objects.filter(due(at), state=JobState.READY).aggregate(first=Min("created_at"))["first"]
    age = (at - oldest).total_seconds() if oldest else 0
    return [
        *figure("tasks", "Background jobs by state.", {f'{{state="{state}"}}': n for state, n in counts.items()}),
        *figure("queue_age_seconds", "How long the oldest waiting job has waited.", {"": age}),
    ]


def _ages(at: datetime) -> list[str]:
    lines = figure("disk_free_ratio", "Free part of the disk of the data folder.", {"": _free()})
    for name, file in (("worker_beat", beats.WORKER), ("backup", beats.BACKUP)):
        then = beats.last(file)
        if then:
            seconds = {"": (at - then).total_seconds()}
            lines += figure(f"{name}_age_seconds", "Seconds since the last one.", seconds)
    return lines


def _database() -> Sign:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Sign("database", False, type(error).__name__)
    return Sign("database", True, connection.vendor)


def _migrations() -> Sign:
    # The code of a running process does not change: what was applied once stays applied.
    if not _up_to_date:
        try:
            waiting, beyond = len(upgrading.waiting()), upgrading.unknown()
        except DatabaseError as error:
            return Sign("migrations", False, type(error).__name__)
        if beyond:
            return Sign("migrations", False, _("a newer version wrote to it: start that version"))
        if waiting:
            return Sign("migrations", False, _("%(n)d changes wait: run chiakhoa upgrade") % {"n": waiting})
        _up_to_date.append(True)
    return Sign("migrations", True, _("up to date"))


def _disk() -> list[Sign]:
    free = _free()
    return [
        Sign("disk", free >= LEAST_FREE, _("%(part)s free") % {"part": f"{free:.0%}"}),
        Sign(
            "disk has room",
            free >= LITTLE_FREE,
            _("%(part)s free; below %(least)s make room") % {"part": f"{free:.0%}", "least": f"{LITTLE_FREE:.0%}"},
            vital=False,
        ),
    ]


def _worker(at: datetime) -> Sign:
    then = beats.last(beats.WORKER)
    busy = Job.objects.filter(state=JobState.RUNNING, lease_until__gt=at).exists() if _database().good else False
    if then and at - then <= SILENCE:
        return Sign("worker", True, _("looked for work %(n)d s ago") % {"n": (at - then).total_seconds()})
    if busy:
        return Sign("worker", True, _("in the middle of a job"))
    return Sign("worker", False, _("no sign of life for a minute: start chiakhoa worker"))


def _backup(at: datetime) -> Sign:
    then = beats.last(beats.BACKUP)
    if then is None:
        return Sign("backup", False, _("none was made: run chiakhoa backup FILE"), vital=False)
    says = _("%(n)d hours old; after %(most)d make another") % {
        "n": (at - then).total_seconds() // 3600,
        "most": STALE_BACKUP.total_seconds() // 3600,
    }
    return Sign("backup", at - then <= STALE_BACKUP, says, vital=False)


def _free() -> float:
    usage = shutil.disk_usage(settings.DATA)
    return usage.free / usage.total


def _is_known(request: HttpRequest) -> bool:
    if not request.headers.get("Authorization"):
        return False
    try:
        needs(request)
    except (Refusal, Unauthenticated, DatabaseError):
        return False
    return True
