"""The named cast: one person for each role whom a visitor may act as. Their accounts open on loopback only."""

from datetime import datetime

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.access import actions as access
from chiakhoa.ground.access import queries as accounts
from chiakhoa.ground.access.actions import CastMember
from chiakhoa.ground.access.models import RoleAssignment
from chiakhoa.ground.catalogue.models import Trainer
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery.models import Enrolment, EnrolmentState, TrainingClass

HOME = "VN-19@2025"


def experts(at: datetime) -> tuple[Reader, Reader]:
    """The two who answer for the bank and the exams, before everybody else: they calibrate what the others are tested with.

    Returns the assessor and the coordinator.
    """
    since = at.date().replace(year=at.year - 1)
    access.cast(
        SYSTEM,
        [
            CastMember("dieu-phoi", "Nguyễn Thu Hà", Role.COORDINATOR, unit_id=HOME, since=since),
            CastMember("khao-thi", "Trần Quốc Anh", Role.ASSESSOR, unit_id=HOME, since=since),
        ],
        at=at,
    )
    return of(Role.ASSESSOR), of(Role.COORDINATOR)


def of(role: Role) -> Reader:
    """The member of the cast in a role, as a reader."""
    return accounts.reader_of(RoleAssignment.objects.filter(role=role).select_related("account").order_by("pk")[0])


def enter(at: datetime) -> str:
    """Make the rest of the cast. Learner and trainer are people of the register; the others only hold a role.

    Returns the commune of the learner and the unit manager.
    """
    learner = _learner()
    commune = learner.unit_id
    trainer = _trainer(commune)
    since = at.date().replace(year=at.year - 1)
    access.cast(
        SYSTEM,
        [
            CastMember("quan-ly-xa", "Hoàng Văn Bình", Role.UNIT_MANAGER, unit_id=commune, since=since),
            CastMember("co-so-dao-tao", "Lê Minh Đức", Role.PROVIDER_MANAGER, body_id=trainer.provider_id, since=since),
            CastMember("giang-vien", trainer.person.full_name, Role.TRAINER, body_id=trainer.provider_id,
                       person_id=trainer.pk, since=since),
            CastMember("hoc-vien", learner.full_name, Role.LEARNER, unit_id=commune, person_id=learner.pk, since=since),
            CastMember("doanh-nghiep", "Phạm Thùy Linh", Role.EMPLOYER, body_id="body-sevt", since=since),
            CastMember("kiem-toan", "Đỗ Hồng Sơn", Role.AUDITOR, unit_id=HOME, since=since),
            CastMember("quan-tri", "Vũ Quang Huy", Role.ADMINISTRATOR, unit_id=HOME, since=since),
        ],
        at=at,
    )  # fmt: skip
    return commune


def _learner() -> Person:
    """Somebody who completed a class, so that every page of a learner has something to show; else anybody measured."""
    completed = Person.objects.filter(enrolments__state="completed").order_by("pk").first()
    return completed or Person.objects.order_by("pk")[0]


def _trainer(commune: str) -> Trainer:
    """A trainer with a class, best of a provider where somebody of another commune completed one; else the first."""
    busy = TrainingClass.objects.exclude(trainer=None).order_by("-state", "pk").select_related("trainer__person")
    elsewhere = Enrolment.objects.filter(state=EnrolmentState.COMPLETED).exclude(person__unit=commune)
    found = busy.filter(provider__in=elsewhere.values("training_class__provider")).first() or busy.first()
    return found.trainer if found and found.trainer else Trainer.objects.select_related("person").order_by("pk")[0]
