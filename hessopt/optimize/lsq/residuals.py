"""The residuals as a method sees them: points with their Jacobians, counted and guarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hessopt.optimize import checks
from hessopt.optimize.guarded import Guarded, quiet
from hessopt.optimize.lsq.checks import box
from hessopt.optimize.lsq.jacobians import forward, gram, scaled_rows, transposed
from hessopt.optimize.lsq.losses import Loss
from hessopt.optimize.lsq.oracle import VectorOracle
from hessopt.optimize.objective import Point
from hessopt.optimize.oracle import Curvature
from hessopt.optimize.stopping import StoppingTest

Array = NDArray[np.float64]

ADVICE = (
    "If {name} cannot be written in NumPy calls, give its Jacobian as jac, or ask for differences "
    "with jac='3-point'."
)


@dataclass(frozen=True, eq=False)
class Trial:
    """The residuals at a point whose Jacobian has not been asked for."""

    x: Array
    r: Array
    f: float


@dataclass(frozen=True, eq=False, kw_only=True)
class FitPoint(Point):
    """A point with residuals and Jacobian.

    Parameters
    ----------
    x, g : ndarray
        The point, and the gradient of the cost.
    f : float
        The cost, half the sum of squares (or of losses).
    r : ndarray
        The residuals as fun returns them.
    s : ndarray
        The residuals that a solver works with: those of Triggs's correction if there is a loss.
    J : ndarray, sparse matrix or LinearOperator
        The Jacobian that goes with `s`.
    raw : same
        The Jacobian of fun itself.
    free : ndarray of bool
        Which variables are not held at a bound by the gradient.
    """

    r: Array
    s: Array
    J: Any = field(repr=False)
    raw: Any = field(repr=False)
    free: NDArray[np.bool_]

    def __post_init__(self) -> None:
        held = np.where(self.free, self.g, 0.0)
        object.__setattr__(self, "grad_norm", float(np.max(np.abs(held))))


class Residuals(Guarded[FitPoint]):
    """`fun` and its derivatives, the only thing that a least-squares method sees.

    Parameters
    ----------
    fun, x0, args, kwargs, jac, bounds
        As `hessopt.least_squares` takes them.
    loss : Loss
        What a residual costs.
    dense : bool, optional
        Whether the Jacobian is an array; by default that is decided by its size.
    limits : StoppingTest, optional
        Asked before every call of fun.
    square : bool
        Whether there must be as many residuals as variables.
    name : str
        What errors call the function.
    jit : bool or str
        As for `VectorOracle`.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.lsq.residuals import Residuals
    >>> residuals = Residuals(lambda x: x**2 - 1, [2.0, 3.0])
    >>> point = residuals(residuals.x0)
    >>> point.f, point.g
    (36.5, array([12., 48.]))
    """

    oracle: VectorOracle
    advice = ADVICE
    box = constraints = None  # bounds are kept by the method itself

    def __init__(
        self,
        fun: Callable[..., Any],
        x0: ArrayLike,
        args: Any = (),
        kwargs: dict[str, Any] | None = None,
        jac: Any = None,
        *,
        bounds: Any = None,
        loss: Loss | None = None,
        dense: bool | None = None,
        limits: StoppingTest | None = None,
        square: bool = False,
        name: str = "fun",
        jit: bool | str = False,
    ) -> None:
        super().__init__(limits, name)
        self.x0, self.shape = checks.start(x0)
        self.n = self.x0.size
        self.lower, self.upper = box(bounds, self.x0)
        args = args if isinstance(args, tuple) else (args,)
        self.oracle = VectorOracle(
            fun,
            self.shape,
            args,
            kwargs,
            jac,
            self.check_limits,
            name,
            jit,
            # Most small systems are solved by fewer Jacobians, most fits by more
            recorded=8 if square else 0,
            guarded=self.guarded,
        )
        self.loss, self.dense, self.square = loss or Loss(), dense, square
        self.m = 0
        self.first_order = False

    @property
    def bounded(self) -> bool:
        """Whether any variable has a bound."""
        return bool(np.isfinite(self.lower).any() or np.isfinite(self.upper).any())

    def trial(self, x: Array) -> Trial:
        """Evaluate the residuals, and what they cost."""
        x = np.array(x, dtype=np.float64)
        with self.quietly():
            r = self.guarded("value", self._value, x)
            f = self.loss.cost(r) if np.isfinite(r).all() else np.inf
        if self.dense is None:
            self.dense = self.m * self.n <= 4_000_000 and self.n <= 500
        return Trial(x, r, f)

    def _value(self, x: Array) -> Array:
        r = self.oracle.value(x)
        if self.m and r.size != self.m:
            raise ValueError(
                f"{self.name} returned {r.size} numbers, but {self.m} at the start x0; their "
                "number must not change"
            )
        if self.square and r.size != self.n:
            raise ValueError(
                f"{self.name} must return as many numbers as x0 has, {self.n}, but it returned "
                f"{r.size}; least_squares solves systems that are not square"
            )
        self.m = r.size
        return r

    def complete(self, trial: Trial) -> FitPoint:
        """Add the Jacobian; its entries may not be finite, and then neither is the gradient."""
        x, r = trial.x, trial.r
        compute = self.oracle.dense if self.dense else self.oracle.operator
        with quiet():
            raw = self.guarded("jacobian", compute, x, r)
            if self.loss.linear:
                s, J = r, raw
            else:
                rows, factors = self.loss.weights(r)
                s, J = factors * r, scaled_rows(raw, rows)
            g = np.asarray(transposed(J)(s), dtype=np.float64).ravel()
        free = ~(((x <= self.lower) & (g >= 0)) | ((x >= self.upper) & (g <= 0)))
        point = FitPoint(x, trial.f, g, r=r, s=s, J=J, raw=raw, free=free)
        if point.finite:
            self.consider(point)
        return point

    def __call__(self, x: Array) -> FitPoint:
        """Evaluate at the flat `x`; at the start, what is not finite is refused."""
        first = self.best is None
        trial = self.trial(x)
        if first and not np.isfinite(trial.r).all():
            i = int(np.flatnonzero(~np.isfinite(trial.r))[0])
            raise ValueError(
                f"{self.name} is {trial.r[i]} in entry {i} at the start x0; begin where it is "
                "finite"
            )
        point = self.complete(trial)
        if first and not point.finite:
            raise ValueError(
                f"the Jacobian of {self.name} is not finite at the start x0; begin where "
                f"{self.name} is differentiable"
            )
        return point

    def value(self, x: Array) -> float:
        """Return the cost; the driver measures its round-off by this."""
        return self.trial(np.clip(x, self.lower, self.upper)).f

    def hessian(self, x: Array) -> Array:
        """Return the Gauss-Newton matrix at the best point, by which the driver judges the end."""
        assert self.best is not None
        return gram(self.best.J)

    def second(self, point: FitPoint) -> Curvature | None:
        """Return what the Gauss-Newton matrix leaves out of the Hessian of the cost.

        None if fun, whose Jacobian the user gave, cannot be differentiated twice.
        """
        if self.first_order:
            return None
        u = point.r if self.loss.linear else self.loss.rho(point.r)[1] * point.r
        if self.oracle.exact:
            S = self.guarded("second", self.oracle.second, point.x, u)
        else:
            try:
                S = self.oracle.second(point.x, u)
            except Exception:  # whatever a function that is not made of NumPy calls may raise
                self.first_order = True
                return None
        if self.loss.linear or not (lost := self.loss.curvature_lost(point.r)).any():
            return S
        J, T = forward(point.raw), transposed(point.raw)
        return Curvature(self.n, lambda p: S.product(p) + T(lost * J(p)))
