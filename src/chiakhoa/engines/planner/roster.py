"""Who teaches which class: every class gets one trainer who has its skills and sessions left.

Trainers who can teach the same courses are one kind; the programs count the sessions of kinds, the roster those of persons.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass

from chiakhoa.engines.planner.scenario import Course, Scenario, Trainer

Skills = frozenset[str]


@dataclass(frozen=True)
class Kind:
    """Trainers who can teach the same sets of skills: what people call them, the sets, and their sessions together."""

    name: str
    sets: frozenset[Skills]
    sessions: int


def kinds(scenario: Scenario) -> list[Kind]:
    """The kinds of trainers of a scenario who can teach anything, by name.

    A trainer's sessions count only as far as whole classes can use them: three sessions hold one class of two.
    """
    lengths: dict[Skills, set[int]] = defaultdict(set)
    for course in scenario.courses:
        lengths[frozenset(course.skills)].add(course.sessions)
    together: dict[frozenset[Skills], int] = defaultdict(int)
    for trainer in scenario.trainers:
        sets = frozenset(needed for needed in lengths if needed <= set(trainer.skills))
        if sets:
            together[sets] += usable(trainer.sessions, set().union(*(lengths[needed] for needed in sets)))
    named = [Kind(", ".join(sorted(frozenset().union(*sets))), sets, total) for sets, total in together.items()]
    return sorted(named, key=lambda kind: (kind.name, len(kind.sets)))


def usable(sessions: int, lengths: Iterable[int]) -> int:
    """The most of `sessions` that classes of these lengths can fill; all of them where a length is nought."""
    steps = set(lengths)
    if 0 in steps:
        return sessions
    filled = [True] + [False] * sessions
    for total in range(1, sessions + 1):
        filled[total] = any(total >= step and filled[total - step] for step in steps)
    return max(total for total in range(sessions + 1) if filled[total])


class Roster:
    """Trainers with their sessions left. `take` books a class, moving earlier ones to other trainers where that helps."""

    def __init__(self, scenario: Scenario) -> None:
        self._courses = {course.code: course for course in scenario.courses}
        self._left = {trainer.id: trainer.sessions for trainer in scenario.trainers}
        needed = sorted({frozenset(course.skills) for course in scenario.courses}, key=sorted)
        self._able = {skills: _able(skills, needed, scenario.trainers) for skills in needed}
        self._taught: dict[str, dict[str, dict[int, None]]] = {trainer.id: {} for trainer in scenario.trainers}
        self._teacher: dict[int, str] = {}
        self._course: dict[int, Course] = {}

    @property
    def trainers(self) -> frozenset[str]:
        """Everybody who teaches."""
        return frozenset(self._left)

    def trainer_of(self, number: int) -> str:
        """Who teaches the booked class."""
        return self._teacher[number]

    def take(self, number: int, course: str, wanted: str = "") -> bool:
        """Book the class, with the wanted trainer where possible; False where no exchange of classes frees a trainer."""
        taken = self._course[number] = self._courses[course]
        able = self._able[frozenset(taken.skills)]
        first = [wanted] if wanted in able else []
        free = next((one for one in [*first, *able] if self._left[one] >= taken.sessions), None)
        if free is not None:
            self._book(number, free)
            return True
        return self._exchange(number)

    def give_back(self, number: int) -> None:
        """Forget the booked class."""
        trainer, course = self._teacher.pop(number), self._course[number]
        del self._taught[trainer][course.code][number]
        self._left[trainer] += course.sessions

    def copy(self) -> "Roster":
        """A roster of its own with the same bookings."""
        twin = copy(self)
        twin._left, twin._teacher, twin._course = dict(self._left), dict(self._teacher), dict(self._course)
        twin._taught = {
            trainer: {code: dict(numbers) for code, numbers in taught.items() if numbers}
            for trainer, taught in self._taught.items()
        }
        return twin

    def _book(self, number: int, trainer: str) -> None:
        course = self._course[number]
        self._teacher[number] = trainer
        self._taught[trainer].setdefault(course.code, {})[number] = None
        self._left[trainer] -= course.sessions

    def _exchange(self, number: int) -> bool:
        """The shortest chain of classes that each push the next one off its trainer (breadth first); then book it.

        Each trainer is visited once, so that the search ends after at most as many steps as there are classes.
        """
        pushed_by: dict[int, int] = {}
        queue, seen = deque([number]), set[str]()
        while queue:
            pushing = queue.popleft()
            course = self._course[pushing]
            for trainer in self._able[frozenset(course.skills)]:
                if trainer == self._teacher.get(pushing) or trainer in seen:
                    continue
                if self._left[trainer] >= course.sessions:
                    self._shift(pushing, trainer, pushed_by)
                    return True
                seen.add(trainer)
                for other in self._pushable(trainer, course.sessions):
                    if other not in pushed_by and other != number:
                        pushed_by[other] = pushing
                        queue.append(other)
        return False

    def _pushable(self, trainer: str, sessions: int) -> list[int]:
        """One class of each course that would leave enough of the trainer's sessions free."""
        short = sessions - self._left[trainer]
        return [next(iter(numbers)) for code, numbers in self._taught[trainer].items()
                if numbers and self._courses[code].sessions >= short]  # fmt: skip

    def _shift(self, last: int, trainer: str, pushed_by: dict[int, int]) -> None:
        """Carry out the chain that ends with `last` going to the trainer."""
        moving, goes_to = last, trainer
        while True:
            came_from = self._teacher.get(moving)
            if came_from is not None:
                self.give_back(moving)
            self._book(moving, goes_to)
            if came_from is None:
                return
            moving, goes_to = pushed_by[moving], came_from


def _able(skills: Skills, needed: list[Skills], trainers: Iterable[Trainer]) -> dict[str, None]:
    """Trainers with the skills, who can teach the fewest other sets first, so that the versatile stay free."""
    found = [trainer for trainer in trainers if skills <= set(trainer.skills)]
    rank = {trainer.id: sum(other <= set(trainer.skills) for other in needed) for trainer in found}
    return dict.fromkeys(trainer.id for trainer in sorted(found, key=lambda t: (rank[t.id], t.id)))
