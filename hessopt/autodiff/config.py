"""Settings of the running thread or task: whether operations are recorded, threads of programs."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from operator import index
from types import TracebackType
from typing import Any

import numpy as np

_SETTINGS: dict[str, ContextVar[Any]] = {
    "enable_backprop": ContextVar("enable_backprop", default=True),
    "threads": ContextVar("threads", default=1),
}

# For the engine itself, which cannot afford a context manager at each step.
recording = _SETTINGS["enable_backprop"].get
set_recording = _SETTINGS["enable_backprop"].set
reset_recording = _SETTINGS["enable_backprop"].reset

default_threads = _SETTINGS["threads"].get


def whole_threads(value: Any, name: str) -> int:
    """Return a number of threads, refusing what is none by the name of the argument."""
    try:
        count = 0 if isinstance(value, bool) else index(value)
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(f"{name} must be a whole number of threads, at least 1, not {value!r}")
    return count


def _switch(value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"using_config: enable_backprop must be True or False, not {value!r}")
    return bool(value)


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "enable_backprop": _switch,
    "threads": lambda value: whole_threads(value, "using_config: threads"),
}


class using_config:
    """Set a switch of the engine for the length of a ``with`` block.

    Parameters
    ----------
    name : str
        ``"enable_backprop"``: whether operations on Variables build a graph. ``"threads"``: how
        many threads run the programs that are made in the block, by `jit` or by a solver; 1 if
        nothing is said.
    value : bool or int
        The value inside the block; the old one returns afterwards, in this thread alone.

    Raises
    ------
    ValueError
        If `name` is not a setting, or the value none for it.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> x = hessopt.Variable(np.array(3.0))
    >>> with hessopt.using_config("enable_backprop", False):
    ...     y = x**2
    >>> y.creator is None
    True
    """

    __slots__ = ("_setting", "_token", "_value")

    _token: Token[Any]

    def __init__(self, name: str, value: Any) -> None:
        try:
            self._setting = _SETTINGS[name]
        except KeyError:
            raise ValueError(
                f"using_config: unknown setting {name!r}; the settings are {sorted(_SETTINGS)}"
            ) from None
        self._value = _CHECKS[name](value)

    def __enter__(self) -> None:
        self._token = self._setting.set(self._value)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._setting.reset(self._token)


def no_grad() -> using_config:
    """Record nothing inside a ``with`` block: ``using_config("enable_backprop", False)``.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> x = hessopt.Variable(np.array(3.0))
    >>> with hessopt.no_grad():
    ...     float(x * 2)
    6.0
    """
    return using_config("enable_backprop", False)
