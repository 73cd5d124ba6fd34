"""What reporting does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "draft": _("drafted a report"),
    "freeze": _("froze a report"),
}

THINGS = {
    "reporting.report": _("report"),
}
