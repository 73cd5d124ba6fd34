"""The only writers of the registry: audiences, bodies, people, what people agreed to."""

from chiakhoa.ground.registry.actions.audiences import load_audiences
from chiakhoa.ground.registry.actions.bodies import BodyRow, add_bodies, load_bodies
from chiakhoa.ground.registry.actions.body_reforms import (
    change_body_draft,
    discard_body_reform,
    draft_body_reform,
    enact_body_reform,
    undo_body_reform,
)
from chiakhoa.ground.registry.actions.consents import is_child, record_consent
from chiakhoa.ground.registry.actions.imports import (
    ask_list_back,
    drop_list,
    fix_text,
    judge_doubt,
    look_through,
    map_list,
    place_list,
    receive_list,
    register_list,
    send_list,
    take_list_back,
    unfix_texts,
)
from chiakhoa.ground.registry.actions.merges import merge_people, part_people
from chiakhoa.ground.registry.actions.opening import open_citizen_number, open_records
from chiakhoa.ground.registry.actions.people import (
    change_person,
    note_export,
    open_record,
    register_people,
    register_person,
)
from chiakhoa.ground.registry.actions.programs import Call, change_seen_person, hand_in_person
from chiakhoa.ground.registry.actions.search import renew_index, store_index
from chiakhoa.ground.registry.checking import PersonRow

__all__ = [
    "BodyRow",
    "Call",
    "PersonRow",
    "add_bodies",
    "ask_list_back",
    "change_body_draft",
    "change_person",
    "change_seen_person",
    "discard_body_reform",
    "draft_body_reform",
    "drop_list",
    "enact_body_reform",
    "fix_text",
    "hand_in_person",
    "is_child",
    "judge_doubt",
    "load_audiences",
    "load_bodies",
    "look_through",
    "map_list",
    "merge_people",
    "note_export",
    "open_citizen_number",
    "open_record",
    "open_records",
    "part_people",
    "place_list",
    "receive_list",
    "record_consent",
    "register_list",
    "register_people",
    "register_person",
    "renew_index",
    "send_list",
    "store_index",
    "take_list_back",
    "undo_body_reform",
    "unfix_texts",
]
