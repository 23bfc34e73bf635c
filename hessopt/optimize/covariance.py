"""What `uncertainty` returns, and how it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.transforms.trees import is_tree, ravel

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class Uncertainty:
    """Covariance of the parameters and what it says about them.

    Attributes
    ----------
    x : object
        The parameters, in the form of the result.
    names : list of str
        A name for each number in x.
    covariance : ndarray
        Of the flat x. Infinite for a parameter that has a part in an unidentifiable direction, zero
        for one that is held by a bound.
    standard_errors : ndarray
        The roots of its diagonal.
    correlation : ndarray
        With ones on the diagonal; NaN where a standard error is not finite, or zero.
    hessian : ndarray
        Of the cost: the matrix that was inverted.
    scale : float
        What the inverse was multiplied by.
    eigenvalues : ndarray
        Of the Hessian in units in which its diagonal is 1, in ascending order.
    directions : ndarray
        Their eigenvectors as columns, in the parameters' own units, each of length 1.
    condition : float
        The largest over the least eigenvalue.
    identifiable : ndarray of bool
        Which of the directions the data determine.
    held : ndarray of bool
        Which of the parameters are held by a bound.
    """

    x: Any
    names: list[str]
    covariance: Array
    standard_errors: Array
    correlation: Array
    hessian: Array
    scale: float
    eigenvalues: Array
    directions: Array
    condition: float
    identifiable: NDArray[np.bool_]
    held: NDArray[np.bool_]

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        flat = flat_numbers(self.x)
        width = max(9, *(len(name) for name in self.names))
        lines = [f"{'parameter':<{width}} {'value':>13} {'std. error':>11}"]
        rows = zip(self.names, flat, self.standard_errors, self.held, strict=True)
        for name, value, error, held in rows:
            lines.append(
                f"{name:<{width}} {value:13.7g} " + ("   at a bound" if held else f"{error:11.3g}")
            )
        pairs = [(abs(self.correlation[i, j]), i, j) for i in range(flat.size) for j in range(i)]
        strong = sorted((pair for pair in pairs if pair[0] >= 0.5), reverse=True)[:5]
        lines += [
            f"correlation of {self.names[j]} and {self.names[i]}: {self.correlation[i, j]:.3f}"
            for _, i, j in strong
        ]
        lines.append(f"condition of the scaled Hessian: {self.condition:.3g}")
        for k in np.flatnonzero(~self.identifiable):
            lines.append(f"not determined: {combination(self.directions[:, k], self.names)}")
        return "\n".join(lines)


def flat_numbers(x: Any) -> Array:
    """Return the numbers of an array or a container as a vector."""
    return ravel(x)[0] if is_tree(x) else np.asarray(x, dtype=np.float64).ravel()


def combination(direction: Array, names: Sequence[str]) -> str:
    """Write a direction as a combination of the parameters that matter in it.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.covariance import combination
    >>> combination(np.array([-0.6, 0.8, 1e-9]), ["a", "b", "c"])
    '-0.6 a + 0.8 b'
    """
    order = np.argsort(-np.abs(direction))[:5]
    kept = sorted(i for i in order if abs(direction[i]) > 0.01 * np.abs(direction).max())
    terms = [f"{'-' if direction[i] < 0 else '+'} {abs(direction[i]):.3g} {names[i]}" for i in kept]
    text = " ".join(terms)
    return text[2:] if text.startswith("+") else "-" + text[2:]
