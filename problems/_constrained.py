"""The record of an objective with bounds and constraints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems._problem import Array, Problem


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ConstrainedProblem(Problem):
    """A `Problem` within limits: ``lower <= x <= upper`` and ``cl <= constraints(x) <= cu``.

    Parameters
    ----------
    lower, upper : array or float
        Bounds of the variables, kept as one entry for each; ``-inf`` and ``inf`` where there is
        none. They are part of the problem, unlike `bounds`, the customary search box.
    constraints : callable, optional
        ``constraints(x)``, all of them along the last axis: plain NumPy, like `value`; leading
        axes of ``x`` are a batch. None where the variables have bounds alone.
    constraints_lower, constraints_upper : array or float
        Limits of ``constraints(x)``, kept as one entry for each. By default ``0`` and ``inf``;
        where both are the same the constraint is an equality.

    Raises
    ------
    ValueError
        If limits are not as described; the message names the field.

    Notes
    -----
    The other parameters are those of `Problem`. `solution` and `least_value` are the best within
    the limits; the published `start` may lie outside them.

    What SciPy's and hessopt's ``minimize`` take are ``bounds=Bounds(lower, upper)`` and
    ``constraints=NonlinearConstraint(constraints, constraints_lower, constraints_upper)``; for
    SLSQP the rows that are `equalities` go into a constraint of their own.

    Examples
    --------
    >>> import problems
    >>> hs71 = problems.get("hs71")
    >>> hs71.lower, hs71.upper
    (array([1., 1., 1., 1.]), array([5., 5., 5., 5.]))
    >>> hs71.constraints(hs71.start), hs71.constraints_lower, hs71.constraints_upper
    (array([25., 52.]), array([25., 40.]), array([inf, 40.]))
    >>> hs71.equalities
    array([False,  True])
    >>> print(hs71.violation(hs71.start))
    12.0
    """

    lower: Array = field(default_factory=lambda: np.array(-np.inf))
    upper: Array = field(default_factory=lambda: np.array(np.inf))
    constraints: Callable[[Any], Any] | None = None
    constraints_lower: Array = field(default_factory=lambda: np.array(0.0))
    constraints_upper: Array = field(default_factory=lambda: np.array(np.inf))

    def __post_init__(self) -> None:
        super().__post_init__()
        self._spread("lower", "upper", self.start.shape)
        c = np.zeros(0) if self.constraints is None else np.asarray(self.constraints(self.start))
        if c.ndim != 1:
            raise ValueError(
                f"constraints of {self.name!r} must give a one-dimensional array at start, "
                f"got shape {c.shape}: join them by np.stack([...], axis=-1)"
            )
        self._spread("constraints_lower", "constraints_upper", c.shape)

    @property
    def equalities(self) -> NDArray[np.bool_]:
        """Which of the constraints are equalities."""
        return np.equal(self.constraints_lower, self.constraints_upper)

    def violation(self, x: Any) -> Any:
        """Return by how much the limit that is missed most is missed, 0 at a feasible point.

        Parameters
        ----------
        x : array
            A point, or a batch of them along the leading axes.

        Returns
        -------
        float or array
            One entry for each point.
        """
        x = np.asarray(x)
        excess = [self.lower - x, x - self.upper]
        if self.constraints is not None:
            c = self.constraints(x)
            excess += [self.constraints_lower - c, c - self.constraints_upper]
        return np.maximum(0.0, np.max(np.concatenate(excess, axis=-1), axis=-1))

    def _spread(self, below: str, above: str, shape: tuple[int, ...]) -> None:
        """Give both limits one entry for each variable or constraint."""
        for name in (below, above):
            limit = np.array(getattr(self, name), dtype=float)
            if limit.shape not in {(), shape}:
                raise ValueError(
                    f"{name} of {self.name!r} must be one number or an array of shape {shape}, "
                    f"got shape {limit.shape}"
                )
            limit = np.array(np.broadcast_to(limit, shape))
            limit.flags.writeable = False
            object.__setattr__(self, name, limit)  # the way into a frozen dataclass
        low, high = getattr(self, below), getattr(self, above)
        if not np.all(low <= high):
            raise ValueError(
                f"{below} of {self.name!r} must not exceed {above}, got {low} and {high}"
            )
