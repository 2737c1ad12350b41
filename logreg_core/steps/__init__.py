"""Fits one step at a time, with everything a learner wants to see.

`newton_steps` climbs as `fit(solver="newton")` does and shows each step whole; `gradient_steps` and
`lbfgs` hold what Newton's method is compared with. `docs/method.md` derives what is shown here.
"""

from .gradient_steps import AscentStep, gradient_descent_steps
from .lbfgs import LbfgsPath, lbfgs_path
from .newton_steps import newton_steps
from .step import Step, Trial

__all__ = [
    "AscentStep",
    "LbfgsPath",
    "Step",
    "Trial",
    "gradient_descent_steps",
    "lbfgs_path",
    "newton_steps",
]
