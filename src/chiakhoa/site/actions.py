"""What only the composition root does: trying a failed job again, and founding a province of one's own."""

from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.territory.models import Home, Unit


@action(Role.ADMINISTRATOR, Role.COORDINATOR)
def try_job_again(actor: Reader, pk: int, *, at: datetime) -> None:
    """Put a failed job back in the queue; a coordinator only their own. NotVisible for a job of somebody else."""
    job = Job.objects.filter(pk=pk, state=JobState.FAILED).first()
    if job is None or (actor.role != Role.ADMINISTRATOR and job.account_id != actor.account_id):
        raise NotVisible(_("There is no such failed job."))
    jobs.try_again(actor, job, at=at)


@action(Role.ADMINISTRATOR)
def found(actor: Reader, province: Unit, login: str, full_name: str, password: str, *, at: datetime) -> Account:
    """Choose the province and make its first administrator. Refusal where one is chosen already."""
    if Home.objects.exists():
        raise Refusal(_("This installation already serves a province. Sign in instead."), code="already_founded")
    Home.objects.create(unit=province, synthetic=False)
    account = Account.objects.create_account(login, password, full_name=full_name)
    for role in (Role.ADMINISTRATOR, Role.COORDINATOR):
        RoleAssignment.objects.create(account=account, role=role, unit=province)
    audit.record(actor, "found", province, at=at, after={"administrator": login})
    return account
