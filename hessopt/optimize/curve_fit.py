"""`curve_fit`: SciPy's function, with exact Jacobians."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hessopt.optimize.least_squares import least_squares
from hessopt.transforms.trees import is_container, ravel

Array = NDArray[np.float64]


def curve_fit(
    f: Callable[..., Any],
    xdata: Any,
    ydata: ArrayLike,
    p0: Any = None,
    sigma: ArrayLike | None = None,
    absolute_sigma: bool = False,
    check_finite: bool | None = None,
    bounds: Any = (-np.inf, np.inf),
    method: str | None = None,
    jac: Any = None,
    *,
    full_output: bool = False,
    nan_policy: str | None = None,
    **kwargs: Any,
) -> Any:
    """Fit a function to data by least squares.

    The signature and the results are those of `scipy.optimize.curve_fit`; the Jacobian of the
    model, and so the covariance, is exact.

    Parameters
    ----------
    f : callable
        The model ``f(xdata, *params)`` in plain NumPy; with `p0` in a container ``f(xdata, p)``.
    xdata : array_like or object
        Handed to f.
    ydata : array_like
        The data.
    p0 : array_like, or container of arrays, optional
        The start; by default ones, or what lies well within the bounds, for each parameter in the
        signature of f. With a dict, dataclass, named tuple or list of arrays, the fit has its form.
    sigma : array_like, optional
        Standard deviations of the data (one, or one for each), or their covariance matrix.
    absolute_sigma : bool
        Whether `sigma` is meant as it is. If not, only its ratios count: the covariance is scaled
        so that the reduced chi-squared is 1.
    check_finite : bool, optional
        Whether to refuse NaN and infinity in the data; by default yes, unless `nan_policy` is set.
    bounds : pair of array_like, or Bounds
        On the parameters.
    method : {"auto", "lm", "trf", "dogbox"}, optional
        As for `least_squares`.
    jac : callable, {"2-point", "3-point", "cs"}, optional
        The Jacobian of the model ``jac(xdata, *params)``, if not by hessopt; or differences.
    full_output : bool
        Whether to return more.
    nan_policy : {"raise", "omit"}, optional
        What to do about NaN in the data.
    **kwargs
        Further arguments of `least_squares`, `jit` and `maxtime` among them; `maxfev` is its
        `max_nfev`.

    Returns
    -------
    popt : ndarray, or a container of the form of p0
        The parameters.
    pcov : ndarray
        Their covariance, ``inv(J'J)`` up to `sigma`; infinite, with a warning, where the data do
        not determine them. For a container, in the order of `hessopt.ravel`.
    infodict, mesg, ier
        With `full_output`: a dict with ``nfev``, ``fvec`` (the residuals) and ``result`` (what
        `least_squares` returned, for `uncertainty` for example), the message, and the status.

    Raises
    ------
    RuntimeError
        If the fit fails.
    TypeError, ValueError
        If an argument is not what it should be.

    References
    ----------
    G. A. F. Seber and C. J. Wild, *Nonlinear Regression*, Wiley 1989, section 2.1.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import curve_fit
    >>> def decay(t, amplitude, rate):
    ...     return amplitude * np.exp(-rate * t)
    >>> t = np.linspace(0, 4, 9)
    >>> popt, pcov = curve_fit(decay, t, decay(t, 2.5, 1.3) + 0.01 * np.cos(9 * t))
    >>> popt
    array([2.50, 1.30])
    >>> np.sqrt(np.diag(pcov))
    array([0.007..., 0.006...])
    """
    if "args" in kwargs:
        raise ValueError("args is not an argument of curve_fit; bind them to f")
    if not callable(f):
        raise TypeError(f"f must be callable, not {type(f).__name__}")
    if callable(jac) and is_container(p0):
        raise ValueError(f"jac is given for vectors; with p0 in a {type(p0).__name__} leave it out")
    if p0 is None:
        p0 = _start(f, bounds)
    xdata, y, sigma = _data(xdata, ydata, sigma, check_finite, nan_policy)
    whiten = _whitening(sigma, y.size)
    vector, _ = ravel(p0, "p0") if is_container(p0) else (np.atleast_1d(np.asarray(p0)), None)
    single = is_container(p0)
    shape = y.shape

    def residual(p: Any) -> Any:
        predicted = f(xdata, p) if single else f(xdata, *p)
        return whiten(np.reshape(predicted - y if shape else predicted - y[()], -1))

    def model_jacobian(p: Any) -> Any:
        J = np.reshape(np.asarray(jac(xdata, *p), dtype=np.float64), (-1, vector.size))
        return whiten(J)

    if "maxfev" in kwargs:
        kwargs.setdefault("max_nfev", kwargs["maxfev"])
        del kwargs["maxfev"]
    res = least_squares(
        residual,
        p0,
        jac=model_jacobian if callable(jac) else jac,
        bounds=bounds,
        method=method or "auto",
        **kwargs,
    )
    if not res.success:
        raise RuntimeError(f"Optimal parameters not found: {res.message}")
    pcov = _covariance(res, absolute_sigma, vector.size)
    if full_output:
        info = {"nfev": res.nfev, "fvec": res.fun, "result": res}
        return res.x, pcov, info, res.message, int(res.status)
    return res.x, pcov


def _start(f: Callable[..., Any], bounds: Any) -> Array:
    """Return ones, moved into the bounds, for each parameter that f names."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        named = [p for p in inspect.signature(f).parameters.values() if p.kind in kinds]
    except ValueError:
        named = []
    if len(named) < 2:
        raise ValueError(
            "p0 is needed: the signature of f does not tell the number of its parameters"
        )
    n = len(named) - 1
    lower, upper = (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else bounds
    try:
        lower, upper = np.broadcast_to(lower, n), np.broadcast_to(upper, n)
    except ValueError:
        raise ValueError(f"bounds must hold one number or {n}, one for each parameter") from None
    p0 = np.ones(n)
    both = np.isfinite(lower) & np.isfinite(upper)
    p0[both] = (lower[both] + upper[both]) / 2
    below = np.isfinite(lower) & ~both
    p0[below] = lower[below] + 1
    above = np.isfinite(upper) & ~both
    p0[above] = upper[above] - 1
    return p0


def _data(
    xdata: Any, ydata: Any, sigma: Any, check_finite: bool | None, nan_policy: str | None
) -> tuple[Any, Array, Any]:
    if nan_policy not in (None, "raise", "omit"):
        raise ValueError(f"nan_policy must be 'raise', 'omit' or None, not {nan_policy!r}")
    y = np.asarray(ydata, dtype=np.float64)
    if y.size == 0:
        raise ValueError("ydata is empty")
    is_array = isinstance(xdata, list | tuple | np.ndarray)
    if is_array:
        xdata = np.asarray(xdata, dtype=np.float64)
    sigma = None if sigma is None else np.asarray(sigma, dtype=np.float64)
    if check_finite if check_finite is not None else nan_policy is None:
        for name, data in (("xdata", xdata), ("ydata", y)):
            if isinstance(data, np.ndarray) and not np.isfinite(data).all():
                raise ValueError(f"{name} must not contain infs or NaNs; see nan_policy='omit'")
    missing = np.isnan(y)
    if is_array and xdata.shape[-1:] == y.shape[-1:] and y.ndim == 1:
        missing = missing | np.isnan(xdata).any(axis=tuple(range(xdata.ndim - 1)))
    if nan_policy == "raise" and missing.any():
        raise ValueError("xdata or ydata contain nan values; see nan_policy='omit'")
    if nan_policy == "omit" and missing.any():
        if not (is_array and xdata.shape[-1:] == y.shape and y.ndim == 1):
            raise ValueError("nan_policy='omit' needs ydata of shape (M,) and xdata of (..., M)")
        keep = ~missing
        xdata, y = xdata[..., keep], y[keep]
        if sigma is not None and sigma.ndim:
            sigma = sigma[keep] if sigma.ndim == 1 else sigma[np.ix_(keep, keep)]
    return xdata, y, sigma


def _whitening(sigma: Any, m: int) -> Callable[[Any], Any]:
    """Return the map that gives residuals, or the rows of a Jacobian, unit covariance."""
    if sigma is None:
        return lambda r: r
    if sigma.size == 1 or sigma.shape == (m,):
        if not (sigma > 0).all():
            raise ValueError("sigma must be above 0")
        w = np.broadcast_to(1 / sigma.ravel(), (m,))
        return lambda r: np.reshape(w, (-1,) + (1,) * (np.ndim(r) - 1)) * r
    if sigma.shape != (m, m):
        raise ValueError(
            f"sigma has shape {sigma.shape}; it must be one number, {m} standard deviations, or a "
            f"covariance matrix of shape ({m}, {m})"
        )
    from scipy.linalg import LinAlgError, cholesky, solve_triangular

    try:
        L = cholesky(sigma, lower=True)
    except LinAlgError:
        raise ValueError("sigma must be positive definite to be a covariance matrix") from None
    W = solve_triangular(L, np.eye(m), lower=True)
    return lambda r: W @ r


def _covariance(res: Any, absolute_sigma: bool, n: int) -> Array:
    """Return inv(J'J), scaled by the variance of the residuals unless sigma is absolute."""
    from scipy.optimize import OptimizeWarning

    J = res.jac
    if hasattr(J, "toarray"):
        J = J.toarray()
    elif not isinstance(J, np.ndarray):
        J = np.stack([J @ e for e in np.eye(n)], axis=-1)
    m = J.shape[0]
    lengths = np.linalg.norm(J, axis=0)
    # Columns of unit length: the rank then does not depend on the units of the parameters
    unit = np.where(lengths > 0, lengths, 1.0)
    _, s, Vt = np.linalg.svd(J / unit, full_matrices=False)
    determined = s.size == n and s[-1] > np.finfo(float).eps * max(J.shape) * s[0]
    if not determined or (not absolute_sigma and m <= n):
        warnings.warn(
            "Covariance of the parameters could not be estimated: "
            + ("there are no more data than parameters" if m <= n else "they are not determined"),
            OptimizeWarning,
            stacklevel=3,
        )
        return np.full((n, n), np.inf)
    root = (Vt.T / s) / unit[:, None]
    return root @ root.T * (1.0 if absolute_sigma else 2 * res.cost / (m - n))
