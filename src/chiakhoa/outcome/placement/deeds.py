"""What placement does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "load_agreement": _("loaded an agreement"),
    "apply_for": _("applied"),
    "withdraw": _("withdrew an application"),
    "apply_many": _("applied for many"),
    "match": _("matched applicants"),
    "add_openings": _("added openings"),
    "add_opening": _("added an opening"),
    "change_opening": _("changed an opening"),
    "close_opening": _("closed an opening"),
    "reopen_opening": _("opened an opening again"),
    "add_opening again": _("entered an opening a second time"),
}

THINGS = {
    "placement.application": _("application"),
    "placement.opening": _("opening"),
    "placement.agreement": _("agreement"),
    "placement.matching": _("matching"),
}
