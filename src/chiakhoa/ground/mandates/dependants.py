"""What stands on a row of the mandates, in any step: found through the tables that point at it, said in words."""

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

# By label, so that nothing of a later step is imported; a test holds that none is missing.
WORDS = {
    "mandates.activity": _("activities"),
    "mandates.budgetline": _("budget lines"),
    "mandates.reportedresult": _("reported results"),
    "mandates.statement": _("statements"),
    "mandates.target": _("targets"),
    "mandates.task": _("tasks"),
    "planning.happening": _("changes that plans were made for"),
    "planning.plannedclass": _("planned classes"),
    "delivery.trainingclass": _("classes"),
    "placement.agreement": _("agreements"),
    "reporting.report": _("reports"),
    "reporting.figure": _("figures of reports"),
}


def pointing(model: type[Model]) -> list[tuple[type[Model], str]]:
    """The tables that point at the model, in any step, each with the field that does."""
    relations = [f for f in model._meta.get_fields(include_hidden=True) if f.auto_created and not f.concrete]
    found = [(relation.related_model, relation.field.name) for relation in relations]
    return [(table, field) for table, field in found if not table._meta.auto_created]


def dependants(row: Model) -> list[tuple[str, int]]:
    """(words, count) of all that points at the row; empty where it can go."""
    counts = [
        (str(WORDS[table._meta.label_lower]), table._base_manager.filter(**{field: row}).count())
        for table, field in pointing(type(row))
    ]
    return [(words, count) for words, count in counts if count]
