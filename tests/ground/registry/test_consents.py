"""Silence is no; the last word counts; a child needs a guardian; nobody answers for a stranger."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.registry import actions, queries
from chiakhoa.ground.registry.actions import PersonRow
from chiakhoa.ground.registry.models import Person, Purpose

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture
def hoa(registry):
    return Person.objects.get(
        pk=actions.register_people(SYSTEM, [PersonRow("k-1", "Hòa", "VN-05440@2025")], at=AT)["k-1"]
    )


def learner(person):
    return Reader(account_id=7, role=Role.LEARNER, unit_id=person.unit_id, person_id=person.pk)


def say(person, given, *, at=AT, actor=None, **more):
    return actions.record_consent(
        actor or learner(person), person.pk, Purpose.MATCHING, given, channel="own_page", at=at, **more
    )


def agreeing():
    return set(Person.objects.filter(queries.agreed(Purpose.MATCHING)))


def test_silence_is_no_and_the_last_word_counts(hoa):
    assert agreeing() == set()
    say(hoa, True)
    assert agreeing() == {hoa}
    assert not Person.objects.filter(queries.agreed(Purpose.PUBLICATION)).exists()
    say(hoa, False, at=AT + timedelta(days=1))
    assert agreeing() == set()
    assert queries.consents(learner(hoa), hoa).count() == 2
    assert not queries.last_words(learner(hoa), hoa)["matching"].given


def test_a_child_needs_a_guardian_to_agree_but_not_to_refuse(hoa):
    Person.objects.filter(pk=hoa.pk).update(born_on=date(2010, 11, 25))
    with pytest.raises(Refusal) as refused:
        say(hoa, True)
    assert refused.value.field == "guardian_name"
    say(hoa, False)
    assert say(hoa, True, guardian_name=" Nguyễn  Văn Nam ").guardian_name == "Nguyễn Văn Nam"


def test_from_the_sixteenth_birthday_on_the_own_word_is_enough(hoa):
    Person.objects.filter(pk=hoa.pk).update(born_on=date(2010, 11, 24))
    assert say(hoa, True).given


def test_nobody_answers_for_a_stranger(hoa):
    other = Reader(account_id=8, role=Role.UNIT_MANAGER, unit_id="VN-05467@2025")
    with pytest.raises(NotVisible):
        say(hoa, True, actor=other)
