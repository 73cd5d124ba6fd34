"""Pages of the registry: people one by one and as lists, bodies, one's own record, the import of a spreadsheet."""

from chiakhoa.ground.registry.views.bodies import bodies, body
from chiakhoa.ground.registry.views.imports import import_people, import_preview, import_template
from chiakhoa.ground.registry.views.own import consent, me
from chiakhoa.ground.registry.views.people import add, edit, people, person
from chiakhoa.ground.registry.views.reforms import (
    discard_reform,
    enact_reform,
    reform,
    reform_edit,
    reform_new,
    reform_template,
    reforms,
    undo_reform,
)

__all__ = [
    "add",
    "bodies",
    "body",
    "consent",
    "discard_reform",
    "edit",
    "enact_reform",
    "import_people",
    "import_preview",
    "import_template",
    "me",
    "people",
    "person",
    "reform",
    "reform_edit",
    "reform_new",
    "reform_template",
    "reforms",
    "undo_reform",
]
