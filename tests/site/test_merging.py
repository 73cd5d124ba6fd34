"""Two records of one person become one: what was measured, taught and certified under either is theirs; and they part again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.access import holdings
from chiakhoa.ground.registry import actions, joining
from chiakhoa.ground.registry.joining import Way
from chiakhoa.ground.registry.models import JoinedRow, Merge, Person
from chiakhoa.measure.assessment.models import Accommodation, Sitting
from chiakhoa.measure.evidence import actions as evidence
from chiakhoa.measure.evidence import queries as known
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate, Evidence, EvidenceKind
from chiakhoa.outcome.reporting.indicators import INDICATORS
from chiakhoa.outcome.reporting.periods import Period
from chiakhoa.train.delivery.models import Enrolment
from tests.site.conftest import House

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def holding(house: House, count: int = 2) -> list[Person]:
    """People with evidence and an enrolment each, no trainer, no account, not two of one class or opening."""
    rows = Person.objects.filter(
        evidence__isnull=False, enrolments__isnull=False, account=None, trainer=None, applications=None, seats=None,
        sittings__isnull=False,
    ).order_by("pk").distinct()  # fmt: skip
    chosen: list[Person] = []
    for person in rows:
        classes = set(person.enrolments.values_list("training_class", flat=True))
        if all(classes.isdisjoint(other.enrolments.values_list("training_class", flat=True)) for other in chosen):
            chosen.append(person)
        if len(chosen) == count:
            break
    assert len(chosen) == count
    Person.objects.filter(pk__in=[person.pk for person in chosen[1:]]).update(
        citizen_number_index=None, citizen_number_sealed=None
    )
    return [Person.objects.get(pk=person.pk) for person in chosen]


def believed(person: Person) -> list[tuple[float, float]]:
    rows = DomainEstimate.objects.filter(state=person.pk).order_by("domain__order")
    return [(round(row.mean, 9), round(row.se, 9)) for row in rows]


def everything() -> list[object]:
    """Whose everything is, by table; and what is believed of whom."""
    owners = [
        sorted(map(str, joining.apps.get_model(one.model)._default_manager.order_by().values_list("pk", one.field)))
        for one in joining.told()
        if one.model != "evidence.CompetenceState"
    ]
    states = {state.pk: believed(state.person) for state in CompetenceState.objects.select_related("person")}
    return [*owners, states, sorted(Person.objects.values_list("pk", "merged_into", "phone", "external_key"))]


def test_every_table_that_points_at_people_tells_how_it_takes_a_merge() -> None:
    pointing = {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in Person._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created
    }
    # The record's own merges, and the record that it was merged into, are what a merge is made of.
    pointing -= {"registry.Person.merged_into", "registry.Merge.kept", "registry.Merge.dropped"}
    assert pointing == {one.key for one in joining.told()}


def test_classes_tests_and_certificates_pass_to_the_kept_record_and_come_back(house: House) -> None:
    kept, dropped = holding(house)
    before = everything()
    enrolled = kept.enrolments.count() + dropped.enrolments.count()
    sittings = kept.sittings.count() + dropped.sittings.count()
    merge = actions.merge_people(SYSTEM, kept.pk, dropped.pk, at=AT)
    assert (kept.enrolments.count(), dropped.enrolments.count()) == (enrolled, 0)
    assert (kept.sittings.count(), dropped.sittings.count()) == (sittings, 0)
    assert everything() != before
    actions.part_people(SYSTEM, merge.pk, at=AT)
    assert everything() == before


def test_evidence_of_both_records_counts_for_the_one_though_no_row_of_the_ledger_changes(house: House) -> None:
    kept, dropped = holding(house)
    both = Evidence.objects.standing().filter(person__in=[kept, dropped])
    rows = set(both.values_list("pk", "person_id"))
    alone = believed(kept)
    merge = actions.merge_people(SYSTEM, kept.pk, dropped.pk, at=AT)
    kept.refresh_from_db()
    assert set(both.values_list("pk", "person_id")) == rows
    assert kept.state.evidence_count == len(rows)
    assert believed(kept) != alone
    assert not CompetenceState.objects.filter(person=dropped).exists()
    assert {row.pk for row in known.evidence_of(house.reader(Role.COORDINATOR), kept)} >= {pk for pk, _owner in rows}
    together = believed(kept)
    evidence.rebuild(SYSTEM, at=AT)
    assert believed(kept) == together
    assert not CompetenceState.objects.filter(person=dropped).exists()
    actions.part_people(SYSTEM, merge.pk, at=AT)
    assert believed(kept) == alone


def test_the_copy_of_ones_data_holds_what_was_observed_under_both_records(house: House) -> None:
    kept, dropped = holding(house)
    rows = {str(pk) for pk in Evidence.objects.filter(person__in=[kept, dropped]).values_list("pk", flat=True)}
    actions.merge_people(SYSTEM, kept.pk, dropped.pk, at=AT)
    held = {one.table: one.rows for one in holdings.holdings(Person.objects.get(pk=kept.pk))}
    assert {row["id"] for row in held["evidence.evidence"]} == rows
    assert [row["id"] for row in held["registry.person"]] == [kept.pk, dropped.pk]


def test_a_rating_given_under_the_other_record_is_superseded_by_the_next(house: House) -> None:
    kept, dropped = holding(house)
    unit = kept.unit_id
    Person.objects.filter(pk=dropped.pk).update(unit=unit)
    manager = house.reader(Role.UNIT_MANAGER)
    manager = type(manager)(account_id=manager.account_id, role=Role.UNIT_MANAGER, unit_id=unit)
    first = evidence.rate(manager, dropped, {0: 1}, at=AT)
    actions.merge_people(SYSTEM, kept.pk, dropped.pk, at=AT)
    second = evidence.rate(manager, Person.objects.get(pk=kept.pk), {0: 3}, at=AT + timedelta(days=1))
    assert second.supersedes_id == first.pk


def test_what_was_observed_later_stays_with_the_kept_record_when_they_part(house: House) -> None:
    kept, dropped = holding(house)
    merge = actions.merge_people(SYSTEM, kept.pk, dropped.pk, at=AT)
    content = {"mean": [0.5] + [None] * 5, "sd": [1.0] + [None] * 5}
    evidence.append([evidence.Observation(kept.pk, EvidenceKind.RATING, AT, content)], at=AT)
    # A page that still knows the hidden record is no way to lose an observation: it counts for the kept one.
    evidence.append([evidence.Observation(dropped.pk, EvidenceKind.RATING, AT, content)], at=AT)
    whole = Evidence.objects.standing().filter(person__in=[kept, dropped]).count()
    assert CompetenceState.objects.get(person=kept).evidence_count == whole
    actions.part_people(SYSTEM, merge.pk, at=AT)
    counts = [CompetenceState.objects.get(person=person).evidence_count for person in (kept, dropped)]
    assert counts == [Evidence.objects.standing().filter(person=person).count() for person in (kept, dropped)]


def test_three_records_become_one_and_part_in_the_order_in_which_they_came_together(house: House) -> None:
    first, second, third = holding(house, 3)
    before = everything()
    inner = actions.merge_people(SYSTEM, second.pk, third.pk, at=AT)
    middle = everything()
    outer = actions.merge_people(SYSTEM, first.pk, second.pk, at=AT)
    assert set(Person.objects.filter(merged_into=first)) == {second, third}
    actions.part_people(SYSTEM, outer.pk, at=AT)
    assert everything() == middle
    actions.part_people(SYSTEM, inner.pk, at=AT)
    assert everything() == before


def test_two_records_in_one_class_are_not_merged_and_nothing_is_written(house: House) -> None:
    kept, dropped = holding(house)
    training_class = kept.enrolments.exclude(state="left").first().training_class
    Enrolment.objects.create(training_class=training_class, person=dropped, state="waiting", enrolled_at=AT)
    before = everything()
    with pytest.raises(Refusal) as refused:
        actions.merge_people(SYSTEM, kept.pk, dropped.pk, at=AT)
    assert refused.value.code == "both_have"
    assert everything() == before and not Merge.objects.exists() and not JoinedRow.objects.exists()


def test_a_trainers_record_is_the_one_to_keep(house: House) -> None:
    trainer = Person.objects.filter(trainer__isnull=False).first()
    other = holding(house)[1]
    assert trainer is not None
    with pytest.raises(Refusal) as refused:
        actions.merge_people(SYSTEM, other.pk, trainer.pk, at=AT)
    assert refused.value.code == "cannot_pass"
    actions.merge_people(SYSTEM, trainer.pk, other.pk, at=AT)


def test_a_right_to_more_time_passes_on_and_is_not_doubled(house: House) -> None:
    first, second, third = holding(house, 3)
    Accommodation.objects.create(person=second, extra_time=25)
    merge = actions.merge_people(SYSTEM, first.pk, second.pk, at=AT)
    ours = Accommodation.objects.filter(person__in=(first, second, third))
    assert ours.get().person == first
    Accommodation.objects.create(person=third, extra_time=50)
    actions.merge_people(SYSTEM, first.pk, third.pk, at=AT)
    assert set(ours.values_list("person", "extra_time")) == {(first.pk, 25), (third.pk, 50)}
    assert merge.joined.filter(what="assessment.Accommodation.person").count() == 1


def test_sums_count_one_person(house: House) -> None:
    reader = house.reader(Role.COORDINATOR)
    kept, dropped = holding(house)
    year = Period(date(2025, 1, 1), date(2027, 12, 31))

    def counted() -> list[object]:
        page = house.browse(Role.COORDINATOR).get(reverse("registry:people"))
        sums = [INDICATORS[code].of(reader, None, year)[0] for code in ("people_registered", "people_measured")]
        return [page.context["table"].paginator.count, *sums]

    before = counted()
    actions.merge_people(SYSTEM, kept.pk, dropped.pk, at=AT)
    assert counted() == [number - 1 for number in before]


def test_without_the_hearing_the_state_would_forget_what_the_other_record_knew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: nobody hears of the merge, and what was measured under the hidden record has no say."""
    kept, dropped = holding(house)
    alone = believed(kept)
    monkeypatch.setattr(joining, "_hearers", [])
    actions.merge_people(SYSTEM, kept.pk, dropped.pk, at=AT)
    assert believed(kept) == alone
    assert Sitting.objects.filter(person=dropped).count() == 0
    assert {one.way for one in joining.told()} == set(Way)
