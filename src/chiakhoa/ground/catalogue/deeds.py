"""What catalogue does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "load catalogue": _("loaded the catalogue"),
    "add providers": _("added providers"),
    "add venues": _("added venues"),
    "add trainers": _("added trainers"),
}

THINGS = {
    "catalogue.course": _("course"),
    "catalogue.provider": _("provider"),
    "catalogue.venue": _("venue"),
    "catalogue.trainer": _("trainer"),
}
