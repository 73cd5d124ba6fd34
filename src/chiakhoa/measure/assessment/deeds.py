"""What assessment does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "load_items": _("loaded items"),
    "plan_exam": _("planned an exam"),
    "open_exam": _("opened an exam"),
    "close_exam": _("closed an exam"),
    "take_seat": _("took a seat"),
    "begin_exam": _("began an exam"),
    "pause": _("stopped clocks"),
    "resume": _("let clocks run on"),
    "give_time": _("gave more time"),
    "note": _("wrote in the log"),
    "void": _("voided a sitting"),
    "rescore": _("scored an exam again"),
    "accommodate": _("gave extra time or large print"),
    "start_sitting": _("began a test"),
    "answer": _("answered"),
    "set_aside": _("set questions aside for use without a network"),
    "answer_offline": _("sent answers given without a network"),
    "flag_item": _("marked a question to look at again"),
    "resume_sitting": _("went on with a test"),
    "answer_again": _("answered the same question again"),
    "answer_too_late": _("answered too late"),
    "take_in_sittings": _("took in tests"),
}

THINGS = {
    "assessment.item": _("item"),
    "assessment.exam": _("exam"),
    "assessment.seat": _("seat"),
    "assessment.sitting": _("test"),
    "assessment.incident": _("entry of the log"),
    "assessment.accommodation": _("accommodation"),
    "assessment.flag": _("mark on a question"),
}
