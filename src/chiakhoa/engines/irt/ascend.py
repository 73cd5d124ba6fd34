"""The last way up where EM creeps: asymptotes without priors lie on ridges that EM follows too slowly to reach the end.

Knows nothing of what is estimated. Bounded quasi-Newton steps with the exact gradient. Source: Byrd, Lu, Nocedal & Zhu (1995),
SIAM J. Sci. Comput. 16.
"""

from collections.abc import Callable
from typing import Any

from scipy.optimize import Bounds, minimize

from chiakhoa.engines.irt.models import Floats

Slope = Callable[[Floats], tuple[float, Floats]]
ROUNDS = 300


def ascend(slope: Slope, x: Floats, low: Floats, high: Floats) -> tuple[Floats, float, bool]:
    """The highest point in reach of x between the bounds, its height, and whether the steps ended by themselves.

    slope returns height and gradient at a point.
    """

    def minus(point: Floats) -> tuple[float, Floats]:
        height, gradient = slope(point)
        return -height, -gradient

    options = {"maxiter": ROUNDS, "maxfun": 2 * ROUNDS, "ftol": 1e-11, "gtol": 1e-4}
    solve: Any = minimize  # its stubs know no function that returns height and slope together
    found = solve(minus, x, jac=True, method="L-BFGS-B", bounds=Bounds(low, high), options=options)
    return found.x, -float(found.fun), bool(found.success)
