"""The only writers of the map: loading it, choosing the province, enacting a reform and undoing it."""

from chiakhoa.ground.territory.actions.boundaries import drop_boundaries, load_boundaries
from chiakhoa.ground.territory.actions.figures import keep_figures, remove_figures
from chiakhoa.ground.territory.actions.loading import load_units
from chiakhoa.ground.territory.actions.reforms import change_draft, discard_reform, draft_reform, enact, undo
from chiakhoa.ground.territory.actions.settling import settle

__all__ = [
    "change_draft",
    "discard_reform",
    "draft_reform",
    "drop_boundaries",
    "enact",
    "keep_figures",
    "load_boundaries",
    "load_units",
    "remove_figures",
    "settle",
    "undo",
]
