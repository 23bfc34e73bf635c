"""Running several methods on one objective, under the same terms."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hessopt.comparison.comparison import Comparison
from hessopt.comparison.run import Run
from hessopt.optimize.compiled import MANY, Programs
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import OTHERS, minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.options import canonical
from hessopt.optimize.stopping import Status
from hessopt.transforms.first_order import value_and_grad
from hessopt.transforms.trees import is_container

MethodOrPair = str | tuple[str, Mapping[str, Any]]

# The Hessian as a matrix, products with it, its approximation from gradients, and none
TELLING = ("newton", "newton-cg", "trust-ncg", "l-bfgs", "gradient-descent")

# Above this the dense Hessian costs more than the comparison is worth
DENSE = 1000


def compare(
    fun: Callable[..., Any],
    x0: ArrayLike,
    methods: Iterable[MethodOrPair] | None = None,
    *,
    args: Any = (),
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    gtol: float = 1e-6,
    max_time: float | None = None,
    options: Mapping[str, Any] | None = None,
    callback: Callable[[Run], Any] | None = None,
) -> Comparison:
    """Minimise one objective by several methods, one after the other, from the same start.

    All are asked for the same: ``max |gradient| <= gtol``. A method's other tolerances are
    switched off where it has that one. What a method needs is imported before the clock starts.

    Parameters
    ----------
    fun, x0, args, jac, hess, hessp
        As in `minimize`.
    methods : iterable of str or (str, dict), optional
        The methods, by the names that `minimize` knows; a pair gives a method options of its own,
        so one method can be compared with itself. By default ``newton`` (up to 1000 variables),
        ``newton-cg``, ``trust-ncg``, ``l-bfgs`` and ``gradient-descent``.
    gtol : float, optional
        The largest entry of the gradient at which the objective counts as solved.
    max_time : float, optional
        Seconds for each method.
    options : dict, optional
        Options for every method, as in `minimize`, such as ``maxiter``.
    callback : callable, optional
        Called with the `Run` of each method when it has ended.

    Returns
    -------
    Comparison
        The runs, best first. It prints as a table that ends in a verdict, `Comparison.plot` draws
        it, and a notebook shows it. A method that fails has its reason there. An interrupt from
        the keyboard ends the running method, and those after it are not run.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be, a method is unknown or listed twice, or fun is not
        a real, finite number at the start.

    Examples
    --------
    Newton's method by Hessian-vector products, or L-BFGS?

    >>> import numpy as np
    >>> import hessopt
    >>> def rosenbrock(x):
    ...     return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    >>> comparison = hessopt.compare(rosenbrock, np.full(10, 0.5), ["trust-ncg", "l-bfgs"])
    >>> [run.solved for run in comparison]
    [True, True]
    >>> comparison["trust-ncg"].nit < comparison["l-bfgs"].nit
    True
    """
    gtol = _tolerance(gtol)
    if is_container(x0):
        raise TypeError(
            f"x0 is a {type(x0).__name__}; compare takes a vector: with "
            "vector, restore = hessopt.ravel(x0), compare lambda v: fun(restore(v)) from vector"
        )
    if max_time is not None:
        if not (isinstance(max_time, (int, float, np.number)) and max_time >= 0):
            raise ValueError(f"max_time must be a number at least 0, got {max_time!r}")
        options = {**(options or {}), "maxtime": max_time}
    given: dict[str, Any] = {"args": args, "jac": jac, "hess": hess, "hessp": hessp}
    start = Objective(fun, x0, **given, order=0)
    start.value(start.x0)  # what is wrong with fun or x0 is said once, not by every method
    entries = _entries(_telling(start.n) if methods is None else methods)

    for name, _ in entries.values():
        _warm_up(name)
    runs: list[Run] = []
    interrupted = False
    for label, (name, own) in entries.items():
        if interrupted:
            runs.append(Run(label, error="not run: the comparison was interrupted"))
            continue
        asked = {**_terms(name, gtol), **(options or {}), **own}
        run = _run(label, name, asked, gtol, (fun, x0), given)
        runs.append(run)
        interrupted = run.result is not None and run.result.status == Status.INTERRUPTED
        if callback is not None:
            callback(run)
    return Comparison(runs, gtol)


def _tolerance(gtol: Any) -> float:
    if isinstance(gtol, (int, float, np.number)) and gtol > 0:
        return float(gtol)
    raise ValueError(f"gtol must be a positive number, got {gtol!r}")


def _telling(n: int) -> tuple[str, ...]:
    return TELLING if n <= DENSE else TELLING[1:]


@cache
def _warm_up(name: str) -> None:
    """Solve something small, so that no run pays for what it is the first to import."""
    options = {"maxiter": 2, "maxfun": 10}
    minimize(_bowl, [1.0, 2.0], method=name, options=options)
    if name in METHODS:
        # A long run comes to these late
        Programs().jitted(value_and_grad(_bowl), 2)(np.ones(2))
        product = Programs().jitted(np.multiply, 2)
        for _ in range(3):  # traced, compared, split
            product.partial(np.ones(2), multiply_out=False)(np.ones(2))
        for bowl in (_bowl, _full_bowl):
            minimize(bowl, np.ones(2 * MANY), method=name, options=options)


def _bowl(x: Any) -> Any:
    return x @ x


def _full_bowl(x: Any) -> Any:
    return x @ x + np.sum(x) ** 2  # no entry of the Hessian is zero


def _entries(methods: Iterable[MethodOrPair]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return each method and its options, by what the table calls it."""
    if isinstance(methods, (str, Mapping)) or not isinstance(methods, Iterable):
        raise TypeError(
            f"methods must be a list of names or (name, options) pairs, not {methods!r}; "
            "write methods=['newton-cg', 'l-bfgs']"
        )
    entries: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for entry in methods:
        name, own = entry if isinstance(entry, tuple) and len(entry) == 2 else (entry, {})
        if not isinstance(name, str) or not isinstance(own, Mapping):
            raise TypeError(
                f"methods must hold names or (name, options) pairs, not {entry!r}; "
                "write ('l-bfgs', {'maxiter': 100})"
            )
        name = canonical(name, [*METHODS, *OTHERS])
        label = " ".join([name, *(f"{option}={value}" for option, value in own.items())])
        if label in entries:
            raise ValueError(f"methods lists {label!r} twice")
        entries[label] = name, own
    if not entries:
        raise ValueError("methods is empty; name at least one, or leave it out for a telling set")
    return entries


