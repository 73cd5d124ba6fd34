"""Makes a scenario of a chosen size, for trying and measuring. Seeded; nobody real is meant."""

import numpy as np

from chiakhoa.engines.planner.scenario import Course, Gain, Group, Money, Offer, Room, Scenario, Target, Trainer

AUDIENCES = ("official", "teacher", "pupil", "farmer", "worker", "manager", "specialist", "student")
SKILLS = ("basic", "security", "commerce", "school", "data", "ai")
KINDS = ("hall", "classroom", "computer_lab")
NEAREST = 3


def generate(communes: int, *, courses: int = 30, trainers: int = 100, seed: int = 1) -> Scenario:
    """A province of so many communes on a square map, with 8 audiences in each. ValueError for less than one commune."""
    if communes < 1:
        raise ValueError(f"communes must be at least 1, got {communes}")
    rng = np.random.default_rng(seed)
    offered = tuple(_course(i, rng) for i in range(courses))
    spots = rng.random((communes, 2)) * 100
    venues = rng.choice(communes, size=max(1, communes * 2 // 3), replace=False)
    groups = tuple(
        Group(f"c{c}-{audience}", f"c{c}", audience, int(rng.integers(20, 400)))
        for c in range(communes)
        for audience in AUDIENCES
    )
    serves = {course.code: set(rng.choice(AUDIENCES, size=3, replace=False)) for course in offered}
    gains = tuple(
        Gain(group.id, course.code, round(float(rng.gamma(2, 0.4)), 3), max(1, int(group.seats * rng.uniform(0.3, 1))))
        for group in groups
        for course in offered
        if group.audience in serves[course.code]
    )
    offers = tuple(_offers(offered, serves, spots, venues, rng))
    cost = sum(offer.fixed_vnd for offer in offers) // 3
    lines = tuple(
        Money(f"line-{i}", cost // 6, tuple(course.code for j, course in enumerate(offered) if i in (5, j % 5)))
        for i in range(6)
    )
    staff = tuple(_trainer(i, rng) for i in range(trainers))
    rooms = tuple(Room(f"v{v}", kind, int(rng.integers(60, 240))) for v in venues for kind in KINDS)
    targets = (Target("t-officials", tuple(c.code for c in offered[:5]), ("official",), communes * 20),)
    return Scenario(offered, offers, rooms, staff, groups, gains, lines, targets)


def _course(i: int, rng: np.random.Generator) -> Course:
    skill = (SKILLS[int(rng.integers(len(SKILLS)))],)
    return Course(f"C{i:02d}", int(rng.choice([1, 2, 4, 6, 10])), 15, 40, str(rng.choice(KINDS)), skill)


def _trainer(i: int, rng: np.random.Generator) -> Trainer:
    skills = tuple(str(skill) for skill in sorted(rng.choice(SKILLS, size=3, replace=False)))
    return Trainer(f"T{i}", skills, int(rng.integers(40, 160)))


def _offers(courses: tuple, serves: dict, spots, venues, rng: np.random.Generator):  # type: ignore[no-untyped-def, type-arg]
    """Each course at each venue, for the groups that have the venue among their three nearest."""
    distance = np.linalg.norm(spots[:, None] - spots[venues][None], axis=2)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :NEAREST]
    for course in courses:
        for v, venue in enumerate(venues):
            near = np.flatnonzero((nearest == v).any(axis=1))
            groups = tuple(f"c{c}-{audience}" for c in near for audience in sorted(serves[course.code]))
            if groups:
                fixed = int(course.sessions * rng.integers(1_500_000, 3_000_000))
                yield Offer(course.code, f"v{venue}", fixed, int(rng.integers(50_000, 200_000)), 40, groups)
