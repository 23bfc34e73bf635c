"""What of a call is data and what identifies it; what of a result is data and what is form."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.data import check_data
from hessopt.autodiff.node import Handle
from hessopt.autodiff.tracing import Untraceable
from hessopt.transforms.trees import is_tree, leaves, rebuild

_FLOATING = (np.floating, np.complexfloating)
_NUMBERS = (float, complex)
SINGLE = frozenset((float, np.float64))
_PLAIN = (type(None), bool, int, float, complex, str, bytes, type, np.dtype, slice, type(...))


class HasVariable(Exception):
    """A Variable is among the arguments: an outer derivative is under way."""


@dataclasses.dataclass(frozen=True)
class Call:
    """The arguments of a call.

    Attributes
    ----------
    arrays : list of ndarray
        What a program takes as its inputs.
    key : hashable
        Calls of one key are calls of one program, up to guards.
    wide : bool
        Whether Python's numbers are among the arrays. Beside narrow types they are not, for there
        they take their type from what they meet.
    """

    arrays: list[np.ndarray]
    key: Any
    wide: bool
    simple: bool = False  # whether the arguments are positional vectors and 0-d arrays alone


def split(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    """Take the arguments of a call apart.

    Raises
    ------
    HasVariable
        If one is a Variable.
    TypeError
        If one is neither an array nor hashable.
    """
    if not kwargs:
        key = []
        given = [np.array(x) if x.__class__ in SINGLE else x for x in args]
        for x in given:
            if type(x) is not np.ndarray or x.ndim > 1 or x.dtype.kind not in "fc":
                break
            key.append((x.shape, x.dtype))
        else:
            if all(x.dtype.itemsize == 8 for x in given) or not any(
                x.__class__ is float for x in args
            ):
                return Call(given, tuple(key), True, simple=True)
    for wide in (True, False):
        arrays: list[np.ndarray] = []
        parts: list[Any] = [wide]
        _flatten((args, kwargs), arrays, parts, wide)
        if not wide or all(x.dtype.itemsize == 8 << (x.dtype.kind == "c") for x in arrays):
            break
    try:
        hash(tuple(parts))
    except TypeError as error:
        raise TypeError(f"jit: a static argument cannot be hashed: {error}") from None
    return Call(arrays, tuple(parts), wide)


def _flatten(x: Any, arrays: list[np.ndarray], parts: list[Any], wide: bool) -> None:
    if isinstance(x, Handle):
        raise HasVariable
    if _is_data(x, wide):
        x = check_data(x)
        arrays.append(x)
        parts.append((x.shape, x.dtype, _layout(x)))
    elif isinstance(x, dict):
        parts += [type(x), len(x)]
        for name, entry in x.items():
            parts.append(name)
            _flatten(entry, arrays, parts, wide)
    elif isinstance(x, (list, tuple)):
        parts += [type(x), len(x)]
        for entry in x:
            _flatten(entry, arrays, parts, wide)
    elif is_tree(x):
        parts.append(type(x))
        for field in dataclasses.fields(x):
            _flatten(getattr(x, field.name), arrays, parts, wide)
    elif isinstance(x, (np.ndarray, np.generic)):
        if x.dtype.hasobject:
            raise TypeError("jit: an argument is an array of Python objects; pass numbers")
        parts.append((type(x), x.shape, x.dtype, x.tobytes(), _layout(x)))
    else:
        parts.append((type(x), x, str(x) if isinstance(x, _NUMBERS) else None))  # -0.0 is not 0.0


def _is_data(x: Any, wide: bool) -> bool:
    if isinstance(x, (np.ndarray, *_FLOATING)):
        return x.dtype.kind in "fc"
    return wide and type(x) in _NUMBERS


def _layout(x: Any) -> Any:
    """Return what NumPy decides by whether a reshaping is a view: rows first, or strides."""
    return None if x.ndim < 2 or x.flags.c_contiguous else x.strides


def refilled(arguments: Any, values: Iterator[Any], wide: bool) -> Any:
    """Return the arguments with `values` for the arrays; static arrays are copied.

    A program refers to its constants, and the caller may go on to write into his array.
    """

    def new(x: Any) -> Any:
        if _is_data(x, wide):
            return next(values)
        return x.copy() if isinstance(x, np.ndarray) else x

    return rebuild(arguments, (new(x) for _, x in leaves(arguments, "")))


def is_array(x: Any) -> bool:
    """Whether a leaf of a result is data."""
    return isinstance(x, (Handle, np.ndarray, np.generic))


class Form:
    """The form of a result, with places for its arrays."""

    def __init__(self, result: Any) -> None:
        check_form(result)
        self._single = is_array(result)
        self._tree = rebuild(
            result, (_PLACE if is_array(x) else x for _, x in leaves(result, "result"))
        )

    def fill(self, arrays: Any) -> Any:
        """Return a result of this form."""
        if self._single:
            return _plain(arrays[0])
        values = iter(arrays)
        found = (
            _plain(next(values)) if x is _PLACE else x for _, x in leaves(self._tree, "result")
        )
        return rebuild(self._tree, found)

    def expression(self, names: Sequence[str]) -> str | None:
        """Return code that builds a result from the names of arrays, or None for a rare form."""
        rest = iter(names)

        def spell(tree: Any) -> str:
            if tree is _PLACE:
                return next(rest)
            if type(tree) in (tuple, list):
                parts = "".join(f"{spell(entry)}, " for entry in tree)
                return f"({parts})" if type(tree) is tuple else f"[{parts}]"
            if type(tree) is dict and all(type(key) in (str, int) for key in tree):
                return f"{{{''.join(f'{key!r}: {spell(entry)}, ' for key, entry in tree.items())}}}"
            if tree is None or type(tree) in (bool, int, str):
                return repr(tree)
            raise LookupError

        try:
            return spell(self._tree)
        except LookupError:
            return None

    def arrays_of(self, result: Any) -> list[Any] | None:
        """Return the arrays of another result, or None where it is otherwise not the same.

        What is a Variable in a trace may be a number of Python's in a plain call.
        """
        mine, other = list(leaves(self._tree, "")), list(leaves(result, ""))
        if [path for path, _ in mine] != [path for path, _ in other]:
            return None
        found = []
        for (_, x), (_, y) in zip(mine, other, strict=True):
            if x is _PLACE and (is_array(y) or isinstance(y, (int, *_NUMBERS))):
                found.append(y)
            elif x is _PLACE or not _alike(x, y):
                return None
        return found


class _Place:
    """Where an array goes."""


_PLACE = _Place()


def check_form(result: Any) -> None:
    """Refuse a result that holds something besides arrays and plain constants."""
    for path, x in leaves(result, "the result"):
        if isinstance(x, (np.ndarray, np.generic)) and x.dtype.hasobject:
            raise Untraceable(f"{path} is an array of Python objects")
        if not is_array(x) and not isinstance(x, _PLAIN):
            raise Untraceable(
                f"{path} is a {type(x).__name__}, which may hold what was computed in this call"
            )


def _alike(x: Any, y: Any) -> bool:
    return type(x) is type(y) and (x == y or (x != x and y != y))


def _plain(x: Any) -> Any:
    return x if x.ndim else x[()]
