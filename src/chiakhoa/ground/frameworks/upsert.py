"""Writing many rows at once, keyed by what their file calls them. For actions.py of this step and later ones only."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)
BATCH = 500


def upsert(model: type[Row], rows: Iterable[Row], unique: Sequence[str]) -> None:
    """Insert the rows, or overwrite those that agree in `unique`: ids stay, so that what points to a row still does."""
    kept = {*unique, "id"}
    changed = [field.name for field in model._meta.concrete_fields if field.name not in kept and not field.primary_key]
    model._default_manager.bulk_create(
        list(rows), update_conflicts=True, unique_fields=list(unique), update_fields=changed, batch_size=BATCH
    )
