"""What site does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "found": _("founded the province"),
    "rotate_keys": _("rotated the keys"),
}

THINGS = {
    "site.secret": _("keys"),
}
