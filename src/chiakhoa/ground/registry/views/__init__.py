"""Pages of the registry: people one by one and as lists, bodies, one's own record, the import of a spreadsheet."""

from chiakhoa.ground.registry.views.bodies import bodies, body
from chiakhoa.ground.registry.views.imports import import_people, import_preview, import_template
from chiakhoa.ground.registry.views.own import consent, me
from chiakhoa.ground.registry.views.people import add, edit, people, person

__all__ = [
    "add",
    "bodies",
    "body",
    "consent",
    "edit",
    "import_people",
    "import_preview",
    "import_template",
    "me",
    "people",
    "person",
]
