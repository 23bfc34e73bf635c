"""How well a fit determines its parameters: the inverse of the exact Hessian at the solution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.optimize.covariance import Uncertainty, combination, flat_numbers
from hessopt.optimize.origin import Origin, labels, of_objective, origin_of

Array = NDArray[np.float64]

# A gradient that, against the Hessian, moves x by a hundredth of it is not that of a minimum
FAR = 0.1


def uncertainty(
    res: Any,
    fun: Any = None,
    args: Any = (),
    *,
    hessian: Any = "exact",
    scale: float | None = None,
    absolute_sigma: bool = False,
    names: Sequence[str] | None = None,
    allow_singular: bool = False,
    rtol: float = 1e-13,
) -> Uncertainty:
    """Return covariance, standard errors and identifiable directions at a solution.

    The covariance is ``scale * inv(H)``, where H is the exact Hessian of what was minimised. A
    parameter that is held by a bound counts as known: the others are looked at without it, and its
    own standard error is zero.

    Parameters
    ----------
    res : OptimizeResult
        From `minimize` or `least_squares`; of `curve_fit`, ``infodict["result"]``.
    fun, args
        What was minimised, for a result of another library or one that was pickled; with a result
        of `least_squares`, not needed for ``hessian="gauss-newton"``.
    hessian : {"exact", "gauss-newton"} or array_like
        ``"gauss-newton"`` takes J'J, as `curve_fit` does: the two agree where residuals are small,
        or the model is nearly linear on the scale of the errors. Or the matrix itself.
    scale : float, optional
        By default 1 for `minimize`: then fun has to be a negative log-likelihood. (For a sum of
        squares ``S`` of residuals whose variance is ``s2`` it is ``2 * s2``.) For `least_squares`,
        whose cost is half the sum of squares, the variance of the residuals, ``2 cost / (m - n)``
        with n the parameters that are not at a bound.
    absolute_sigma : bool
        For `least_squares`: take 1 for that variance; residuals are in units of their errors.
    names : sequence of str, optional
        Of the numbers in x, in the order of `hessopt.ravel`.
    allow_singular : bool
        Whether to go on where some directions are not determined. Their variance is infinite.
    rtol : float
        A direction is determined if its eigenvalue is above this part of the largest, both in units
        in which the diagonal of the Hessian is 1; and above what a gradient that is not quite zero
        can make of an exact Hessian.

    Returns
    -------
    Uncertainty
        Prints readably.

    Raises
    ------
    ValueError
        If the Hessian is not positive definite, with the direction that is to blame: with a
        negative eigenvalue x is no minimum, and with one that is nothing but round-off the data do
        not determine this direction. If every parameter is held by a bound, or the minimum is one
        under constraints, about which the Hessian says little.
    TypeError
        If the result does not remember what was minimised, and `fun` is not given.

    References
    ----------
    G. A. F. Seber and C. J. Wild, *Nonlinear Regression*, Wiley 1989, sections 2.2 and 3.4.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import least_squares, uncertainty
    >>> t = np.linspace(0, 4, 9)
    >>> data = 2.5 * np.exp(-1.3 * t) + 0.01 * np.cos(9 * t)
    >>> res = least_squares(lambda p: p["a"] * np.exp(-p["b"] * t) - data, {"a": 1.0, "b": 1.0})
    >>> print(uncertainty(res, names=["a", "b"]))
    parameter         value  std. error
    a              2.508473     0.00696
    b              1.306511     0.00691
    condition of the scaled Hessian: 2.72
    """
    if not hasattr(res, "x"):
        raise TypeError(f"res must be a result with an x, not {type(res).__name__}")
    flat = flat_numbers(res.x)
    n = flat.size
    names = labels(res.x) if names is None else [str(name) for name in names]
    if len(names) != n:
        raise ValueError(f"names has {len(names)} entries, but x has {n} numbers")
    checks.number(scale, "scale", above=0.0, optional=True)
    checks.number(rtol, "rtol", least=0.0, below=1.0)
    H = _hessian(res, fun, args, hessian, n)
    is_fit = "cost" in res
    held = _held(res, flat)
    if scale is None:
        scale = 1.0
        if is_fit and not absolute_sigma:
            m, free = np.size(res.fun), int(np.sum(~held))
            if m <= free:
                raise ValueError(
                    f"res has {m} residuals for {free} parameters, which leaves none to tell the "
                    "variance by; give scale, or absolute_sigma=True"
                )
            scale = 2 * float(res.cost) / (m - free)
    slope = 0.0 if isinstance(hessian, str) and hessian != "exact" else _slope(res, flat, held)
    return _analyse(res.x, H, held, scale, list(names), allow_singular, rtol, slope)


def _gradient(res: Any, n: int) -> Array:
    """Return the gradient that the result has; NaN if it has none."""
    g = res.get("grad", res.get("jac"))  # with `grad`, `jac` is that of something else
    flat = np.full(n, np.nan) if g is None else flat_numbers(g)
    return flat if flat.size == n else np.full(n, np.nan)


def _held(res: Any, x: Array) -> NDArray[np.bool_]:
    """Return which parameters a bound holds."""
    if "active_mask" in res:
        return np.ravel(flat_numbers(res.active_mask)) != 0
    box = origin_of(res).box
    if box is None and "state" in res:  # pickled
        box = res.state.point.box
    return np.zeros(x.size, dtype=bool) if box is None else box.held(x, _gradient(res, x.size))


def _constrained(res: Any) -> bool:
    """Whether the minimum is one under constraints, as far as the result shows it."""
    return origin_of(res).constrained or len(res.get("multipliers", ())) > 0


def _slope(res: Any, x: Array, held: NDArray[np.bool_]) -> float:
    """Return ``sum |g_i x_i|`` over what is free, which would be zero at an exact minimum."""
    if _constrained(res):  # where it is the gradient of the Lagrangian that is zero
        return 0.0
    g = np.where(held, 0.0, _gradient(res, x.size))
    return float(np.abs(g) @ np.abs(x)) if np.isfinite(g).all() else 0.0


def _hessian(res: Any, fun: Any, args: Any, hessian: Any, n: int) -> Array:
    if not isinstance(hessian, str):
        H = checks.square(hessian, n)
        H = np.asarray(H.toarray() if hasattr(H, "toarray") else H, dtype=np.float64)
    elif hessian == "gauss-newton":
        from hessopt.optimize.lsq.jacobians import gram

        if "cost" not in res:
            raise ValueError("hessian='gauss-newton' needs a result of least_squares")
        H = gram(res.jac)
    elif hessian == "exact":
        H = _exact(res, fun, args)
    else:
        raise ValueError(f"hessian must be 'exact', 'gauss-newton' or a matrix, not {hessian!r}")
    if not np.isfinite(H).all():
        raise ValueError("the Hessian at res.x is not finite")
    return (H + H.T) / 2


def _exact(res: Any, fun: Any, args: Any) -> Array:
    origin = origin_of(res)
    if _constrained(res):
        raise ValueError(
            "res is a minimum under constraints, where the Hessian of fun is not that of what was "
            "minimised; express the constraints by fewer parameters, or give the matrix as hessian"
        )
    if fun is not None:
        origin = _given(res, fun, args)
    if origin.hessian is None:
        raise TypeError(
            "res does not remember what was minimised (it is not of hessopt's making, or was "
            "pickled); give fun"
        )
    return origin.hessian()


def _given(res: Any, fun: Any, args: Any) -> Origin:
    from hessopt.transforms.trees import is_tree, ravel

    args = args if isinstance(args, tuple) else (args,)
    if not callable(fun):
        raise TypeError(f"fun must be callable, not {type(fun).__name__}")
    vector, restore = ravel(res.x) if is_tree(res.x) else (np.asarray(res.x), lambda v: v)
    is_fit = "cost" in res

    def cost(v: Any, *args: Any) -> Any:
        out: Any = fun(restore(v), *args)
        return np.sum(out**2) / 2 if is_fit else out

    from scipy.optimize import OptimizeResult

    return origin_of(of_objective(OptimizeResult(x=vector), cost, args, None, None, None))


def _analyse(
    x: Any,
    H: Array,
    held: NDArray[np.bool_],
    scale: float,
    names: list[str],
    allow_singular: bool,
    rtol: float,
    slope: float,
) -> Uncertainty:
    n, free = held.size, ~held
    if not free.any():
        raise ValueError("every parameter is held by a bound; there is nothing to be uncertain of")
    inner = H[np.ix_(free, free)]
    diagonal = np.diag(inner)
    # Units in which the diagonal is 1; a negative entry is left to the eigenvalues to show
    D = np.where(diagonal != 0, np.sqrt(np.abs(diagonal)), 1.0)
    eigenvalues, V = np.linalg.eigh(inner / D / D[:, None])
    directions = np.zeros((n, D.size))
    directions[free] = V / D[:, None]
    directions /= np.linalg.norm(directions, axis=0)
    # Along a curve on which the cost is constant, the Hessian shows what is left of the gradient
    size = float(np.sum((D * flat_numbers(x)[free]) ** 2))
    left = 10 * slope / size if size else 0.0
    floor = max(rtol, left, 10 * D.size * np.finfo(float).eps) * max(abs(eigenvalues[-1]), 1.0)
    identifiable = eigenvalues > floor
    worst = combination(directions[:, 0], names)
    if eigenvalues[0] < -floor:
        raise ValueError(
            f"the Hessian at res.x is not positive definite: its least eigenvalue, in units in "
            f"which its diagonal is 1, is {eigenvalues[0]:.3g}, along {worst}. res.x is not a "
            "minimum; minimise further from a point along that direction"
        )
    if left > FAR and not identifiable.all() and not allow_singular:
        raise ValueError(
            f"res.x is not a minimum: the gradient there is too large to tell how well {worst} is "
            "determined; minimise further, from res.x or with a larger limit"
        )
    if not identifiable.all() and not allow_singular:
        raise ValueError(
            f"the Hessian at res.x is singular: the data do not determine {worst}. Fix a parameter "
            "or add data; allow_singular=True reports what is determined"
        )
    covariance = np.zeros((n, n))
    root = (V[:, identifiable] / np.sqrt(eigenvalues[identifiable])) / D[:, None]
    covariance[np.ix_(free, free)] = scale * root @ root.T
    loose = np.abs(directions[:, ~identifiable]) > 1e-6
    for i in np.flatnonzero(loose.any(axis=1)):
        covariance[i, :] = covariance[:, i] = np.nan
        covariance[i, i] = np.inf
    errors = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariance / errors / errors[:, None]
    correlation[~np.isfinite(correlation)] = np.nan
    np.fill_diagonal(correlation, 1.0)
    least = eigenvalues[0]
    condition = float(eigenvalues[-1] / least) if least > 0 else np.inf
    return Uncertainty(
        x,
        names,
        covariance,
        errors,
        correlation,
        H,
        scale,
        eigenvalues,
        directions,
        condition,
        identifiable,
        held,
    )
