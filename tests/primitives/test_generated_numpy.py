"""Axes, shapes, modes and lengths that nobody thought of: transforms, sorting, decompositions."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

FOLDER = Path(__file__).parent
CHECKS = runpy.run_path(str(FOLDER / "verify.py"))
CASES = runpy.run_path(str(FOLDER / "cases" / "decompositions.py"))

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)
SEEDS = st.integers(0, 99)


def check(f: Any, shapes: Any, seed: int, domain: Any = (0.3, 1.7)) -> None:
    arrays = CHECKS["distinct"](shapes, domain, seed)
    CHECKS["forward_is_numpys"](f, *arrays)
    CHECKS["derivatives_agree"](f, *arrays)


@st.composite
def transforms(draw: Any) -> tuple[tuple[int, ...], dict[str, Any]]:
    shape = draw(SHAPES)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    norm = draw(st.sampled_from([None, "backward", "ortho", "forward"]))
    n = draw(st.none() | st.integers(1, 6))
    assume(n is not None or shape[axis] > 1)  # one entry gives a Hermitian transform no points
    return shape, {"n": n, "axis": axis, "norm": norm}


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
@settings(max_examples=8)
@given(call=transforms(), seed=SEEDS)
def test_transforms(name: str, call: Any, seed: int):
    shape, keywords = call
    f = getattr(np.fft, name)
    check(lambda x: f(x, **keywords), [shape], seed)
    if name not in ("rfft", "ihfft"):
        check(lambda a, b: f(a - 1j * b, **keywords), [shape, shape], seed)


@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "irfftn"])
@settings(max_examples=6)
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_transforms_over_axes(name: str, data: Any, shape: tuple[int, ...], seed: int):
    axes = data.draw(st.lists(st.integers(-len(shape), -1), unique=True, min_size=1))
    s = data.draw(st.lists(st.integers(2, 5), min_size=len(axes), max_size=len(axes)))
    f = getattr(np.fft, name)
    check(lambda x: f(x, s=s, axes=axes), [shape], seed)


@st.composite
def along_an_axis(draw: Any) -> tuple[tuple[int, ...], int | None]:
    shape = draw(SHAPES)
    return shape, draw(st.none() | st.integers(-len(shape), len(shape) - 1))


@pytest.mark.parametrize(
    "f", [np.sort, np.median, np.nanmedian, np.nanmax, np.nanmin, np.nanmean, np.nanvar, np.unwrap]
)
@settings(max_examples=8)
@given(call=along_an_axis(), seed=SEEDS)
def test_along_an_axis(f: Any, call: Any, seed: int):
    shape, axis = call
    assume(axis is not None or f is not np.unwrap)
    check(lambda x: f(x, axis=axis), [shape], seed)


@settings(max_examples=20)
@given(
    call=along_an_axis(),
    q=hnp.arrays(
        float, hnp.array_shapes(min_dims=0, max_dims=2, max_side=2), elements=st.floats(0, 1)
    ),
    method=st.sampled_from(["linear", "hazen", "weibull", "nearest", "midpoint", "inverted_cdf"]),
    keepdims=st.booleans(),
    seed=SEEDS,
)
def test_quantiles(call: Any, q: Any, method: Any, keepdims: bool, seed: int):
    shape, axis = call
    check(lambda x: np.quantile(x, q, axis=axis, method=method, keepdims=keepdims), [shape], seed)


@settings(max_examples=20)
@given(
    m=st.integers(1, 6),
    n=st.integers(1, 6),
    mode=st.sampled_from(["full", "same", "valid"]),
    seed=SEEDS,
)
@pytest.mark.parametrize("f", [np.convolve, np.correlate])
def test_convolutions(f: Any, m: int, n: int, mode: Any, seed: int):
    check(lambda a, v: f(a, v, mode), [(m,), (n,)], seed)


@settings(max_examples=15)
@given(data=st.data(), shape=hnp.array_shapes(min_dims=1, max_dims=2, min_side=3, max_side=5))
def test_gradients(data: Any, shape: tuple[int, ...]):
    edge_order = data.draw(st.sampled_from([1, 2]))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    steps = data.draw(st.lists(st.integers(1, 3), min_size=shape[axis], max_size=shape[axis]))
    places = np.cumsum(steps) / 3.0
    check(lambda x: np.gradient(x, places, axis=axis, edge_order=edge_order), [shape], 0)


@settings(max_examples=15)
@given(data=st.data(), shape=hnp.array_shapes(min_dims=1, max_dims=2, max_side=4), seed=SEEDS)
def test_insertions(data: Any, shape: tuple[int, ...], seed: int):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    places = data.draw(st.lists(st.integers(-shape[axis], shape[axis]), min_size=1, max_size=3))
    check(lambda x, v: np.insert(x, places, v, axis=axis), [shape, ()], seed)
    if len(set(places)) < shape[axis]:
        kept = [place % shape[axis] for place in places]
        check(lambda x: np.delete(x, kept, axis=axis), [shape], seed)


@pytest.mark.parametrize("name", ["svd", "unsigned_qr", "pinv", "svdvals"])
@settings(max_examples=4)
@given(m=st.integers(1, 3), n=st.integers(1, 3), stack=st.booleans(), seed=SEEDS)
def test_decompositions(name: str, m: int, n: int, stack: bool, seed: int):
    f = CASES[name] if name in CASES else getattr(np.linalg, name)
    check(CASES["spread"](f), [(2, m, n) if stack else (m, n)], seed)


@settings(max_examples=10)
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3), seed=SEEDS)
def test_outer_of_any_ranks(shapes: Any, seed: int):
    check(np.multiply.outer, shapes.input_shapes, seed)


@settings(max_examples=15)
@given(
    shape=hnp.array_shapes(min_dims=1, max_dims=2, min_side=2, max_side=4),
    mask=st.data(),
    seed=SEEDS,
)
@pytest.mark.parametrize("f", [np.sum, np.prod, np.max, np.min, np.mean])
def test_masked_reductions(f: Any, shape: tuple[int, ...], mask: Any, seed: int):
    where = mask.draw(hnp.arrays(bool, shape))
    axis = mask.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    keywords: dict[str, Any] = {"where": where, "axis": axis}
    if f is np.mean:
        assume(np.all(np.any(where, axis=axis)))
    else:
        keywords["initial"] = mask.draw(st.sampled_from([0.2, 1.0, 2.5]))
    check(lambda x: f(x, **keywords), [shape], seed, (0.31, 1.73))
