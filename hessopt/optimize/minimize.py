"""`minimize`: SciPy's function, with exact derivatives and second-order methods."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hessopt.optimize import checks, driver, origin
from hessopt.optimize.auto import better_of, choose, has_failed
from hessopt.optimize.bounds import Box, parse_bounds, same_box
from hessopt.optimize.compiled import untraced
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.containers import over_container
from hessopt.optimize.diagnosis import Diagnosis, checked_run, not_started
from hessopt.optimize.fallback import Fallback
from hessopt.optimize.methods import METHODS
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.ipopt import IPOPT
from hessopt.optimize.methods.scipy_methods import SCIPY_METHODS, SciPyMethod
from hessopt.optimize.objective import Objective, StartNotFinite
from hessopt.optimize.options import GENERAL, canonical, refuse_unknown, split
from hessopt.optimize.result import State
from hessopt.optimize.scipy_driver import RECORDED, SciPyRun
from hessopt.optimize.watch import Callback, Display, Trace, Watcher
from hessopt.transforms.trees import is_container

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


# The methods of others, which get our derivatives
OTHERS: dict[str, SciPyMethod] = {**SCIPY_METHODS, IPOPT.name: IPOPT}


def minimize(
    fun: Callable[..., Any],
    x0: ArrayLike,
    args: Any = (),
    method: str | Callable[..., Any] | None = "auto",
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> OptimizeResult:
    """Minimise a function of one or more variables.

    The signature and the result are those of `scipy.optimize.minimize`. What is new: derivatives
    that are not given are exact; there is ``method="auto"``, a history, and runs can be resumed.

    Parameters
    ----------
    fun : callable
        The objective ``fun(x, *args) -> float``, written in plain NumPy. If it is made by
        `hessopt.jit`, what is traced for one run is kept for the next.
    x0 : array_like, or container of arrays
        The start, of any shape; fun sees x in this shape (a scalar as an array of one entry). A
        dict, dataclass, named tuple or list of arrays works too; ``result.x`` has its form.
    args : tuple
        Further arguments of fun and its derivatives. What is not a tuple counts as one argument.
    method : str or callable
        One of our own: ``"newton"`` (dense Hessian, or sparse where its structure allows),
        ``"trust-exact"``, ``"dogleg"`` (dense Hessian),
        ``"newton-cg"``, ``"trust-ncg"``, ``"trust-krylov"``, ``"arc"`` (only products with the
        Hessian), ``"bfgs"``, ``"l-bfgs"``, ``"nonlinear-cg"``, ``"gradient-descent"``,
        ``"momentum"``, ``"nesterov"``, ``"adam"``, ``"sgd"`` (a mean over data), with bounds
        ``"tron"``, ``"adaptive-tron"``, with constraints ``"augmented-lagrangian"``; ``"ipopt"``
        (needs the extra ``hessopt[ipopt]``); or one that SciPy runs with our derivatives:
        ``"nelder-mead"``, ``"powell"``, ``"cg"`` (Polak and Ribiere's), ``"l-bfgs-b"``, ``"tnc"``,
        ``"cobyla"``, ``"cobyqa"``, ``"slsqp"``, ``"trust-constr"``. Case does not matter, nor
        whether one writes ``_`` or ``-``. ``"auto"`` chooses, and says in the message what:
        ``adaptive-newton``; ``adaptive-tron`` with bounds; with constraints ``slsqp`` up to 100
        variables, else ``ipopt`` if it is installed, and ``augmented-lagrangian`` where that is not
        or the other failed; ``l-bfgs`` where there is only a given gradient, with bounds
        ``l-bfgs-b``. A callable is a custom method, as in SciPy.
    jac : callable, True, {"2-point", "3-point", "cs"}, optional
        The gradient, if not by hessopt: a function, True if fun returns ``(value, gradient)``, or
        differences.
    hess : callable, optional
        The Hessian ``hess(x, *args)``: an array, a sparse matrix or a LinearOperator.
    hessp : callable, optional
        The product ``hessp(x, p, *args)`` of the Hessian with p.
    bounds : Bounds or sequence of pairs, optional
        As in SciPy, for the methods that take them. A start outside is moved to the nearest point
        inside; equal bounds fix a variable.
    constraints : dict, LinearConstraint, NonlinearConstraint, or a list of them
        As in SciPy, for the methods that take them. Written in plain NumPy like fun, and seeing x
        in the same shape; what has no Jacobian or Hessian gets the exact one.
    tol : float, optional
        For our own methods the same as ``options["gtol"]``; for the others, as in SciPy.
    callback : callable, optional
        Called after each iteration as ``callback(x)``, or, if its only parameter has that name, as
        ``callback(intermediate_result=OptimizeResult)``. StopIteration ends the run.
    options : dict, optional
        For every method: `gtol` (for ``max |gradient|``; 1e-6 for our own methods), `ftol`
        (change of f, relative where ``|f| > 1``), `xtol` (largest entry of the step, relative where
        x is large; methods run by SciPy have their own defaults and not all three), `maxiter`,
        `maxfun`, `maxtime` (seconds), `disp`, `return_all`, `jit` (True: where x or the run is
        long, trace fun once and replay its derivatives, and those of constraints, by numba where
        that is installed and x very long; a backend, ``"numpy"`` or ``"numba"``: by that; False:
        call fun at each evaluation), `resume` (the
        result of an earlier run of the same method, which goes on exactly; limits count anew,
        counts add up), `check_derivatives` (compare the derivatives with differences at the start,
        and do not run if they are wrong), and `certify` (at the end, tell a minimum from a saddle
        point by the least eigenvalue of the Hessian, ``result.least_eigenvalue``; leave
        a saddle and go on).
        Further the method's own, as its class documents them, or SciPy's.

    Returns
    -------
    OptimizeResult
        With ``x``, ``fun``, ``jac``, ``nit``, ``nfev``, ``njev``, ``nhev`` (Hessians or products
        with the Hessian), ``success``, ``status`` (a `Status`, for a method that SciPy ran and
        ended, its number), ``message``, ``method``, ``history`` (a `History`), and for our own
        methods ``state``, which `resume` needs. Where f has no minimum ``witness`` shows it, by
        ``x`` and ``direction``. With bounds ``optimality``, the largest entry of
        the projected gradient ``x - P(x - gradient)``, which gtol is then compared with; with
        constraints ``constr_violation`` and, from ``augmented-lagrangian`` and ``ipopt``,
        ``constr``, ``multipliers`` (one array for each constraint, such that ``gradient + sum of
        multipliers times Jacobian`` is zero inside the bounds) and the ``optimality`` of the
        Lagrangian.

        An interrupt from the keyboard, and an exception in fun after its first evaluation, end the
        run with the best point so far, with constraints the best feasible one, and
        ``success=False``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be or fun does not return one real number; for an
        unknown method or option, with names that are close. What goes wrong in the run, a start
        where fun is not finite included, is told by ``status`` and ``message``.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006. Each method's
    class names its algorithm.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import minimize
    >>> def rosenbrock(x):
    ...     return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    >>> res = minimize(rosenbrock, [-1.2, 1.0])
    >>> res.x
    array([1., 1.])
    >>> res.method, res.success
    ('adaptive-newton', True)
    """
    if is_container(x0):
        return over_container(
            minimize,
            fun,
            x0,
            callback,
            {
                "jac": jac,
                "hess": hess,
                "hessp": hessp,
                "bounds": bounds,
                "constraints": constraints,
            },
            args=args,
            method=method,
            tol=tol,
            options=options,
        )
    flat, shape = checks.start(x0)
    if callable(method):
        method_arguments = (args, jac, hess, hessp, bounds, constraints, tol, callback, options)
        return _custom(method, fun, x0, *method_arguments)
    if method is not None and not isinstance(method, str):
        raise TypeError(f"method must be a name or a callable, not {type(method).__name__}")
    checks.number(tol, "tol", least=0.0, optional=True)
    general, others = split(options)
    state = general.state(shape)
    box = parse_bounds(bounds, shape)
    if state is not None and not same_box(state.point.box, box):
        raise ValueError(
            "options['resume'] is of a run with other bounds; give the same, or start again from "
            "res.x"
        )
    name, reason, otherwise = canonical(method or "auto", [*METHODS, *OTHERS]), None, None
    if name == "auto" and state is not None:
        name, reason = state.method.name, "it is the method of the run that is resumed"
    elif name == "auto":
        name, reason, defaults, otherwise = choose(flat.size, jac, hess, hessp, box, constraints)
        general, others = split({**defaults, **(options or {})})
    if name in METHODS and (renamed := METHODS[name].scipy_names.keys() & others.keys()):
        given = {METHODS[name].scipy_names[old]: others.pop(old) for old in renamed}
        general = replace(general, **given)
    parts = parse_constraints(constraints, shape, general.jit)
    _refuse_restrictions(name, box, bool(parts))
    _warn_unused(name, jac, hess, hessp)
    if general.certify and constraints:
        raise ValueError(
            "options['certify'] looks at the Hessian of fun, which does not tell what is a minimum "
            "under constraints; leave it out"
        )

    watchers: list[Watcher] = [Diagnosis(), Fallback()]
    if callback is not None:
        watchers.append(Callback(callback, shape, with_state=name == "trust-constr"))
    if general.disp:
        watchers.append(Display(f"{name}: {reason}" if reason else name))
    if general.return_all:
        watchers.append(Trace(shape))
    derivatives = {"jac": jac, "hess": hess, "hessp": hessp}
    start = flat if box is None else box.project(flat)

    def run() -> OptimizeResult:
        restrictions = {"box": box, "constraints": ConstraintSet(parts, start) if parts else None}
        if name not in METHODS:
            theirs = _runner(name)(OTHERS[name], general, others, watchers)
            return theirs.minimize(fun, x0, args, {**derivatives, **restrictions}, tol)
        chosen = _build(METHODS[name], others, state)
        objective = Objective(
            fun,
            x0,
            args,
            **derivatives,
            order=chosen.at_once(),
            limits=general.limits(),
            jit=general.jit,
            untraced=untraced(flat.size, chosen.at_once()),
            **restrictions,
        )
        tests = general.tests(
            chosen.maxiter(objective.n),
            chosen.descends() or (chosen.constraints and not parts),
            getattr(chosen, "norm", np.inf),
            chosen.window,
        )
        return driver.run(chosen, objective, tests, watchers, state, general.certify)

    if name in METHODS:
        if tol is not None and general.gtol is None:
            general = replace(general, gtol=tol)
    elif state is not None:
        raise ValueError(f"method {name!r} is not our own and cannot be resumed")
    try:
        if general.check_derivatives:
            looked = Objective(
                fun, x0, args, **derivatives, order=1, jit=general.jit, recorded=RECORDED
            )
            result = checked_run(looked, name, run)
        else:
            result = run()
    except StartNotFinite as error:
        result = not_started(error, name)
    if otherwise is not None and has_failed(result, "maxiter" in (options or {})):
        given = {"bounds": bounds, "constraints": constraints, "tol": tol, "callback": callback}
        result = better_of(
            result,
            minimize(fun, x0, args, otherwise, **derivatives, **given, options=options),
        )
    if reason:
        result.message = f"{result.message} (method 'auto' chose {name}: {reason})"
    return origin.of_objective(result, fun, args, jac, hess, hessp, box, bool(parts))


def _runner(name: str) -> type[SciPyRun]:
    if name != IPOPT.name:
        return SciPyRun
    from hessopt.optimize.ipopt_driver import IpoptRun

    return IpoptRun


def _build(kind: type[Method], others: Mapping[str, Any], state: State | None) -> Method:
    """Make the method with its own options; those of a resumed run stay unless given anew."""
    refuse_unknown(others, [*(field.name for field in fields(kind)), *GENERAL], kind.name)
    if state is None:
        return kind(**others)
    if state.method.name != kind.name:
        raise ValueError(
            f"options['resume'] is a run of {state.method.name!r}, which {kind.name!r} cannot "
            "go on with"
        )
    return replace(state.method, **others)


def _refuse_restrictions(name: str, box: Box | None, constrained: bool) -> None:
    for what, given in (("bounds", box is not None), ("constraints", constrained)):
        if given and not getattr(METHODS[name] if name in METHODS else OTHERS[name], what):
            table = {**METHODS, **OTHERS}
            able = ", ".join(other.name for other in table.values() if getattr(other, what))
            raise ValueError(f"method {name!r} cannot handle {what}; these can: {able}, and 'auto'")


def _warn_unused(name: str, jac: Any, hess: Any, hessp: Any) -> None:
    """Warn as SciPy does of derivatives that the method has no use for."""
    order = METHODS[name].order if name in METHODS else OTHERS[name].order
    unused = [
        argument
        for argument, given, least in (
            ("jac", jac is not True and bool(jac), 1),
            ("hess", hess is not None, 2),
            ("hessp", hessp is not None, 2),
        )
        if given and order < least
    ]
    if unused:
        warnings.warn(
            f"Method {name} does not use {' and '.join(unused)}.", RuntimeWarning, stacklevel=3
        )


def _custom(
    method: Callable[..., Any],
    fun: Callable[..., Any],
    x0: ArrayLike,
    args: Any,
    jac: Any,
    hess: Any,
    hessp: Any,
    bounds: Any,
    constraints: Any,
    tol: float | None,
    callback: Callable[..., Any] | None,
    options: Mapping[str, Any] | None,
) -> OptimizeResult:
    """Let SciPy hand everything to a custom method, with our derivatives where none are given."""
    from scipy import optimize

    fallback = None
    if not jac and hess is None and hessp is None:
        objective = Objective(fun, x0, args, order=1, jit=True, recorded=RECORDED)
        flat_shape = (objective.n,)
        if objective.shape == flat_shape:
            fun, args = objective.value, ()
            jac, hessp = objective.gradient, objective.hessian_product
            fallback = Fallback()
            fallback.attached(objective)
    result = optimize.minimize(
        fun,
        x0,
        args=args,
        method=method,
        jac=jac,
        hess=hess,
        hessp=hessp,
        bounds=bounds,
        constraints=constraints,
        tol=tol,
        callback=callback,
        options=None if options is None else dict(options),
    )
    if fallback is not None:
        fallback.finished(result)
    return result
