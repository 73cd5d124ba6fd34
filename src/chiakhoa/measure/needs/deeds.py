"""What needs does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "refresh_gaps": _("computed the gaps again"),
}

THINGS = {
    "needs.gap": _("gap"),
}
