"""Minimisation over a dict, dataclass, named tuple or list of arrays: a solver sees one vector."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hessopt.transforms.trees import ravel

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


def over_container(
    minimise: Callable[..., OptimizeResult],
    fun: Callable[..., Any],
    x0: Any,
    callback: Callable[..., Any] | None,
    refused: dict[str, Any],
    **arguments: Any,
) -> OptimizeResult:
    """Minimise over the numbers in `x0` and return a result in its form.

    Parameters
    ----------
    minimise : callable
        `hessopt.minimize` for a vector.
    fun, x0, callback
        As `hessopt.minimize` takes them.
    refused : dict
        Arguments that have no meaning for a container, which must be None or empty.
    **arguments
        The others, handed on.

    Raises
    ------
    ValueError
        If an argument has no meaning for a container.
    """
    for name, value in refused.items():
        if value is not None and not (isinstance(value, (tuple, list)) and not value):
            raise ValueError(
                f"{name} is given for vectors; with x0 in a {type(x0).__name__} leave it out, or "
                "minimise over vector, restore = hessopt.ravel(x0)"
            )
    vector, restore = ravel(x0)
    result = minimise(
        lambda v, *args: fun(restore(v), *args),
        vector,
        callback=restoring(callback, restore),
        **arguments,
    )
    return restored(result, restore)


def restored(result: OptimizeResult, restore: Callable[[Any], Any]) -> OptimizeResult:
    """Bring x, the iterates and the gradient of a result into the form of the container."""
    result.x = restore(result.x)
    for name in ("jac", "grad", "escape"):
        if result.get(name) is not None:
            result[name] = restore(result[name])
    if result.get("allvecs") is not None:
        result.allvecs = [restore(x) for x in result.allvecs]
    if result.get("witness") is not None:
        result.witness = type(result.witness)(*map(restore, result.witness))
    return result


def restoring(
    callback: Callable[..., Any] | None, restore: Callable[[Any], Any]
) -> Callable[..., Any] | None:
    """Return a callback, in the same of SciPy's two forms, that shows the container."""
    if callback is None:
        return None
    if set(inspect.signature(callback).parameters) == {"intermediate_result"}:

        def with_result(intermediate_result: OptimizeResult) -> Any:
            return callback(intermediate_result=restored(intermediate_result, restore))

        return with_result
    return lambda x: callback(restore(x))
