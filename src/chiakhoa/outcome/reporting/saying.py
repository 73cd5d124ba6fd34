"""Figures in words: a value with its unit in the language of the page, and a text of ours in a language asked for."""

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.templatetags.words import num, percent

UNITS = {
    "people": _("people"),
    "classes": _("classes"),
    "certificates": _("certificates"),
    "percent": "",
    "logits": _("logits"),
    "vnd": _("VND"),
    "results": _("results"),
}
DECIMALS = {"logits": 2}


def number(value: float | int | None, measured_in: str) -> str:
    """The value alone, exact, with the separators of the language; a dash where there is none."""
    return percent(value, 1) if measured_in == "percent" else num(value, DECIMALS.get(measured_in, 0))


def unit(measured_in: str) -> str:
    """The unit of measure in the language of the page."""
    return str(UNITS.get(measured_in, measured_in))


def value(amount: float | int | None, measured_in: str) -> str:
    """The value with its unit."""
    return f"{number(amount, measured_in)} {unit(measured_in)}".strip() if amount is not None else "–"


def in_language(text: str | Promise, language: str) -> str:
    """A translatable text in the language."""
    with translation.override(language):
        return str(text)
