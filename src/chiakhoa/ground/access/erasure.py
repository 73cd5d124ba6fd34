"""Somebody who acted here is forgotten: their name goes from what waits to be done for them, and from answers about their data.

The trail keeps it: the law asks who did what.
"""

from chiakhoa.foundation.erasing import erases
from chiakhoa.foundation.models import Job
from chiakhoa.ground.access.models import Account, PrivacyRequest


@erases("jobs")
def forget_in_jobs(person_pk: int) -> int:
    """Take the name out of the person's background jobs, with whatever a failure may have told."""
    account = Account.objects.filter(person=person_pk).first()
    rows = list(Job.objects.filter(account_id=account.pk)) if account else []
    for row in rows:
        row.reader = {**row.reader, "name": ""}
        row.message = row.error = ""
    return Job.objects.bulk_update(rows, ["reader", "message", "error"]) if rows else 0


@erases("answers about data")
def forget_answers(person_pk: int) -> int:
    """Take out what the person was answered: to correct a name means to write it."""
    return PrivacyRequest.objects.filter(person=person_pk).update(answer="")
