"""Codes of items: "1.1-a" in the files, "1.1-n3" written here, "1.1-a.2" the second version of an item."""

import re

from chiakhoa.measure.assessment.models import Item

LONGEST = 12


def free_code(competence: str) -> str:
    """A code for a new item of the competence that no item has, nor any of the files will have."""
    begins = f"{competence}-n"
    numbers = [
        int(found[1])
        for code in Item.objects.filter(code__startswith=begins).values_list("code", flat=True)
        if (found := re.fullmatch(re.escape(begins) + r"(\d+)(?:\.\d+)?", code))
    ]
    return f"{begins}{max(numbers, default=0) + 1}"


def next_version(code: str) -> str:
    """The code of the version after this one."""
    root, _dot, number = version_of(code)
    return f"{root}.{number + 1}"


def version_of(code: str) -> tuple[str, str, int]:
    """The code without its version, a dot where it has one, and the number of the version (1 where none is said)."""
    found = re.fullmatch(r"(.+-[a-z0-9]+)\.(\d+)", code)
    return (found[1], ".", int(found[2])) if found else (code, "", 1)


def is_code(code: str, competence: str) -> bool:
    """Whether a code from elsewhere can stand here as it is."""
    return len(code) <= LONGEST and bool(re.fullmatch(re.escape(competence) + r"-[a-z0-9]{1,4}(\.\d{1,2})?", code))


def newest(item: Item) -> Item:
    """The last version of the item."""
    while True:
        after = Item.objects.filter(supersedes=item).select_related("competence").first()
        if after is None:
            return item
        item = after
