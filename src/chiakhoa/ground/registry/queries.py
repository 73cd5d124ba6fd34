"""Reading the registry. People are personal data: each role sees its own subtree, a learner themselves, others nobody."""

from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models import Subquery as Rows
from django.db.models.expressions import OuterRef

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.registry.models import Audience, Body, BodyAncestry, Consent, Membership, Person, Purpose
from chiakhoa.ground.territory.queries import in_force, within

SEES_PEOPLE = (Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.UNIT_MANAGER, Role.ASSESSOR)


def people(reader: Reader) -> QuerySet[Person]:
    """The people whom the reader may see: of the unit, or in the body, over which the role is held; oneself as a learner."""
    rows = Person.objects.order_by("search_key", "id")
    if reader == SYSTEM:
        return rows
    if reader.has(*SEES_PEOPLE):
        return rows.filter(within(reader, "unit") | Q(pk__in=members_below(reader.body_id)))
    if reader.has(Role.LEARNER) and reader.person_id:
        return rows.filter(pk=reader.person_id)
    return rows.none()


def members_below(body_id: str | None) -> QuerySet[Membership]:
    """Ids (column `person`) of those who belong today to the body or to one below it, for use as a subquery."""
    below = BodyAncestry.objects.filter(ancestor_id=body_id).values("body")
    return Membership.objects.filter(in_force(clock.today()), body__in=below).values("person")


def bodies(reader: Reader) -> QuerySet[Body]:
    """The bodies that the reader's role reaches. A role over a unit also sees those that lie in no province (ministries)."""
    rows = Body.objects.select_related("unit", "parent").order_by("search_key", "id")
    if reader == SYSTEM:
        return rows
    if reader.is_visitor:
        return rows.none()
    if reader.unit_id:
        return rows.filter(within(reader, "unit") | Q(unit__isnull=True))
    own = BodyAncestry.objects.filter(ancestor_id=reader.body_id).values("body")
    return rows.filter(pk__in=own)


def audiences(reader: Reader) -> QuerySet[Audience]:
    """All audiences, those with a required profile first; they say nothing of any person. Visitors see none."""
    return Audience.objects.none() if reader.is_visitor else Audience.objects.order_by("-is_profile", "order", "code")


def memberships(reader: Reader, person: Person) -> QuerySet[Membership]:
    """Where a person whom the reader may see belongs and belonged, the present first."""
    rows = Membership.objects.filter(person=person, person__in=people(reader)).select_related("body")
    return rows.order_by(F("valid_to").desc(nulls_first=True), F("valid_from").desc(nulls_last=True), "id")


def consents(reader: Reader, person: Person) -> QuerySet[Consent]:
    """Every yes and no of a person whom the reader may see, newest first."""
    return Consent.objects.filter(person=person, person__in=people(reader)).order_by("-at", "-id")


def agreed(purpose: Purpose) -> Q:
    """The condition that a row is a person whose last word on the purpose was yes. Silence is no."""
    last = Consent.objects.filter(person=OuterRef("person"), purpose=purpose).order_by("-at", "-id").values("pk")[:1]
    return Q(pk__in=Consent.objects.filter(purpose=purpose, given=True, pk=Rows(last)).values("person"))


def count_by_unit(reader: Reader) -> dict[str, int]:
    """How many visible people are registered in each unit that has any."""
    rows = people(reader).order_by().values("unit").annotate(count=Count("pk")).values_list("unit", "count")
    return dict(rows)


def members(reader: Reader, body: Body, *, on: date) -> QuerySet[Person]:
    """The visible people who belong to the body, or to one below it, on the day."""
    below = BodyAncestry.objects.filter(ancestor=body).values("body")
    return people(reader).filter(pk__in=Membership.objects.filter(in_force(on), body__in=below).values("person"))
