"""For how many learners, and with which trainer, the cost of a course is shown."""

from django import forms
from django.utils.translation import gettext_lazy as _

RANKS = [
    ("a", _("Associate professor or doctor")),
    ("b", _("Master, principal specialist or engineer")),
    ("c", _("Commune speaker")),
]


class CostForm(forms.Form):
    """Learners and trainer's rank; both have a usual value."""

    learners = forms.IntegerField(label=_("Learners"), min_value=1, max_value=1000)
    rank = forms.ChoiceField(label=_("Trainer"), choices=RANKS)
