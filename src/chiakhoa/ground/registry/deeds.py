"""What registry does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "load_audiences": _("loaded the audiences"),
    "load_bodies": _("loaded bodies"),
    "add_bodies": _("added bodies"),
    "enact": _("enacted a rearrangement"),
    "undo": _("undid a rearrangement"),
    "record_consent": _("recorded a consent"),
    "send_list": _("sent a list"),
    "place_list": _("said where the list's heading is"),
    "look_through": _("had a list looked through"),
    "map_list": _("joined columns"),
    "fix_text": _("mended texts of a list"),
    "unfix_texts": _("took mended texts back"),
    "judge_doubt": _("judged a doubtful row"),
    "register_list": _("asked for a list to be received"),
    "receive_list": _("received a list"),
    "ask_list_back": _("asked for a received list to be taken back"),
    "take_list_back": _("took a received list back"),
    "drop_list": _("dropped a list"),
    "merge_people": _("merged two records of one person"),
    "part_people": _("parted merged records"),
    "store_index": _("made the index of names anew"),
    "view_citizen_number": _("looked at a citizen number"),
    "view": _("looked at a record"),
    "search": _("searched for people"),
    "register_people": _("registered people"),
    "register_person": _("registered a person"),
    "change_person": _("changed a person's record"),
    "export": _("took a list as a file"),
}

THINGS = {
    "registry.person": _("person"),
    "registry.body": _("body"),
    "registry.audience": _("audience"),
    "registry.consent": _("consent"),
    "registry.import": _("list"),
    "registry.bodyreform": _("rearrangement of bodies"),
    "registry.membership": _("membership"),
    "registry.merge": _("merge"),
    "registry.peopleindex": _("index of names"),
}
