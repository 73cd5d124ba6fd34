"""Who is asking, in which role, over which unit or body. The first argument of every query and action.

A reader is a value: it is built once a request (by access) and never looks anything up itself.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The roles of the house. A role is held over a unit or a body and reaches its whole subtree."""

    COORDINATOR = "coordinator", _("Province coordinator")
    UNIT_MANAGER = "unit_manager", _("Unit manager")
    PROVIDER_MANAGER = "provider_manager", _("Provider manager")
    TRAINER = "trainer", _("Trainer")
    ASSESSOR = "assessor", _("Assessor")
    EMPLOYER = "employer", _("Employer")
    LEARNER = "learner", _("Learner")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


@dataclass(frozen=True)
class Reader:
    """One account in one role. `role` None is a visitor, who may read only what is public."""

    account_id: int | None = None
    name: str = ""
    role: Role | None = None
    unit_id: str | None = None
    body_id: str | None = None
    person_id: int | None = None
    place_label: str = ""
    address: str = ""
    assignment_id: int | None = None

    @property
    def role_label(self) -> str:
        """The role in the reader's language; empty for a visitor."""
        return str(self.role.label) if self.role else ""

    @property
    def is_visitor(self) -> bool:
        """Nobody signed in, or no role chosen."""
        return self.role is None

    def has(self, *roles: Role) -> bool:
        """Whether the reader acts in one of the roles."""
        return self.role in roles


VISITOR = Reader()
SYSTEM = Reader(name="system", role=Role.ADMINISTRATOR)
