"""How competences stand to each other and how sure something is, in words."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

RELATIONS = {
    "equal": _("same scope"),
    "broader": _("contains it"),
    "narrower": _("lies within it"),
    "related": _("overlaps"),
    "none": _("no counterpart"),
}
CERTAINTIES = {
    "high": _("sure"),
    "medium": _("fairly sure"),
    "low": _("unsure"),
    "assumed": _("assumed"),
    "read": _("read"),
    "reported": _("reported by others"),
    "predecessor": _("from the earlier framework"),
    "provisional": _("provisional"),
    "not_read": _("not read"),
    "proposal": _("proposal"),
    "reviewed": _("reviewed"),
}


@register.filter
def relation(code: str) -> Any:
    """How two competences stand to each other, in words."""
    return RELATIONS.get(code, code)


@register.filter
def certainty(code: str) -> Any:
    """How sure something is, in words."""
    return CERTAINTIES.get(code, code)
