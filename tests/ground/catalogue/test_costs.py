"""The cost formula against sums done by hand, and against the line that the planner uses."""

from fractions import Fraction
from itertools import product

import pytest

from chiakhoa.ground.catalogue.costs import Prices, Setting, class_cost, fixed_and_per_learner, half_up
from chiakhoa.ground.catalogue.models import Course

NORMS = Prices(
    trainer={"a": 1_200_000, "b": 800_000, "c": 500_000},
    assistant=400_000,
    hall=1_000_000,
    lab=1_500_000,
    laptop=150_000,
    network=300_000,
    materials=40_000,
    certificate=10_000,
    drink=40_000,
    car_km=12_000,
    per_diem=300_000,
    lodging=400_000,
    meal=30_000,
    travel=200_000,
    management_percent=Fraction(10),
)


def course(mode="lab", room="computer_lab", computers=1.0, sessions=4, assistants=1, network="fixed"):
    return Course(
        code="X",
        periods=sessions * 4,
        sessions=sessions,
        mode=mode,
        room_kind=room,
        computers_per_learner=computers,
        needs={"network": network},
        trainers=1,
        assistants=assistants,
    )


def test_a_computer_class_of_thirty_costs_what_a_clerk_works_out_by_hand():
    cost = class_cost(course(), "b", 30, NORMS)
    assert (cost.trainers, cost.assistants, cost.room) == (3_200_000, 1_600_000, 3_000_000)
    assert (cost.materials, cost.certificate, cost.drink) == (1_200_000, 300_000, 4_800_000)
    assert cost.laptops == 0  # the computer room brings its machines
    assert cost.management == 1_410_000
    assert cost.total_vnd == 15_510_000


def test_farm_households_get_meals_and_those_from_far_their_travel():
    shape = course("classroom", "hall", 0, sessions=2, assistants=2, network="mobile")
    cost = class_cost(shape, "c", 20, NORMS, Setting(meals=True, far_learners=3))
    assert (cost.meals, cost.travel, cost.network) == (600_000, 600_000, 300_000)


def test_trainers_from_elsewhere_cost_their_car_nights_and_whole_days():
    cost = class_cost(course(sessions=3), "a", 10, NORMS, Setting(km=80, nights=1, away=True))
    assert (cost.car, cost.lodging, cost.per_diem) == (960_000, 800_000, 1_200_000)


def test_nobody_drinks_tea_at_an_online_class():
    cost = class_cost(course("online_live", "online", 1, assistants=0), "b", 100, NORMS)
    assert (cost.drink, cost.materials, cost.room, cost.laptops) == (0, 0, 0, 0)
    assert cost.certificate == 1_000_000


def test_half_a_machine_each_is_hired_as_whole_machines():
    cost = class_cost(course("blended", "classroom", 0.5), "b", 5, NORMS)
    assert cost.laptops == 3 * 2 * 150_000


@pytest.mark.parametrize(("amount", "rounded"), [("0.5", 1), ("1.5", 2), ("2.4999", 2), ("2.5", 3)])
def test_a_half_goes_up(amount, rounded):
    assert half_up(Fraction(amount)) == rounded


def test_the_lines_sum_to_the_total_for_every_shape():
    odd = Prices(**{**vars(NORMS), "hall": 999_999, "meal": 33_333, "management_percent": Fraction(73, 10)})
    for mode, room, learners, sessions in product(
        ["lab", "field", "online_live"], ["hall", "site"], [0, 1, 17], [1, 3]
    ):
        cost = class_cost(course(mode, room, 0.5, sessions), "a", learners, odd, Setting(meals=True))
        assert sum(cost.lines().values()) == cost.total_vnd


def test_the_planners_line_differs_by_less_than_a_laptop():
    for room, learners, sessions in product(["hall", "computer_lab", "site"], range(0, 60, 7), [1, 4, 5]):
        shape = course("blended", room, 0.5, sessions)
        fixed, each = fixed_and_per_learner(shape, "b", NORMS)
        laptop = 1.1 * 150_000 * sessions / 2
        exact = class_cost(shape, "b", learners, NORMS).total_vnd
        assert abs(fixed + learners * each - exact) <= laptop + learners / 2 + 1


def test_a_rank_without_a_price_is_named():
    with pytest.raises(ValueError, match="rank 'z'"):
        class_cost(course(), "z", 10, NORMS)


def test_more_from_far_than_there_are_is_refused():
    with pytest.raises(ValueError, match="2 learners, of whom 3"):
        class_cost(course(), "a", 2, NORMS, Setting(far_learners=3))
