"""What the house itself does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "enqueue": _("set a job going"),
    "try_again": _("set a failed job going again"),
}

THINGS = {
    "foundation.job": _("job"),
}
