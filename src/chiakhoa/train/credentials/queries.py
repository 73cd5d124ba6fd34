"""Which certificates a reader may see."""

from django.db.models import QuerySet

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.registry.models import BodyAncestry
from chiakhoa.ground.territory.queries import within
from chiakhoa.train.credentials.models import Certificate


def certificates(reader: Reader) -> QuerySet[Certificate]:
    """A learner's own; a provider's issued; for those who oversee a unit, those of its people."""
    rows = Certificate.objects.select_related("person", "issuer", "revocation", "enrolment__training_class__course")
    if reader.has(Role.LEARNER):
        return rows.filter(person=reader.person_id)
    if reader.has(Role.PROVIDER_MANAGER):
        return rows.filter(issuer__in=BodyAncestry.objects.filter(ancestor=reader.body_id).values("body"))
    if reader.has(Role.COORDINATOR, Role.UNIT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR):
        return rows.filter(within(reader, "person__unit"))
    return rows.none()
