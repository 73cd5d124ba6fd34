"""Makes a scenario of a chosen size, for trying and measuring. Seeded; nobody real is meant.

At 172 communes it has the size of a province: 300 venues, 250 trainers, 30 courses, 12 budget lines of 51 billion đồng
together, 1,376 groups of some 300,000 people, 17,500 demands that each may go to the six nearest venues.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines.planner.generate_dates import with_calendar
from chiakhoa.engines.planner.scenario import Course, Floor, Gain, Group, Money, Offer, Room, Scenario, Target, Trainer

AUDIENCES = ("official", "teacher", "pupil", "farmer", "worker", "manager", "specialist", "student")
SKILLS = ("basic", "security", "commerce", "school", "data", "ai")
KINDS = ("hall", "classroom", "computer_lab")
NEAREST = 6
VENUES_A_COMMUNE = 300 / 172
TRAINERS_A_COMMUNE = 250 / 172
VND_A_COMMUNE = 51_000_000_000 / 172
FURTHER_KIND = 0.08

Spots = NDArray[np.float64]


def generate(
    communes: int,
    *,
    courses: int = 30,
    trainers: int | None = None,
    lines: int = 12,
    money: float = 1.0,
    demands: float = 1.0,
    weeks: int = 0,
    floor: float = 0.0,
    seed: int = 1,
) -> Scenario:
    """A province of so many communes on a square map, with 8 audiences in each.

    money : the budget as a share of 51 billion đồng for 172 communes.   demands : share of the needs that is kept.
    weeks : how long classes may be held from January on; 0 for a scenario without a calendar.
    floor : the share of its people in need that every commune shall have seated; 0 for none.
    ValueError for less than one commune, course, trainer or budget line, or a share out of range.
    """
    trainers = max(1, round(communes * TRAINERS_A_COMMUNE)) if trainers is None else trainers
    for name, value in {"communes": communes, "courses": courses, "trainers": trainers, "lines": lines}.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    if not (money >= 0 and 0 <= demands <= 1 and 0 <= floor <= 1):
        raise ValueError(f"need money >= 0, demands and floor from 0 to 1, got {money}, {demands} and {floor}")
    rng = np.random.default_rng(seed)
    offered = tuple(_course(i, rng) for i in range(courses))
    homes = rng.random((communes, 2)) * 100
    venues = _venues(communes, rng)
    groups = tuple(
        Group(f"c{c}-{audience}", f"c{c}", audience, int(rng.integers(20, 417)))
        for c in range(communes)
        for audience in AUDIENCES
    )
    gains = tuple(_gains(offered, groups, demands, rng))
    made = Scenario(
        courses=offered,
        offers=tuple(_offers(offered, gains, homes, venues, rng)),
        rooms=tuple(
            Room(f"v{v}", kind, int(rng.integers(60, 240))) for v, (_spot, kinds) in enumerate(venues) for kind in kinds
        ),
        trainers=tuple(_trainer(i, rng) for i in range(trainers)),
        groups=groups,
        gains=gains,
        money=tuple(_lines(offered, lines, int(communes * VND_A_COMMUNE * money))),
        targets=tuple(_targets(groups, gains, communes)),
        floors=(Floor("every-commune", share=floor),) if floor else (),
    )
    return with_calendar(made, [spot for spot, _kinds in venues], homes, weeks, seed) if weeks else made


def generate_country(
    communes: Sequence[int], *, shared: float = 0.5, money: float = 1.0, seed: int = 1
) -> Iterator[tuple[str, Scenario]]:
    """A province of so many communes each, one after another; this share of the country's money is in one line of all.

    Each province has the line `national`, which may pay every course, with what its communes would get if it were divided evenly.
    """
    for number, size in enumerate(communes, 1):
        made = generate(size, money=money * (1 - shared), seed=seed * 1000 + number)
        national = Money(
            "national", int(size * VND_A_COMMUNE * money * shared), tuple(row.code for row in made.courses)
        )
        yield f"p{number:02d}", replace(made, money=(*made.money, national))


def _course(i: int, rng: np.random.Generator) -> Course:
    skill = (SKILLS[int(rng.integers(len(SKILLS)))],)
    return Course(f"C{i:02d}", int(rng.choice([1, 2, 4, 6, 10])), 15, 40, str(rng.choice(KINDS)), skill)


def _trainer(i: int, rng: np.random.Generator) -> Trainer:
    skills = tuple(str(skill) for skill in sorted(rng.choice(SKILLS, size=3, replace=False)))
    return Trainer(f"T{i}", skills, int(rng.integers(40, 160)))


def _targets(groups: tuple[Group, ...], gains: tuple[Gain, ...], communes: int) -> Iterator[Target]:
    """Twenty officials a commune in any course that serves them, or half of those in need where they are fewer."""
    officials = {group.id for group in groups if group.audience == "official"}
    needing = [gain for gain in gains if gain.group in officials]
    if needing:
        courses = tuple(sorted({gain.course for gain in needing}))
        people = min(communes * 20, sum(gain.people for gain in needing) // 2)
        yield Target("t-officials", courses, ("official",), people)


def _venues(communes: int, rng: np.random.Generator) -> list[tuple[Spots, list[str]]]:
    """Where each venue lies and its kinds of room: a first kind, and each further one now and then."""
    found = []
    for v in range(max(len(KINDS), round(communes * VENUES_A_COMMUNE))):
        first = KINDS[v % len(KINDS)]
        kinds = [kind for kind in KINDS if kind == first or rng.random() < FURTHER_KIND]
        found.append((rng.random(2) * 100, kinds))
    return found


def _gains(
    courses: tuple[Course, ...], groups: tuple[Group, ...], share: float, rng: np.random.Generator
) -> Iterator[Gain]:
    """Each course serves three or four audiences; in each group a part needs it."""
    serves = {
        course.code: set(rng.choice(AUDIENCES, size=3 + (i % 5 < 2), replace=False)) for i, course in enumerate(courses)
    }
    for group in groups:
        for course in courses:
            if group.audience in serves[course.code]:
                value, part, kept = rng.gamma(2, 0.4), rng.uniform(0.3, 1), rng.random() < share
                if kept:
                    yield Gain(group.id, course.code, round(float(value), 3), max(1, int(group.seats * part)))


def _offers(
    courses: tuple[Course, ...],
    gains: tuple[Gain, ...],
    homes: Spots,
    venues: list[tuple[Spots, list[str]]],
    rng: np.random.Generator,
) -> Iterator[Offer]:
    """Each course at each venue with its kind of room, for the groups that have the venue among their six nearest."""
    needing: dict[str, dict[int, list[str]]] = {course.code: {} for course in courses}
    for gain in gains:
        commune = int(gain.group.split("-")[0][1:])
        needing[gain.course].setdefault(commune, []).append(gain.group)
    for course in courses:
        fitting = [v for v, (_spot, kinds) in enumerate(venues) if course.room_kind in kinds]
        distance = np.linalg.norm(homes[:, None] - np.array([venues[v][0] for v in fitting])[None], axis=2)
        nearest = np.argsort(distance, axis=1, kind="stable")[:, :NEAREST]
        for place, v in enumerate(fitting):
            near = np.flatnonzero((nearest == place).any(axis=1))
            groups = tuple(group for commune in near for group in needing[course.code].get(int(commune), ()))
            if groups:
                fixed = int(course.sessions * rng.integers(1_500_000, 3_000_000))
                yield Offer(course.code, f"v{v}", fixed, int(rng.integers(50_000, 200_000)), 40, groups)


def _lines(courses: tuple[Course, ...], lines: int, total_vnd: int) -> Iterator[Money]:
    """Equal parts: the last line pays every course, each other line its share of them."""
    for i in range(lines):
        last = i == lines - 1
        paid = tuple(course.code for j, course in enumerate(courses) if last or j % (lines - 1) == i)
        yield Money(f"line-{i}", total_vnd // lines, paid)
