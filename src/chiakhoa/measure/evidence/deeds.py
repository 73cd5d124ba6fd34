"""What evidence does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "rate": _("recorded a judgement"),
    "rebuild_states": _("computed all estimates again"),
    "rate_again": _("corrected a judgement"),
}

THINGS = {
    "evidence.evidence": _("evidence"),
    "evidence.competencestate": _("estimate of competence"),
}
