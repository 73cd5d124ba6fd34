"""Reading the registry. People are personal data: a role sees its subtree, a learner themselves, others nobody."""

from datetime import date
from itertools import permutations
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.registry.models import (
    Audience,
    Body,
    BodyAncestry,
    BodyReform,
    BodySuccession,
    Consent,
    Import,
    ImportRecipe,
    Membership,
    Merge,
    Person,
    Purpose,
)
from chiakhoa.ground.registry.searching.finding import Found, Reach, find
from chiakhoa.ground.territory.models import ReformState
from chiakhoa.ground.territory.queries import MAY_REFORM, in_force, within

SEES_PEOPLE = (Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.UNIT_MANAGER, Role.ASSESSOR)
MOST_TURNED = 6


def people(reader: Reader) -> QuerySet[Person]:
    """The people whom the reader may see: of the unit or body over which the role is held; a learner, themselves.

    A record that was merged into another one is not among them.
    """
    rows = Person.objects.filter(merged_into__isnull=True).order_by("search_key", "id")
    if reader == SYSTEM:
        return rows
    if reader.has(*SEES_PEOPLE):
        reach = within(reader, "unit")
        return rows.filter(reach | Q(pk__in=members_below(reader.body_id)) if reader.body_id else reach)
    if reader.has(Role.LEARNER) and reader.person_id:
        return rows.filter(pk=reader.person_id)
    return rows.none()


def find_people(reader: Reader, text: str) -> Found:
    """Those whom the reader may see and whose names agree with the text: how many, in order, and as a condition."""
    reach = None
    if reader == SYSTEM:
        reach = Reach()
    elif reader.has(*SEES_PEOPLE) and reader.unit_id and not reader.body_id:
        reach = Reach(reader.unit_id)
    return find(lambda: people(reader), reach, text)


def members_below(body_id: str | None) -> QuerySet[Membership, Any]:
    """Ids (column `person`) of those who belong today to the body or to one below it, for use as a subquery."""
    below = BodyAncestry.objects.filter(ancestor_id=body_id).values("body")
    return Membership.objects.filter(in_force(clock.today()), body__in=below).values("person")


def bodies(reader: Reader) -> QuerySet[Body]:
    """The bodies that the reader's role reaches. A role over a unit also sees those in no province."""
    rows = Body.objects.select_related("unit", "parent").order_by("search_key", "id")
    if reader == SYSTEM:
        return rows
    if reader.is_visitor:
        return rows.none()
    if reader.unit_id:
        return rows.filter(within(reader, "unit") | Q(unit__isnull=True))
    own = BodyAncestry.objects.filter(ancestor_id=reader.body_id).values("body")
    return rows.filter(pk__in=own)


def body_reforms(reader: Reader) -> QuerySet[BodyReform]:
    """The rearrangements of bodies, the latest first; drafts only for those who may enact them."""
    rows = BodyReform.objects.order_by("-day", "-id")
    return rows if reader.has(*MAY_REFORM) else rows.exclude(state=ReformState.DRAFT)


def body_successions_of_files() -> QuerySet[BodySuccession]:
    """Which bodies of the programme passed into which, by its files, the latest first."""
    return BodySuccession.objects.filter(reform__isnull=True).select_related("old", "new").order_by("-date", "old")


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
    return Q(pk__in=Consent.objects.filter(purpose=purpose, given=True, pk=Subquery(last)).values("person"))


def with_bodies(rows: QuerySet[Person]) -> QuerySet[Person]:
    """The people with unit, audience and, as the list `present`, their open memberships: two queries in all."""
    open_now = Membership.objects.filter(valid_to__isnull=True).select_related("body").order_by("-id")
    return rows.select_related("unit", "audience").prefetch_related(
        Prefetch("memberships", queryset=open_now, to_attr="present")
    )


def with_member_counts(rows: QuerySet[Body]) -> QuerySet[Body]:
    """The bodies with `member_count`, how many people belong to that very body today."""
    return rows.annotate(member_count=Count("memberships", filter=Q(memberships__valid_to__isnull=True)))


def same_name_and_birthday(reader: Reader, name_key: str, born_on: date | None) -> QuerySet[Person]:
    """Visible people who may be the same person: the folded name is equal and the birthday is equal or not known."""
    rows = people(reader).filter(search_key=name_key)
    return rows.filter(Q(born_on=born_on) | Q(born_on__isnull=True)) if born_on else rows


def last_words(reader: Reader, person: Person) -> dict[str, Consent]:
    """The last yes or no of a visible person for each purpose on which they spoke."""
    found: dict[str, Consent] = {}
    for consent in consents(reader, person):
        found.setdefault(consent.purpose, consent)
    return found


def members(reader: Reader, body: Body, *, on: date) -> QuerySet[Person]:
    """The visible people who belong to the body, or to one below it, on the day."""
    below = BodyAncestry.objects.filter(ancestor=body).values("body")
    return people(reader).filter(pk__in=Membership.objects.filter(in_force(on), body__in=below).values("person"))


def imports(reader: Reader) -> QuerySet[Import]:
    """The imports that the reader sent; an administrator sees everybody's."""
    rows = Import.objects.select_related("job")
    if reader == SYSTEM or reader.has(Role.ADMINISTRATOR):
        return rows
    return rows.none() if reader.is_visitor else rows.filter(account_id=reader.account_id)


def recipe(reader: Reader, kind: str, sender: str) -> ImportRecipe | None:
    """The latest recipe that the reader's imports of one sender left; None for the first list of a sender."""
    rows = ImportRecipe.objects.filter(kind=kind, sender=sender, account_id=reader.account_id or 0)
    return rows.order_by("-version").first() if sender else None


def senders(reader: Reader, kind: str) -> list[str]:
    """The senders whose lists the reader has imported, by name."""
    rows = ImportRecipe.objects.filter(kind=kind, account_id=reader.account_id or 0)
    return list(rows.order_by("sender").values_list("sender", flat=True).distinct())


def merges(reader: Reader, person: Person) -> QuerySet[Merge]:
    """The records that were merged into a visible person and not parted again."""
    rows = Merge.objects.filter(kept=person, kept__in=people(reader), reversed_at__isnull=True)
    return rows.select_related("dropped__unit")


def namesakes(reader: Reader, person: Person) -> list[Person]:
    """Other visible people of the same words in any order whose birthday agrees or is not known, the most alike first."""
    words = person.search_key.split()
    # A list from elsewhere may turn the words of a name round; so many as could be written out are looked up at once.
    turned = {" ".join(some) for some in permutations(words)} if len(words) <= MOST_TURNED else {person.search_key}
    rows = people(reader).exclude(pk=person.pk).select_related("unit", "audience")
    alike = rows.filter(search_key__in=sorted(turned))[:200] if words else []
    possible = [row for row in alike if not row.born_on or not person.born_on or row.born_on == person.born_on]
    return sorted(possible, key=lambda row: (row.born_on != person.born_on, row.unit_id != person.unit_id, row.pk))[:5]
