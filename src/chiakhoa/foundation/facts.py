"""Reading the files under data/: YAML that refuses a key given twice, CSV as dictionaries, a mark of them all."""

import csv
import hashlib
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings


class _Strict(yaml.CSafeLoader):
    """A loader that refuses a key given twice in one mapping: the second would silently win."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"{node.start_mark.name}, line {node.start_mark.line + 1}: key given twice: {sorted(twice)}")
    return loader.construct_mapping(node, deep=True)


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def folder() -> Path:
    """Where the facts lie."""
    return Path(settings.FACTS)


def mark() -> str:
    """What tells these files from others: one changed letter makes another mark."""
    seal = hashlib.sha256()
    for path in sorted(path for path in folder().rglob("*") if path.is_file()):
        seal.update(f"{path.relative_to(folder())} {path.stat().st_size}\n".encode())
        seal.update(path.read_bytes())
    return seal.hexdigest()


def load_yaml(name: str) -> Any:
    """The content of `data/<name>`; ValueError naming file and line for a key given twice."""
    with (folder() / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_Strict)


def load_csv(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>`."""
    with (folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
