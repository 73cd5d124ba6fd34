"""The trail in words: each step says in its `deeds.py` what its verbs mean and what it calls its things."""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule


def verb_words(verb: str) -> str:
    """What was done, in words; the verb itself where no step says."""
    return str(_told("VERBS").get(verb, verb))


def thing_words(kind: str) -> str:
    """What sort of thing it was done to, in words; the sort itself where no step says."""
    return str(_told("THINGS").get(kind, kind))


def verbs() -> list[tuple[str, str]]:
    """Every verb with its words, in the order of the words, for a list to choose from."""
    return sorted(((verb, str(words)) for verb, words in _told("VERBS").items()), key=lambda pair: pair[1])


@cache
def _told(name: str) -> dict[str, Promise]:
    told: dict[str, Promise] = {}
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "deeds"):
            told |= getattr(import_module(f"{app.name}.deeds"), name)
    return told
