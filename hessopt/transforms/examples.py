"""Arguments and results of many examples: which axis counts them, and how many there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from hessopt.autodiff.data import NUMERIC
from hessopt.autodiff.node import raw
from hessopt.autodiff.variable import Variable
from hessopt.transforms.signature import is_array
from hessopt.transforms.trees import is_tree, leaves, rebuild
from hessopt.transforms.verification import agree

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
                places.append(axis is not None and _holds_examples(x, axis, path))
                if axis is None or not places[-1]:
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

    def part(self, chosen: np.ndarray) -> Examples:
        """Return some of the examples, given their numbers."""
        mapped = [x[chosen] for x in self.mapped]
        return Examples(self.args, mapped, self.places, len(chosen))

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


@dataclasses.dataclass(frozen=True)
class Results:
    """What a function returned for some examples.

    Attributes
    ----------
    tree : object
        What it returned for one of them.
    arrays : list
        For each array in the tree, those of all the examples, along a leading axis.
    """

    tree: Any
    arrays: list[Any]

    @classmethod
    def of_one(cls, result: Any) -> Results:
        """Take a result as that of one example."""
        tree = with_arrays(result)
        return cls(tree, [x[None] for x in arrays_in(tree)])

    @classmethod
    def joined(cls, parts: list[Results], name: str) -> Results:
        """Put the results of all examples of the function `name` together.

        Raises
        ------
        ValueError
            If they are not alike.
        """
        paths, values = zip(*leaves(parts[0].tree, "the result"), strict=True)
        for part in parts[1:]:
            other_paths, others = zip(*leaves(part.tree, "the result"), strict=True)
            if paths != other_paths or list(map(is_array, values)) != list(map(is_array, others)):
                raise ValueError(
                    f"vmap: {name} returns results of different forms for different examples"
                )
            for path, x, y in zip(paths, values, others, strict=True):
                if is_array(x) and x.shape != y.shape:
                    raise ValueError(
                        f"vmap: {path} of {name} has shape {x.shape} for one example and "
                        f"{y.shape} for another; they cannot be stacked"
                    )
                if not is_array(x) and x is not y and x != y:
                    raise ValueError(
                        f"vmap: {path} of {name} is not an array and differs from example to "
                        f"example: {x!r:.40}, {y!r:.40}"
                    )
        columns = zip(*(part.arrays for part in parts), strict=True)
        return cls(parts[0].tree, [np.concatenate(column) for column in columns])

    def agree(self, k: int, other: Results) -> bool:
        """Whether what was found for example `k` is, to rounding, the one result in `other`."""
        paths, others = ([p for p, _ in leaves(r.tree, "")] for r in (self, other))
        mine = [np.asarray(raw(y))[k : k + 1] for y in self.arrays]
        return paths == others and agree(mine, list(map(raw, other.arrays)))

    def placed(self, axis: int, inputs: list[Any], returns: str) -> Any:
        """Return arrays of their own, with the axis of examples where it belongs, in the tree."""
        taken = {id(x) for x in inputs}
        arrays = []
        for y in self.arrays:
            if not -y.ndim <= axis < y.ndim:
                raise ValueError(
                    f"vmap: out_axes={axis}, but {returns} an array of {y.ndim - 1} axes, which "
                    f"has {y.ndim} with that of the examples"
                )
            if isinstance(y, np.ndarray) and (y.base is not None or id(y) in taken):
                y = y.copy()
            taken.add(id(y))
            arrays.append(y if axis == 0 else np.moveaxis(y, 0, axis))
        values = iter(arrays)
        filled = (next(values) if is_array(x) else x for _, x in leaves(self.tree, ""))
        return rebuild(self.tree, filled)


def with_arrays(result: Any) -> Any:
    """Return a result with arrays for numbers, of which every example has its own."""
    values = (np.asarray(x) if isinstance(x, _NUMBERS) else x for _, x in leaves(result, ""))
    return rebuild(result, values)


def arrays_in(tree: Any) -> list[Any]:
    """Return the arrays and Variables of a result."""
    return [x for _, x in leaves(tree, "") if is_array(x)]


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
    if not isinstance(x, (Variable, np.ndarray)):
        return False
    if x.dtype.kind not in NUMERIC:
        raise TypeError(
            f"vmap: {path} is an array of dtype {x.dtype}; pass numbers, or put None into in_axes"
        )
    ndim = x.ndim
    if not -ndim <= axis < ndim:
        raise ValueError(f"vmap: {path} has shape {x.shape} and so no axis {axis}")
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
