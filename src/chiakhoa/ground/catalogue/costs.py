"""What a class costs, by the formula of data/programme/norms.yaml. Pure: prices and courses in, whole đồng out.

A session is 4 periods, a day two sessions. Days of room, network and laptops are counted in halves; a trainer who comes
from elsewhere gets whole days of allowance. Sums are exact; each line and the total are rounded half up once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from math import ceil, floor

from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.catalogue.models import Course, Mode, RoomKind

REMOTE = frozenset({Mode.ONLINE_LIVE, Mode.SELF_PACED})
EQUIPPED = frozenset({RoomKind.COMPUTER_LAB, RoomKind.EXPERT_LAB})
# What each line of a cost is called.
LINES = {
    "trainers": _("Trainers"),
    "assistants": _("Assistants"),
    "room": _("Room"),
    "network": _("Network"),
    "laptops": _("Laptops"),
    "car": _("Car"),
    "per_diem": _("Daily allowance"),
    "lodging": _("Lodging"),
    "materials": _("Materials"),
    "certificate": _("Certificates"),
    "drink": _("Refreshment"),
    "meals": _("Meals"),
    "travel": _("Travel of learners"),
    "management": _("Running the class"),
}


@dataclass(frozen=True)
class Prices:
    """Prices in đồng by the code of the norm that gives each, and the share for running the class in percent."""

    trainer: Mapping[str, int]
    assistant: int
    hall: int
    lab: int
    laptop: int
    network: int
    materials: int
    certificate: int
    drink: int
    car_km: int
    per_diem: int
    lodging: int
    meal: int
    travel: int
    management_percent: Fraction


@dataclass(frozen=True)
class Setting:
    """Where the class is held: the trainers' way (km, there and back), nights, and what learners are given.

    `away`: the trainers come from elsewhere and get the daily allowance. `meals`: learners are farm households or rural
    workers and get the meal support; `far_learners` of them also the travel support.
    """

    km: int = 0
    nights: int = 0
    away: bool = False
    meals: bool = False
    far_learners: int = 0


HERE = Setting()


@dataclass(frozen=True)
class Breakdown:
    """The lines of a class's cost in đồng. They sum to the total; `management` takes up the rounding."""

    trainers: int
    assistants: int
    room: int
    network: int
    laptops: int
    car: int
    per_diem: int
    lodging: int
    materials: int
    certificate: int
    drink: int
    meals: int
    travel: int
    management: int
    total_vnd: int

    def lines(self) -> dict[str, int]:
        """The lines that are not nothing, without the total, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "total_vnd"}
        return {name: amount for name, amount in named.items() if amount}


def class_cost(course: Course, trainer_rank: str, learners: int, norms: Prices, setting: Setting = HERE) -> Breakdown:
    """The cost of one class. ValueError for a rank without a price or fewer than no learners."""
    if learners < 0 or setting.far_learners > learners:
        raise ValueError(f"{course.code}: {learners} learners, of whom {setting.far_learners} from far")
    fixed = _fixed(course, trainer_rank, norms, setting)
    each = {name: amount * learners for name, amount in _per_learner(course, norms, setting).items()}
    machines = ceil(_machines_per_learner(course) * learners)
    lines = {**fixed, **each, "laptops": _days(course) * machines * norms.laptop}
    exact = sum(lines.values(), Fraction(0))
    total = half_up(exact * (1 + norms.management_percent / 100))
    rounded = {name: half_up(amount) for name, amount in lines.items()}
    return Breakdown(**rounded, management=total - sum(rounded.values()), total_vnd=total)


def fixed_and_per_learner(course: Course, rank: str, norms: Prices, setting: Setting = HERE) -> tuple[int, int]:
    """The cost as a line: (fixed đồng, đồng for each learner), management included.

    It differs from `class_cost` by at most the hire of one laptop (no half laptops there) and half a đồng a learner.
    """
    factor = 1 + norms.management_percent / 100
    fixed = sum(_fixed(course, rank, norms, setting).values(), Fraction(0))
    each = sum(_per_learner(course, norms, setting).values(), Fraction(0))
    each += _days(course) * _machines_per_learner(course) * norms.laptop
    return half_up(fixed * factor), half_up(each * factor)


def half_up(amount: Fraction) -> int:
    """The amount in whole đồng; a half goes up."""
    return floor(amount + Fraction(1, 2))


def _days(course: Course) -> Fraction:
    return Fraction(course.sessions, 2)


def _fixed(course: Course, rank: str, norms: Prices, setting: Setting) -> dict[str, Fraction]:
    if rank not in norms.trainer:
        raise ValueError(f"{course.code}: no pay for a trainer of rank {rank!r}; there is {sorted(norms.trainer)}")
    staff = course.trainers + course.assistants
    days = _days(course)
    network = norms.network if course.needs.get("network") == "mobile" else 0
    lines: dict[str, int | Fraction] = {
        "trainers": course.sessions * course.trainers * norms.trainer[rank],
        "assistants": course.sessions * course.assistants * norms.assistant,
        "room": days * _room_a_day(course, norms),
        "network": days * network,
        "car": setting.km * norms.car_km,
        "per_diem": ceil(days) * staff * norms.per_diem if setting.away else 0,
        "lodging": setting.nights * staff * norms.lodging,
        "travel": setting.far_learners * norms.travel,
    }
    return {name: Fraction(amount) for name, amount in lines.items()}


def _room_a_day(course: Course, norms: Prices) -> int:
    if course.room_kind in EQUIPPED:
        return norms.lab
    return norms.hall if course.room_kind in (RoomKind.HALL, RoomKind.CLASSROOM) else 0


def _per_learner(course: Course, norms: Prices, setting: Setting) -> dict[str, Fraction]:
    present = 0 if course.mode in REMOTE else 1
    lines: dict[str, int | Fraction] = {
        "materials": present * norms.materials,
        "certificate": norms.certificate,
        "drink": present * course.sessions * norms.drink,
        "meals": present * _days(course) * norms.meal if setting.meals else 0,
    }
    return {name: Fraction(amount) for name, amount in lines.items()}


def _machines_per_learner(course: Course) -> Fraction:
    # A computer room brings its machines in its price; at a distance everybody sits at their own.
    if course.room_kind in EQUIPPED or course.mode in REMOTE:
        return Fraction(0)
    return Fraction(course.computers_per_learner)
