"""Whether derivatives that the user gave are those of fun, and which entry is off.

Differences along one axis cost six evaluations. Where there are many variables, random directions
are looked at first, and an entry that is off is found by halving.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, quiet
from hessopt.optimize.stopping import EPS, Status, Stop

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

# Up to here every entry is looked at
FEW = 50
# A derivative that is off by less, relative to itself, ends no run
RTOL = 1e-4


class Differences(NamedTuple):
    """A derivative along a direction by differences.

    Parameters
    ----------
    central : ndarray
        Of fourth order.
    sides : tuple of ndarray
        Of first order, to either side: at a kink a derivative may be that of one side.
    error : ndarray
        How far off `central` may be.
    """

    central: Array
    sides: tuple[Array, Array]
    error: Array

    def deny(self, exact: Array) -> NDArray[np.bool_]:
        """Return where a derivative cannot be right; nowhere next to values that are not finite."""
        size = np.maximum(np.abs(exact), np.abs(self.central))
        off = ~(np.abs(exact - self.central) <= RTOL * size + self.error)
        kink = np.abs(self.sides[0] - self.sides[1]) > 0.1 * size
        for side in self.sides:
            off &= ~(kink & (np.abs(exact - side) <= 0.01 * size))
        return off & np.isfinite(self.central)


def differences(phi: Callable[[float], Array], size: float) -> Differences:
    """Differentiate phi at 0, where x moves by `size` for a step of one.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.given_derivatives import differences
    >>> found = differences(lambda t: np.array([np.sin(t)]), 1.0)
    >>> found.central, found.deny(np.array([1.0])), found.deny(np.array([1.1]))
    (array([1.]), array([False]), array([ True]))
    """
    h = EPS**0.2 * size
    values = {k: np.asarray(phi(k * h)) for k in (-4, -2, -1, 0, 1, 2, 4)}
    if not all(np.isfinite(value).all() for value in values.values()):  # perhaps they go too far
        h /= 100
        values = {k: np.asarray(phi(k * h)) for k in values}
    one, two, four = (values[k] - values[-k] for k in (1, 2, 4))
    central = (8 * one - two) / (12 * h)
    spread = np.abs(central - (8 * two - four) / (24 * h))
    largest = np.max([np.abs(value) for value in values.values()], axis=0)
    sides = (values[1] - values[0]) / h, (values[0] - values[-1]) / h
    return Differences(central, sides, 5 * spread + 30 * EPS * largest / h)


def wrong_entry(objective: Objective, x: Array) -> str | None:
    """Return a sentence on the first derivative of the objective that is wrong at `x`.

    Parameters
    ----------
    objective : Objective
        Its derivatives, given or exact.
    x : ndarray
        Where to look.

    Returns
    -------
    str or None
        None if differences do not deny any of them.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.given_derivatives import wrong_entry
    >>> from hessopt.optimize.objective import Objective
    >>> jac = lambda x: np.array([2 * x[0], 3 * x[1]])
    >>> objective = Objective(lambda x: np.sum(x**2), [1.0, 1.0], jac=jac)
    >>> wrong_entry(objective, objective.x0)
    'jac is wrong: its entry [1] is 3, but differences of fun give 2'
    """
    with quiet():
        found = _wrong_gradient(objective, x)
        if found is None and {"hess", "hessp"} & set(objective.oracle.given):
            found = _wrong_hessian(objective, x)
    return found


def wrong_derivative(objective: Objective, x: Array) -> Stop | None:
    """Return the Stop of a run whose derivatives are wrong, or None."""
    found = None
    with contextlib.suppress(Stop):  # a limit was reached before it was found out
        found = wrong_entry(objective, x)
    return None if found is None else corrected(found)


def corrected(found: str) -> Stop:
    """Return the Stop of a run whose derivatives were found to be wrong.

    Examples
    --------
    >>> from hessopt.optimize.given_derivatives import corrected
    >>> print(corrected("jac is wrong"))
    jac is wrong. Correct it, or leave it out: hessopt's own derivatives are exact.
    """
    message = f"{found}. Correct it, or leave it out: hessopt's own derivatives are exact."
    return Stop(Status.WRONG_DERIVATIVE, message)


def _wrong_gradient(objective: Objective, x: Array) -> str | None:
    g = objective.gradient(x)
    sizes = np.maximum(1.0, np.abs(x))
    name = "jac" if "jac" in objective.oracle.given else "the derivative of fun"

    def along(v: Array) -> Differences:
        size = float(np.min(sizes[v != 0]))
        return differences(lambda t: np.array([objective.oracle.value(x + t * v)]), size)

    def is_off(positions: Indices) -> bool:
        v = np.zeros_like(x)
        v[positions] = signs[positions]
        return bool(along(v).deny(np.array([g @ v]))[0])

    if x.size <= FEW:
        signs, suspects = np.ones(x.size), [np.array([i]) for i in range(x.size)]
        off = next((positions for positions in suspects if is_off(positions)), None)
    else:
        off = None
        for seed in range(2):
            signs = np.random.default_rng(seed).choice([-1.0, 1.0], x.size)
            if is_off(np.arange(x.size)):
                off = _halved(is_off, np.arange(x.size))
                break
    if off is None:
        return None
    if off.size > 1:
        return f"{name} is wrong in one of its entries [{off[0]}] to [{off[-1]}]"
    (i,) = off
    e = np.zeros_like(x)
    e[i] = 1.0
    seen = along(e).central[0]
    return (
        f"{name} is wrong: its entry {_entry(objective, i)} is {g[i]:.6g}, but differences of fun "
        f"give {seen:.6g}"
    )


def _halved(is_off: Callable[[Indices], bool], positions: Indices) -> Indices:
    """Halve a set of variables along which the derivative is off, as long as it shows in a half."""
    while positions.size > 1:
        half = next((part for part in np.array_split(positions, 2) if is_off(part)), None)
        if half is None:
            break
        positions = half
    return positions


def _wrong_hessian(objective: Objective, x: Array) -> str | None:
    name = "hess" if "hess" in objective.oracle.given else "hessp"
    product = objective.hvp(x)
    return wrong_product(name, product, lambda x: objective.oracle.first(x)[1], "the gradient", x)


def wrong_product(
    name: str,
    product: Callable[[Array], Array],
    function: Callable[[Array], Array],
    of: str,
    x: Array,
) -> str | None:
    """Return a sentence on the first entry of a matrix that is not the derivative of a function.

    Parameters
    ----------
    name, of : str
        What the matrix and the function are called.
    product : callable
        The product of the matrix with a vector.
    function : callable
        The function of x, whose derivative it should be.
    x : ndarray
        Where.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.given_derivatives import wrong_product
    >>> J = np.array([[2.0, 0.0], [0.0, 5.0]])
    >>> wrong_product("jac", J.dot, lambda x: x**2, "fun", np.array([1.0, 2.0]))
    'jac is wrong: its entry [1, 1] is 5, but differences of fun give 4'
    """
    directions = np.eye(x.size)
    if x.size > FEW:
        directions = np.random.default_rng(0).choice([-1.0, 1.0], (2, x.size))
    for j, v in enumerate(directions):
        size = float(np.min(np.maximum(1.0, np.abs(x))[v != 0]))
        seen = differences(lambda t, v=v: function(x + t * v), size)
        exact = product(v)
        off = np.flatnonzero(seen.deny(exact))
        if off.size:
            i = off[0]
            column = f"[{i}, {j}]" if x.size <= FEW else f"[{i}] of its product with a vector"
            return (
                f"{name} is wrong: its entry {column} is {exact[i]:.6g}, but differences of "
                f"{of} give {seen.central[i]:.6g}"
            )
    return None


def _entry(objective: Objective, i: int) -> str:
    index = np.unravel_index(i, objective.shape)
    return f"[{', '.join(str(int(k)) for k in index)}]"
