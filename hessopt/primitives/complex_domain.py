"""``numpy.emath``: functions that go over to complex numbers where real ones do not suffice."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.data import as_array
from hessopt.autodiff.registry import derived


def _complex_if(condition: Any, x: Any) -> Any:
    if x.dtype.kind != "c" and np.any(condition):
        return np.astype(x, np.complex64 if x.dtype == np.float32 else complex)
    return x


def _beyond_zero(x: Any) -> Any:
    x = as_array(x)
    return _complex_if(np.isreal(x) & np.less(np.real(x), 0), x)


def _beyond_one(x: Any) -> Any:
    x = as_array(x)
    return _complex_if(np.isreal(x) & np.greater(np.abs(np.real(x)), 1), x)


def _extended(function: Any, domain: Any) -> Any:
    return lambda x: function(domain(x))


for _name in ("sqrt", "log", "log2", "log10"):
    derived(getattr(np.emath, _name))(_extended(getattr(np, _name), _beyond_zero))
for _name in ("arccos", "arcsin", "arctanh"):
    derived(getattr(np.emath, _name))(_extended(getattr(np, _name), _beyond_one))


@derived(np.emath.logn)
def logn(n: Any, x: Any) -> Any:
    """Logarithm to the base `n`."""
    return np.log(_beyond_zero(x)) / np.log(_beyond_zero(n))


@derived(np.emath.power)
def power(x: Any, p: Any) -> Any:
    """Power, of negative numbers too."""
    return np.power(_beyond_zero(x), as_array(p))
