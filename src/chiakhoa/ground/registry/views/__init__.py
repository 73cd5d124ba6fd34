"""Pages of the registry: people one by one and as lists, bodies, one's own record, the import of a spreadsheet."""

from chiakhoa.ground.registry.views.bodies import bodies, body
from chiakhoa.ground.registry.views.imports import (
    columns,
    doubts,
    drop,
    fix,
    import_standing,
    import_template,
    imports,
    place,
    preview,
    receipt,
    register,
    returned,
    send,
    undo,
)
from chiakhoa.ground.registry.views.merges import doubles, part
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
    "columns",
    "consent",
    "discard_reform",
    "doubles",
    "doubts",
    "drop",
    "edit",
    "enact_reform",
    "fix",
    "import_standing",
    "import_template",
    "imports",
    "me",
    "part",
    "people",
    "person",
    "place",
    "preview",
    "receipt",
    "reform",
    "reform_edit",
    "reform_new",
    "reform_template",
    "reforms",
    "register",
    "returned",
    "send",
    "undo",
    "undo_reform",
]
