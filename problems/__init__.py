"""Objectives to try optimisers on, with what is known about each.

Every problem is one record: a plain NumPy function, its starting points, its minimisers and least
value where they are known, and its source. The package needs NumPy alone.

Examples
--------
>>> import problems
>>> rosenbrock = problems.get("chained-rosenbrock", n=4)
>>> rosenbrock.start
array([-1.2,  1. , -1.2,  1. ])
>>> print(rosenbrock.value(rosenbrock.solution), rosenbrock.least_value)
0.0 0.0
"""

# Importing a module registers its problems
from problems import (  # noqa: F401
    bounded,
    classic_2d,
    cutest,
    hock_schittkowski,
    lennard_jones,
    logistic,
    mgh,
    quadratic,
    rosenbrock,
    scalable,
)
from problems._constrained import ConstrainedProblem
from problems._problem import Problem
from problems._registry import (
    UnknownProblemError,
    all,
    get,
    names,
    parameters,
    register,
    unregister,
)
from problems.nist import RegressionProblem

__all__ = [
    "ConstrainedProblem",
    "Problem",
    "RegressionProblem",
    "UnknownProblemError",
    "all",
    "get",
    "names",
    "parameters",
    "register",
    "unregister",
]
