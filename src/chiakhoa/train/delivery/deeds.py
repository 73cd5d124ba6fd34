"""What delivery does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "publish": _("published a plan"),
    "send_notices": _("sent notices by e-mail"),
    "see_notices": _("saw the notices"),
    "wish": _("said what somebody would like to learn"),
    "leave": _("took somebody out of a class"),
    "take_roll": _("took the roll"),
    "link_tests": _("linked the tests before and after a class"),
    "assign_trainer": _("put a trainer in charge"),
    "reschedule": _("moved a class"),
    "enrol": _("enrolled people"),
    "move_class": _("took a class one step on"),
}

THINGS = {
    "delivery.trainingclass": _("class"),
    "delivery.enrolment": _("enrolment"),
    "delivery.notice": _("notice"),
}
