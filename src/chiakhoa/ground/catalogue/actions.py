"""Loading the catalogue of data/programme, and adding providers, venues and trainers. All of it safe to repeat.

Audiences and bodies (registry) and frameworks must be there before. Rows are added or renamed here, never deleted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.sourced import sourced
from chiakhoa.foundation.text import fold
from chiakhoa.ground.catalogue.models import (
    Course,
    CourseGain,
    DegreeProgramme,
    Norm,
    Provider,
    Room,
    Trainer,
    TrainerSkill,
    Venue,
)
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.frameworks.upsert import upsert
from chiakhoa.ground.registry.models import Audience, Body

NOT_NORMS = {"documents", "formula"}
TEACHING_KINDS = ["university", "college", "political_school"]
Fields = dict[str, Any]


@dataclass(frozen=True)
class ProviderRow:
    """A body that teaches, and which courses."""

    body_id: str
    courses: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoomRow:
    """A room of a venue."""

    name: str
    kind: str
    seats: int
    computers: int
    sessions_per_year: int


@dataclass(frozen=True)
class VenueRow:
    """A venue with its rooms. `sure` assumed needs a reason."""

    code: str
    name_vi: str
    name_en: str
    unit_id: str
    rooms: tuple[RoomRow, ...]
    body_id: str | None = None
    sure: str = "assumed"
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class TrainerRow:
    """A person who teaches for a provider."""

    person_id: int
    provider_id: str
    rank: str
    sessions_per_year: int
    skills: tuple[str, ...]


@action(Role.ADMINISTRATOR)
def load_catalogue(actor: Reader, *, at: datetime) -> None:
    """Load norms, trainer skills, courses with their gains, and the providers with their degree programmes."""
    courses_file, programme = load_yaml("programme/courses.yaml"), load_yaml("programme/programme.yaml")
    norms = _load_norms()
    upsert(TrainerSkill, [TrainerSkill(code=k, **v) for k, v in courses_file["trainer_skills"].items()], ["code"])
    _load_courses(courses_file["courses"])
    _load_providers(programme)
    after = {"norms": norms, "courses": Course.objects.count(), "providers": Provider.objects.count()}
    audit.record(actor, "load catalogue", "catalogue.course", at=at, after=after)


@action(Role.ADMINISTRATOR, Role.COORDINATOR)
def add_providers(actor: Reader, rows: Sequence[ProviderRow], *, at: datetime) -> None:
    """Make bodies providers; courses they already teach stay."""
    _refuse_missing(Body, {row.body_id for row in rows}, _("bodies"))
    _add_providers((row.body_id, row.courses) for row in rows)
    audit.record(actor, "add providers", "catalogue.provider", at=at, after={"rows": len(rows)})


@action(Role.ADMINISTRATOR, Role.COORDINATOR)
def add_venues(actor: Reader, rows: Sequence[VenueRow], *, at: datetime) -> None:
    """Add or rename venues and set their rooms; a room not named stays, as past classes may have used it."""
    upsert(Venue, [_venue(row) for row in rows], ["code"])
    rooms = [
        Room(
            venue_id=row.code,
            name=room.name,
            kind=room.kind,
            seats=room.seats,
            computers=room.computers,
            sessions_per_year=room.sessions_per_year,
        )
        for row in rows
        for room in row.rooms
    ]
    upsert(Room, rooms, ["venue", "name"])
    audit.record(actor, "add venues", "catalogue.venue", at=at, after={"venues": len(rows), "rooms": len(rooms)})


@action(Role.ADMINISTRATOR, Role.COORDINATOR)
def add_trainers(actor: Reader, rows: Sequence[TrainerRow], *, at: datetime) -> None:
    """Make people trainers of a provider, with exactly these skills."""
    _refuse_missing(TrainerSkill, {skill for row in rows for skill in row.skills}, _("trainer skills"))
    trainers = [
        Trainer(
            person_id=row.person_id,
            provider_id=row.provider_id,
            rank=row.rank,
            sessions_per_year=row.sessions_per_year,
        )
        for row in rows
    ]
    upsert(Trainer, trainers, ["person"])
    through = Trainer.skills.through
    for start in range(0, len(rows), 500):
        through._default_manager.filter(trainer__in=[row.person_id for row in rows[start : start + 500]]).delete()
    links = [through(trainer_id=row.person_id, trainerskill_id=skill) for row in rows for skill in set(row.skills)]
    through._default_manager.bulk_create(links, batch_size=500)
    audit.record(actor, "add trainers", "catalogue.trainer", at=at, after={"rows": len(rows)})


def _venue(row: VenueRow) -> Venue:
    return Venue(
        code=row.code,
        name_vi=row.name_vi,
        name_en=row.name_en,
        unit_id=row.unit_id,
        body_id=row.body_id,
        sure=row.sure,
        assumed=row.sure == "assumed",
        source=row.source,
        reason=row.reason,
        search_key=fold(f"{row.code} {row.name_vi} {row.name_en}"),
    )


def _load_norms() -> int:
    source = load_yaml("programme/norms.yaml")
    numbers = {row["id"]: row["number"] for row in source["documents"]}
    rows = [_norm(group, row, numbers) for group, found in source.items() if group not in NOT_NORMS for row in found]
    upsert(Norm, rows, ["code"])
    return len(rows)


def _norm(group: str, row: Fields, numbers: dict[str, str]) -> Norm:
    document: str = row.get("document", "")
    return Norm(
        code=row["id"],
        group=group,
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        unit=row.get("unit") or "",
        document=numbers.get(document, document),
        article=row.get("article", ""),
        in_force_from=str(row.get("date") or ""),
        **{key: row.get(key) for key in ("value", "value_min", "value_max", "value_percent")},
        **sourced(row),
    )


def _load_courses(rows: list[Fields]) -> None:
    named = {code for row in rows for code in (*row["audiences"], *row["profiles"])}
    _refuse_missing(Audience, named, _("audiences"))
    competences = dict(Competence.objects.filter(domain__framework__is_scale=True).values_list("code", "id"))
    upsert(Course, [_course(row) for row in rows], ["code"])
    gains = [
        CourseGain(
            course_id=row["code"],
            competence_id=competences[code],
            mean=mean,
            sd=row["gain"]["sd"],
            assumed=row["gain"]["assumed"],
        )
        for row in rows
        for code, mean in row["gain"]["mean"].items()
    ]
    upsert(CourseGain, gains, ["course", "competence"])
    courses = Course.objects.in_bulk()
    for row in rows:
        course = courses[row["code"]]
        course.skills.set(row["trainer_skills"])
        course.audiences.set([*row["audiences"], *row["profiles"]])
        course.prerequisites.set(row["prerequisites"])


def _course(row: Fields) -> Course:
    needs = row["needs"]
    same = (
        "code",
        "name_vi",
        "name_en",
        "periods",
        "sessions",
        "mode",
        "min_size",
        "max_size",
        "trainers",
        "assistants",
    )
    return Course(
        **{key: row[key] for key in same},
        room_kind=needs["room"],
        computers_per_learner=needs["computers"],
        needs=needs,
        entry_low=row["entry"][0],
        entry_high=row["entry"][1],
        ceiling=row["ceiling"],
        certificate_years=row.get("certificate_years"),
        task_ids=[*row.get("tasks", []), *row.get("steps", [])],
        search_key=fold(f"{row['code']} {row['name_vi']} {row['name_en']}"),
        **sourced(row),
    )


def _load_providers(programme: Fields) -> None:
    teach = {body: set[str]() for body in Body.objects.filter(_teaches(programme)).values_list("id", flat=True)}
    heirs = dict(Body.objects.filter(successor__isnull=False).values_list("id", "successor"))
    served = {code: set(tasks) for code, tasks in Course.objects.values_list("code", "task_ids")}
    for task in [*programme["tasks"], *programme["next_steps"]]:
        for body in {heirs.get(body, body) for body in (task["lead"], *task["partners"])} & teach.keys():
            teach[body] |= {code for code, tasks in served.items() if task["id"] in tasks}
    _refuse_missing(Body, {row["provider"] for row in programme["degree_programmes"]}, _("bodies"))
    _add_providers(teach.items())
    upsert(DegreeProgramme, [_degree(row) for row in programme["degree_programmes"]], ["code"])


def _teaches(programme: Fields) -> Q:
    """Schools of adults teach, and departments that the programme names; one that ended hands it to its successor."""
    named = [row["id"] for row in programme["bodies"] if row["kind"] == "department"]
    in_force = Q(id__in=named, successor__isnull=True) | Q(predecessors__in=named, kind="department")
    return Q(kind__in=TEACHING_KINDS) | in_force


def _degree(row: Fields) -> DegreeProgramme:
    return DegreeProgramme(
        code=row["id"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        provider_id=row["provider"],
        level=row["level"],
        state=row["state"],
        **sourced(row),
    )


def _add_providers(rows: Iterable[tuple[str, Iterable[str]]]) -> None:
    wanted = [(body, sorted(set(courses))) for body, courses in rows]
    Provider.objects.bulk_create([Provider(body_id=body) for body, _courses in wanted], ignore_conflicts=True)
    through = Provider.courses.through
    links = [through(provider_id=body, course_id=course) for body, courses in wanted for course in courses]
    through._default_manager.bulk_create(links, ignore_conflicts=True, batch_size=500)


def _refuse_missing(model: type[Model], keys: set[str], what: str) -> None:
    missing = sorted(keys - set(model._default_manager.filter(pk__in=keys).values_list("pk", flat=True)))
    if missing:
        raise Refusal(
            _("The catalogue names %(what)s that are not loaded: %(keys)s. Load them first.")
            % {"what": what, "keys": ", ".join(map(str, missing))},
            code="missing",
        )
