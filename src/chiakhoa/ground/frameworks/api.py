"""The frameworks over HTTP: the measuring scale and the others, their competences with can-do, the crosswalk, profiles."""

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from chiakhoa.foundation.api import Listing, Needs, Scope, Text, listed, query_for
from chiakhoa.foundation.pages import EVERY_ROLE
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.frameworks import queries
from chiakhoa.ground.frameworks.models import CanDo, Competence, Framework, Grade, RequiredProfile
from chiakhoa.ground.frameworks.tables import EdgeFilter

router = Router(tags=["frameworks"])
needs = Needs(Scope.FRAMEWORKS, *EVERY_ROLE)


class FrameworkRow(Schema):
    """A published framework in one version; one of them is the scale by which people are measured."""

    code: str
    name_vi: str
    name_en: str
    version: str
    document: str
    is_scale: bool
    complete: bool
    competence_count: int


class GradeRow(Schema):
    """A grade of the scale; `cut` is the least ability (logits) that reaches it."""

    number: int
    level_code: str
    level_vi: str
    level_en: str
    autonomy_vi: str
    autonomy_en: str
    complexity_vi: str
    complexity_en: str
    cut: float


class FrameworkInFull(FrameworkRow):
    """A framework with its grades."""

    grades: list[GradeRow]

    @staticmethod
    def resolve_grades(framework: Framework) -> QuerySet[Grade]:
        """The grades, lowest first."""
        return framework.grades.order_by("number")


class CanDoRow(Schema):
    """What someone at this level says of themself."""

    level_code: str
    text_vi: str
    text_en: str


class CompetenceRow(Schema):
    """A competence with what one can do at each level."""

    id: int
    framework: str
    domain: str
    code: str
    name_vi: str
    name_en: str
    descriptor_vi: str
    descriptor_en: str
    certainty: str
    can_do: list[CanDoRow]

    @staticmethod
    def resolve_framework(competence: Competence) -> str:
        """The code of the framework."""
        return competence.domain.framework_id

    @staticmethod
    def resolve_domain(competence: Competence) -> str:
        """The code of the domain."""
        return competence.domain.code

    @staticmethod
    def resolve_can_do(competence: Competence) -> list[CanDo]:
        """In the order of loading: lowest level first."""
        return sorted(competence.can_do.all(), key=lambda row: row.pk)


class EdgeRow(Schema):
    """How a competence of the scale stands to one of another framework; without a target it is a stated gap."""

    source_id: int
    target_id: int | None
    framework_id: str
    relation: str
    reason_vi: str
    reason_en: str
    confidence: str


class RequiredRow(Schema):
    """The grade asked for in one competence."""

    competence_id: int
    grade: int


class ProfileRow(Schema):
    """The grades that an audience needs."""

    audience_code: str
    status: str
    reason_vi: str
    reason_en: str
    required: list[RequiredRow]

    @staticmethod
    def resolve_audience_code(profile: RequiredProfile) -> str:
        """The code of the audience."""
        return profile.audience_id


class CompetenceApiFilter(django_filters.FilterSet):
    """By framework, as the page of one framework shows them."""

    framework = django_filters.CharFilter(field_name="domain__framework", label=_("Framework"))


FrameworkQuery = query_for(None, "FrameworkQuery")
CompetenceQuery = query_for(CompetenceApiFilter, "CompetenceQuery")
EdgeQuery = query_for(EdgeFilter, "EdgeQuery")
ProfileQuery = query_for(None, "ProfileQuery")


@router.get("", auth=needs, response=Listing[FrameworkRow], summary=_("Frameworks"), operation_id="frameworks")
def frameworks(request: Request, query: Query[FrameworkQuery]):
    """All frameworks."""
    return listed(request, queries.frameworks(request.reader), query)


@router.get(
    "/competences", auth=needs, response=Listing[CompetenceRow], summary=_("Competences"), operation_id="competences"
)
def competences(request: Request, query: Query[CompetenceQuery]):
    """The competences of all frameworks, or of one, with what one can do."""
    return listed(request, queries.competence(request.reader), query, CompetenceApiFilter)


@router.get(
    "/competences/{id}", auth=needs, response=CompetenceRow, summary=_("One competence"), operation_id="competence"
)
def competence(request: Request, id: int):
    """One competence."""
    return get_object_or_404(queries.competence(request.reader), pk=id)


@router.get("/crosswalk", auth=needs, response=Listing[EdgeRow], summary=_("Crosswalk"), operation_id="crosswalk")
def crosswalk(request: Request, query: Query[EdgeQuery]):
    """How the scale stands to the other frameworks, stated gaps included."""
    return listed(request, queries.edges(request.reader), query, EdgeFilter)


@router.get(
    "/profiles", auth=needs, response=Listing[ProfileRow], summary=_("Required profiles"), operation_id="profiles"
)
def profiles(request: Request, query: Query[ProfileQuery]):
    """The grade that each audience needs in each competence."""
    return listed(request, queries.profiles(request.reader), query)


@router.get("/{code}", auth=needs, response=FrameworkInFull, summary=_("One framework"), operation_id="framework")
def framework(request: Request, code: Text):
    """One framework with its grades."""
    return get_object_or_404(queries.frameworks(request.reader), pk=code)