def _terms(name: str, gtol: float) -> dict[str, float]:
    """Return the options that ask a method for gtol and nothing less."""
    row = OTHERS.get(name)
    if row is None:
        return {"gtol": gtol}
    takes = row.takes()
    if row.translated.get("gtol", "gtol") not in takes:
        return {}
    others = (option for option in ("ftol", "xtol") if row.translated.get(option, option) in takes)
    return {"gtol": gtol, **dict.fromkeys(others, 0.0)}


def _run(
    label: str,
    name: str,
    options: dict[str, Any],
    gtol: float,
    call: tuple[Callable[..., Any], ArrayLike],
    given: dict[str, Any],
) -> Run:
    """Run one method; whatever it raises is its result."""
    started = time.perf_counter()
    try:
        result = minimize(*call, **_used(name, given), method=name, options=options)
    except Exception as error:
        seconds = time.perf_counter() - started
        return Run(label, time=seconds, error=f"{type(error).__name__}: {error}")
    seconds = time.perf_counter() - started
    grad_norm = _grad_norm(call[0], given, result)
    round_off = result.success and result.status is Status.ROUNDOFF_LIMIT
    return Run(label, result, seconds, grad_norm, bool(grad_norm <= gtol or round_off))


def _used(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Leave out derivatives that a method would not use."""
    order = (METHODS if name in METHODS else OTHERS)[name].order
    least = {"args": 0, "jac": 1, "hess": 2, "hessp": 2}
    return {
        key: value
        for key, value in given.items()
        if least[key] <= order or (key == "jac" and value is True)
    }


def _grad_norm(fun: Callable[..., Any], given: dict[str, Any], result: Any) -> float:
    """Return the largest entry of the gradient at the end, by the same measure for all."""
    jac = result.get("jac")
    if not isinstance(jac, np.ndarray) or jac.shape != result.x.shape:
        # a method without derivatives, or trust-constr, where jac is that of the constraints
        try:
            end = Objective(fun, result.x, **given, order=1)
            jac = end.gradient(end.x0)
        except Exception:  # fun may raise anything; the run has its result all the same
            return float("nan")
    return float(np.max(np.abs(jac)))
