"""Fits over a dict, dataclass, named tuple or list of arrays: a solver sees one vector."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hessopt.optimize.containers import restoring
from hessopt.transforms.trees import is_tree, matching, ravel

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


def over_container(
    solve: Callable[..., OptimizeResult], fun: Callable[..., Any], x0: Any, given: dict[str, Any]
) -> OptimizeResult:
    """Solve for the numbers in `x0` and return a result in its form.

    Parameters
    ----------
    solve : callable
        `least_squares` or `root` for a vector.
    fun, x0
        As `solve` takes them.
    given : dict
        The other arguments by name. Bounds and `x_scale` are numbers, or containers of the form of
        x0; a `jac` would have no form to return.

    Raises
    ------
    ValueError
        If an argument has no meaning for a container.
    """
    if callable(given.get("jac")):
        raise ValueError(
            f"jac is given for vectors; with x0 in a {type(x0).__name__} leave it out, or work "
            "with vector, restore = hessopt.ravel(x0)"
        )
    vector, restore = ravel(x0)
    bounds = given.get("bounds")
    if isinstance(bounds, tuple | list) and len(bounds) == 2:
        given["bounds"] = tuple(
            spread(side, x0, f"bounds[{k}]") if is_tree(side) else side
            for k, side in enumerate(bounds)
        )
    if is_tree(given.get("x_scale")):
        given["x_scale"] = spread(given["x_scale"], x0, "x_scale")
    given["callback"] = restoring(given["callback"], restore)
    result = solve(lambda v, *args, **kwargs: fun(restore(v), *args, **kwargs), vector, **given)
    for name in ("x", "grad", "active_mask"):
        if name in result:
            result[name] = restore(result[name])
    return result


def spread(tree: Any, like: Any, name: str) -> np.ndarray:
    """Return the numbers of a container as a vector; one number stands for an array of them."""
    parts = zip(matching(tree, like, name, "x0"), matching(like, like, "x0", "x0"), strict=True)
    return np.concatenate(
        [np.broadcast_to(np.asarray(part, float), np.shape(x)).ravel() for part, x in parts]
    )
