"""Sums of squares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def sum_of_squares(residual: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the objective of which the residual's entries are the terms."""
    return lambda x: np.sum(residual(x) ** 2, axis=-1)
