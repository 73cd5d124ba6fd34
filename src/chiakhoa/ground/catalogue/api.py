"""The catalogue over HTTP: courses, providers, venues with their rooms. Trainers are people and stay on their page."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from chiakhoa.foundation.api import Listing, Needs, Scope, Text, listed, query_for
from chiakhoa.foundation.pages import EVERY_ROLE
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.catalogue import queries
from chiakhoa.ground.catalogue.models import Course, CourseGain, Provider, Room, Venue
from chiakhoa.ground.catalogue.tables import CourseFilter, ProviderFilter, VenueFilter

router = Router(tags=["catalogue"])
needs = Needs(Scope.CATALOGUE, *EVERY_ROLE)


class GainRow(Schema):
    """The mean rise (grades) that a learner may expect; `assumed` until measured."""

    competence_id: int
    mean: float
    sd: float
    assumed: bool


class CourseRow(Schema):
    """A course as it may be held many times. A session is 4 periods of 45 minutes."""

    code: str
    name_vi: str
    name_en: str
    mode: str
    periods: int
    sessions: int
    min_size: int
    max_size: int
    room_kind: str
    entry_low: int
    entry_high: int
    ceiling: int
    certificate_years: int | None
    audience_codes: list[str]
    gains: list[GainRow]

    @staticmethod
    def resolve_audience_codes(course: Course) -> list[str]:
        """For whom it is."""
        return sorted(row.pk for row in course.audiences.all())

    @staticmethod
    def resolve_gains(course: Course) -> list[CourseGain]:
        """What it raises."""
        return sorted(course.gains.all(), key=lambda row: row.competence_id)


class CourseInFull(CourseRow):
    """A course with what must come before and who gives it."""

    prerequisite_codes: list[str]
    provider_ids: list[str]

    @staticmethod
    def resolve_prerequisite_codes(course: Course) -> list[str]:
        """What must come before."""
        return sorted(row.pk for row in course.prerequisites.all())

    @staticmethod
    def resolve_provider_ids(course: Course) -> list[str]:
        """The bodies that give it."""
        return sorted(row.pk for row in course.providers.all())


class ProviderRow(Schema):
    """A body that teaches, by the id of the body."""

    body_id: str
    name_vi: str
    name_en: str
    course_count: int
    trainer_count: int
    degree_count: int

    @staticmethod
    def resolve_name_vi(provider: Provider) -> str:
        """The body's name."""
        return provider.body.name_vi

    @staticmethod
    def resolve_name_en(provider: Provider) -> str:
        """The body's name in English."""
        return provider.body.name_en


class RoomRow(Schema):
    """A room, and how many sessions a year it can be had."""

    name: str
    kind: str
    seats: int
    computers: int
    sessions_per_year: int


class VenueRow(Schema):
    """A place where classes are held."""

    code: str
    name_vi: str
    name_en: str
    unit_id: str
    body_id: str | None
    rooms: list[RoomRow]

    @staticmethod
    def resolve_rooms(venue: Venue) -> QuerySet[Room]:
        """Its rooms."""
        return venue.rooms.all()


CourseQuery = query_for(CourseFilter, "CourseQuery")
ProviderQuery = query_for(ProviderFilter, "ProviderQuery")
VenueQuery = query_for(VenueFilter, "VenueQuery")


@router.get("/courses", auth=needs, response=Listing[CourseRow], summary=_("Courses"), operation_id="courses")
def courses(request: Request, query: Query[CourseQuery]):
    """All courses."""
    return listed(request, queries.courses(request.reader), query, CourseFilter)


@router.get("/courses/{code}", auth=needs, response=CourseInFull, summary=_("One course"), operation_id="course")
def course(request: Request, code: Text):
    """One course."""
    return get_object_or_404(queries.course(request.reader), pk=code)


@router.get("/providers", auth=needs, response=Listing[ProviderRow], summary=_("Providers"), operation_id="providers")
def providers(request: Request, query: Query[ProviderQuery]):
    """The bodies that teach."""
    return listed(request, queries.providers(request.reader), query, ProviderFilter)


@router.get("/venues", auth=needs, response=Listing[VenueRow], summary=_("Venues"), operation_id="venues")
def venues(request: Request, query: Query[VenueQuery]):
    """Where classes can be held."""
    return listed(request, queries.venues(request.reader).prefetch_related("rooms"), query, VenueFilter)
