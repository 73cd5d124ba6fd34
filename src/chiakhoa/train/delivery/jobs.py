"""Background work of delivery: notices go out by e-mail to those whose address is known."""

from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiakhoa.foundation import clock, mail
from chiakhoa.foundation.jobs import Later, Report, task
from chiakhoa.foundation.readers import Reader
from chiakhoa.train.delivery import actions, notices
from chiakhoa.train.delivery.models import Notice

AGAIN = timedelta(minutes=5)


@task("delivery.post")
def post(reader: Reader, report: Report) -> None:
    """One letter to each person with notices that are neither read nor sent. A server that is away is asked again later.

    What was sent is noted at once: whoever was written to is not written to again.
    """
    if not mail.is_set():
        return
    rows = list(notices.to_be_sent(clock.now()))
    sent = refused = 0
    try:
        with mail.post_office() as send:
            for person, group in groupby(rows, key=lambda row: row.person):
                told = list(group)
                try:
                    send(person.email, *letter(told))
                    sent += 1
                    actions.note_sent(told, at=clock.now())
                except mail.Undeliverable as fault:
                    refused += 1
                    actions.note_sent(told, at=None, refused=str(fault))
                report(sent + refused, len({row.person_id for row in rows}), "")
    except mail.Away as fault:
        raise Later(AGAIN, str(fault)) from fault
    finally:
        if sent or refused:
            actions.account_for_letters(reader, sent, refused, at=clock.now())


def letter(rows: list[Notice]) -> tuple[str, str]:
    """Subject and text, in Vietnamese."""
    with translation.override("vi"):
        subject = ngettext("Chìa Khóa: %(n)d new notice", "Chìa Khóa: %(n)d new notices", len(rows)) % {"n": len(rows)}
        lines = [f"- {notices.words(row)}" for row in rows]
        if settings.SITE_ADDRESS:
            lines.append(
                "\n"
                + _("Read and act here: %(address)s") % {"address": settings.SITE_ADDRESS + reverse("delivery:notices")}
            )
        lines.append("\n" + _("You get this because your address stands in the register. Nobody reads answers to it."))
        return subject, "\n".join(lines)
