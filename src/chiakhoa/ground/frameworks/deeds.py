"""What frameworks does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "load frameworks": _("loaded the frameworks"),
}

THINGS = {
    "frameworks.framework": _("framework"),
}
