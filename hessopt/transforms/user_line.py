"""Where in the user's code something happened."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from types import FrameType
from typing import Any


def place_of(error: BaseException, function: Callable[..., Any]) -> str:
    """Say at what line of the user's an error arose, else where his function is."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        if _is_users(traceback.tb_frame):
            place = f", at {traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    code = getattr(function, "__code__", None)
    if place or code is None or function.__module__.startswith("hessopt."):
        return place
    return f", in the function at {code.co_filename}:{code.co_firstlineno}"


def place_of_frame(frame: FrameType | None) -> str:
    """Say which line of the user's is being run, given the innermost frame."""
    while frame is not None and not _is_users(frame):
        frame = frame.f_back
    return "" if frame is None else f", at {frame.f_code.co_filename}:{frame.f_lineno}"


def levels_to_user() -> int:
    """Return the `stacklevel` by which a warning of the calling function names the user's line."""
    frame = sys._getframe(1)
    for level in count(1):
        if frame.f_back is None or _is_users(frame):
            return level
        frame = frame.f_back
    raise AssertionError


def _is_users(frame: FrameType) -> bool:
    return not frame.f_globals.get("__name__", "").startswith(("hessopt.", "numpy."))
