"""Loading the catalogue and adding to it."""

from datetime import UTC, datetime

import pytest

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.ground.catalogue import actions, queries
from chiakhoa.ground.catalogue.models import Course, CourseGain, DegreeProgramme, Norm, Provider, Room, Trainer, Venue
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Body, BodyAncestry, Person

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def person(unit, name="Nguyễn Thị Hòa"):
    return Person.objects.create(full_name=name, search_key="nguyen thi hoa", unit=unit, registered_at=AT)


def test_every_course_of_the_file_is_there_with_its_gains_and_audiences(catalogue):
    rows = load_yaml("programme/courses.yaml")["courses"]
    assert Course.objects.count() == len(rows) == 37
    assert CourseGain.objects.count() == sum(len(row["competences"]) for row in rows)
    course = Course.objects.get(code="ATTT-XA")
    assert {a.code for a in course.audiences.all()} == {"aud-huyen-xa", "commune_official"}
    assert course.task_ids == ["task-attt", "nxt-attt"]
    assert course.gains.get(competence__code="4.1").mean == 0.9


def test_every_norm_but_the_documents_and_the_formula_is_there(catalogue):
    source = load_yaml("programme/norms.yaml")
    assert Norm.objects.count() == sum(len(rows) for key, rows in source.items() if key not in ("documents", "formula"))
    drink = Norm.objects.get(code="dem-drink")
    assert (drink.value, drink.assumed) == (40_000, True)
    assert drink.reason


def test_a_body_teaches_what_the_tasks_that_name_it_ask_for(catalogue):
    ictu = Provider.objects.get(body="body-ictu")
    assert {c.code for c in ictu.courses.all()} == {"CQNN-KNS", "ATTT-CM", "CNTT-AI", "CNTT-BC", "CNTT-VR"}
    assert Provider.objects.filter(body__kind="college", courses=None).count() == 2


def test_a_department_that_ended_hands_what_it_teaches_to_its_successor(frameworks):
    ended, heir = Body.objects.get(id="body-so-tttt"), Body.objects.get(id="body-so-gddt")
    Provider.objects.filter(body__in=[ended, heir]).delete()
    ended.successor = heir
    ended.save()
    actions.load_catalogue(SYSTEM, at=AT)
    assert not Provider.objects.filter(body=ended).exists()
    assert Provider.objects.get(body=heir).courses.filter(code="ATTT-XA").exists()


def test_the_five_degree_programmes_belong_to_ictu(catalogue):
    assert set(DegreeProgramme.objects.values_list("provider", "sentence")) == {("body-ictu", 19)}
    assert DegreeProgramme.objects.count() == 5


def test_loading_twice_changes_nothing(catalogue):
    def state():
        gains = list(CourseGain.objects.order_by("pk").values_list("pk", "mean"))
        links = Course.audiences.through.objects.count(), Provider.courses.through.objects.count()
        return gains, links, Norm.objects.count()

    before = state()
    actions.load_catalogue(SYSTEM, at=AT)
    assert state() == before


def test_a_degree_programme_of_an_unknown_body_is_refused_by_name(frameworks, monkeypatch):
    def misspelt(name):
        content = load_yaml(name)
        for row in content.get("degree_programmes", []):
            row["provider"] = "body-itcu"
        return content

    monkeypatch.setattr(actions, "load_yaml", misspelt)
    with pytest.raises(Refusal, match="body-itcu"):
        actions.load_catalogue(SYSTEM, at=AT)


def test_a_course_for_an_unknown_audience_is_refused_by_name(frameworks, monkeypatch):
    def misspelt(name):
        content = load_yaml(name)
        for row in content.get("courses", []):
            row["audiences"] = ["aud-nobody"]
        return content

    monkeypatch.setattr(actions, "load_yaml", misspelt)
    with pytest.raises(Refusal, match="aud-nobody"):
        actions.load_catalogue(SYSTEM, at=AT)


def test_the_competences_that_courses_raise_are_those_of_the_scale(catalogue):
    raised = Competence.objects.filter(raised_by__isnull=False).values_list("domain__framework", flat=True)
    assert set(raised) == {"tt02_2025"}


def test_venues_and_rooms_are_added_once_and_renamed_after(catalogue, commune):
    room = actions.RoomRow("P1", "hall", seats=100, computers=0, sessions_per_year=120)
    row = actions.VenueRow("ven-1", "Hội trường xã", "Commune hall", commune.id, (room,), reason="giả định")
    actions.add_venues(SYSTEM, [row], at=AT)
    actions.add_venues(SYSTEM, [row], at=AT)
    venue = queries.venues(SYSTEM).get(code="ven-1")
    assert (venue.room_count, venue.seats, venue.assumed) == (1, 100, True)
    assert Venue.objects.get(search_key__startswith="ven-1 hoi truong xa") == venue
    assert Room.objects.filter(venue="ven-1").count() == 1


def test_a_trainer_has_exactly_the_skills_last_given(catalogue, commune):
    who = person(commune)
    row = actions.TrainerRow(who.pk, "body-ictu", "b", 60, ("security_basic", "teams"))
    actions.add_trainers(SYSTEM, [row], at=AT)
    actions.add_trainers(SYSTEM, [actions.TrainerRow(who.pk, "body-ictu", "a", 80, ("vr",))], at=AT)
    trainer = Trainer.objects.get(person=who)
    assert (trainer.rank, trainer.sessions_per_year) == ("a", 80)
    assert [skill.code for skill in trainer.skills.all()] == ["vr"]


def test_an_unknown_skill_is_refused_by_name(catalogue, commune):
    row = actions.TrainerRow(person(commune).pk, "body-ictu", "b", 60, ("juggling",))
    with pytest.raises(Refusal, match="juggling"):
        actions.add_trainers(SYSTEM, [row], at=AT)


def test_a_provider_gets_more_courses_and_keeps_its_own(catalogue):
    actions.add_providers(SYSTEM, [actions.ProviderRow("body-ictu", ("AI-PT",))], at=AT)
    assert Provider.objects.get(body="body-ictu").courses.count() == 6


def test_a_learner_adds_no_venue(catalogue):
    with pytest.raises(NotAllowed):
        actions.add_venues(Reader(role=Role.LEARNER), [], at=AT)


def test_a_provider_manager_sees_only_trainers_of_the_own_house(catalogue, commune):
    for body in ("body-ictu", "body-cdn1-bqp"):
        BodyAncestry.objects.get_or_create(body_id=body, ancestor_id=body)
        row = actions.TrainerRow(person(commune, body).pk, body, "b", 60, ())
        actions.add_trainers(SYSTEM, [row], at=AT)
    manager = Reader(role=Role.PROVIDER_MANAGER, body_id="body-ictu")
    assert [t.provider_id for t in queries.trainers(manager)] == ["body-ictu"]
    assert queries.trainers(Reader(role=Role.COORDINATOR, unit_id=commune.id)).count() == 2
    assert not queries.trainers(Reader(role=Role.LEARNER)).exists()


def test_prices_come_from_the_norms_and_name_what_is_missing(catalogue):
    assert queries.prices().trainer == {"a": 1_200_000, "b": 800_000, "c": 500_000}
    Norm.objects.filter(code="dem-hall").delete()
    with pytest.raises(Refusal, match="dem-hall"):
        queries.prices()
