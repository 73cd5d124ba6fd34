"""The kinds of bodies, in words. A kind that is not listed here is shown as it is written in the data."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "party": _("Party organisation"),
    "government": _("Government"),
    "territory": _("Territory"),
    "group": _("Group named in a document"),
    "department": _("Department"),
    "commune_committee": _("Commune People's Committee"),
    "ministry": _("Ministry"),
    "ministry_agency": _("Agency of a ministry"),
    "university": _("University"),
    "college": _("College"),
    "political_school": _("Political school"),
    "school": _("School"),
    "high_school": _("Upper-secondary school"),
    "enterprise": _("Enterprise"),
    "firm": _("Small or medium enterprise"),
    "cooperative": _("Co-operative"),
    "association": _("Association"),
    "platform": _("Platform"),
}


def label(kind: str) -> str:
    """The kind in the language of the page."""
    return str(KINDS.get(kind, kind))
