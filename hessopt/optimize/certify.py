"""A minimum or a saddle: the least eigenvalue of the Hessian, and the way off a saddle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, Point, quiet, symmetric_operator
from hessopt.optimize.oracle import Product
from hessopt.optimize.result import count_on
from hessopt.optimize.stopping import Status, Stop

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

    from hessopt.optimize.driver import Run
    from hessopt.optimize.scipy_driver import SciPyRun

Array = NDArray[np.float64]

# Up to here all eigenvalues of the dense Hessian are computed
DENSE = 200
# Eigenvalues below this times the largest cannot be told from zero
RESOLUTION = 1e-8
# Saddles that one run leaves; f falls from each to the next, so more would be a sign of trouble
ESCAPES = 20


class Spectrum(NamedTuple):
    """What is known of the Hessian's eigenvalues.

    Parameters
    ----------
    least : float
        The least eigenvalue.
    direction : ndarray
        Its eigenvector, of length 1.
    largest : float
        The largest absolute eigenvalue, roughly where the Hessian is large.
    exact : bool
        Whether `least` is accurate; else the least eigenvalue is at most this.
    """

    least: float
    direction: Array
    largest: float
    exact: bool = True

    @property
    def negative(self) -> bool:
        """Whether the Hessian certainly has a negative eigenvalue."""
        return self.least < -RESOLUTION * self.largest

    def sentence(self) -> str:
        """Say what that means for the user."""
        value = (
            f"least eigenvalue of the Hessian{'' if self.exact else ' at most'} {self.least:.3g}"
        )
        if self.negative:
            return f"A saddle point or maximum: {value}."
        if self.least > RESOLUTION * self.largest and self.exact:
            return f"A strict local minimum: {value}."
        return f"Not proved to be a minimum: {value}, which cannot be told from zero."

    def report(self, result: OptimizeResult, shape: tuple[int, ...]) -> None:
        """Add what was found to a result."""
        result.least_eigenvalue = self.least
        if self.negative:
            result.escape = self.direction.reshape(shape)


def spectrum(objective: Objective, x: Array, free: NDArray[np.bool_] | None = None) -> Spectrum:
    """Return the least eigenvalue of the Hessian at `x`, perhaps on some variables alone.

    From the dense Hessian up to 200 variables, else by Lanczos' method on products with it. It
    starts from the same vector each time.

    Parameters
    ----------
    objective : Objective
        The objective.
    x : ndarray
        The point.
    free : ndarray of bool, optional
        The variables that are looked at; the others are held.

    Returns
    -------
    Spectrum

    References
    ----------
    R. B. Lehoucq, D. C. Sorensen and C. Yang, *ARPACK Users' Guide*, SIAM 1998.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.certify import spectrum
    >>> from hessopt.optimize.objective import Objective
    >>> objective = Objective(lambda x: x[0] ** 2 - 3 * x[1] ** 2, [0.0, 0.0])
    >>> round(spectrum(objective, objective.x0).least, 6)
    -6.0
    """
    (positions,) = np.nonzero(np.ones(x.size, bool) if free is None else free)
    product, n = objective.hvp(x), positions.size
    if n == 0:
        return Spectrum(np.inf, np.zeros_like(x), 0.0)

    def spread(v: Array) -> Array:
        whole = np.zeros_like(x)
        whole[positions] = v
        return whole

    def H(v: Array) -> Array:
        return product(spread(v))[positions]

    if n > DENSE:
        least, v, largest, exact = _lanczos(H, n)
        return Spectrum(least, spread(v), largest, exact)
    eigenvalues, V = np.linalg.eigh(np.stack([H(e) for e in np.eye(n)]))
    return Spectrum(float(eigenvalues[0]), spread(V[:, 0]), float(np.abs(eigenvalues).max()))


def _lanczos(H: Product, n: int) -> tuple[float, Array, float, bool]:
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    v0 = np.random.default_rng(0).standard_normal(n)
    solve: Any = eigsh  # its type hints want an integer for `tol`
    largest = abs(float(solve(symmetric_operator(n, H), 1, which="LM", v0=v0, tol=0.1)[0][0]))
    if largest == 0.0:
        return 0.0, v0 / np.linalg.norm(v0), 0.0, True
    # Turned round and shifted: what is accurate relative to the largest eigenvalue is enough
    turned = symmetric_operator(n, lambda v: 1.1 * largest * v - H(v))
    try:
        v, exact = solve(turned, 1, which="LA", v0=v0, tol=1e-5, ncv=40, maxiter=100)[1][:, 0], True
    except ArpackNoConvergence:  # the quotient of any vector bounds the least eigenvalue
        v, exact = v0 / np.linalg.norm(v0), False
    return float(v @ H(v)), v, largest, exact


def certified(run: Run, stop: Stop) -> Stop:
    """Tell what kind of point a run has converged to; leave saddles and go on.

    Parameters
    ----------
    run : Run
        A run that has come to its end; its `certificate` is what was found at the last point.
    stop : Stop
        Why it did.

    Returns
    -------
    Stop
        Why it ended at last, with a sentence on the Hessian if it converged.
    """
    while stop.success:
        point, run.certificate = run.at.point, None
        free = None if point.box is None else ~point.box.held(point.x, point.g)
        try:
            with quiet():
                found = spectrum(run.objective, point.x, free)
        except Exception as error:
            return uncertified(stop, error)
        run.certificate = found
        if not found.negative:
            message = f"{stop.message} {found.sentence()}{left_behind(run.escapes)}"
            return Stop(stop.status, message, success=True)
        lower = None if run.escapes == ESCAPES else escape(run.objective, point, found)
        if lower is None:
            return saddle(stop, found)
        run.leave(lower)
        run.certificate = None
        stop = run.ended(run.loop)
    return stop


def uncertified(stop: Stop, error: Exception) -> Stop:
    """Return the Stop of a run whose Hessian is not to be had; the minimum stays found."""
    if isinstance(error, Stop) and error.status is not Status.OBJECTIVE_FAILED:
        raise error  # a limit was reached
    message = f"{stop.message} It could not be certified: {error}"
    return Stop(stop.status, message, success=True)


def certified_result(
    run: SciPyRun, result: OptimizeResult, solve: Callable[[], OptimizeResult]
) -> OptimizeResult:
    """Do the same for a method of SciPy's, which begins anew next to a saddle.

    Parameters
    ----------
    run : SciPyRun
        The run; what begins anew is still the same one, with its counts, history and limits.
    result : OptimizeResult
        What it ended with.
    solve : callable
        Runs the method from the ``x0`` of the objective.

    Returns
    -------
    OptimizeResult
        What it ended with at last.
    """
    objective, escapes = run.objective, 0
    while result.success:
        counts = objective.nfev, objective.njev, objective.nhev
        stop, x = Stop(result.status, result.message), np.ravel(result.x)
        point = objective.recall(x) or objective(x)
        free = None if point.box is None else ~point.box.held(x, point.g)
        try:
            found = spectrum(objective, x, free)
        except Exception as error:
            result.message = uncertified(stop, error).message
            return result
        lower = None
        if found.negative and escapes < ESCAPES:
            lower = escape(objective, point, found)
        if lower is not None:
            escapes += 1
            result = run.again(lower, solve)
            continue
        count_on(result, objective, counts)
        found.report(result, objective.shape)
        if not found.negative:
            result.message = f"{result.message} {found.sentence()}{left_behind(escapes)}"
            return result
        stop = saddle(stop, found)
        result.status, result.success, result.message = stop.status, False, stop.message
    return result


def left_behind(escapes: int) -> str:
    """Return a sentence on the saddles that a run has left, if there were any."""
    return f" Saddle points left on the way: {escapes}." if escapes else ""


def saddle(stop: Stop, found: Spectrum) -> Stop:
    """Return the Stop of a run that ended at a saddle point and cannot leave it."""
    message = (
        f"{stop.message} {found.sentence()} res.escape is a direction of negative curvature: start "
        "again from res.x + t * res.escape with t of either sign."
    )
    return Stop(Status.SADDLE, message)


def escape(objective: Objective, point: Point, found: Spectrum) -> Point | None:
    """Return a lower point along the direction of negative curvature, or None.

    The model promises ``-|least| alpha^2 / 2``; a step is taken that gives a tenth of it. A step
    that would leave the bounds ends at them.
    """
    v = found.direction if not found.direction @ point.g > 0 else -found.direction
    alpha = max(1.0, float(np.linalg.norm(point.x)))
    with quiet():
        while alpha > 1e-8:
            for p in (alpha * v, -alpha * v):
                x = point.x + p if point.box is None else point.box.project(point.x + p)
                length = float(np.linalg.norm(x - point.x))
                if length == 0.0:
                    continue
                trial = objective(x)
                if trial.finite and trial.f < point.f + 0.05 * found.least * length**2:
                    return trial
            alpha /= 4
    return None
