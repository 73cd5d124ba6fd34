"""The planner: from groups, offers, money, trainers and rooms to a costed portfolio of classes with a proven bound.

Read in this order: scenario (the data), portfolio (which method, and reasons); for small scenarios exact, program (the
mixed-integer program), classes (whole people); for provinces fast, arrays, prices (the bound), draft, fill, improve; roster (who
teaches); change and keep (a plan near a published one); dates, slots, wants, diary, timetable (the calendar); check and
check_dates (an independent judge), schema, generate and generate_dates; country (provinces that share money). `command` and
`country_command` work on files.
"""

from chiakhoa.engines.planner.change import Change, Replan, replan
from chiakhoa.engines.planner.check import broken
from chiakhoa.engines.planner.conflict import conflict
from chiakhoa.engines.planner.country import CountryPlan, Part, Province, Shared, plan_country
from chiakhoa.engines.planner.dates import Busy, Held, Season, Space, Term, Venue
from chiakhoa.engines.planner.found import EXACT_PAIRS, Impossible, Limit
from chiakhoa.engines.planner.generate import generate
from chiakhoa.engines.planner.portfolio import solve
from chiakhoa.engines.planner.scenario import (
    Course,
    Floor,
    Gain,
    Group,
    Lock,
    Money,
    Offer,
    Plan,
    PlannedClass,
    Room,
    Scenario,
    Target,
    Trainer,
    dump,
    load_plan,
    load_scenario,
    room_of,
)
from chiakhoa.engines.planner.timetable import timetable

__all__ = [
    "EXACT_PAIRS",
    "Busy",
    "Change",
    "CountryPlan",
    "Course",
    "Floor",
    "Gain",
    "Group",
    "Held",
    "Impossible",
    "Limit",
    "Lock",
    "Money",
    "Offer",
    "Part",
    "Plan",
    "PlannedClass",
    "Province",
    "Replan",
    "Room",
    "Scenario",
    "Season",
    "Shared",
    "Space",
    "Target",
    "Term",
    "Trainer",
    "Venue",
    "broken",
    "conflict",
    "dump",
    "generate",
    "load_plan",
    "load_scenario",
    "plan_country",
    "replan",
    "room_of",
    "solve",
    "timetable",
]
