"""The notice of a group test: one page of A4 to hang up, with the QR code that opens it, in the language of the test."""

from functools import cache
from importlib import resources

from django.utils import translation
from django.utils.translation import gettext as _

from chiakhoa.foundation.paper import compile_pdf, qr_svg
from chiakhoa.measure.assessment.group import short_mode
from chiakhoa.measure.assessment.group.models import GroupTest

TEMPLATE = "group_notice.typ"


def notice(test: GroupTest, link: str) -> bytes:
    """The notice as PDF; `link` is the absolute address of the test."""
    with translation.override(test.language):
        words = {
            "language": test.language,
            "title": _("12 questions: what can we do with our phones?"),
            "name": test.name,
            "unit": str(test.unit),
            "lead": _("Take out your phone and point its camera at this picture."),
            "alt": _("QR code that opens the test"),
            "or": _("Or open this address:"),
            "link": link,
            "steps": [
                _("%(count)d questions with pictures, about ten minutes.") % {"count": short_mode.length()},
                _("Touch one answer. If you do not know, say so."),
                _("Nobody asks your name. At the end you read what you can do and what is worth learning."),
            ],
            "until": _("Open until %(day)s.") % {"day": test.open_until.strftime("%d/%m/%Y")},
        }
    return compile_pdf(_template(), words, {"code.svg": qr_svg(link)})


@cache
def _template() -> bytes:
    return resources.files("chiakhoa.measure.assessment").joinpath("templates/assessment", TEMPLATE).read_bytes()
