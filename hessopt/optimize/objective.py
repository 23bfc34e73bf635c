"""The objective as a method sees it: points with their derivatives, counted and guarded."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hessopt.optimize import checks
from hessopt.optimize.bounds import Box
from hessopt.optimize.compiled import Compiled
from hessopt.optimize.guarded import Guarded, quiet
from hessopt.optimize.oracle import Curvature, Oracle, Product
from hessopt.optimize.stopping import StoppingTest
from hessopt.optimize.vectors import same

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator

    from hessopt.optimize.constraint_set import ConstraintSet

Array = NDArray[np.float64]

# Up to here a dense Hessian costs less than the iterations that it saves, or than its structure
DENSE = 100

ADVICE = (
    "If fun cannot be written in NumPy calls, give its gradient as jac, or ask for differences "
    "with jac='3-point'; methods such as 'nelder-mead' need no derivatives."
)


@dataclass(frozen=True, eq=False)
class Point:
    """A point with the value and the gradient of the objective there.

    Parameters
    ----------
    x, g : ndarray
        Flat arrays. `g` holds NaN where a method without derivatives runs.
    f : float
        The value.
    box : Box, optional
        The bounds on x; `grad_norm` is then that of the projected gradient.
    violation : float
        The largest violation of a constraint, 0 within the tolerance.
    settled : bool
        Whether the constraints allow a run to end here.
    """

    x: Array
    f: float
    g: Array
    box: Box | None = None
    violation: float = 0.0
    settled: bool = True
    grad_norm: float = field(init=False)

    def __post_init__(self) -> None:
        grad_norm = float(np.abs(self.g).max())
        if self.box is not None and math.isfinite(grad_norm):
            grad_norm = float(np.abs(self.box.projected_gradient(self.x, self.g)).max())
        object.__setattr__(self, "grad_norm", grad_norm)

    @property
    def measure(self) -> str:
        """What `grad_norm` is, in words."""
        return "max |gradient|" if self.box is None else "max |projected gradient|"

    @property
    def finite(self) -> bool:
        """Whether value and gradient are finite."""
        return math.isfinite(self.f) and math.isfinite(self.grad_norm)


class StartNotFinite(ValueError):
    """fun or its gradient is not finite at x0, which `minimize` answers by a result."""

    def __init__(self, message: str, objective: Objective, point: Point) -> None:
        super().__init__(message)
        self.objective, self.point = objective, point


class _Record(NamedTuple):
    """What was evaluated at one point, up to the derivative of this order."""

    order: int
    point: Point
    curvature: Curvature | None = None


class Objective(Guarded[Point]):
    """`fun` and its derivatives, the only thing that a method sees.

    Exact derivatives come from the engine; those that the user gives take their place. The last
    two points (with ``order=0`` the last ``n + 2``) are remembered, so that asking for f, the
    gradient and the Hessian at one point evaluates fun once.

    Parameters
    ----------
    fun, x0, args, jac, hess, hessp
        As `hessopt.minimize` takes them.
    order : {0, 1, 2}
        The highest derivative that the method wants at every point. Others are computed on demand.
    limits : StoppingTest, optional
        Asked before every evaluation of fun and every product with the Hessian.
    jit, recorded
        As for `Oracle`.
    untraced : int
        The iterations before anything is traced, if they are told by `iterated`.
    box : Box, optional
        The bounds. A start outside is moved to the nearest point inside.
    constraints : ConstraintSet, optional
        The constraints, for the methods that keep to them.

    Attributes
    ----------
    nfev, njev, nhev : int
        How often fun was really called, how many gradients, and how many Hessians or products
        with the Hessian were computed.
    best : Point or None
        The finite point within the bounds with the least value so far.
    bottom : Point or None
        A point within the bounds where fun is -inf, if one was seen.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.objective import Objective
    >>> objective = Objective(lambda x: np.sum(x**4), [1.0, 2.0])
    >>> point = objective(objective.x0)
    >>> point.f, point.g
    (17.0, array([ 4., 32.]))
    >>> objective.hvp(point.x)(np.array([1.0, 1.0]))
    array([12., 48.])
    >>> objective.nfev, objective.njev, objective.nhev
    (1, 1, 1)
    """

    oracle: Oracle
    advice = ADVICE

    def __init__(
        self,
        fun: Callable[..., Any],
        x0: ArrayLike,
        args: Any = (),
        jac: Any = None,
        hess: Any = None,
        hessp: Any = None,
        *,
        order: int = 2,
        limits: StoppingTest | None = None,
        jit: bool | str | Compiled = False,
        recorded: float = 0,
        untraced: int = 0,
        box: Box | None = None,
        constraints: ConstraintSet | None = None,
    ) -> None:
        super().__init__(limits, "The objective")
        self.x0, self.shape = checks.start(x0)
        self.n, self.box, self.constraints = self.x0.size, box, constraints
        if box is not None:
            self.x0 = box.project(self.x0)
        args = args if isinstance(args, tuple) else (args,)
        self.args = args
        self.oracle = Oracle(
            fun,
            self.shape,
            args,
            jac,
            hess,
            hessp,
            self.check_limits,
            jit,
            np.inf if untraced else recorded,
        )
        self._untraced = untraced
        self.order = order
        self.bottom: Point | None = None
        self._recent: list[_Record] = []
        # Methods without derivatives come back to the corners of a simplex
        self._remembered = 2 if order else self.n + 2

    def iterated(self, nit: int) -> None:
        """Take note that so many iterations were made, in all calls of a run that is resumed.

        Long runs go over to programs. What is known of the curvature then comes from these as well,
        since a run that is resumed here computes it anew.
        """
        if self._untraced and nit >= self._untraced:
            self._untraced = 0
            self.oracle.trace()
            self._recent = [
                record
                if record.curvature is None
                else record._replace(
                    curvature=self.oracle.retraced(record.point.x, record.curvature)
                )
                for record in self._recent
            ]

    def __call__(self, x: Array) -> Point:
        """Evaluate at the flat `x`."""
        return self._record(x).point

    point = __call__

    def value(self, x: Array) -> float:
        """Evaluate f, with its derivatives if the method wants them."""
        return self._record(x).point.f

    def value_and_grad(self, x: Array) -> tuple[float, Array]:
        """Evaluate f and its gradient."""
        point = self._record(x, 1).point
        return point.f, point.g

    def part(self, x: Array, args: tuple[Any, ...]) -> tuple[float, Array]:
        """Evaluate f and its gradient with other `args`; counted, not remembered."""
        with quiet():
            return self.guarded("point", self.oracle.first, x, args)

    def gradient(self, x: Array) -> Array:
        """Evaluate the gradient, as a new array."""
        return self._record(x, 1).point.g.copy()

    def hessian_product(self, x: Array, p: Array) -> Array:
        """Multiply `p` by the Hessian at `x`."""
        return self.hvp(x)(p)

    def hvp(self, x: Array) -> Product:
        """Return the product with the Hessian at `x`, a function of one vector."""
        curvature = self._curvature(x)

        def product(v: Array) -> Array:
            self.check_limits()
            return self.guarded("product", curvature.product, v)

        return product

    def hessian(self, x: Array) -> Array:
        """Return the Hessian at `x` as a symmetric array."""
        curvature = self._curvature(x)
        self.check_limits()
        return self.guarded("product", curvature.dense)

    def hessian_matrix(self, x: Array) -> Any:
        """Return the Hessian at `x`, sparse where that pays: for many variables, few of them near.

        Up to 100 variables it is an array, unless the user gives a sparse one.
        """
        curvature = self._curvature(x)
        self.check_limits()
        if self._may_be_sparse:
            found = self.guarded("structure", curvature.structured)
            if found is not None:
                return found
        return self.guarded("product", curvature.dense)

    def hessian_price(self, x: Array, dense: int) -> float:
        """Return how many products `hessian_matrix` takes; infinity if it is large and not sparse.

        Parameters
        ----------
        x : ndarray
            The point.
        dense : int
            Up to so many variables a dense Hessian is small.
        """
        curvature = self._curvature(x)
        if curvature.matrix is not None:
            return 1.0
        price = None
        if self._may_be_sparse and curvature.price is not None:
            price = self.guarded("structure", curvature.price)
        if price is None:
            return self.n if self.n <= dense else np.inf
        return price

    def sparse_hessian(self, x: Array, most: int) -> Any:
        """Return the Hessian at `x` as a sparse array if it costs at most so many products.

        None else, and where it is not worth the while: up to 100 variables, unless the user gives
        a sparse one.
        """
        if not self._may_be_sparse:
            return None
        curvature = self._curvature(x)
        self.check_limits()
        return self.guarded("structure", curvature.structured, most)

    def hessian_diagonal(self, x: Array, most: int = 0) -> Array | None:
        """Return the diagonal of the Hessian at `x` if it costs at most so many products."""
        curvature = self._curvature(x)
        self.check_limits()
        return self.guarded("product", curvature.diagonal, most)

    @cached_property
    def _may_be_sparse(self) -> bool:
        return self.n > DENSE or "hess" in self.oracle.given

    def hessian_operator(self, x: Array) -> LinearOperator:
        """Return the Hessian at `x` as a SciPy LinearOperator; no matrix is formed."""
        return symmetric_operator(self.n, self.hvp(x))

    def recall(self, x: Array) -> Point | None:
        """Return one of the last points, or the best one, if it lies at `x`."""
        points = [record.point for record in self._recent]
        if self.best is not None:
            points.append(self.best)
        return next((point for point in points if np.array_equal(point.x, x)), None)

    def _curvature(self, x: Array) -> Curvature:
        curvature = self._record(x, 2).curvature
        assert curvature is not None
        return curvature

    def _record(self, x: Array, order: int = 0) -> _Record:
        order = max(order, self.order)
        for record in reversed(self._recent):
            if record.order >= order and (record.point.x is x or same(record.point.x, x)):
                # The next to be forgotten is the other one
                self._recent = [other for other in self._recent if other is not record] + [record]
                return record
        if self.begun and not math.isfinite(x.dot(x)) and not np.isfinite(x).all():
            return _Record(0, Point(x, np.nan, np.full(self.n, np.nan), self.box))
        # Forget before the evaluation: a record may hold the graph of its own
        del self._recent[: max(0, len(self._recent) - self._remembered + 1)]
        record = self.guarded("point", self._evaluate, np.array(x, dtype=np.float64), order)
        self._recent.append(record)
        point = record.point
        finite = point.finite if order else math.isfinite(point.f)
        if (finite or point.f == -np.inf) and (self.box is None or self.box.contains(point.x)):
            if finite:
                self.consider(point)
            elif self.begun:
                self.bottom = point
        return record

    def _evaluate(self, x: Array, order: int) -> _Record:
        with self.quietly():
            record = self._compute(x, order)
        if self.best is None:
            self._check_start(record.point, order)
        return record

    def _compute(self, x: Array, order: int) -> _Record:
        if order == 0:
            return _Record(0, Point(x, self.oracle.value(x), np.full(self.n, np.nan), self.box))
        if order == 1:
            return _Record(1, Point(x, *self.oracle.first(x), self.box))
        f, g, curvature = self.oracle.second(x)
        return _Record(2, Point(x, f, g, self.box), curvature)

    def _check_start(self, point: Point, order: int) -> None:
        if not np.isfinite(point.f):
            message = (
                f"fun is {point.f} at the start x0; begin where it is finite "
                f"(x = {np.array2string(point.x, threshold=6, precision=4)})"
            )
            raise StartNotFinite(message, self, point)
        if order > 0 and not np.isfinite(point.grad_norm):
            i = int(np.flatnonzero(~np.isfinite(point.g))[0])
            message = (
                f"the gradient of fun is {point.g[i]} in entry {i} at the start x0; begin where "
                "fun is differentiable"
            )
            raise StartNotFinite(message, self, point)


def symmetric_operator(n: int, product: Product) -> LinearOperator:
    """Return a product with a symmetric matrix as a SciPy LinearOperator."""
    from scipy.sparse.linalg import LinearOperator

    def matvec(v: Array) -> Array:
        return product(np.asarray(v, dtype=np.float64).ravel())

    make: Any = LinearOperator  # its constructor is `__new__`, which type checkers misread
    return make(shape=(n, n), matvec=matvec, rmatvec=matvec, dtype=np.dtype(np.float64))
