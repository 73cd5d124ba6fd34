"""The only writers of the registry: audiences, bodies, people, what people agreed to."""

from chiakhoa.ground.registry.actions.audiences import load_audiences
from chiakhoa.ground.registry.actions.bodies import BodyRow, add_bodies, load_bodies
from chiakhoa.ground.registry.actions.consents import is_child, record_consent
from chiakhoa.ground.registry.actions.opening import open_citizen_number, open_records
from chiakhoa.ground.registry.actions.people import (
    change_person,
    note_export,
    open_record,
    register_people,
    register_person,
)
from chiakhoa.ground.registry.actions.programs import Call, change_seen_person, hand_in_person
from chiakhoa.ground.registry.checking import PersonRow

__all__ = [
    "BodyRow",
    "Call",
    "PersonRow",
    "add_bodies",
    "change_person",
    "change_seen_person",
    "hand_in_person",
    "is_child",
    "load_audiences",
    "load_bodies",
    "note_export",
    "open_citizen_number",
    "open_record",
    "open_records",
    "record_consent",
    "register_people",
    "register_person",
]
