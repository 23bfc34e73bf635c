"""`least_squares`: SciPy's function, with exact Jacobians and, where it pays, the exact Hessian."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hessopt.optimize import checks, driver, origin
from hessopt.optimize.fallback import Fallback
from hessopt.optimize.lsq.containers import over_container
from hessopt.optimize.lsq.diagnosis import FitDiagnosis
from hessopt.optimize.lsq.levenberg_marquardt import LevenbergMarquardt
from hessopt.optimize.lsq.losses import Loss
from hessopt.optimize.lsq.residuals import Residuals
from hessopt.optimize.lsq.result import FitCallback, Report, fit_result
from hessopt.optimize.lsq.scipy_fit import SCIPY_FITS, scipy_fit
from hessopt.optimize.options import canonical
from hessopt.optimize.result import State
from hessopt.optimize.stopping import IterationLimit, Stalled, limits
from hessopt.optimize.watch import Display, Watcher
from hessopt.transforms.trees import is_container

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

METHODS = ("lm", *SCIPY_FITS)


def least_squares(
    fun: Callable[..., Any],
    x0: ArrayLike,
    jac: Any = None,
    bounds: Any = (-np.inf, np.inf),
    method: str = "auto",
    ftol: float | None = 1e-13,
    xtol: float | None = 1e-10,
    gtol: float | None = 1e-10,
    x_scale: Any = None,
    loss: Any = "linear",
    f_scale: float = 1.0,
    diff_step: Any = None,
    tr_solver: str | None = None,
    tr_options: Mapping[str, Any] | None = None,
    jac_sparsity: Any = None,
    max_nfev: int | None = None,
    verbose: int = 0,
    args: Any = (),
    kwargs: Mapping[str, Any] | None = None,
    callback: Callable[..., Any] | None = None,
    workers: Any = None,
    *,
    resume: Any = None,
    jit: bool | str = True,
    maxtime: float | None = None,
) -> OptimizeResult:
    """Minimise half a sum of squares of residuals, or of a robust loss of them, within bounds.

    The signature and the result are those of `scipy.optimize.least_squares`. What is new: a
    Jacobian that is not given is exact, and so is the second-order term of the Hessian, which the
    default method takes in where residuals stay large.

    Parameters
    ----------
    fun : callable
        The residuals ``fun(x, *args, **kwargs)``, an array, written in plain NumPy. If it is made
        by `hessopt.jit` and takes x alone, what is traced for one run is kept for the next.
    x0 : array_like, or container of arrays
        The start, of any shape, within the bounds. A dict, dataclass, named tuple or list of
        arrays works too; ``result.x`` has its form.
    jac : callable, {"2-point", "3-point", "cs"}, optional
        The Jacobian, if not by hessopt: a function that returns an array, a sparse matrix or a
        LinearOperator; or differences.
    bounds : pair of array_like, or Bounds
        Lower and upper bounds, as in SciPy. Where they are equal the variable is fixed.
    method : {"auto", "lm", "trf", "dogbox"}
        ``"lm"`` is our own Levenberg-Marquardt, with bounds and losses; SciPy runs ``"trf"`` and
        ``"dogbox"`` with our Jacobian. ``"auto"`` is ``"lm"`` unless an argument (`diff_step`,
        `jac_sparsity`, `workers`, `tr_options`) has a meaning for SciPy alone, then ``"trf"``.
    ftol, xtol, gtol : float, optional
        With ``"lm"``, stop where the last step neither lowered the cost nor was promised to by
        more than `ftol` of it; where a full step was within `xtol` of the length of x, in the
        scales of the variables; where no column of the Jacobian has a cosine with the residuals
        above `gtol`. None of these depends on units. Defaults are tighter than SciPy's: with exact
        derivatives the last digits cost a step or two. For SciPy's methods, as SciPy documents.
    x_scale : "jac", array_like, optional
        The scales of the variables. With ``"lm"`` the default is "jac": the norms of the columns of
        the Jacobian.
    loss : {"linear", "soft_l1", "huber", "cauchy", "arctan"} or callable
        ``rho(z)`` of the squared residuals, as in SciPy.
    f_scale : float
        The margin between inliers and outliers.
    tr_solver : {"exact", "lsmr"}, optional
        ``"exact"`` works on the Jacobian as an array, ``"lsmr"`` on products with it (conjugate
        gradients in ``"lm"``). By default arrays up to 500 variables and 4 million entries.
    diff_step, tr_options, jac_sparsity, workers
        For SciPy's methods.
    max_nfev : int, optional
        The most evaluations of fun; by default ``max(1000, 200 n)``, for SciPy's methods ``100 n``.
    verbose : {0, 1, 2}
        Print nothing, the end, or every iteration.
    args, kwargs : tuple, dict
        Further arguments of fun and jac.
    callback : callable, optional
        Called after each iteration as ``callback(x)``, or, if its only parameter has that name, as
        ``callback(intermediate_result=OptimizeResult)``. True or StopIteration ends the run.
    resume : OptimizeResult, optional
        The result of an earlier run of ``"lm"``, which goes on exactly.
    jit : bool or {"numpy", "numba"}
        Trace fun once and replay its derivatives, by numba where that is installed and arrays are
        long; ``"numpy"`` or ``"numba"``: by that; False: call and differentiate it each time.
    maxtime : float, optional
        The most seconds; no evaluation is begun after that.

    Returns
    -------
    OptimizeResult
        With ``x``, ``cost``, ``fun`` (the residuals), ``jac`` (of shape ``(residuals,
        variables)``; with a loss, Triggs's correction of it), ``grad``, ``optimality`` (largest
        entry of the gradient that no bound holds back), ``active_mask``, ``nit``, ``nfev``
        (residuals), ``njev`` (Jacobians), ``nhev`` (second-order terms), ``status`` (SciPy's
        numbers, and more below 0 and above 4), ``message``, ``success``, ``method``, ``history``.

        An interrupt from the keyboard, and an exception in fun after its first evaluation, end the
        run with the best point so far and ``success=False``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be, or the residuals or their Jacobian are not finite
        at x0.

    References
    ----------
    J. J. More, *The Levenberg-Marquardt algorithm: implementation and theory* (1978);
    J. E. Dennis, D. M. Gay and R. E. Welsch, ACM TOMS 7 (1981) 348-368.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import least_squares
    >>> def rosenbrock(x):
    ...     return np.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]])
    >>> res = least_squares(rosenbrock, [2.0, 2.0])
    >>> res.x
    array([1., 1.])
    >>> res = least_squares(rosenbrock, [2.0, 2.0], bounds=([-np.inf, 1.5], np.inf))
    >>> res.x.round(6), res.active_mask
    (array([1.224371, 1.5     ]), array([ 0, -1]))
    """
    if is_container(x0):
        arguments = {name: value for name, value in locals().items() if name not in ("fun", "x0")}
        return over_container(least_squares, fun, x0, arguments)
    name = canonical(method, METHODS)
    theirs = {
        "diff_step": diff_step,
        "jac_sparsity": jac_sparsity,
        "workers": workers,
        "tr_options": dict(tr_options) if tr_options else None,
    }
    theirs = {key: value for key, value in theirs.items() if value is not None}
    if name == "auto":
        name = "trf" if theirs else "lm"
    elif name == "lm" and theirs:
        raise ValueError(f"{next(iter(theirs))} has no meaning for method 'lm'; use 'trf'")
    if tr_solver not in (None, "exact", "lsmr"):
        raise ValueError(f"tr_solver must be 'exact', 'lsmr' or None, not {tr_solver!r}")
    if verbose not in (0, 1, 2):
        raise ValueError(f"verbose must be 0, 1 or 2, not {verbose!r}")
    checks.number(max_nfev, "max_nfev", least=1, whole=True, optional=True)
    checks.jit(jit, "jit")
    checks.number(maxtime, "maxtime", least=0.0, optional=True)
    tolerances: dict[str, Any] = {"ftol": ftol, "xtol": xtol, "gtol": gtol}
    for key, value in tolerances.items():
        checks.number(value, key, least=0.0, optional=True)
    keywords = _keywords(kwargs)
    flat, shape = checks.start(x0)
    scale = _scale(x_scale, flat)
    watchers: list[Watcher] = [Fallback()]
    if verbose:
        watchers.append(Report() if verbose == 1 else Display(name))
    if callback is not None:
        watchers.append(FitCallback(callback, shape))
    if max_nfev is None and name == "lm":
        max_nfev = max(1000, 200 * flat.size)
    residuals: Any = Residuals(
        fun,
        x0,
        args,
        keywords,
        jac,
        bounds=bounds,
        loss=Loss(loss, f_scale),
        dense=None if tr_solver is None else tr_solver == "exact",
        limits=limits(max_nfev, maxtime, "max_nfev"),
        jit=jit,
    )
    if name == "lm":
        watchers.insert(0, FitDiagnosis())
        tests = Stalled(30) | IterationLimit(100 * (max_nfev or 1))
        own = LevenbergMarquardt(**tolerances, x_scale="jac" if scale is None else scale)
        state = _state(resume, own, shape)
        if state is not None:
            own = replace(state.method, **tolerances)
            residuals.oracle.njev_before = state.progress.njev
            residuals.oracle.nhev_before = state.progress.nhev
        result = fit_result(driver.run(own, residuals, tests, watchers, state), residuals)
    else:
        if resume is not None:
            raise ValueError(f"method {name!r} is run by SciPy and cannot be resumed")
        given = {**tolerances, **theirs, "loss": loss, "f_scale": f_scale, "tr_solver": tr_solver}
        given["x_scale"] = 1.0 if x_scale is None else x_scale if scale is None else scale
        result = scipy_fit(name, residuals, jac, watchers, {**given, "max_nfev": max_nfev})
    return origin.of_residuals(result, residuals)


def _keywords(kwargs: Any) -> dict[str, Any]:
    if kwargs is not None and not isinstance(kwargs, Mapping):
        raise TypeError(f"kwargs must be a dict, not {type(kwargs).__name__}")
    return dict(kwargs or {})


def _scale(x_scale: Any, x: np.ndarray) -> Any:
    """Return None for "jac" and the default, else the scales as an array."""
    if x_scale is None or (isinstance(x_scale, str) and x_scale == "jac"):
        return None
    try:
        scale = np.broadcast_to(np.asarray(x_scale, dtype=np.float64).ravel(), x.shape)
    except ValueError:
        scale = np.array(np.nan)
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        raise ValueError(
            f"x_scale must be 'jac', or numbers above 0, one or {x.size}, not {x_scale!r:.60}"
        )
    return np.array(scale)


def _state(resume: Any, method: LevenbergMarquardt, shape: tuple[int, ...]) -> State | None:
    if resume is None:
        return None
    state = getattr(resume, "state", None)
    if not isinstance(state, State) or state.method.name != method.name:
        raise ValueError("resume must be the result of an earlier run of method 'lm'")
    if state.shape != shape:
        raise ValueError(f"resume: x had the shape {state.shape}, but x0 has {shape}")
    return state
