"""Whether operations are recorded: a setting of the running thread or task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SETTINGS: dict[str, ContextVar[bool]] = {
    "enable_backprop": ContextVar("enable_backprop", default=True),
}

recording = _SETTINGS["enable_backprop"].get


@contextmanager
def using_config(name: str, value: bool) -> Iterator[None]:
    """Set a switch of the engine for the length of a ``with`` block.

    Parameters
    ----------
    name : str
        ``"enable_backprop"``: whether operations on Variables build a graph.
    value : bool
        The value inside the block; the old one returns afterwards, in this thread alone.

    Raises
    ------
    ValueError
        If `name` is not a setting.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> x = hessopt.Variable(np.array(3.0))
    >>> with hessopt.using_config("enable_backprop", False):
    ...     y = x**2
    >>> y.creator is None
    True
    """
    if name not in _SETTINGS:
        raise ValueError(
            f"using_config: unknown setting {name!r}; the settings are {sorted(_SETTINGS)}"
        )
    token = _SETTINGS[name].set(bool(value))
    try:
        yield
    finally:
        _SETTINGS[name].reset(token)


def no_grad():
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
