"""Parameters kept in dicts, lists, tuples, named tuples and dataclasses of arrays."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.variable import Variable


def is_tree(x: Any) -> bool:
    """Whether `x` is a container whose entries are the parameters."""
    if type(x) is np.ndarray:  # the commonest, and `is_dataclass` is slow
        return False
    return isinstance(x, (dict, list, tuple)) or (
        dataclasses.is_dataclass(x) and not isinstance(x, type)
    )


def is_container(x: Any) -> bool:
    """Whether a point holds arrays rather than being one; nested lists of numbers are an array."""
    if not is_tree(x):
        return False
    if not isinstance(x, (list, tuple)) or hasattr(x, "_fields"):
        return True
    return any(is_container(entry) for entry in x) or any(
        np.ndim(leaf) for _, leaf in leaves(x, "x")
    )


def leaves(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each array in a tree with the expression that reaches it, in a fixed order."""
    if not is_tree(tree):
        yield path, tree
    elif isinstance(tree, dict):
        for key in tree:
            yield from leaves(tree[key], f"{path}[{key!r}]")
    elif isinstance(tree, (list, tuple)):
        for k, entry in enumerate(tree):
            yield from leaves(entry, f"{path}[{k}]")
    else:
        for field in dataclasses.fields(tree):
            yield from leaves(getattr(tree, field.name), f"{path}.{field.name}")


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """Return a tree of the same form with its arrays replaced, in the order of `leaves`."""
    if not is_tree(tree):
        return next(values)
    if isinstance(tree, dict):
        new = copy.copy(tree)
        new.update({key: rebuild(tree[key], values) for key in tree})
        return new
    if isinstance(tree, (list, tuple)):
        entries = [rebuild(entry, values) for entry in tree]
        return type(tree)(*entries) if hasattr(tree, "_fields") else type(tree)(entries)
    new = copy.copy(tree)
    for field in dataclasses.fields(tree):
        object.__setattr__(new, field.name, rebuild(getattr(tree, field.name), values))
    return new


def matching(tree: Any, like: Any, name: str, of: str) -> list[Any]:
    """Return the leaves of `tree`, which must have the form of `like`."""
    found, expected = list(leaves(tree, name)), list(leaves(like, name))
    if [path for path, _ in found] != [path for path, _ in expected]:
        raise ValueError(
            f"{name} must have the form of {of}: "
            f"{', '.join(path for path, _ in expected) or 'empty'}; "
            f"it has {', '.join(path for path, _ in found) or 'nothing'}"
        )
    return [leaf for _, leaf in found]


def ravel(tree: Any, name: str = "x0") -> tuple[np.ndarray, Callable[[Any], Any]]:
    """Return all numbers of a tree in one vector, and the function that puts them back.

    The function takes a Variable too, so that a solver may work on the vector while the objective
    is written in terms of the tree.

    Parameters
    ----------
    tree : dict, list, tuple, named tuple, dataclass or array
        Containers of real arrays and numbers, nested as you like.
    name : str
        What errors call it.

    Returns
    -------
    vector : ndarray
        Of shape (n,), float64.
    restore : callable
        Takes a vector of shape (n,) to a tree of the same form.

    Raises
    ------
    TypeError
        If an entry is not real.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> vector, restore = hessopt.ravel({"weights": np.eye(2), "bias": 0.5})
    >>> vector
    array([1. , 0. , 0. , 1. , 0.5])
    >>> restore(2 * vector)["weights"]
    array([[2., 0.],
           [0., 2.]])
    """
    found = [(path, np.asarray(leaf)) for path, leaf in leaves(tree, name)]
    for path, leaf in found:
        if leaf.dtype.kind not in "fiu":
            raise TypeError(f"{path} has dtype {leaf.dtype}; parameters must be real numbers")
    shapes = [leaf.shape for _, leaf in found]
    ends = np.cumsum([0, *(leaf.size for _, leaf in found)]).tolist()
    vector = np.concatenate([leaf.ravel().astype(float) for _, leaf in found] or [np.zeros(0)])

    def restore(x: Any) -> Any:
        parts = (
            x[start:stop].reshape(shape)
            for start, stop, shape in zip(ends[:-1], ends[1:], shapes, strict=True)
        )
        return rebuild(tree, parts)

    return vector, restore


def plain(tree: Any, connected: bool) -> Any:
    """Return auxiliary output with Variables turned into arrays, unless they stay connected."""
    if connected:
        return tree
    values = (x.data if isinstance(x, Variable) else x for _, x in leaves(tree, ""))
    return rebuild(tree, values)


def as_sequence(values: Sequence[Any], single: bool) -> Any:
    """Return the only value where one was asked for, else a tuple."""
    return values[0] if single else tuple(values)
