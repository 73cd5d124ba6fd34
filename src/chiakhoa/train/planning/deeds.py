"""What planning does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "add_demand": _("added demand"),
    "clear_demand": _("cleared the demand"),
    "propose": _("asked for a plan"),
    "something_happened": _("asked for a change of a published plan"),
    "withdraw_happening": _("took back what was entered as having happened to a plan"),
    "store_plan": _("stored a plan"),
    "fail_plan": _("recorded that a plan failed"),
    "change_plan": _("changed a class of a plan"),
    "move_planned_class": _("moved a class of a plan"),
    "stop_search": _("stopped the search of a plan"),
}

THINGS = {
    "planning.demand": _("demand"),
    "planning.plan": _("plan"),
    "planning.plannedclass": _("planned class"),
}
