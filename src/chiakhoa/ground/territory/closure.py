"""The closure of a tree given as child -> parent: who lies in whose subtree. Used for units and for bodies."""

from collections.abc import Mapping


def pairs(parents: Mapping[str, str | None]) -> set[tuple[str, str]]:
    """All (thing, ancestor), each thing being its own ancestor. ValueError naming a thing that is above itself."""
    found = set()
    for thing in parents:
        above: str | None = thing
        seen: set[str] = set()
        while above is not None:
            if above in seen:
                raise ValueError(f"{above} is above itself")
            seen.add(above)
            found.add((thing, above))
            above = parents.get(above)
    return found
