"""Passwords that everybody here would guess first: Vietnamese words and places, with digits and signs around them.

Django's own list of 20,000 leaked passwords is asked beside this one (see the settings); both are shipped, none is fetched.
"""

import re
from functools import cache
from importlib import resources
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chiakhoa.foundation.text import fold

LEET = str.maketrans("0134578@$", "oieastbas")
YEAR_LONG = 4


class LocalPasswordValidator:
    """Refuses a well-known word however it is dressed up: Mat_khau@2026, ThaiNguyen123, an0thersame."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError where the password is a common word with something around it."""
        bare = re.sub(r"[^a-z]", "", fold(password))
        read = re.sub(r"[^a-z]", "", re.sub(r"^\W*\d+|\d+\W*$", "", fold(password)).translate(LEET))
        words = _common()
        doubled = {word[: len(word) // 2] for word in (bare, read) if word and word == word[: len(word) // 2] * 2}
        if {bare, read, *doubled} & words or len(set(password)) < YEAR_LONG:
            raise ValidationError(
                _(
                    "Many people use this password, so it is guessed first. Take three or four words that do not belong together."
                ),
                code="password_common_here",
            )

    def get_help_text(self) -> str:
        """What a good password is."""
        return _("No common word or place with digits around it.")


@cache
def _common() -> frozenset[str]:
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(re.sub(r"[^a-z]", "", fold(line)) for line in text.splitlines() if line.strip())
