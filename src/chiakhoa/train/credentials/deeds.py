"""What credentials does, in the words of the trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "issue": _("issued certificates"),
    "revoke": _("revoked a certificate"),
}

THINGS = {
    "credentials.certificate": _("certificate"),
}
