"""The bank as its tests read it: the rows of the item files, and walks through them."""

from collections.abc import Iterator
from typing import Any

import pytest

from chiakhoa.measure.assessment.bank import item_files
from chiakhoa.measure.assessment.models import ItemKind

ITEMS = item_files()
BY_KIND = {kind: [item for item in ITEMS if item["kind"] == kind] for kind in ItemKind.values}
LANGUAGES = ("vi", "en")


def of(*kinds: str) -> pytest.MarkDecorator:
    """Parametrise a test by the items of the kinds; all items without one."""
    items = [item for item in ITEMS if not kinds or item["kind"] in kinds]
    return pytest.mark.parametrize("item", items, ids=[item["code"] for item in items])


def parts(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The options, pairs or fields of an item."""
    return next(item[name] for name in ("options", "pairs", "fields") if name in item)


def texts(value: Any) -> Iterator[str]:
    """Every text anywhere in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def tables(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping anywhere in a value."""
    if isinstance(value, dict):
        yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    for inner in inside:
        yield from tables(inner)


def translations(value: Any) -> Iterator[tuple[str, str]]:
    """Every Vietnamese text anywhere in a value, beside its English one."""
    for table in tables(value):
        for name, text in table.items():
            if name == "vi" or name.endswith("_vi"):
                yield text, table[name[:-2] + "en"]
