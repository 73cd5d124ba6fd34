"""Pages of territory: the map with its units, the reforms of the map."""

from chiakhoa.ground.territory.views.boundaries import boundaries, drop_boundaries
from chiakhoa.ground.territory.views.figures import figure_sets, figures_shown, remove_figures
from chiakhoa.ground.territory.views.map import unit, units
from chiakhoa.ground.territory.views.reforms import (
    discard_reform,
    enact_reform,
    reform,
    reform_edit,
    reform_new,
    reform_of_files,
    reform_template,
    reforms,
    undo_reform,
)

__all__ = [
    "boundaries",
    "discard_reform",
    "drop_boundaries",
    "enact_reform",
    "figure_sets",
    "figures_shown",
    "reform",
    "reform_edit",
    "reform_new",
    "reform_of_files",
    "reform_template",
    "reforms",
    "remove_figures",
    "undo_reform",
    "unit",
    "units",
]
