"""Writing evidence: added, superseded, never changed; and the states that follow from it.

`append` is a part of other actions (a finished sitting, a rating). A state is always computed from the whole ledger of
the person, so that adding to it and rebuilding it give the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, bulk
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.evidence import estimation, queries
from chiakhoa.measure.evidence.bands import middle_of_band
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate, Evidence, EvidenceKind

BATCH = 2000
RATING_SD = 1.0
ONE_OPINION = timedelta(days=180)


@dataclass(frozen=True)
class Observation:
    """Something observed of a person; `content` as described at the model Evidence."""

    person_id: int
    kind: EvidenceKind
    occurred_at: datetime
    content: dict[str, Any] = field(hash=False)
    supersedes_id: UUID | None = None


def append(observations: Sequence[Observation], *, at: datetime) -> list[Evidence]:
    """Add observations to the ledger, in their order, and bring the states of their people up to date.

    Part of the calling action: its transaction, its audit row.
    """
    framework_id = frameworks.scale().framework.pk
    rows = [
        Evidence(
            framework_id=framework_id,
            recorded_at=at,
            person_id=seen.person_id,
            kind=seen.kind,
            occurred_at=seen.occurred_at,
            content=seen.content,
            supersedes_id=seen.supersedes_id,
        )
        for seen in observations
    ]
    bulk.insert(Evidence, rows)
    _bring_up_to_date({seen.person_id for seen in observations})
    return rows


@action(Role.UNIT_MANAGER)
def rate(actor: Reader, person: Person, grades: Mapping[int, int], *, at: datetime) -> Evidence:
    """A supervisor's opinion: domain index -> grade (0 for below the first).

    It supersedes one given less than half a year before; the same opinion given again changes nothing.
    Refusal where no domain is rated.
    """
    if not queries.people_rated_by(actor).filter(pk=person.pk).exists():
        raise NotVisible(_("There is no such person here."))
    Person.objects.select_for_update().get(pk=person.pk)
    content = _rating(grades)
    earlier = _open_opinion(person, at)
    if earlier and earlier.content == content:
        audit.record(actor, "rate_again", earlier, at=at)
        return earlier
    seen = Observation(person.pk, EvidenceKind.RATING, at, content, earlier.pk if earlier else None)
    row = append([seen], at=at)[0]
    audit.record(actor, "rate", row, at=at, after={"person": str(person.reference), "grades": dict(grades)})
    return row


@action(Role.ADMINISTRATOR)
def rebuild(actor: Reader, *, at: datetime) -> int:
    """Throw all states away and compute them afresh from the ledger. Returns how many people have one."""
    CompetenceState.objects.all().delete()
    people = Evidence.objects.exclude(person=None).order_by().values_list("person_id", flat=True).distinct()
    _bring_up_to_date(set(people))
    count = CompetenceState.objects.count()
    audit.record(actor, "rebuild_states", "evidence.competencestate", at=at, after={"states": count})
    return count


def restate(*people: int) -> None:
    """Compute the states of these people afresh: two records were merged into one, or parted. Part of that action."""
    _bring_up_to_date(people)


def _rating(grades: Mapping[int, int]) -> dict[str, Any]:
    scale = frameworks.scale()
    domains = range(len(scale.domains))
    if not grades:
        raise Refusal(_("Rate at least one domain, or leave the page."), code="nothing_rated")
    unknown = sorted(set(grades) - set(domains)) + sorted({g for g in grades.values() if not 0 <= g <= len(scale.cuts)})
    if unknown:
        raise Refusal(_("There is no such domain or grade: %(which)s.") % {"which": unknown}, code="grade_unknown")
    mean = [middle_of_band(grades[d], scale.cuts) if d in grades else None for d in domains]
    return {"mean": mean, "sd": [RATING_SD if d in grades else None for d in domains]}


def _open_opinion(person: Person, at: datetime) -> Evidence | None:
    """The rating of the person that a rating now replaces."""
    return (
        Evidence.objects.of(person)
        .filter(kind=EvidenceKind.RATING, superseded_by=None)
        .filter(occurred_at__gt=at - ONE_OPINION)
        .order_by("-occurred_at", "-recorded_at")
        .first()
    )


def _bring_up_to_date(people: Collection[int]) -> None:
    """Compute and store the states of these people, some thousands at a time."""
    ids = sorted({*people, *_merged_into(people)})
    for start in range(0, len(ids), BATCH):
        _store(ids[start : start + BATCH])


def _merged_into(people: Collection[int]) -> list[int]:
    """Whose the evidence of these is, where their records were merged into others meanwhile."""
    ids = sorted(people)
    parts = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
    rows = (Person.objects.order_by().filter(pk__in=part, merged_into__isnull=False) for part in parts)
    return [pk for part in rows for pk in part.values_list("merged_into_id", flat=True)]


def _store(ids: Sequence[int]) -> None:
    """Put new states in the place of the old ones; people without evidence have none."""
    DomainEstimate.objects.filter(state__in=ids).delete()
    CompetenceState.objects.filter(person__in=ids).delete()
    ledgers = _ledgers(ids)
    owners = list(ledgers)
    if not owners:
        return
    audiences = dict(Person.objects.filter(pk__in=owners).values_list("pk", "audience_id"))
    scale = frameworks.scale()
    prior = estimation.priors([audiences[owner] for owner in owners], scale)
    believed = estimation.walk(list(ledgers.values()), prior, scale.prior.variance_per_year)
    bulk.insert(
        CompetenceState,
        (
            CompetenceState(
                person_id=owner,
                framework_id=scale.framework.pk,
                covariance=believed.cov[i].tolist(),
                evidence_count=len(ledgers[owner]),
                as_of=ledgers[owner][-1].occurred_at,
            )
            for i, owner in enumerate(owners)
        ),
    )
    bulk.insert(DomainEstimate, _estimates(owners, believed, [domain.pk for domain in scale.domains]))


def _estimates(
    owners: Sequence[int], believed: estimation.Believed, domain_ids: Sequence[int]
) -> Iterator[DomainEstimate]:
    se = believed.se
    for i, owner in enumerate(owners):
        for d, domain_id in enumerate(domain_ids):
            yield DomainEstimate(
                state_id=owner, domain_id=domain_id, mean=float(believed.mean[i, d]), se=float(se[i, d])
            )


def _ledgers(ids: Sequence[int]) -> dict[int, list[estimation.Observed]]:
    """person -> what is observed of them and not superseded, oldest first; people without any are left out.

    What was observed under a record that was merged into another one is the other's.
    """
    asked = set(ids)
    records = Person.objects.order_by().filter(Q(pk__in=ids) | Q(merged_into__in=ids))
    owner = {pk: into or pk for pk, into in records.values_list("pk", "merged_into_id")}
    rows = (
        Evidence.objects.standing()
        .filter(person__in=[pk for pk, whose in owner.items() if whose in asked])
        .order_by("occurred_at", "id")
        .values_list("person_id", "occurred_at", "kind", "content")
    )
    found: dict[int, list[estimation.Observed]] = {}
    for person, *seen in rows.iterator(chunk_size=BATCH):
        found.setdefault(owner[person], []).append(estimation.Observed(*seen))
    return dict(sorted(found.items()))
