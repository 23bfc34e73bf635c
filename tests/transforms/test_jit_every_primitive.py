"""Every case of every rule through `jit`, replayed on other data than it was traced with.

The comparison within `jit` is off (``verify=False``), so that it hides nothing.
"""

from __future__ import annotations

import runpy
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.autodiff.registry import full_name

FOLDER = Path(__file__).parents[1] / "primitives"
CHECKS = runpy.run_path(str(FOLDER / "verify.py"))
CASES: dict[Callable[..., Any], list[Any]] = defaultdict(list)
for table in sorted((FOLDER / "cases").glob("*.py")):
    for target, rows in runpy.run_path(str(table))["CASES"].items():
        CASES[target] += rows


@pytest.mark.parametrize("target", [pytest.param(f, id=full_name(f)) for f in CASES])
def test_replayed_or_refused(target: Callable[..., Any]):
    for f, shapes, *domain in CASES[target]:
        traced, other = (CHECKS["distinct"](shapes, *domain, seed=seed) for seed in (0, 5))
        together, _ = CHECKS["of_one_vector"](f, traced)
        here, there = (np.concatenate([np.ravel(a) for a in z]) for z in (traced, other))
        u = np.random.default_rng(1).standard_normal(together(here).shape)
        v = np.random.default_rng(2).standard_normal(here.shape)
        if together(there).shape != u.shape:
            continue  # real for some data, complex for other

        def weighted(z: Any, u: Any = u, together: Any = together) -> Any:
            return np.sum(u * together(z))

        check_replay(together, (here,), (there,))
        check_replay(hessopt.grad(weighted), (here,), (there,))
        check_replay(hessopt.hvp(weighted), (here, v), (there, v[::-1]))


def check_replay(function: Callable[..., Any], traced: Any, other: Any) -> None:
    """Compare a replay with the function; a refusal runs the function, with a warning."""
    jitted = hessopt.jit(function, verify=False)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "jit: .* runs eagerly")
        jitted(*traced)
        found = jitted(*other)  # may go another way, which may be refused only now
    expected = function(*other)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    scale = max(1.0, np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10 * scale)
