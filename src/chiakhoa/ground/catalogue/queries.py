"""Reading the catalogue. Courses, venues and norms are open to every role; trainers are people and are filtered."""

from fractions import Fraction

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.catalogue.costs import Prices
from chiakhoa.ground.catalogue.models import Course, CourseGain, DegreeProgramme, Norm, Provider, Trainer, Venue
from chiakhoa.ground.registry.models import BodyAncestry
from chiakhoa.ground.territory import queries as territory

PRICED_BY = {
    "assistant": "dem-assistant",
    "hall": "dem-hall",
    "lab": "dem-lab",
    "laptop": "dem-laptop",
    "network": "dem-network",
    "materials": "dem-materials",
    "certificate": "dem-certificate",
    "drink": "dem-drink",
    "car_km": "dem-car",
    "per_diem": "trv-perdiem",
    "lodging": "trv-room-other",
    "meal": "sup-meal",
    "travel": "sup-travel",
}
RANKS = {"a": "dem-trainer-a", "b": "dem-trainer-b", "c": "dem-trainer-c"}
MANAGEMENT = "dem-manage"
MEAL_PROFILE = "tea_farm_household"


def prices() -> Prices:
    """The prices of the cost formula. Refusal naming the norms that are not loaded."""
    codes = {*PRICED_BY.values(), *RANKS.values()}
    found = Norm.objects.filter(code__in=codes, value__isnull=False).values_list("code", "value")
    amounts = {code: value for code, value in found if value is not None}
    share = Norm.objects.filter(code=MANAGEMENT).values_list("value_percent", flat=True).first()
    missing = sorted(codes - amounts.keys()) + ([MANAGEMENT] if share is None else [])
    if missing or share is None:
        raise Refusal(
            _("Norms are missing: %(codes)s. Load the catalogue first.") % {"codes": ", ".join(missing)},
            code="norms_missing",
        )
    return Prices(
        trainer={rank: amounts[code] for rank, code in RANKS.items()},
        management_percent=Fraction(share),
        **{name: amounts[code] for name, code in PRICED_BY.items()},
    )


def courses(_reader: Reader) -> QuerySet[Course]:
    """All courses."""
    return Course.objects.prefetch_related("audiences", "gains__competence")


def course(_reader: Reader) -> QuerySet[Course]:
    """Courses with all that the page of one shows."""
    return Course.objects.prefetch_related("audiences", "skills", "prerequisites", "leads_to", "providers__body")


def gains(row: Course) -> QuerySet[CourseGain]:
    """What the course raises, most first."""
    return row.gains.select_related("competence__domain").order_by("-mean", "competence__code")


def gives_meals(row: Course) -> bool:
    """Whether its learners are farm households, who get the meal support."""
    return row.audiences.filter(code=MEAL_PROFILE).exists()


def providers(_reader: Reader) -> QuerySet[Provider]:
    """All providers with how many courses, trainers and degree programmes each has."""
    return (
        Provider.objects.select_related("body__parent")
        .annotate(
            course_count=Count("courses", distinct=True),
            trainer_count=Count("trainers", distinct=True),
            degree_count=Count("degree_programmes", distinct=True),
        )
        .order_by("body__search_key", "pk")
    )


def degree_programmes(_reader: Reader) -> QuerySet[DegreeProgramme]:
    """All degree programmes by provider."""
    return DegreeProgramme.objects.select_related("provider__body").order_by("provider", "sentence", "code")


def trainers(reader: Reader) -> QuerySet[Trainer]:
    """Trainers the reader may see: those of the reader's unit, or those of the reader's own body."""
    rows = Trainer.objects.select_related("person__unit", "provider__body").prefetch_related("skills")
    return rows.filter(_trainers_of(reader)).order_by("person__search_key", "pk")


def _trainers_of(reader: Reader) -> Q:
    if reader == SYSTEM:
        return Q()
    if reader.role == Role.PROVIDER_MANAGER:
        below = BodyAncestry.objects.filter(ancestor=reader.body_id).values("body")
        return Q(provider__body__in=below)
    if reader.has(Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR):
        return territory.within(reader, "person__unit")
    return Q(pk__in=[])


def venues(_reader: Reader) -> QuerySet[Venue]:
    """All venues with the sum of their rooms."""
    return Venue.objects.select_related("unit", "body").annotate(
        room_count=Count("rooms"), seats=Sum("rooms__seats"), computers=Sum("rooms__computers")
    )


def norms(_reader: Reader) -> QuerySet[Norm]:
    """All norms by group."""
    return Norm.objects.order_by("group", "code")
