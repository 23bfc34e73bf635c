"""Where in the user's code something happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def place_of(error: BaseException, function: Callable[..., Any]) -> str:
    """Say at what line of the user's an error arose, else where his function is."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if not frame.f_globals.get("__name__", "").startswith(("hessopt.", "numpy.")):
            place = f", at {frame.f_code.co_filename}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    code = getattr(function, "__code__", None)
    if place or code is None or function.__module__.startswith("hessopt."):
        return place
    return f", in the function at {code.co_filename}:{code.co_firstlineno}"
