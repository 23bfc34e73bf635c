"""Results as JSON that every reader takes: what is not finite is null."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np


def print_json(value: Any) -> None:
    """Print `value`, which may hold arrays and NumPy's numbers."""
    print(json.dumps(_plain(value), indent=2, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
