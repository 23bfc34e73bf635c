"""Derivatives against differences, order by order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hessopt.autodiff.variable import Variable
from hessopt.transforms.first_order import grad
from hessopt.transforms.recording import as_input
from hessopt.transforms.trees import is_container, leaves, ravel

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
        Where it is; in a container, counted as `hessopt.ravel` does.
    exact, difference : float
        The two values there.
    resolution : float
        The relative error that the differences may have themselves; they show no smaller one.
    ok : bool
        Whether the error is within the tolerance.
    place : str
        The expression that reaches the entry, such as ``x[0, 2]`` or ``x['weights'][1]``.
    """

    order: int
    error: float
    entry: tuple[int, ...]
    exact: float
    difference: float
    resolution: float
    ok: bool
    place: str

    def __str__(self) -> str:
        name = _NAMES.get(self.order, f"derivative of order {self.order}")
        verdict = "agrees" if self.ok else "IS OFF"
        doubt = (
            "" if self.resolution < 1e-4 else f" (differences good to {self.resolution:.0e} only)"
        )
        return (
            f"order {self.order} ({name}): {verdict}; largest relative error {self.error:.1e} at "
            f"{self.place}: exact {self.exact:.10g}, differences {self.difference:.10g}{doubt}"
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
    x : array_like, dict, list, tuple or dataclass
        Where to check; it should not be at a kink. A container holds arrays.
    order : int
        The highest order.
    rtol : float
        Largest error accepted, relative to the largest entry of the derivative, beyond what the
        rounding errors of the differences explain.
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
    TypeError, ValueError
        If an argument is not what it should be, or x is not finite.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.check_derivatives(lambda x: np.sum(np.sin(x) ** 2), np.array([0.5, 1.0])).ok
    True
    """
    if not callable(f):
        raise TypeError(f"f must be a function, not {type(f).__name__}")
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"order={order!r} must be a whole number, 1 or more")
    for name, value in (("rtol", rtol), ("step", 1.0 if step is None else step)):
        if not isinstance(value, (int, float, np.number)) or not value > 0:
            raise ValueError(f"{name}={value!r} must be a number greater than 0")
    if is_container(x):
        vector, restore = ravel(x, "x")
        found = check_derivatives(
            lambda v, *args: f(restore(v), *args),
            vector,
            *args,
            order=order,
            rtol=rtol,
            step=step,
            seed=seed,
        )
        reached = [(p, entry) for p, leaf in leaves(x, "x") for entry in np.ndindex(np.shape(leaf))]
        named = (
            replace(check, place=_place(*reached[check.entry[0]])) if reached else check
            for check in found.orders
        )
        return DerivativeReport(tuple(named))
    point = np.array(as_input(x, "x").data)
    if point.dtype.kind == "c":
        raise TypeError("x is complex; give f a real argument, for instance the two parts of x")
    if not np.all(np.isfinite(point)):
        raise ValueError("x has entries that are not finite")
    random = np.random.default_rng(seed)
    direction = random.standard_normal(point.shape).astype(point.dtype)
    first = np.asarray(f(point.copy(), *args))
    if first.dtype.kind not in "fciub":
        raise TypeError(f"f returned {first!r:.60}; it must return an array of numbers")
    weights = random.uniform(0.5, 1.5, first.shape) if first.ndim else np.ones(())
    weights = weights.astype(np.result_type(first.dtype, np.float32))
    relative = np.finfo(point.dtype).eps ** 0.2 if step is None else step

    def scalar(x: Any) -> Any:
        return np.real(np.sum(weights * f(x, *args)))

    gradients = [scalar, grad(scalar)]
    for _ in range(order - 1):
        gradients.append(grad(_along(gradients[-1], direction)))
    checks = []
    size = 0.0  # of the values and derivatives so far: what their rounding errors are relative to
    for k in range(1, order + 1):
        exact = np.asarray(gradients[k](point.copy()))
        below = gradients[k - 1] if k == 1 else _along(gradients[k - 1], direction)
        estimate, spread, largest = difference_gradient(below, point, relative)
        size = max(size, largest)
        noise = 5 * spread + 30 * float(np.finfo(point.dtype).eps) * size / float(relative)
        checks.append(_compare(k, exact, estimate, noise, rtol))
    return DerivativeReport(tuple(checks))


def _along(gradient: Callable[[Any], Any], direction: np.ndarray) -> Callable[[Any], Any]:
    return lambda x: np.sum(gradient(x) * direction)


def difference_gradient(
    f: Callable[[Any], Any], x: np.ndarray, relative: float
) -> tuple[np.ndarray, float, float]:
    """Return the gradient of `f` by fourth-order central differences, and how good it can be.

    Beside the estimate: how far one with twice the step is from it, and the largest value of `f`.
    """
    out = np.empty(x.shape, x.dtype)
    spread = largest = 0.0
    for entry in np.ndindex(x.shape):
        h = relative * max(1.0, abs(float(x[entry])))

        def at(shift: float, entry: tuple[int, ...] = entry) -> float:
            moved = x.copy()
            moved[entry] += shift
            value = f(moved)
            return float(value.data if isinstance(value, Variable) else value)

        values = [at(k * h) for k in (1, -1, 2, -2, 4, -4)]
        one, two, four = (values[k] - values[k + 1] for k in (0, 2, 4))
        out[entry] = (8 * one - two) / (12 * h)
        spread = max(spread, abs(float(out[entry]) - (8 * two - four) / (24 * h)))
        largest = max(largest, *map(abs, values))
    return out, spread, largest


def _compare(
    order: int, exact: np.ndarray, estimate: np.ndarray, noise: float, rtol: float
) -> OrderCheck:
    """Compare two derivatives, of which the estimate has rounding errors of the size of `noise`."""
    if exact.size == 0:
        return OrderCheck(order, 0.0, (), 0.0, 0.0, 0.0, True, "x")
    gap = np.abs(exact - estimate)
    gap = np.where(np.isfinite(gap), gap, np.inf)
    entry = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
    largest = float(gap[entry])
    both = np.abs([exact, estimate])
    scale = float(np.max(both, where=np.isfinite(both), initial=0)) or 1.0
    return OrderCheck(
        order,
        error=largest / scale,
        entry=entry,
        exact=float(exact[entry]),
        difference=float(estimate[entry]),
        resolution=noise / scale,
        ok=bool(largest - noise <= rtol * scale),
        place=_place("x", entry),
    )


def _place(path: str, entry: tuple[int, ...]) -> str:
    return f"{path}[{', '.join(map(str, entry))}]" if entry else path
