"""Item response theory: response models, estimates over correlated domains, adaptive tests, calibration, simulation.

Read in this order: models (items and their curves), posterior (beliefs after answers), grades, adaptive (which item next),
calibrate (parameters from answers), simulate (what a setting would do). `command` works on files.
"""

from chiakhoa.engines.irt.adaptive import Blueprint, Sittings, choose, finished, sit
from chiakhoa.engines.irt.grades import grade, interval, reach
from chiakhoa.engines.irt.models import Items, information, probability
from chiakhoa.engines.irt.posterior import Posterior, Prior, assume_density, combine, posterior, widen

__all__ = [
    "Blueprint",
    "Items",
    "Posterior",
    "Prior",
    "Sittings",
    "assume_density",
    "choose",
    "combine",
    "finished",
    "grade",
    "information",
    "interval",
    "posterior",
    "probability",
    "reach",
    "sit",
    "widen",
]
