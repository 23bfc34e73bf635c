"""Whether operations are recorded: a setting of the running thread or task."""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType

_SETTINGS: dict[str, ContextVar[bool]] = {
    "enable_backprop": ContextVar("enable_backprop", default=True),
}

# For the engine itself, which cannot afford a context manager at each step.
recording = _SETTINGS["enable_backprop"].get
set_recording = _SETTINGS["enable_backprop"].set
reset_recording = _SETTINGS["enable_backprop"].reset


class using_config:
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

    __slots__ = ("_setting", "_token", "_value")

    _token: Token[bool]

    def __init__(self, name: str, value: bool) -> None:
        try:
            self._setting = _SETTINGS[name]
        except KeyError:
            raise ValueError(
                f"using_config: unknown setting {name!r}; the settings are {sorted(_SETTINGS)}"
            ) from None
        self._value = bool(value)

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
