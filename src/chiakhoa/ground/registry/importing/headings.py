"""Which field a heading means: the wordings of `data/imports/headings.yaml`, and each field's own label in both languages."""

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import override

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.text import fold, nfc

NOTHING = "nothing"
NEAR = 0.88


def spelled(heading: Any) -> str:
    """The heading as it is compared first: lower case, without what stands in brackets, signs as blanks, diacritics kept."""
    text = nfc(str(heading or "")).lower()
    if not re.fullmatch(r"[(\[].*[)\]]", text):
        text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text)
    return " ".join(re.sub(r"[^\w#]+", " ", text).split())


def plain(heading: Any) -> str:
    """The heading without diacritics too: what is compared second, since Nam and Năm then look alike."""
    return fold(spelled(heading))


def wordings(kind: str, labels: Mapping[str, Any]) -> dict[str, str]:
    """Heading as spelled, and plain -> field, for one kind. `labels` are the fields' names as the pages show them."""
    said = list(_from_file(kind))
    for language in ("vi", "en"):
        with override(language):
            said += [(str(label), name) for name, label in labels.items()]
    found: dict[str, str] = {}
    for form in (spelled, plain):
        for wording, name in said:
            found.setdefault(form(wording), name)
    return found


def meaning(heading: Any, known: Mapping[str, str]) -> str | None:
    """The field that a heading means, as spelled, without diacritics or with a slip of the pen; None for an unknown one."""
    text = spelled(heading)  # plain wordings are known too, so what was typed without diacritics is found here
    if text and text in known:
        return known[text]
    text = plain(heading)
    near = difflib.get_close_matches(text, list(known), n=1, cutoff=NEAR) if len(text) > 4 else []
    return known[near[0]] if near else None


@lru_cache
def _from_file(kind: str) -> tuple[tuple[str, str], ...]:
    everything = load_yaml("imports/headings.yaml")
    return tuple(
        (wording, field)
        for part in (kind, "anything")
        for field, said in (everything.get(part) or {}).items()
        for wording in said
    )
