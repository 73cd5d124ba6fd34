"""Who teaches: whole classes go to single trainers, and classes change hands where that frees one."""

from itertools import product

import numpy as np
import pytest

from chiakhoa.engines.planner import Course, Trainer
from chiakhoa.engines.planner.roster import Roster, kinds, usable


@pytest.fixture
def school(scenario):
    """Mai teaches both skills, Lan one of them; classes take two sessions, or three."""
    return scenario(
        courses=(
            Course("BASIC", 2, 10, 20, "classroom", ("digital",)),
            Course("SEWING", 2, 10, 20, "classroom", ("sewing",)),
            Course("LONG", 3, 10, 20, "classroom", ("digital",)),
        ),
        trainers=(Trainer("Mai", ("digital", "sewing"), 4), Trainer("Lan", ("digital",), 3)),
    )


def test_sessions_that_no_class_can_fill_do_not_count():
    assert [usable(sessions, (4, 6)) for sessions in (3, 5, 7, 9, 11)] == [0, 4, 6, 8, 10]


def test_trainers_who_can_teach_the_same_are_one_kind(school):
    assert [(kind.name, kind.sessions) for kind in kinds(school)] == [("digital", 3), ("digital, sewing", 4)]


def test_the_versatile_trainer_is_kept_free(school):
    roster = Roster(school)
    assert roster.take(1, "BASIC")
    assert roster.trainer_of(1) == "Lan"


def test_a_class_changes_hands_to_free_the_only_able_trainer(school):
    roster = Roster(school)
    assert roster.take(1, "SEWING")
    assert roster.take(2, "BASIC", wanted="Mai")
    assert roster.take(3, "SEWING")
    assert [roster.trainer_of(number) for number in (1, 2, 3)] == ["Mai", "Lan", "Mai"]


def test_a_class_is_refused_when_no_exchange_helps(school):
    roster = Roster(school)
    assert [roster.take(number, "SEWING") for number in (1, 2, 3)] == [True, True, False]


def test_a_class_given_back_frees_its_trainer(school):
    roster = Roster(school)
    assert roster.take(1, "SEWING") and roster.take(2, "SEWING")
    roster.give_back(1)
    assert roster.take(3, "SEWING")


@pytest.mark.parametrize("seed", range(20))
def test_classes_of_one_length_are_refused_only_where_no_roster_exists(scenario, seed):
    """Against every way of giving six classes to three trainers."""
    rng = np.random.default_rng(seed)
    skills = ("a", "b", "c")
    made = scenario(
        courses=(
            *(Course(skill, 1, 1, 5, "classroom", (skill,)) for skill in skills),
            Course("BASIC", 1, 1, 5, "x", ()),
        ),
        trainers=tuple(
            Trainer(f"t{i}", tuple(sorted(rng.choice(skills, size=2, replace=False))), int(rng.integers(1, 4)))
            for i in range(3)
        ),
    )
    roster, booked = Roster(made), []
    for number, course in enumerate(rng.choice(skills, size=6).tolist()):
        possible = _fits(made.trainers, [*booked, course])
        assert roster.take(number, course) == possible
        booked += [course] if possible else []


def _fits(trainers, courses):
    return any(
        all(course in trainers[t].skills for course, t in zip(courses, chosen, strict=True))
        and all(chosen.count(t) <= trainer.sessions for t, trainer in enumerate(trainers))
        for chosen in product(range(len(trainers)), repeat=len(courses))
    )
