"""Constraints get the exact derivatives that the user did not give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import symmetric_operator
from hessopt.transforms.matrices import jacobian
from hessopt.transforms.second_order import hvp

Array = NDArray[np.float64]

ADVICE = (
    "hessopt could not differentiate a constraint; write it in NumPy calls, give its 'jac', or "
    "ask for differences with jac='3-point' in a NonlinearConstraint"
)


def exact(constraints: Any, shape: tuple[int, ...], second: bool = False) -> list[Any]:
    """Return the constraints with exact Jacobians, and perhaps Hessians, where they have none.

    A constraint sees x in the shape that fun sees. ``jac="2-point"`` is what a
    NonlinearConstraint has if nothing is said, so it counts as nothing.
    """
    from scipy.optimize import LinearConstraint, NonlinearConstraint

    if constraints is None:
        constraints = []
    if isinstance(constraints, dict | LinearConstraint | NonlinearConstraint):
        constraints = [constraints]
    return [_exact(constraint, shape, second) for constraint in constraints]


def _exact(constraint: Any, shape: tuple[int, ...], second: bool) -> Any:
    from scipy.optimize import BFGS, LinearConstraint, NonlinearConstraint

    if isinstance(constraint, LinearConstraint):
        return constraint
    if isinstance(constraint, dict):
        if not callable(constraint.get("fun")):
            raise TypeError("constraints: every dict needs a callable 'fun'")
        fun, jac = constraint["fun"], constraint.get("jac")
        jac = _jacobian(fun, shape) if not callable(jac) else _seeing(jac, shape)
        return {**constraint, "fun": _seeing(fun, shape), "jac": jac}
    if not isinstance(constraint, NonlinearConstraint):
        raise TypeError(
            "constraints must be dicts, LinearConstraint or NonlinearConstraint, not "
            f"{type(constraint).__name__}"
        )
    fun, hess = constraint.fun, constraint.hess
    jac: Any = constraint.jac
    if isinstance(jac, str) and jac == "2-point":
        jac = _jacobian(fun, shape)
        if second and isinstance(hess, BFGS):
            hess = _hessian(fun, shape)
    elif callable(jac):
        jac = _seeing(jac, shape)
    return NonlinearConstraint(
        _seeing(fun, shape),
        constraint.lb,
        constraint.ub,
        jac=jac,
        hess=hess,
        keep_feasible=constraint.keep_feasible,
        finite_diff_rel_step=constraint.finite_diff_rel_step,
        finite_diff_jac_sparsity=constraint.finite_diff_jac_sparsity,
    )


def _seeing(fun: Callable[..., Any], shape: tuple[int, ...]) -> Callable[..., Any]:
    if len(shape) == 1:
        return fun
    return lambda x, *args: fun(x.reshape(shape), *args)


def _array(fun: Callable[..., Any]) -> Callable[..., Any]:
    """Let fun return a list of numbers, as SciPy does."""

    def joined(x: Any, *args: Any) -> Any:
        out = fun(x, *args)
        return np.stack(out) if isinstance(out, list | tuple) else out

    return joined


def _jacobian(fun: Callable[..., Any], shape: tuple[int, ...]) -> Callable[..., Array]:
    differentiate = jacobian(_array(fun))

    def jac(x: Array, *args: Any) -> Array:
        try:
            J = np.asarray(differentiate(x.reshape(shape), *args))
        except TypeError as error:
            error.add_note(ADVICE)
            raise
        return J.reshape(-1, x.size)

    return jac


def _hessian(fun: Callable[..., Any], shape: tuple[int, ...]) -> Callable[..., Any]:
    """Return ``(x, v) -> sum of v_i H_i``, as SciPy wants it."""

    def hess(x: Array, v: Array) -> Any:
        weights = np.reshape(v, np.shape(fun(x.reshape(shape))))
        product = hvp(lambda z: np.sum(_array(fun)(z) * weights))

        def multiply(p: Array) -> Array:
            return np.asarray(product(x.reshape(shape), p.reshape(shape))).ravel()

        return symmetric_operator(x.size, multiply)

    return hess
