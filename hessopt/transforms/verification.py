"""When to compare a replay with the function itself, and how closely they agree."""

from __future__ import annotations

from typing import Any

import numpy as np

MOST_LOOKS = 1000


class Witness:
    """Says of each call of a program whether it could show what those before could not.

    A value baked into a program shows only for other data than it was traced with, so each input
    is waited for until it differs; the first call counts in any case, for it shows randomness.
    """

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self._first = True
        self._looks = MOST_LOOKS
        self._unmoved = {k: _sample(x).copy() for k, x in enumerate(arrays)}

    @property
    def looked(self) -> bool:
        """Whether a replay has been compared at all."""
        return not self._first

    @property
    def waits(self) -> bool:
        """Whether there is anything left to see."""
        return self._first or (self._looks > 0 and bool(self._unmoved))

    def is_news(self, arrays: list[np.ndarray]) -> bool:
        """Look at the arguments of a call."""
        first, self._first = self._first, False
        self._looks -= 1
        moved = [k for k, x in list(self._unmoved.items()) if _differ(x, _sample(arrays[k]))]
        for k in moved:
            self._unmoved.pop(k, None)
        return first or bool(moved)


def _sample(x: np.ndarray) -> np.ndarray:
    """Return a view of a few entries from all over an array."""
    each = 64 if x.ndim < 2 else 8
    return x[tuple(slice(None, None, -(-n // each) or 1) for n in x.shape)]


def _differ(a: np.ndarray, b: np.ndarray) -> bool:
    return not np.array_equal(a, b, equal_nan=True)


def agree(found: Any, expected: Any) -> bool:
    """Whether two lists of arrays are the same to rounding, types included."""
    return len(found) == len(expected) and all(map(_close, found, expected))


def _close(a: Any, b: Any) -> bool:
    b = np.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if b.dtype.kind not in "fc":
        return np.array_equal(a, b)
    rtol = 8 * np.finfo(b.dtype).eps ** 0.5
    scale = max(1.0, float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b))))
    return np.allclose(a, b, rtol=rtol, atol=0.01 * rtol * scale, equal_nan=True)
