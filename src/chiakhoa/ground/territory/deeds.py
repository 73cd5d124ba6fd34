"""What territory does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "load_boundaries": _("loaded boundaries"),
    "drop_boundaries": _("dropped loaded boundaries"),
    "keep_figures": _("kept figures"),
    "remove_figures": _("removed figures"),
    "load_units": _("loaded units"),
    "enact": _("enacted a rearrangement"),
    "undo": _("undid a rearrangement"),
    "settle": _("settled in a province"),
    "draft_reform": _("drafted a rearrangement"),
    "change_draft": _("changed a draft"),
    "discard_reform": _("discarded a draft"),
}

THINGS = {
    "territory.unit": _("unit"),
    "territory.shape": _("boundaries"),
    "territory.reform": _("rearrangement of units"),
    "territory.figureset": _("figures"),
    "territory.home": _("province"),
}
