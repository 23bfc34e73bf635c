"""Derivatives against differences, order by order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hessopt.autodiff.variable import Variable
from hessopt.transforms.first_order import grad
from hessopt.transforms.recording import as_input

_NAMES = {1: "gradient", 2: "Hessian-vector product"}


@dataclass(frozen=True)
class OrderCheck:
    """One order of derivative, exact against differences.

    Attributes
    ----------
    order : int
        1 for the gradient, 2 for the Hessian along a direction, and so on.
    error : float
        The largest difference between the two, relative to the largest entry.
    entry : tuple of int
        Where it is.
    exact, difference : float
        The two values there.
    ok : bool
        Whether the error is within the tolerance.
    """

    order: int
    error: float
    entry: tuple[int, ...]
    exact: float
    difference: float
    ok: bool

    def __str__(self) -> str:
        name = _NAMES.get(self.order, f"derivative of order {self.order}")
        where = f"x[{', '.join(map(str, self.entry))}]" if self.entry else "x"
        verdict = "agrees" if self.ok else "IS OFF"
        return (
            f"order {self.order} ({name}): {verdict}; largest relative error {self.error:.1e} at "
            f"{where}: exact {self.exact:.10g}, differences {self.difference:.10g}"
        )


@dataclass(frozen=True)
class DerivativeReport:
    """What `check_derivatives` found; true where every order agrees.

    Attributes
    ----------
    orders : tuple of OrderCheck
        One for each order checked.
    """

    orders: tuple[OrderCheck, ...]

    @property
    def ok(self) -> bool:
        """Whether every order agrees."""
        return all(check.ok for check in self.orders)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return "\n".join(map(str, self.orders))


def check_derivatives(
    f: Callable[..., Any],
    x: Any,
    *args: Any,
    order: int = 3,
    rtol: float = 1e-5,
    step: float | None = None,
    seed: int = 0,
) -> DerivativeReport:
    """Compare the derivatives of `f` at `x` with differences.

    The gradient is compared with differences of `f` entry by entry; each higher order, along a
    fixed random direction, with differences of the order below it.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` in plain NumPy, returning an array of any shape; an array is reduced to a
        scalar with fixed random weights.
    x : array_like
        Where to check; it should not be at a kink.
    order : int
        The highest order.
    rtol : float
        Largest error accepted, relative to the largest entry of the derivative.
    step : float, optional
        Step of the differences, relative to the size of x; a fifth root of the precision if None.
    seed : int
        Of the random direction and weights.

    Returns
    -------
    DerivativeReport
        True where all orders agree; printed, it says which entry is off.

    Raises
    ------
    ValueError
        If `order` is less than 1, or x is not finite.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.check_derivatives(lambda x: np.sum(np.sin(x) ** 2), np.array([0.5, 1.0])).ok
    True
    """
    if order < 1:
        raise ValueError(f"order={order} must be 1 or more")
    point = np.array(as_input(x, "x").data)
    if not np.all(np.isfinite(point)):
        raise ValueError("x has entries that are not finite")
    random = np.random.default_rng(seed)
    direction = random.standard_normal(point.shape).astype(point.dtype)
    first = f(point, *args)
    weights = random.uniform(0.5, 1.5, np.shape(first)).astype(np.asarray(first).dtype)
    relative = np.finfo(point.dtype).eps ** 0.2 if step is None else step

    def scalar(x: Any) -> Any:
        return np.real(np.sum(weights * f(x, *args)))

    gradients = [scalar, grad(scalar)]
    for _ in range(order - 1):
        gradients.append(grad(_along(gradients[-1], direction)))
    checks = []
    for k in range(1, order + 1):
        exact = np.asarray(gradients[k](point))
        below = gradients[k - 1] if k == 1 else _along(gradients[k - 1], direction)
        estimate = difference_gradient(below, point, relative)
        checks.append(_compare(k, exact, estimate, rtol))
    return DerivativeReport(tuple(checks))


def _along(gradient: Callable[[Any], Any], direction: np.ndarray) -> Callable[[Any], Any]:
    return lambda x: np.sum(gradient(x) * direction)


def difference_gradient(f: Callable[[Any], Any], x: np.ndarray, relative: float) -> np.ndarray:
    """Return the gradient of `f` by fourth-order central differences."""
    out = np.empty(x.shape, x.dtype)
    for entry in np.ndindex(x.shape):
        h = relative * max(1.0, abs(float(x[entry])))

        def at(shift: float, entry: tuple[int, ...] = entry) -> float:
            moved = x.copy()
            moved[entry] += shift
            value = f(moved)
            return float(value.data if isinstance(value, Variable) else value)

        out[entry] = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
    return out


def _compare(order: int, exact: np.ndarray, estimate: np.ndarray, rtol: float) -> OrderCheck:
    if exact.size == 0:
        return OrderCheck(order, 0.0, (), 0.0, 0.0, True)
    gap = np.abs(exact - estimate)
    gap = np.where(np.isfinite(gap), gap, np.inf)
    entry = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
    scale = max(1.0, float(np.max(np.abs(estimate), initial=0.0)))
    error = float(gap[entry]) / scale
    return OrderCheck(
        order, error, entry, float(exact[entry]), float(estimate[entry]), error <= rtol
    )
