"""What people enter: a document, a task, a target, a budget line, each with where it comes from. Values, no behaviour."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar

from django.db.models import Model

from chiakhoa.foundation.sourced import both
from chiakhoa.ground.mandates.models import BudgetLine, Document, Target, Task


@dataclass(frozen=True)
class Origin:
    """A sentence of the report, another source, or an assumption with its reason (English where it is given)."""

    sentence: int | None = None
    source: str = ""
    reason_vi: str = ""
    reason_en: str = ""

    def fields(self) -> dict[str, Any]:
        """As the fields of Sourced."""
        assumed = bool(self.reason_vi)
        return {
            "sentence": self.sentence, "source": self.source, "assumed": assumed, "sure": "assumed" if assumed else "",
            "reason": both(self.reason_vi, self.reason_en),
        }  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """What all of them have. `links` names the many-to-many fields."""

    model: ClassVar[type[Model]]
    links: ClassVar[tuple[str, ...]] = ()

    code: str
    name_vi: str
    name_en: str

    def own(self) -> dict[str, Any]:
        """The columns of the row, but for its key, its links and where it comes from."""
        apart = {"code", "origin", *self.links}
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in apart}


@dataclass(frozen=True)
class DocumentEntry(Entry):
    """A document; it is its own source."""

    model = Document

    kind: str
    number: str
    issuer_id: str
    issued_on: date | None


@dataclass(frozen=True)
class TaskEntry(Entry):
    """A task under a document, or one that comes from elsewhere."""

    model = Task
    links = ("partners", "audiences", "courses")

    kind: str
    document_id: str | None
    lead_id: str
    lead_role_vi: str
    partners: tuple[str, ...]
    audiences: tuple[str, ...]
    courses: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class TargetEntry(Entry):
    """How much of an indicator a task must reach."""

    model = Target

    task_id: str
    indicator: str
    audience_id: str | None
    unit_id: str | None
    amount: int
    due_on: date
    origin: Origin


@dataclass(frozen=True)
class BudgetLineEntry(Entry):
    """Money of a year and the tasks that it may pay. Integer đồng."""

    model = BudgetLine
    links = ("tasks", "audiences")

    year: int
    amount_vnd: int
    tasks: tuple[str, ...]
    audiences: tuple[str, ...]
    origin: Origin
