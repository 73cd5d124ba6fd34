"""Named seats: need and fairness decide, kept seats stay, nobody has a reason for envy, the others wait in order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiakhoa.engines.planner.seating import Option, Seating, Seeker, liked, likely, seat


def person(number, gain, *classes, group="g", **more):
    return Seeker(number, group, tuple(Option(c, gain) for c in classes or (1,)), **more)


def test_who_gains_most_has_the_seat_and_the_others_wait_in_order():
    found = seat([person(1, 0.2), person(2, 0.9), person(3, 0.5)], [Seating(1, 1)])
    assert (found.seats, found.waiting, found.held) == ({1: (2,)}, {1: (3, 1)}, {1: 0})


def test_who_had_a_seat_lately_comes_after_others_of_like_need():
    found = seat([person(1, 1.0, had=1), person(2, 0.9)], [Seating(1, 1)])
    assert found.seats[1] == (2,)
    assert seat([person(1, 1.0, had=1), person(2, 0.4)], [Seating(1, 1)]).seats[1] == (1,), "need still counts"


def test_a_group_has_its_seats_whatever_others_gain():
    found = seat([person(1, 0.1, group="far"), person(2, 0.9), person(3, 0.8)], [Seating(1, 2, (("far", 1),))])
    assert set(found.seats[1]) == {1, 2}
    assert found.waiting[1] == (3,)


def test_seats_of_people_not_registered_yet_are_held():
    found = seat([person(1, 0.1, group="far"), person(2, 0.9)], [Seating(1, 3, (("far", 3),))])
    assert (found.seats[1], found.held[1], found.waiting[1]) == ((1,), 2, (2,))


def test_wishes_come_first_then_gain_then_the_nearest():
    classes = {n: Seating(n, 1) for n in (1, 2, 3, 4)}
    seeker = Seeker(
        1, "g", (Option(1, 0.50, 9), Option(2, 0.51, 2), Option(3, 0.9, 30), Option(4, 0.1, 50, wished=True))
    )
    assert [row.class_id for row in liked(seeker, classes)] == [4, 3, 2, 1]


def test_nobody_is_asked_to_come_when_they_cannot():
    seeker = person(1, 0.9, 1, 2, busy=frozenset({"2027-03-01 am"}))
    found = seat([seeker], [Seating(1, 5, halves=frozenset({"2027-03-01 am"})), Seating(2, 5)])
    assert found.seats == {1: (), 2: (1,)}


def test_whoever_is_pushed_out_gets_the_next_best():
    found = seat([person(1, 0.5, 1, 2), person(2, 0.9, 1)], [Seating(1, 1), Seating(2, 1)])
    assert found.seats == {1: (2,), 2: (1,)}
    assert found.waiting == {1: (), 2: ()}


def test_the_lot_decides_between_equals_and_the_seed_the_lot():
    crowd = [person(n, 0.5) for n in range(40)]
    drawn = [seat(crowd, [Seating(1, 10)], seed=seed).seats[1] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert set(drawn[0]) != set(range(10)), "not who was registered first"


def test_no_more_is_kept_than_there_is():
    with pytest.raises(ValueError, match="more seats kept"):
        seat([], [Seating(1, 2, (("a", 2), ("b", 1)))])


def test_who_may_expect_a_seat():
    assert likely(40, 0.1) == 4


GROUPS = ("a", "b", "c")


@st.composite
def halls(draw):
    classes = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        kept = tuple((group, draw(st.integers(0, 2))) for group in GROUPS)
        classes.append(Seating(number, sum(n for _g, n in kept) + draw(st.integers(0, 3)), kept))
    seekers = [
        Seeker(
            number, draw(st.sampled_from(GROUPS)),
            tuple(
                Option(row.id, draw(st.integers(1, 9)) / 10, draw(st.integers(0, 50)), draw(st.booleans()))
                for row in classes if draw(st.booleans())
            ),
            draw(st.integers(0, 2)),
        )
        for number in range(draw(st.integers(0, 14)))
    ]  # fmt: skip
    return seekers, classes


@given(halls(), st.integers(0, 9))
@settings(deadline=None)
def test_no_seat_is_given_twice_and_nobody_has_a_reason_for_envy(hall, seed):
    seekers, classes = hall
    found = seat(seekers, classes, seed=seed)
    by_id, people = {row.id: row for row in classes}, {row.id: row for row in seekers}
    seats_of = {one: number for number, inside in found.seats.items() for one in inside}
    assert sum(len(inside) for inside in found.seats.values()) == len(seats_of), "nobody sits twice"
    waiting = [one for some in found.waiting.values() for one in some]
    assert len(waiting) == len(set(waiting)) and not set(waiting) & set(seats_of)
    assert set(waiting) | set(seats_of) == {row.id for row in seekers if row.options}
    for row in classes:
        inside = [people[one].group for one in found.seats[row.id]]
        assert len(inside) + found.held[row.id] <= row.seats
        assert found.held[row.id] == sum(max(0, kept - inside.count(group)) for group, kept in row.kept)
    for seeker in seekers:
        for option in liked(seeker, by_id):
            if seats_of.get(seeker.id) == option.class_id:
                break
            row = by_id[option.class_id]
            inside = [people[one] for one in found.seats[row.id]]
            # Better liked than what they have: then it is full for them, and nobody there is in less need.
            assert len(inside) + found.held[row.id] == row.seats
            own = [one for one in inside if one.group == seeker.group]
            kept = dict(row.kept)[seeker.group]
            rivals = own + inside_open(inside, row)
            assert len(own) >= kept, "the group's own seats go to the group"
            assert all(need(one, row.id) >= need(seeker, row.id) for one in rivals)


def inside_open(inside, row):
    """Those in open seats who are the last of their group: more of the group sit there than seats are kept."""
    over = []
    for group, kept in row.kept:
        own = sorted((one for one in inside if one.group == group), key=lambda one: -need(one, row.id))
        over += own[kept:]
    return over


def need(seeker, class_id):
    return next(row.gain for row in seeker.options if row.class_id == class_id) / (1 + seeker.had)
