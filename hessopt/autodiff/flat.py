"""The elements of a Variable in C order: `x.flat`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


class Flat:
    """What `numpy.flatiter` is to an array: to walk along, to index, and to assign to."""

    def __init__(self, base: Any) -> None:
        self.base = base
        self._rest: Iterator[Any] | None = None

    def __len__(self) -> int:
        return self.base.size

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._rest is None:
            self._rest = iter(self.base.reshape(-1))
        return next(self._rest)

    def __getitem__(self, index: Any) -> Any:
        return self.base.reshape(-1)[self._places(index)]

    def __setitem__(self, index: Any, value: Any) -> None:
        shape, places = self.base.shape, self._places(index)
        self.base[np.unravel_index(places, shape) if shape else ()] = value  # reshape may copy

    def _places(self, index: Any) -> Any:
        """Return the number of each element that is meant, which makes no view of any of them."""
        return np.arange(self.base.size)[index]
