"""A scenario as arrays, for the fast method: everything numbered, money in million đồng.

A *demand* is a group that some course helps. Each demand has a few offers where it may sit; matrices of them are padded with
the number of offers, which stands for "no offer".
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from chiakhoa.engines.planner.roster import kinds
from chiakhoa.engines.planner.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
MILLION = 1e6


@dataclass(frozen=True)
class Arrays:
    """D demands, G groups, O offers, C courses, L budget lines, K kinds of trainers, R rooms, T targets.

    What floors ask of each unit is among the targets.
    """

    value: Floats  # (D,) grades of gap closed per person
    people: Ints  # (D,) who need the course
    group: Ints  # (D,)
    course: Ints  # (D,)
    sites: Ints  # (D, W) offers of the demand, padded with O
    members: Ints  # (G, M) demands of the group, padded with D
    seats: Ints  # (G,) seats that the group may take
    offer_course: Ints  # (O,)
    fixed: Floats  # (O,) million đồng a class
    each: Floats  # (O,) million đồng a learner
    capacity: Ints  # (O,) learners a class
    least: Ints  # (O,) learners a class at least
    sessions: Ints  # (O,) sessions a class
    room: Ints  # (O,) the rooms that the offer uses
    locked: Ints  # (O,) classes that must be in the plan
    open: Bools  # (O,) some line, trainer and room could carry a class
    amount: Floats  # (L,) million đồng
    pays: Bools  # (C, L)
    staff: Floats  # (K,) sessions
    teaches: Bools  # (C, K)
    room_sessions: Floats  # (R,)
    counts: Any  # (T, D) sparse, 1 where the target counts the demand
    target_people: Floats  # (T,)
    target_weight: Floats  # (T,)
    slack: float  # weighted people of the targets that are no floors: a share of them may be missing more

    @property
    def offers(self) -> int:
        """How many offers there are."""
        return self.fixed.size


def arrays(scenario: Scenario) -> Arrays:
    """The scenario, numbered in its own order; rooms in the order of first use, kinds of trainers by name."""
    courses = {course.code: c for c, course in enumerate(scenario.courses)}
    groups = {group.id: g for g, group in enumerate(scenario.groups)}
    gains = [gain for gain in scenario.gains if gain.value > 0 and gain.people > 0]
    demands = {(gain.group, gain.course): d for d, gain in enumerate(gains)}
    sites: list[list[int]] = [[] for _ in gains]
    for o, offer in enumerate(scenario.offers):
        for name in offer.groups:
            if (name, offer.course) in demands:
                sites[demands[name, offer.course]].append(o)
    members: list[list[int]] = [[] for _ in groups]
    for d, gain in enumerate(gains):
        members[groups[gain.group]].append(d)
    return Arrays(
        value=np.array([gain.value for gain in gains], float),
        people=np.array([gain.people for gain in gains], np.int64),
        group=np.array([groups[gain.group] for gain in gains], np.int64),
        course=np.array([courses[gain.course] for gain in gains], np.int64),
        sites=_padded(sites, len(scenario.offers)),
        members=_padded(members, len(gains)),
        seats=np.array([group.seats for group in scenario.groups], np.int64),
        **_offers(scenario, courses),
        **_targets(scenario, [(gain.group, gain.course) for gain in gains]),
    )


def _offers(scenario: Scenario, courses: dict[str, int]) -> dict[str, Any]:
    """What concerns offers and the limits they draw on."""
    given: dict[tuple[str, str], int] = defaultdict(int)
    for given_room in scenario.rooms:
        given[given_room.venue, given_room.kind] += given_room.sessions
    of = [scenario.courses[courses[offer.course]] for offer in scenario.offers]
    used = [(offer.venue, course.room_kind) for offer, course in zip(scenario.offers, of, strict=True)]
    rooms = {key: r for r, key in enumerate(dict.fromkeys(used))}
    staff = kinds(scenario)
    pays = np.zeros((len(scenario.courses), len(scenario.money)), bool)
    teaches = np.zeros((len(scenario.courses), len(staff)), bool)
    for c, row in enumerate(scenario.courses):
        pays[c] = [row.code in line.courses for line in scenario.money]
        teaches[c] = [frozenset(row.skills) in kind.sets for kind in staff]
    locked = {(lock.course, lock.venue): lock.classes for lock in scenario.locks}
    capacity = np.array([min(o.capacity, c.max_size) for o, c in zip(scenario.offers, of, strict=True)], np.int64)
    least = np.array([course.min_size for course in of], np.int64)
    sessions = np.array([course.sessions for course in of], np.int64)
    course = np.array([courses[offer.course] for offer in scenario.offers], np.int64)
    room = np.array([rooms[key] for key in used], np.int64)
    room_sessions = np.array([given[key] for key in rooms], float)
    able: Bools = np.logical_and(pays.any(axis=1), teaches.any(axis=1))
    return {
        "offer_course": course,
        "fixed": np.array([offer.fixed_vnd for offer in scenario.offers], float) / MILLION,
        "each": np.array([offer.per_learner_vnd for offer in scenario.offers], float) / MILLION,
        "capacity": capacity,
        "least": least,
        "sessions": sessions,
        "room": room,
        "locked": np.array([locked.get((offer.course, offer.venue), 0) for offer in scenario.offers], np.int64),
        "open": able[course] & (capacity >= least) & (room_sessions[room] >= sessions),
        "amount": np.array([line.amount_vnd for line in scenario.money], float) / MILLION,
        "pays": pays,
        "staff": np.array([kind.sessions for kind in staff], float),
        "teaches": teaches,
        "room_sessions": room_sessions,
    }


def _targets(scenario: Scenario, demands: list[tuple[str, str]]) -> dict[str, Any]:
    group_of = {group.id: group for group in scenario.groups}
    by_unit: dict[str, list[int]] = defaultdict(list)
    for d, (group, _course) in enumerate(demands):
        by_unit[group_of[group].unit].append(d)
    rows, columns = [], []
    for t, target in enumerate(scenario.aims):
        within = (d for unit in target.units for d in by_unit[unit]) if target.units else range(len(demands))
        courses = set(target.courses)
        for d in within:
            group, course = demands[d]
            if course in courses and (not target.audiences or group_of[group].audience in target.audiences):
                rows.append(t)
                columns.append(d)
    shape = (len(scenario.aims), len(demands))
    return {
        "counts": csr_array((np.ones(len(rows)), (rows, columns)), shape=shape),
        "target_people": np.array([target.people for target in scenario.aims], float),
        "target_weight": np.array([target.weight for target in scenario.aims], float),
        "slack": float(sum(target.weight * target.people for target in scenario.targets)),
    }


def _padded(rows: list[list[int]], pad: int) -> Ints:
    width = max((len(row) for row in rows), default=0) or 1
    return np.array([row + [pad] * (width - len(row)) for row in rows], np.int64).reshape(len(rows), width)
