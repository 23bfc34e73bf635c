"""Every case of every rule as fused loops: value, gradient, product with the Hessian."""

from __future__ import annotations

import runpy
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.autodiff.registry import full_name
from tests.backends.ways import check_all_ways, program_of

FOLDER = Path(__file__).parents[1] / "primitives"
CHECKS = runpy.run_path(str(FOLDER / "verify.py"))
CASES: dict[Callable[..., Any], list[Any]] = defaultdict(list)
for table in sorted((FOLDER / "cases").glob("*.py")):
    for target, rows in runpy.run_path(str(table))["CASES"].items():
        CASES[target] += rows


@pytest.mark.parametrize(
    "dtype", [np.float64, pytest.param(np.float32, marks=pytest.mark.slow, id="narrow")]
)
@pytest.mark.parametrize("target", [pytest.param(f, id=full_name(f)) for f in CASES])
def test_case(target: Callable[..., Any], dtype: Any):
    for f, shapes, *domain in CASES[target]:
        traced, other = (CHECKS["distinct"](shapes, *domain, seed=seed) for seed in (0, 5))
        together, _ = CHECKS["of_one_vector"](f, traced)
        here, there = (np.concatenate([np.ravel(a) for a in z]) for z in (traced, other))
        here, there = here.astype(dtype), there.astype(dtype)
        u = np.random.default_rng(1).standard_normal(together(here).shape)
        v = np.random.default_rng(2).standard_normal(here.shape).astype(dtype)

        def weighted(z: Any, u: Any = u, together: Any = together) -> Any:
            return np.sum(u * together(z))

        for function, at, replayed in (
            (together, (here,), (there,)),
            (hessopt.value_and_grad(weighted), (here,), (there,)),
            (hessopt.hvp(weighted), (here, v), (there, v[::-1].copy())),
        ):
            if together(there).shape != u.shape:
                continue  # real for some data, complex for other
            program = program_of(function, *at)
            if program is not None:
                with np.errstate(all="ignore"):
                    check_all_ways(program, replayed)
