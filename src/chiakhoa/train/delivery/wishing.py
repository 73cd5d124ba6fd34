"""What people wish: which courses first, and when they cannot come. Naming people for seats follows it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.train.delivery import queries
from chiakhoa.train.delivery.models import MOST_WISHES, Hindrance, Wish

WISHERS = (Role.LEARNER, Role.UNIT_MANAGER)


@action(*WISHERS)
def wish(
    actor: Reader, person_pk: int, courses: Sequence[str], unable: Iterable[tuple[int, str]], *, at: datetime
) -> None:
    """Say what a person would like, first wish first, and on which half days of the week they cannot come.

    It takes the place of what was said before. Refusal for a course that is not offered to them.
    """
    person = queries.wishers(actor).filter(pk=person_pk).first()
    if person is None:
        raise NotVisible(_("There is no such person."))
    known = set(queries.offered(person).filter(pk__in=courses).values_list("pk", flat=True))
    if len(courses) > MOST_WISHES or len(set(courses)) < len(courses) or set(courses) - known:
        raise Refusal(_("Choose up to three different courses of those that are offered."), code="not_offered")
    Wish.objects.filter(person=person).delete()
    Hindrance.objects.filter(person=person).delete()
    Wish.objects.bulk_create(
        Wish(person=person, course_id=code, rank=rank, made_at=at) for rank, code in enumerate(courses, 1)
    )
    halves = sorted(set(unable))
    Hindrance.objects.bulk_create(Hindrance(person=person, weekday=day, half=half) for day, half in halves)
    audit.record(actor, "wish", person, at=at, after={"courses": list(courses), "unable": halves})
