"""Arguments that hold many examples: which axis of each counts them, and how many there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from hessopt.autodiff.data import NUMERIC
from hessopt.autodiff.node import Handle, raw
from hessopt.transforms.trees import is_tree, leaves, rebuild

_NUMBERS = (bool, int, float, complex, np.generic)


@dataclasses.dataclass(frozen=True)
class Examples:
    """The positional arguments of a call.

    Attributes
    ----------
    args : tuple
        As they were given.
    mapped : list
        The arrays and Variables that hold examples, each with the axis of examples in front.
    places : list of bool
        For each leaf of the arguments, whether it is one of these.
    size : int
        The number of examples.
    """

    args: tuple[Any, ...]
    mapped: list[Any]
    places: list[bool]
    size: int

    @classmethod
    def of(cls, args: tuple[Any, ...], in_axes: Any) -> Examples:
        """Take the arguments apart.

        Raises
        ------
        ValueError
            If the axes do not fit the arguments, or the arguments do not agree.
        TypeError
            If something that is to hold examples is not an array.
        """
        if not isinstance(in_axes, (tuple, list)):
            in_axes = (in_axes,) * len(args)
        elif len(in_axes) != len(args):
            raise ValueError(
                f"vmap: in_axes={in_axes!r} has {len(in_axes)} entries for {len(args)} positional "
                f"argument{'' if len(args) == 1 else 's'}; give one for each"
            )
        mapped = []
        places = []
        first = ""
        size = 0
        for i, (arg, axes) in enumerate(zip(args, in_axes, strict=True)):
            for path, x, axis in _with_axes(arg, axes, f"argument {i}", f"in_axes[{i}]"):
                held = axis is not None and _holds_examples(x, axis, path)
                places.append(held)
                if not held:
                    continue
                n = np.shape(x)[axis]
                if not first:
                    first, size = f"{path} holds {n} along axis {axis}", n
                elif n != size:
                    raise ValueError(
                        f"vmap: arguments differ in the number of examples: {first}, {path} holds "
                        f"{n} along axis {axis}"
                    )
                mapped.append(x if axis == 0 else np.moveaxis(x, axis, 0))
        if not mapped:
            raise ValueError(
                f"vmap: no argument holds examples (in_axes={in_axes!r}); give at least one array "
                "an axis, or call the function itself"
            )
        if not size:
            raise ValueError(f"vmap: no examples: {first}; the function would never be called")
        return cls(args, mapped, places, size)

    def filled(self, values: Any) -> tuple[Any, ...]:
        """Return the arguments with `values` in the places of the mapped arrays."""
        given = iter(values)
        flags = iter(self.places)
        new = (next(given) if next(flags) else x for _, x in leaves(self.args, ""))
        return rebuild(self.args, new)

    def one(self, k: int) -> tuple[Any, ...]:
        """Return the arguments of example `k`."""
        return self.filled(x[k] for x in self.mapped)

    def arrays_of(self, k: int) -> list[np.ndarray]:
        """Return the mapped arrays of example `k` without their derivatives."""
        return [np.asarray(raw(x)[k]) for x in self.mapped]


def check_axes(in_axes: Any, out_axes: Any) -> None:
    """Refuse axes that no arguments could fit."""
    for path, axis in leaves(in_axes, "in_axes"):
        if axis is not None and not _is_axis(axis):
            raise TypeError(
                f"vmap: {path} is {axis!r}; an axis is an integer, or None for an argument that "
                "all examples share"
            )
    if not _is_axis(out_axes):
        raise TypeError(f"vmap: out_axes is {out_axes!r}; it must be an integer")


def _is_axis(axis: Any) -> bool:
    return isinstance(axis, (int, np.integer)) and not isinstance(axis, bool)


def _holds_examples(x: Any, axis: int, path: str) -> bool:
    """Whether a leaf with an axis is an array; text, functions and None are left alone."""
    if isinstance(x, _NUMBERS) and np.ndim(x) == 0:
        raise TypeError(
            f"vmap: {path} is a number and has no axis {axis}; for a value that all examples share "
            "put None into in_axes, as in in_axes=(0, None)"
        )
    if not isinstance(x, (Handle, np.ndarray)):
        return False
    if x.dtype.kind not in NUMERIC:
        raise TypeError(
            f"vmap: {path} is an array of dtype {x.dtype}; pass numbers, or put None into in_axes"
        )
    ndim = np.ndim(x)
    if not -ndim <= axis < ndim:
        raise ValueError(f"vmap: {path} has shape {np.shape(x)} and so no axis {axis}")
    return True


def _with_axes(tree: Any, axes: Any, path: str, name: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the leaves of an argument with their paths and axes; one axis may stand for many."""
    if not is_tree(axes):
        yield from ((where, x, axes) for where, x in leaves(tree, path))
        return
    mine, others = _entries(tree, path), _entries(axes, name)
    if mine is None or others is None or mine.keys() != others.keys():
        raise ValueError(
            f"vmap: {name} must have the form of {path}, or be one axis for all of it; "
            f"{path} is {_outline(tree, mine)}, {name} is {_outline(axes, others)}"
        )
    for key, (where, entry) in mine.items():
        yield from _with_axes(entry, others[key][1], where, others[key][0])


def _entries(tree: Any, path: str) -> dict[Any, tuple[str, Any]] | None:
    """Return the entries of a container with their paths."""
    if isinstance(tree, dict):
        return {key: (f"{path}[{key!r}]", x) for key, x in tree.items()}
    if isinstance(tree, (list, tuple)):
        return {k: (f"{path}[{k}]", x) for k, x in enumerate(tree)}
    if is_tree(tree):
        names = [field.name for field in dataclasses.fields(tree)]
        return {name: (f"{path}.{name}", getattr(tree, name)) for name in names}
    return None


def _outline(tree: Any, entries: Any) -> str:
    kind = type(tree).__name__
    return kind if entries is None else f"{kind} with {', '.join(map(str, entries)) or 'nothing'}"
