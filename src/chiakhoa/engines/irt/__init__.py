"""Item response theory: response models, estimates over correlated domains, adaptive tests, calibration, simulation.

Read in this order: models (items and their curves; graded: ordered categories), posterior (beliefs after answers; expected:
means where it gives modes; change: between two of them; paired: the same from the answers alone), grades, blueprint and adaptive
(which item next; exposure), simulate (what a setting would do; plots), group_mean (of those who sat a short test), calibrate
(parameters from answers, with answers, maximise, accelerate, ascend and errors as its parts; graded_calibrate), population
(correlations), fit, dif and group_dif (what to look at again). `command` works on files.
"""

from chiakhoa.engines.irt.adaptive import Sittings, choose, sit
from chiakhoa.engines.irt.blueprint import Blueprint, Content, Decision, finished, tally
from chiakhoa.engines.irt.calibrate import Calibration, calibrate
from chiakhoa.engines.irt.change import Step, change
from chiakhoa.engines.irt.dif import Dif, mantel_haenszel
from chiakhoa.engines.irt.expected import expected
from chiakhoa.engines.irt.exposure import eligible, settle
from chiakhoa.engines.irt.fit import ItemFit, item_fit, person_fit
from chiakhoa.engines.irt.graded import GradedItems, graded_information, graded_probability
from chiakhoa.engines.irt.graded_calibrate import Graded, calibrate_graded
from chiakhoa.engines.irt.grades import grade, interval, reach
from chiakhoa.engines.irt.group_dif import GroupDif, group_dif
from chiakhoa.engines.irt.group_mean import GroupMean, group_mean
from chiakhoa.engines.irt.models import Items, information, probability
from chiakhoa.engines.irt.paired import Answers, Paired, paired
from chiakhoa.engines.irt.population import correlations, estimate_population
from chiakhoa.engines.irt.posterior import Posterior, Prior, assume_density, combine, posterior, widen
from chiakhoa.engines.irt.simulate import Outcome, draw, simulate, summary

__all__ = [
    "Answers",
    "Blueprint",
    "Calibration",
    "Content",
    "Decision",
    "Dif",
    "Graded",
    "GradedItems",
    "GroupDif",
    "GroupMean",
    "ItemFit",
    "Items",
    "Outcome",
    "Paired",
    "Posterior",
    "Prior",
    "Sittings",
    "Step",
    "assume_density",
    "calibrate",
    "calibrate_graded",
    "change",
    "choose",
    "combine",
    "correlations",
    "draw",
    "eligible",
    "estimate_population",
    "expected",
    "finished",
    "grade",
    "graded_information",
    "graded_probability",
    "group_dif",
    "group_mean",
    "information",
    "interval",
    "item_fit",
    "mantel_haenszel",
    "paired",
    "person_fit",
    "posterior",
    "probability",
    "reach",
    "settle",
    "simulate",
    "sit",
    "summary",
    "tally",
    "widen",
]
