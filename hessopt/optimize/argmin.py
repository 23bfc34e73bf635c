"""`argmin`: a minimum as a differentiable function of the parameters of its objective."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hessopt.autodiff.data import any_tracked, strip
from hessopt.autodiff.families import Opaque
from hessopt.autodiff.function import apply
from hessopt.autodiff.node import NO_PARAMS, Handle, raw
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.autodiff.tracing import untraced
from hessopt.optimize import checks
from hessopt.optimize.compiled import Compiled
from hessopt.optimize.implicit import ArgminError, InnerProblem
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status
from hessopt.transforms.first_order import grad
from hessopt.transforms.second_order import hvp
from hessopt.transforms.trees import is_container, leaves, ravel, rebuild

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]

# The solution may be off by this, relative to its size, after polishing
ACCURACY = 1e-6
# Ends of a run that say that f was not minimised, whatever a Newton step thinks of the point
ENDED_EARLY = {
    Status.ITERATION_LIMIT,  # SciPy's methods say the same with the same number
    Status.EVALUATION_LIMIT,
    Status.TIME_LIMIT,
    Status.NOT_FINITE,
    Status.UNBOUNDED,
    Status.DIVERGED,
    Status.OBJECTIVE_FAILED,
    Status.INTERRUPTED,
}


def argmin(
    f: Callable[..., Any],
    x0: ArrayLike | Callable[..., Any],
    *,
    method: str = "auto",
    bounds: Any = None,
    tol: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> Callable[..., Any]:
    """Return ``theta -> x`` that minimises ``f(x, theta)``, with derivatives of any order.

    The solve is one operation of the graph. Its derivative is not that of the iterations but that
    of the minimum, by the implicit function theorem: one linear system with the Hessian of f by
    x. Use it wherever NumPy may stand: in an objective that `minimize` minimises (bilevel
    problems, hyperparameters, equilibria), under `grad`, `hvp`, `hessian`, in another argmin.

    Parameters
    ----------
    f : callable
        ``f(x, *theta) -> number`` in plain NumPy. What it is differentiated by has to be an
        argument, not taken from its surroundings.
    x0 : array_like, container of arrays, or callable
        The start, in the form in which f takes x, or a function of theta that returns it. The
        same theta always starts from the same place, so that the result is a function of theta.
    method, bounds, tol, options
        As `hessopt.minimize` takes them; the minimum is sharpened by Newton steps afterwards. The
        bounds are constants.

    Returns
    -------
    callable
        Takes theta, one or more arrays, numbers or containers of them, and returns x in the form
        of x0. Arrays of floating-point numbers are differentiated by, everything else is handed
        on to f as it is.

    Raises
    ------
    ArgminError
        From the returned function: if the solve did not succeed; when it is differentiated: if
        the Hessian is not positive definite on the free variables, so that the minimum is not
        strict. A large Hessian is looked at only along the directions of conjugate gradients.
    NoDerivativeError
        From the returned function: if f uses a Variable from its surroundings.

    Notes
    -----
    At a bound the solution has a kink as a function of theta. A variable that is held at its bound
    has the derivative zero; one that just touches it, with a gradient of zero, has two one-sided
    derivatives, and zero is taken.

    Up to 200 free variables the Hessian is formed and factorised; with more, the systems are
    solved by conjugate gradients on exact products with it.

    References
    ----------
    A. Griewank and A. Walther, *Evaluating Derivatives*, SIAM 2008, chapter 15; the idea of solves
    as operations also in M. Blondel et al., *Efficient and modular implicit differentiation*, 2022.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> def ridge(w, penalty):
    ...     A, y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([1.0, 0.0, 2.0])
    ...     return np.sum((A @ w - y) ** 2) + penalty * np.sum(w**2)
    >>> fitted = hessopt.argmin(ridge, np.zeros(2))
    >>> fitted(0.1).round(4)
    array([0.0332, 0.2235])
    >>> hessopt.jacobian(fitted)(0.1).round(4)
    array([ 0.2407, -0.1928])
    """
    if not callable(f):
        raise TypeError(f"f must be callable as f(x, theta), not {type(f).__name__}")
    if not isinstance(method, str):
        raise TypeError(f"method must be a name, not {type(method).__name__}")
    # A bad start is refused here, where it was given
    given = None if callable(x0) else _start(x0)
    options = dict(options or {})
    jit = options.get("jit", True)
    if not isinstance(jit, Compiled):
        checks.jit(jit, "options['jit']")
    arguments = {"method": method, "tol": tol}

    def solution(*theta: Any) -> Any:
        if not theta:
            raise TypeError("the function that argmin returns needs theta, the parameters of f")
        template = [leaf for _, leaf in leaves(theta, "theta")]
        varied = [k for k, leaf in enumerate(template) if _is_floating(leaf)]
        operands = [template[k] for k in varied]
        template = [np.copy(x) if isinstance(x, np.ndarray) else x for x in template]

        def filled(values: Sequence[Any]) -> Any:
            entries = list(template)
            for k, value in zip(varied, values, strict=True):
                entries[k] = value
            return rebuild(theta, iter(entries))

        def start(values: Sequence[Any]) -> tuple[Array, Callable[[Any], Any]]:
            return given or _start(x0(*filled(values)))  # pyright: ignore[reportCallIssue]

        vector, restore = start([raw(x) for x in operands])

        def fun(x: Any, *values: Any) -> Any:
            return checks.scalar(f(restore(x), *filled(values)))

        # Programs are made at each call, so that what f takes from its surroundings may change
        programs = Compiled(fun, vector.size, jit) if jit else None
        problem = InnerProblem(fun, *checks.bound_vectors(bounds, vector.size), programs)
        given_on = {**arguments, "options": {**options, "jit": programs or False}}
        # The start is computed again from the values: a replayed program has others
        solve = _Argmin(problem, lambda values: start(values)[0], bounds, given_on)
        solve.differentiable = [k for k, x in enumerate(operands) if isinstance(x, Handle)]
        return restore(_apply(solve, *operands))

    return solution


def _start(x0: Any) -> tuple[Array, Callable[[Any], Any]]:
    """Return x0 as a vector, and the way back."""
    x0 = strip(x0)
    vector, restore = ravel(x0 if is_container(x0) else np.asarray(x0))
    checks.start(vector)
    return vector, restore


def _is_floating(leaf: Any) -> bool:
    return isinstance(leaf, float | Handle) or getattr(leaf, "dtype", np.dtype(int)).kind == "f"


def _apply(operation: Opaque, *operands: Any) -> Any:
    """Compute with arrays, record with Variables."""
    if any(isinstance(x, Handle) for x in operands):
        return apply(operation, operands, NO_PARAMS)
    return operation.forward(*operands)


class _Argmin(Opaque):
    """``values -> x``; by its rule ``dx/dvalues = -H^-1 dg/dvalues``.

    Attributes
    ----------
    differentiable : sequence of int
        The positions of the values that are Variables; data need no derivatives.
    """

    name = "argmin"
    differentiable: Sequence[int] = ()

    def __init__(
        self,
        problem: InnerProblem,
        start: Callable[[Sequence[Any]], Array],
        bounds: Any,
        arguments: dict[str, Any],
    ) -> None:
        self.problem, self.start = problem, start
        self.bounds, self.arguments = bounds, arguments

    def forward(self, *values: Any) -> Array:
        problem, values = self.problem, tuple(map(np.asarray, values))
        start = self.start(values)
        value = problem.fun(start, *values)
        if any_tracked(value):
            raise NoDerivativeError(
                "argmin: f uses a Variable from its surroundings, by which the minimum could not "
                "be differentiated; pass it as an argument, f(x, theta, other)"
            )
        strip(value)  # a running trace would not see what is taken from the surroundings either
        with untraced():
            result = minimize(problem.fun, start, args=values, bounds=self.bounds, **self.arguments)
            return self.accepted(result, values)

    def accepted(self, result: OptimizeResult, values: tuple[Any, ...]) -> Array:
        """Return the sharpened minimum, or refuse it."""
        x, error = np.asarray(result.x), np.nan
        if result.status not in ENDED_EARLY or result.success:
            x, error = self.problem.polish(x, values)
        # The solver may have been stuck in the round-off of f; the gradient knows better
        if not result.success and not error <= ACCURACY:
            raise ArgminError(
                "argmin: the inner minimisation did not succeed. It said: "
                f"{result.message} See its options and x0."
            )
        if error > ACCURACY:
            raise ArgminError(
                "argmin: the minimum is known only to a relative accuracy of "
                f"{error:.1g}, for the Hessian is too ill-conditioned there. Scale the variables, "
                "or regularise f, for example by adding 1e-8 * np.sum(x**2)."
            )
        return x

    def backward(self, g: Any, x: Any, *values: Any) -> list[Any]:
        u = _apply(_HessianSolve(self.problem, self.differentiable), x, g, *values)

        def along(*values: Any) -> Any:
            return -np.sum(grad(self.problem.fun)(x, *values) * u)

        return _spread(grad(along, self.differentiable)(*values), self.differentiable, len(values))


class _HessianSolve(Opaque):
    """``(x, b, *values) -> u`` with ``H(x, values) u = b`` on the free variables.

    H is symmetric, so that the adjoint of b is another solve, w, and that of what H depends on is
    ``-d(w'Hu)`` with w and u held.
    """

    name = "solve with the Hessian"

    def __init__(self, problem: InnerProblem, differentiable: Sequence[int]) -> None:
        self.problem, self.differentiable = problem, differentiable

    def forward(self, x: Array, b: Array, *values: Any) -> Array:
        with untraced():
            return self.problem.solve(x, b, values)

    def backward(self, g: Any, u: Any, x: Any, b: Any, *values: Any) -> list[Any]:
        w = _apply(self, x, g, *values)

        def form(x: Any, *values: Any) -> Any:
            return -np.sum(hvp(self.problem.fun)(x, u, *values) * w)

        by = [0, *(1 + k for k in self.differentiable)]
        gx, *gvalues = grad(form, by)(x, *values)
        return [gx, w, *_spread(gvalues, self.differentiable, len(values))]


def _spread(parts: Sequence[Any], positions: Sequence[int], count: int) -> list[Any]:
    """Put parts at their positions among `count`, and None elsewhere."""
    spread: list[Any] = [None] * count
    for k, part in zip(positions, parts, strict=True):
        spread[k] = part
    return spread
