"""Pages of the registry: people one by one and as lists, bodies, one's own record, the import of a spreadsheet."""

from chiakhoa.ground.registry.views.bodies import bodies, body
from chiakhoa.ground.registry.views.imports import (
    columns,
    doubts,
    drop,
    fix,
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

__all__ = [
    "add",
    "bodies",
    "body",
    "columns",
    "consent",
    "doubles",
    "doubts",
    "drop",
    "edit",
    "fix",
    "import_template",
    "imports",
    "me",
    "part",
    "people",
    "person",
    "place",
    "preview",
    "receipt",
    "register",
    "returned",
    "send",
    "undo",
]
