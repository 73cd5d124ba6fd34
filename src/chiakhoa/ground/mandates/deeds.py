"""What mandates does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "add": _("added"),
    "change": _("changed an entry"),
    "remove": _("removed"),
    "add again": _("entered a second time what was there"),
    "load programme": _("loaded the programme"),
    "load orders": _("loaded documents and money"),
}

THINGS = {
    "mandates.task": _("task"),
    "mandates.budgetline": _("budget line"),
    "mandates.document": _("document"),
    "mandates.target": _("target"),
}
