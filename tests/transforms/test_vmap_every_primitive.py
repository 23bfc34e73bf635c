"""Every case of every rule through `vmap`, against a loop over single calls.

Either operand alone has examples, or all have. What cannot be traced is called once for each
example, by the same `vmap`; of the primitives that is so for the few that are named here.
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
from hessopt.autodiff.function import PRIMITIVES, Primitive
from hessopt.autodiff.registry import full_name

FOLDER = Path(__file__).parents[1] / "primitives"
CHECKS = runpy.run_path(str(FOLDER / "verify.py"))
CASES: dict[Callable[..., Any], list[Any]] = defaultdict(list)
for table in sorted((FOLDER / "cases").glob("*.py")):
    for target, rows in runpy.run_path(str(table))["CASES"].items():
        CASES[target] += rows

SIZE = 3

# Why examples may be computed one after the other; anything else is a mistake in a batch rule.
REASONS = ("looks at the value of a Variable", "goes different ways for different examples")


def test_few_primitives_are_called_for_each_example():
    rules = {p.name for p in PRIMITIVES if type(p).batch is Primitive.batch and not p.stacks}
    assert rules == {"Lstsq"}


def batches(shapes: Any, domain: Any, count: int) -> list[list[np.ndarray]]:
    """Return for each of the leading-axis patterns the arguments of all examples."""
    each = [CHECKS["distinct"](shapes, *domain, seed=seed) for seed in range(SIZE)]
    stacked = [np.stack(arrays) for arrays in zip(*each, strict=True)]
    alone = [(i,) for i in range(count)] if count > 1 else []
    return [
        [stacked[i] if i in held else each[0][i] for i in range(count)]
        for held in (tuple(range(count)), *alone)
    ]


@pytest.mark.parametrize("target", [pytest.param(f, id=full_name(f)) for f in CASES])
def test_is_the_loop(target: Callable[..., Any]):
    for f, shapes, *domain in CASES[target]:
        for arrays in batches(shapes, domain, len(shapes)):
            axes = [0 if np.ndim(a) > len(s) else None for a, s in zip(arrays, shapes, strict=True)]
            check(lambda *xs, f=f: tuple(CHECKS["outputs"](f(*xs))), axes, arrays)


@pytest.mark.parametrize("target", [pytest.param(f, id=full_name(f)) for f in CASES])
def test_derivatives_are_those_of_the_loop(target: Callable[..., Any]):
    for f, shapes, *domain in CASES[target]:
        arrays = batches(shapes, domain, len(shapes))[0]
        z = np.concatenate([a.reshape(SIZE, -1) for a in arrays], axis=1)
        singles = [a[0] for a in arrays]
        together, _ = CHECKS["of_one_vector"](f, singles)
        if len({together(row).shape for row in z}) > 1:
            continue  # real for some data, complex for other
        u = np.random.default_rng(1).standard_normal(together(z[0]).shape)
        v = np.random.default_rng(2).standard_normal(z.shape)

        def weighted(x: Any, u: Any = u, together: Any = together) -> Any:
            return np.sum(u * together(x))

        check(hessopt.grad(weighted), [0], [z])
        check(hessopt.hvp(weighted), [0, 0], [z, v])


def check(f: Callable[..., Any], axes: list[Any], arrays: list[np.ndarray]) -> None:
    def one(k: int) -> Any:
        return f(*(a if axis is None else a[k] for a, axis in zip(arrays, axes, strict=True)))

    singles = list(map(CHECKS["outputs"], map(one, range(SIZE))))
    shapes = {tuple(np.shape(y) for y in single) for single in singles}
    if len(shapes) > 1:
        return  # the number of results depends on the values
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = CHECKS["outputs"](hessopt.vmap(f, tuple(axes))(*arrays))
    messages = [str(w.message) for w in caught if str(w.message).startswith("vmap:")]
    assert [m for m in messages if not any(reason in m for reason in REASONS)] == []
    for mine, loops in zip(found, zip(*singles, strict=True), strict=True):
        expected = np.stack(loops)
        assert mine.shape == expected.shape
        assert mine.dtype == expected.dtype
        scale = max(1.0, np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
        np.testing.assert_allclose(mine, expected, rtol=1e-9, atol=1e-11 * scale)
