"""A minimum as a function of its parameters, in numbers: sharpen it, and solve with the Hessian.

Beside a strict minimum x(theta) of f(., theta) within bounds, the variables that lie strictly
inside stay free and the gradient stays zero in them. Differentiating ``g_F(x(theta), theta) = 0``
gives ``H_FF dx_F = -(dg_F/dtheta) dtheta``, so that all derivatives of x(theta), of any order, come
from solving with H_FF; see `hessopt.optimize.argmin`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.compiled import Compiled
from hessopt.optimize.objective import quiet
from hessopt.optimize.stopping import EPS
from hessopt.optimize.subproblems import truncated_cg
from hessopt.transforms.second_order import value_grad_hvp

Array = NDArray[np.float64]

# Up to here the Hessian is formed and factorised; above, its products go into conjugate gradients
DENSE = 200
# Newton steps after the solver's last; from its tolerance two or three reach the rounding of x
POLISHING = 20
# How near to a bound the solver may leave a variable that belongs on it, relative to its size
NEAR = 1e-6
# A variable on a bound that would leave it by less has a multiplier of zero, as far as we can tell
WEAK = 1e-10


class ArgminError(RuntimeError):
    """There is no minimum to be differentiated: the solve failed, or it is not a strict one.

    Examples
    --------
    >>> import hessopt
    >>> parts = hessopt.argmin(lambda x, total: (x[0] + x[1] - total) ** 2, [1.0, 1.0])
    >>> try:
    ...     hessopt.jacobian(parts)(3.0)
    ... except hessopt.ArgminError as error:
    ...     print(error)
    argmin: the Hessian is singular at the solution: ...
    """


class Local(NamedTuple):
    """The gradient at a point, the product with the Hessian there, and perhaps a way to form it."""

    g: Array
    product: Callable[[Array], Array]
    matrix: Callable[[], Array] | None = None


@dataclass(eq=False)
class InnerProblem:
    """``fun(x, *values)`` of a flat x within bounds.

    Parameters
    ----------
    fun : callable
        The objective.
    lb, ub : ndarray
        The bounds, with infinities where there are none.
    programs : Compiled, optional
        Those of `fun`, with the values for inputs: the solver's and ours.
    """

    fun: Callable[..., Any]
    lb: Array
    ub: Array
    programs: Compiled | None = None
    _last: Any = field(default=None, init=False, repr=False)

    def free(self, x: Array) -> NDArray[np.bool_]:
        """Return which variables of a solution are free to follow the parameters."""
        return (self.lb < x) & (x < self.ub)

    def at(self, x: Array, values: tuple[Any, ...]) -> Local:
        """Return the gradient and the product with the Hessian."""
        programs = self.programs
        # Where the solver needed none, neither do a few steps more
        if programs is None or programs.note or not programs.begun:
            _, g, product = value_grad_hvp(self.fun)(x, *values)
            return Local(np.asarray(g), product)
        x = np.array(x)
        _, g = programs.value_and_grad(x, *values)
        product = programs.product(x, *values)
        return Local(np.asarray(g), product, lambda: programs.hessian(x, *values))

    def solve(self, x: Array, b: Array, values: tuple[Any, ...]) -> Array:
        """Return u with ``H_FF u_F = b_F`` and zero on the bounds.

        The factors at the last point are kept: an outer method that asks for products with *its*
        Hessian solves many systems at one point.

        Raises
        ------
        ArgminError
            If H_FF is not positive definite.
        """
        key, last = (x, *values), self._last
        if last is None or not all(map(np.array_equal, last[0], key)):
            solver = hessian_solver(self.at(x, values), self.free(x))
            last = (tuple(map(np.copy, key)), solver)
            self._last = last  # in one assignment: threads may share us
        return last[1](b)

    def polish(self, x: Array, values: tuple[Any, ...]) -> tuple[Array, float]:
        """Take Newton steps on the free variables until rounding ends them.

        Returns
        -------
        x : ndarray
            The solution, with those variables exactly on their bounds that are held there.
        error : float
            The last step, relative to x: how far from the solution it may still be. NaN where
            the Hessian is not positive definite and there are no Newton steps.
        """
        x, error = np.clip(x, self.lb, self.ub), np.nan
        local = self.at(x, values)
        near = NEAR * np.maximum(1.0, np.abs(x))
        touching = WEAK * np.maximum(1.0, np.abs(x))
        for bound, distance, inwards in (
            (self.lb, x - self.lb, local.g > 0),
            (self.ub, self.ub - x, local.g < 0),
        ):
            x = np.where((distance <= near) & inwards | (distance <= touching), bound, x)
        local, held = self.at(x, values), self.lb == self.ub
        for _ in range(POLISHING):
            held, before = self.held(x, local), held
            try:
                p = -hessian_solver(local, ~held)(local.g)
            except ArgminError:
                return x, np.nan
            inside = np.clip(x + p, self.lb, self.ub)
            cut, step = bool(np.any(inside != x + p)), inside - x
            error = _size(step) / max(1.0, _size(x))
            if error <= 4 * EPS:
                return x + step, error
            trial = self.at(x + step, values)
            falls = self.residual(x + step, trial.g) < self.residual(x, local.g)
            # It may rise while it is still being found out which variables are held
            if not falls and not cut and np.array_equal(held, before):
                return x, error
            x, local = x + step, trial
        return x, error

    def held(self, x: Array, local: Local) -> NDArray[np.bool_]:
        """Return which variables are on a bound and stay there."""
        inwards = np.where(x <= self.lb, -local.g, np.where(x >= self.ub, local.g, np.nan))
        held = inwards <= 0
        for i in np.flatnonzero(inwards > 0):
            e = np.zeros_like(x)
            e[i] = 1.0
            curvature = local.product(e)[i]
            held[i] = inwards[i] <= WEAK * max(1.0, abs(x[i])) * curvature
        return held | (self.lb == self.ub)

    def residual(self, x: Array, g: Array) -> float:
        """Return how far the gradient moves x within the bounds."""
        return _size(x - np.clip(x - g, self.lb, self.ub))


def _size(v: Array) -> float:
    return float(np.max(np.abs(v), initial=0.0))


def hessian_solver(local: Local, free: NDArray[np.bool_]) -> Callable[[Array], Array]:
    """Return ``b -> u`` with ``H_FF u_F = b_F`` and u zero elsewhere.

    Up to `DENSE` free variables by Cholesky's factors, else by conjugate gradients.

    Parameters
    ----------
    local : Local
        What is known at the point.
    free : ndarray of bool
        Which variables are free.

    Returns
    -------
    callable

    Raises
    ------
    ArgminError
        If H_FF is not positive definite: here for the dense solver, in the call for the other.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.implicit import Local, hessian_solver
    >>> H = np.array([[2.0, 1.0], [1.0, 4.0]])
    >>> hessian_solver(Local(np.zeros(2), H.dot), np.array([False, True]))(np.array([1.0, 2.0]))
    array([0. , 0.5])
    """
    count = np.count_nonzero(free)
    if count == 0:
        return np.zeros_like
    return _dense(local, free) if count <= DENSE else _matrix_free(local.product, free)


def _dense(local: Local, free: NDArray[np.bool_]) -> Callable[[Array], Array]:
    from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigvalsh

    (positions,) = np.nonzero(free)
    H = np.empty((positions.size, positions.size))
    if local.matrix is not None and free.size <= 2 * positions.size:
        H[:] = local.matrix()[np.ix_(positions, positions)]
    else:
        for row, i in zip(H, positions, strict=True):
            e = np.zeros(free.size)
            e[i] = 1.0
            row[:] = local.product(e)[positions]
    H = (H + H.T) / 2
    with quiet():
        D = np.sqrt(np.diagonal(H))  # the units of x must not decide what is singular
        scaled = H / D / D[:, None]
    try:
        if not np.isfinite(scaled).all():
            raise LinAlgError
        factor = cho_factor(scaled, lower=True)
        if np.diagonal(factor[0]).min() ** 2 <= 10 * len(H) * EPS:
            raise LinAlgError
    except LinAlgError:
        eigenvalues = eigvalsh(H) if np.isfinite(H).all() else np.full(1, np.nan)
        raise not_strict(float(eigenvalues[0]), float(np.abs(eigenvalues).max())) from None

    def solve(b: Array) -> Array:
        u = np.zeros_like(b)
        u[positions] = cho_solve(factor, b[positions] / D) / D
        return u

    return solve


def _matrix_free(
    product: Callable[[Array], Array], free: NDArray[np.bool_]
) -> Callable[[Array], Array]:
    def B(v: Array) -> Array:
        return np.where(free, product(v), 0.0)

    def solve(b: Array) -> Array:
        b = np.where(free, b, 0.0)
        u, r, size = np.zeros_like(b), b, float(np.linalg.norm(b))
        maxiter = min(10 * b.size, 20_000)
        # The second round takes away what rounding left of the first
        for _ in range(2):
            with quiet():  # a singular matrix sends the iterates to infinity
                model = truncated_cg(B, -r, 1e-13 * size, maxiter)
            if not model.curvature > 0:
                largest = float(np.linalg.norm(B(b))) / size
                raise not_strict(model.curvature, largest, exact=False)
            u = u + model.p
            r = b - B(u)
            if not np.isfinite(r).all():
                break
        if not float(np.linalg.norm(r)) <= 1e-9 * size:
            raise ArgminError(
                "argmin: conjugate gradients could not solve with the Hessian at the solution: it "
                "is singular or too ill-conditioned. Scale the variables, or regularise f, for "
                "example by adding 1e-8 * np.sum(x**2)."
            )
        return u

    return solve


def not_strict(least: float, largest: float, exact: bool = True) -> ArgminError:
    """Return the error for a Hessian that is not positive definite on the free variables.

    Parameters
    ----------
    least, largest : float
        Its eigenvalues, or curvatures along directions.
    exact : bool
        Whether `least` is the eigenvalue, or only above it.
    """
    singular = least >= -1e-10 * largest
    if singular:
        advice = "Make f strictly convex there, for example by adding 1e-8 * np.sum(x**2)."
    else:
        advice = "It may be a saddle point: start elsewhere (x0)."
    return ArgminError(
        f"argmin: the Hessian is {'singular' if singular else 'not positive definite'} at the "
        f"solution: its least eigenvalue on the free variables is {'' if exact else 'at most '}"
        f"{least:.3g}, so that the minimum is not strict and has no derivative. {advice}"
    )
