"""The forms in which somebody who is no programmer writes an item of any kind, and the form that takes a file in.

`words` is what all items have; `options` (choose, order, match), `filled` (short answers and tasks) and `screens` (hot spots) add
their parts. Every form gives and takes a row as in the item files, so that the checks are those of every other way in.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.measure.assessment.item_forms.exchange import ExchangeForm
from chiakhoa.measure.assessment.item_forms.filled import FilledForm
from chiakhoa.measure.assessment.item_forms.options import OptionsForm
from chiakhoa.measure.assessment.item_forms.screens import ScreenForm
from chiakhoa.measure.assessment.item_forms.words import ItemForm
from chiakhoa.measure.assessment.models import ItemKind

__all__ = ["ExchangeForm", "ItemForm", "form_for"]

FORMS: dict[ItemKind, type[ItemForm]] = {
    ItemKind.SHORT: FilledForm,
    ItemKind.TASK: FilledForm,
    ItemKind.HOTSPOT: ScreenForm,
}


def form_for(
    kind: ItemKind, competences: Sequence[Competence], data: Any = None, *, row: Mapping[str, Any] | None = None
) -> ItemForm:
    """The form of a kind, filled with a row of the item files where there is one."""
    return FORMS.get(kind, OptionsForm)(kind, competences, data, row=row)
