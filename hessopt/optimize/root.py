"""`root`: SciPy's function, with exact Jacobians and products with them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hessopt.optimize import checks, driver
from hessopt.optimize.fallback import Fallback
from hessopt.optimize.lsq.diagnosis import FitDiagnosis
from hessopt.optimize.lsq.newton_root import NewtonKrylov, NewtonRoot
from hessopt.optimize.lsq.residuals import Residuals
from hessopt.optimize.lsq.scipy_root import WITH_JACOBIAN, WITHOUT, scipy_root
from hessopt.optimize.methods.base import Method
from hessopt.optimize.options import canonical, refuse_unknown
from hessopt.optimize.outcome import OptimizeResult
from hessopt.optimize.stopping import IterationLimit, Stalled, limits
from hessopt.optimize.watch import Callback, Display, Progress, Watcher, callback_stopped
from hessopt.transforms.trees import is_container, leaves, ravel

OWN: dict[str, type[Method]] = {"newton": NewtonRoot, "newton-krylov": NewtonKrylov}
LARGEST_DENSE = 500


def root(
    fun: Callable[..., Any],
    x0: ArrayLike,
    args: Any = (),
    method: str = "auto",
    jac: Any = None,
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> OptimizeResult:
    """Find a root of a system of as many equations as unknowns.

    The signature and the result are those of `scipy.optimize.root`; derivatives that are not
    given are exact.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)``, an array of as many numbers as x has, written in plain NumPy.
    x0 : array_like, or container of arrays
        The start, of any shape; ``result.x`` has its form.
    args : tuple
        Further arguments of fun and jac.
    method : str
        Our own ``"newton"`` (dense Jacobian, trust region) and ``"newton-krylov"`` (GMRES on
        products with the Jacobian, line search), or one that SciPy runs: ``"hybr"``, ``"lm"`` (both
        with our Jacobian), ``"broyden1"``, ``"broyden2"``, ``"anderson"``, ``"linearmixing"``,
        ``"diagbroyden"``, ``"excitingmixing"``, ``"krylov"``, ``"df-sane"``. ``"auto"`` is
        ``"newton"`` up to 500 unknowns, then ``"newton-krylov"``.
    jac : callable, True, {"2-point", "3-point", "cs"}, optional
        The Jacobian, if not by hessopt: a function, True if fun returns ``(F, J)``, or differences.
    tol : float, optional
        For our own methods the same as ``options["ftol"]``; for the others, as in SciPy.
    callback : callable, optional
        Called as ``callback(x, F)`` after each iteration; StopIteration ends the run.
    options : dict, optional
        For all methods `maxtime` (seconds), and `jit` as for `minimize`. For our own `ftol` (for
        ``max |F|``; 1e-10), `maxiter`, `maxfev`, `disp`, and those that `NewtonRoot` and
        `NewtonKrylov` document; for the others, SciPy's.

    Returns
    -------
    OptimizeResult
        With ``x``, ``fun`` (F at x), ``success``, ``status``, ``message``, ``nit``, ``nfev``,
        ``njev`` and ``method``; for our own methods ``history`` (of ``|F|**2 / 2``) and, with an
        operator for Jacobian, ``nproducts`` with it.

        An interrupt from the keyboard, and an exception in fun after its first evaluation, end the
        run with the best point so far and ``success=False``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be, or F or its Jacobian are not finite at x0.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, chapter 11;
    S. C. Eisenstat and H. F. Walker, SIAM J. Optim. 4 (1994) 393-422.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import root
    >>> def fun(x):
    ...     difference = (x[0] - x[1]) ** 3 / 2
    ...     return np.stack([x[0] + difference - 1, x[1] - difference])
    >>> res = root(fun, [0.0, 0.0])
    >>> res.x, res.success
    (array([0.8411639, 0.1588361]), True)
    """
    if is_container(x0):
        return _over_container(fun, x0, args, method, jac, tol, callback, options)
    name = canonical(method, [*OWN, *WITH_JACOBIAN, *WITHOUT])
    checks.number(tol, "tol", least=0.0, optional=True)
    options = dict(options or {})
    n = checks.start(x0)[0].size
    if name == "auto":
        name = "newton" if n <= LARGEST_DENSE else "newton-krylov"
    if jac is True:
        fun, jac = _pair(fun)
    jit = options.pop("jit", True)
    checks.jit(jit, "options['jit']")
    dense = name not in ("newton-krylov", *WITHOUT)
    limit = options.pop("maxfev", None) if name in OWN else None
    checks.number(limit, "maxfev", least=1, whole=True, optional=True)
    maxtime = options.pop("maxtime", None)
    checks.number(maxtime, "maxtime", least=0.0, optional=True)
    jit = jit and name not in WITHOUT
    residuals = Residuals(
        fun,
        x0,
        args,
        jac=jac or None,
        dense=dense,
        limits=limits(limit, maxtime, "maxfev"),
        square=True,
        jit=jit,
    )
    if name in OWN:
        return _own(name, residuals, tol, callback, options)
    if name in WITHOUT and jac:
        warnings.warn(f"Method {name} does not use jac.", RuntimeWarning, stacklevel=2)
    if name in WITH_JACOBIAN and callback is not None:
        warnings.warn(f"Method {name} does not accept callback.", RuntimeWarning, stacklevel=2)
    return scipy_root(name, residuals, tol, callback, options)


def _own(
    name: str, residuals: Residuals, tol: float | None, callback: Any, options: dict[str, Any]
) -> OptimizeResult:
    kind = OWN[name]
    own = [field.name for field in fields(kind) if field.name not in ("xtol", "gtol")]
    refuse_unknown(options, [*own, "maxiter", "maxfev", "maxtime", "disp", "jit"], name)
    maxiter = options.pop("maxiter", max(200, 2 * residuals.n))
    checks.number(maxiter, "maxiter", least=0, whole=True)
    watchers: list[Watcher] = [FitDiagnosis(), Fallback()]
    if options.pop("disp", False):
        watchers.append(Display(name))
    if callback is not None:
        watchers.append(_RootCallback(callback, residuals.shape))
    if tol is not None:
        options.setdefault("ftol", tol)
    tests = Stalled(30) | IterationLimit(maxiter)
    result = driver.run(kind(**options), residuals, tests, watchers)  # pyright: ignore
    point: Any = residuals.best
    if not np.array_equal(point.x, result.x.ravel()):
        point = result.state.point
    return OptimizeResult(
        x=result.x,
        fun=point.r.reshape(residuals.shape),
        success=result.success,
        status=result.status,
        message=result.message,
        nit=result.nit,
        nfev=result.nfev,
        njev=result.njev,
        nproducts=residuals.oracle.nproduct,
        method=name,
        history=result.history,
    )


class _RootCallback(Callback):
    """Calls ``callback(x, F)``."""

    def stepped(self, progress: Progress) -> None:
        """Call."""
        point: Any = progress.point
        try:
            self.callback(point.x.reshape(self.shape).copy(), point.r.reshape(self.shape).copy())
        except StopIteration:
            raise callback_stopped() from None


def _over_container(
    fun: Callable[..., Any],
    x0: Any,
    args: Any,
    method: str,
    jac: Any,
    tol: float | None,
    callback: Callable[..., Any] | None,
    options: Any,
) -> OptimizeResult:
    """Solve for the numbers in a container; F may be one too."""
    if callable(jac) or jac is True:
        raise ValueError(
            f"jac is given for vectors; with x0 in a {type(x0).__name__} leave it out, or work "
            "with vector, restore = hessopt.ravel(x0)"
        )
    vector, restore = ravel(x0)

    def flat(v: Any, *args: Any) -> Any:
        F = fun(restore(v), *args)
        return np.concatenate([np.reshape(leaf, -1) for _, leaf in leaves(F, "fun(x)")])

    shown = None if callback is None else lambda v, F: callback(restore(v), F)
    result = root(flat, vector, args, method, jac, tol, shown, options)
    result.x = restore(result.x)
    return result


def _pair(fun: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Split a function that returns (F, J); the last pair is remembered."""
    last: list[Any] = [None, None]

    def both(x: Any, *args: Any) -> Any:
        if last[0] is None or not np.array_equal(last[0], x):
            pair = fun(x, *args)
            if not (isinstance(pair, tuple | list) and len(pair) == 2):
                raise TypeError("with jac=True, fun must return the pair (F, Jacobian)")
            last[:] = np.array(x), pair
        return last[1]

    return lambda x, *args: both(x, *args)[0], lambda x, *args: both(x, *args)[1]
