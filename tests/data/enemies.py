"""What is wrong with the sets of enemies that items name, and what the sets leave for one test.

A set is named by the smallest code in it, so that files, pages and exports call it the same; of one set a test asks one item.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any


def sets(items: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """The codes of each set, by the set's name."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if "enemy_set" in item:
            found[item["enemy_set"]].append(item["code"])
    return dict(found)


def faults(items: Sequence[dict[str, Any]]) -> list[str]:
    """Each set that is none, in words with the remedy."""
    known = {item["code"] for item in items}
    found = []
    for name, members in sets(items).items():
        first = min(members)
        if name not in known:
            found.append(f"{', '.join(members)}: there is no item {name!r} to name a set by; use {first!r}")
        elif name != first:
            found.append(f"{', '.join(members)}: the set is called {name!r}, its smallest code is {first!r}; use that")
        if len(members) == 1:
            found.append(f"{first}: stands alone in its set; name its enemy there too, or take enemy_set out")
    return found


def askable(items: Sequence[dict[str, Any]]) -> int:
    """How many of the items one test can ask at most."""
    return len({item.get("enemy_set", item["code"]) for item in items})
