"""The record of one objective."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """One objective, with what is known about it.

    Parameters
    ----------
    name : str
        The name in the registry: lower case, with hyphens.
    value : callable
        The objective ``value(x)``: plain NumPy calls and operators, so that anything which follows
        NumPy's protocols can differentiate it. The variables are the last axis of ``x``; leading
        axes are a batch, and the result has the leading axes' shape.
    start : array
        The usual starting point, one-dimensional.
    solution : array, optional
        A global minimiser, if one is known.
    least_value : float, optional
        The objective at its global minimisers, if it is known.
    source : str
        Where the objective is published.
    description : str
        What it is, and what makes it hard.
    note : str
        What to know about the published values: which are rounded, wrong, or chosen here.
    starts : tuple of arrays, optional
        All starting points, `start` first; ``(start,)`` unless given.
    solutions : tuple of arrays, optional
        All global minimisers, `solution` first, where they are finitely many;
        ``(solution,)`` unless given.
    bounds : array, optional
        The customary search box: one pair ``(low, high)`` for all variables, or one for each.
        Kept with the shape ``(dimension, 2)``.
    residual : callable, optional
        ``residual(x)``, the terms whose squares add up to ``value(x)``, on the last axis.
    tags : frozenset of str
        ``"convex"``, ``"unimodal"`` (one local minimiser), ``"multimodal"`` (several),
        ``"quadratic"``, ``"sum-of-squares"``, ``"singular"`` (singular Hessian at the solution),
        ``"ill-conditioned"`` (Hessian at the solution regular, of condition above 1e7),
        ``"kink"`` (not differentiable at the solution), ``"cusp"`` (no multipliers at the
        solution), and ``"scalable"`` (has a parameter ``n`` which sets its size; `problems.get`
        adds it). Of collections: ``"nist"``, ``"mgh"`` (Moré, Garbow and Hillstrom), ``"cutest"``,
        ``"bounds"`` (variables have bounds, and nothing else limits them) and ``"hs"`` (of Hock
        and Schittkowski's with constraints).
    parameters : mapping
        The parameters it was built with, as `problems.get` takes them.

    Raises
    ------
    ValueError
        If a name, an array or a size is not as described; the message names the field.

    Notes
    -----
    The arrays of a record are read-only. Start from a copy if you mean to write: ``start.copy()``.

    Examples
    --------
    >>> import problems
    >>> beale = problems.get("beale")
    >>> beale
    Problem('beale', dimension=2)
    >>> beale.start, beale.solution
    (array([1., 1.]), array([3. , 0.5]))
    >>> print(beale.value(beale.start))
    14.203125
    """

    name: str
    value: Callable[[Any], Any]
    start: Array
    solution: Array | None = None
    least_value: float | None = None
    source: str = ""
    description: str = ""
    note: str = ""
    starts: tuple[Array, ...] = ()
    solutions: tuple[Array, ...] = ()
    bounds: Array | None = None
    residual: Callable[[Any], Any] | None = None
    tags: frozenset[str] = frozenset()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise ValueError(
                f"name must be lower-case words joined by hyphens, got {self.name!r}: "
                "write it like 'goldstein-price'"
            )
        start = _read_only(self.start)
        if start.ndim != 1 or start.size == 0:
            raise ValueError(
                f"start of {self.name!r} must be one-dimensional and not empty, "
                f"got shape {start.shape}"
            )
        starts = self._points("starts", self.starts or (start,), start)
        solutions: tuple[Array, ...] = ()
        if self.solution is not None:
            solution = _read_only(self.solution)
            solutions = self._points("solutions", self.solutions or (solution,), solution)
        elif self.solutions:
            raise ValueError(f"solutions of {self.name!r} need solution, the first of them")
        tidy = {
            "start": starts[0],
            "starts": starts,
            "solution": solutions[0] if solutions else None,
            "solutions": solutions,
            "bounds": None if self.bounds is None else self._box(start.size),
            "tags": frozenset(self.tags),
            "parameters": MappingProxyType(dict(self.parameters)),
        }
        for name, entry in tidy.items():
            object.__setattr__(self, name, entry)  # the way into a frozen dataclass

    @property
    def dimension(self) -> int:
        """The number of variables."""
        return self.start.size

    @property
    def scalable(self) -> bool:
        """Whether `problems.get` builds it of any size, by its parameter ``n``."""
        return "scalable" in self.tags

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, dimension={self.dimension})"

    def _points(self, name: str, points: tuple[Array, ...], first: Array) -> tuple[Array, ...]:
        points = tuple(_read_only(point) for point in points)
        for point in points:
            if point.shape != np.shape(self.start):
                raise ValueError(
                    f"{name} of {self.name!r} must have the shape of start, "
                    f"{np.shape(self.start)}, got {point.shape}"
                )
            if not np.all(np.isfinite(point)):
                raise ValueError(f"{name} of {self.name!r} must be finite numbers, got {point}")
        if not np.array_equal(points[0], first):
            raise ValueError(
                f"{name} of {self.name!r} must begin with {name.removesuffix('s')}, "
                f"{first}, got {points[0]}"
            )
        return points

    def _box(self, size: int) -> Array:
        bounds = _read_only(self.bounds)
        if bounds.shape not in {(2,), (size, 2)} or not np.all(bounds[..., 0] < bounds[..., 1]):
            raise ValueError(
                f"bounds of {self.name!r} must be one pair (low, high) or one for each of the "
                f"{size} variables, with low < high, got {bounds.tolist()}"
            )
        return np.broadcast_to(bounds, (size, 2))


def _read_only(array: Any) -> Array:
    if isinstance(array, np.ndarray) and array.dtype == float and not array.flags.writeable:
        return array
    array = np.array(array, dtype=float)
    array.flags.writeable = False
    return array
