"""Functions that only some of the supported NumPy releases have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def newer(*names: str) -> tuple[Callable[..., Any], ...]:
    """Return those of NumPy's functions that the installed release has."""
    return tuple(getattr(np, name) for name in names if hasattr(np, name))
