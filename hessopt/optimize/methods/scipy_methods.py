"""The methods that SciPy runs for us, with our exact derivatives: one row a method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class SciPyMethod:
    """What one method of `scipy.optimize.minimize` takes.

    Attributes
    ----------
    name : str
        SciPy's name.
    order : {0, 1, 2}
        The highest derivative that it uses.
    options : str
        Its own options, apart from maxiter, disp and return_all.
    curvature : {"hess", "hessp"}, optional
        How it takes second derivatives.
    bounds, constraints : bool
        Whether it can handle them.
    translated : mapping
        What our general options are called there; those not listed keep their names.
    """

    name: str
    order: Literal[0, 1, 2]
    options: str
    curvature: Literal["hess", "hessp"] | None = None
    bounds: bool = False
    constraints: bool = False
    translated: Mapping[str, str] = field(default_factory=dict)

    def takes(self) -> frozenset[str]:
        """Return SciPy's names of the options."""
        return frozenset(self.options.split())


_DIFFERENCES = "eps finite_diff_rel_step workers"

SCIPY_METHODS: dict[str, SciPyMethod] = {
    method.name: method
    for method in (
        SciPyMethod(
            "nelder-mead",
            0,
            "maxiter maxfev xatol fatol initial_simplex adaptive",
            bounds=True,
            translated={"ftol": "fatol", "xtol": "xatol", "maxfun": "maxfev"},
        ),
        SciPyMethod(
            "powell",
            0,
            "maxiter maxfev xtol ftol direc",
            bounds=True,
            translated={"maxfun": "maxfev"},
        ),
        SciPyMethod("cg", 1, f"maxiter gtol norm c1 c2 {_DIFFERENCES}"),
        SciPyMethod(
            "l-bfgs-b",
            1,
            f"maxiter maxfun gtol ftol maxcor maxls iprint {_DIFFERENCES}",
            bounds=True,
        ),
        SciPyMethod(
            "tnc",
            1,
            "maxfun gtol ftol xtol scale offset mesg_num maxCGit eta stepmx accuracy minfev "
            f"rescale {_DIFFERENCES}",
            bounds=True,
        ),
        SciPyMethod(
            "cobyla",
            0,
            "maxiter tol rhobeg catol f_target",
            bounds=True,
            constraints=True,
            translated={"xtol": "tol", "maxfun": "maxiter"},
        ),
        SciPyMethod(
            "cobyqa",
            0,
            "maxiter maxfev final_tr_radius initial_tr_radius feasibility_tol f_target scale",
            bounds=True,
            constraints=True,
            translated={"xtol": "final_tr_radius", "maxfun": "maxfev"},
        ),
        SciPyMethod(
            "slsqp", 1, f"maxiter ftol iprint {_DIFFERENCES}", bounds=True, constraints=True
        ),
        SciPyMethod(
            "trust-constr",
            2,
            "maxiter gtol xtol barrier_tol sparse_jacobian verbose initial_constr_penalty "
            "initial_tr_radius initial_barrier_parameter initial_barrier_tolerance "
            "factorization_method finite_diff_rel_step workers",
            curvature="hessp",
            bounds=True,
            constraints=True,
        ),
    )
}
