"""Words for rows of the trail, as the person whom they concern reads them."""

from django import template
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.access import tables

register = template.Library()
VERBS = {
    "view": _("opened the record"),
    "change_person": _("changed the record"),
    "register_person": _("registered you"),
    "record_consent": _("recorded your answer"),
    "rate": _("rated your competence"),
    "revoke": _("revoked a certificate"),
    "leave": _("took you off a class"),
    "apply_for": _("applied for you"),
    "start_sitting": _("began a test"),
    "answer_about_data": _("answered your request"),
    "print_slip": _("printed a slip for you"),
    "suspend_account": _("suspended your account"),
    "resume_account": _("opened your account again"),
    "give_role": _("gave you a role"),
    "end_role": _("ended a role of yours"),
    "lend_role": _("lent you a role"),
}


@register.filter
def verb_words(verb: str) -> str:
    """What was done, in words; the verb itself where none is known."""
    return str(VERBS.get(verb, verb))


@register.filter
def role_words(role: str) -> str:
    """The role in words."""
    return tables.role_words(role)
