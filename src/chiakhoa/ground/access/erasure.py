"""Somebody who acted here is forgotten: their name goes from what waits to be done for them, from answers about their data, and
from the trail, except where they acted in an office: the law asks who did what with other people's data.
"""

from django.db.models import Q

from chiakhoa.foundation import emptying
from chiakhoa.foundation.erasing import erases
from chiakhoa.foundation.models import AuditEntry, Job
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access.models import Account, ApiToken, PrivacyRequest


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


@erases("trail")
def forget_in_trail(person_pk: int) -> int:
    """Take out of the trail what was written of the person, and their name where they acted for themselves.

    That they acted, and that others saw or changed their record, stays, with the numbers of the rows and the names of others.
    """
    account = Account.objects.filter(person=person_pk).first()
    count = sum(emptying.empty_words(AuditEntry.objects.filter(about)) for about in _about(person_pk, account))
    if account is not None:
        own = AuditEntry.objects.filter(account_id=account.pk, role__in=("", Role.LEARNER))
        count += emptying.empty_actors(own)
    return count


def _about(person_pk: int, account: Account | None) -> list[Q]:
    """What finds the rows that tell of the person: of their record, of their account and of what hangs on that."""
    found = [Q(person_id=person_pk)]
    if account is not None:
        roles = list(account.assignments.values_list("pk", flat=True))
        tokens = ApiToken.objects.filter(assignment__in=roles).values_list("pk", flat=True)
        for kind, keys in (("account", [account.pk]), ("roleassignment", roles), ("apitoken", tokens)):
            found.append(Q(thing_kind=f"access.{kind}", thing_key__in=[str(key) for key in keys]))
        found.append(Q(thing_kind="access.session", account_id=account.pk))
    return found
