"""When classes may be held: the terms and seasons of a year, and how courses spread, from data/programme/calendar.yaml."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from chiakhoa.engines.planner import Season, Term
from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.sourced import both, in_language

# Nobody is asked to come sooner than so many days after the plan was made.
NOTICE = timedelta(days=14)


def terms(year: int, made_on: date) -> tuple[Term, ...]:
    """The days of the year on which classes may begin to be held; none where the year is over."""
    term = _file()["term"]
    first = max(date.fromisoformat(f"{year}-{term['first']}"), made_on + NOTICE)
    last = date.fromisoformat(f"{year}-{term['last']}")
    if first > last:
        return ()
    return (Term(first.isoformat(), last.isoformat(), tuple(term["days"]), float(term["between_km"])),)


def early(year: int, made_on: date) -> tuple[Term, ...]:
    """The days that are too soon for anybody new, on which what has begun goes on."""
    term = _file()["term"]
    first = max(date.fromisoformat(f"{year}-{term['first']}"), made_on + timedelta(days=1))
    last = min(date.fromisoformat(f"{year}-{term['last']}"), made_on + NOTICE - timedelta(days=1))
    if first > last:
        return ()
    days, km = tuple(term["days"]), float(term["between_km"])
    return (Term(first.isoformat(), last.isoformat(), days, km, early=True),)


def seasons(year: int) -> tuple[Season, ...]:
    """Tết, holidays, harvests and exams of the year, in the reader's language. A Tết that the file does not know is left out."""
    file = _file()
    found = []
    if new_year := file["tet"]["new_year"].get(year):
        before, after = (timedelta(days=file["tet"][name]) for name in ("days_before", "days_after"))
        found.append(Season(_name(file["tet"]), (new_year - before).isoformat(), (new_year + after).isoformat()))
    if kings := file["kings"]["days"].get(year):
        found.append(Season(_name(file["kings"]), kings.isoformat(), kings.isoformat()))
    return (
        *found,
        *(
            Season(_name(row), f"{year}-{row['first']}", f"{year}-{row['last']}", tuple(row.get("audiences", ())))
            for row in file["seasons"]
        ),
    )


def per_week(mode: str) -> int:
    """Sessions of a class in a week at most."""
    return int(_file()["per_week"][mode])


def online(mode: str, sessions: int) -> int:
    """How many of the sessions, the last ones, are held online though the course has a room."""
    return int(sessions * float(_file()["online"].get(mode, 0)))


def _name(row: dict[str, Any]) -> str:
    return in_language(both(row["name_vi"], row["name_en"]))


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = load_yaml("programme/calendar.yaml")
    return found
