"""Shapes, axes, broadcasts and indices that nobody thought of writing into a table."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

FOLDER = Path(__file__).parent
CHECKS = runpy.run_path(str(FOLDER / "verify.py"))
ELEMENTWISE = runpy.run_path(str(FOLDER / "cases" / "elementwise.py"))
UNARY, BINARY = ELEMENTWISE["UNARY"], ELEMENTWISE["BINARY"]
REDUCTIONS = runpy.run_path(str(FOLDER / "cases" / "reduce.py"))["REDUCTIONS"]

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3)
EMPTY = st.sampled_from([(0,), (0, 2), (2, 0, 1)])


def name(f: Any) -> str:
    return f.__name__


def check(f: Any, shapes: Any, domains: Any = (0.3, 1.7), seed: int = 0) -> None:
    arrays = CHECKS["distinct"](shapes, domains, seed)
    CHECKS["forward_is_numpys"](f, *arrays)
    CHECKS["derivatives_agree"](f, *arrays)


@pytest.mark.parametrize("f", UNARY, ids=name)
@settings(max_examples=4)
@given(shape=SHAPES | EMPTY, seed=st.integers(0, 99))
def test_one_argument(f: Any, shape: tuple[int, ...], seed: int):
    check(f, [shape], UNARY[f], seed)


@pytest.mark.parametrize("f", BINARY, ids=name)
@settings(max_examples=5)
@given(
    shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_dims=3, max_side=3),
    seed=st.integers(0, 99),
)
def test_broadcasting(f: Any, shapes: Any, seed: int):
    check(f, shapes.input_shapes, BINARY[f], seed)


@pytest.mark.parametrize("kind", [float, np.float64, np.float32, np.array, list])
@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("f", BINARY, ids=name)
def test_a_constant_on_one_side(f: Any, swap: bool, kind: Any):
    domains = BINARY[f] if isinstance(BINARY[f][0], tuple) else (BINARY[f], BINARY[f])
    middle = float(np.mean(domains[not swap])) + 0.1
    constant = kind([middle] * 3) if kind in (np.array, list) else kind(middle)
    check((lambda a: f(constant, a)) if swap else (lambda a: f(a, constant)), [(3,)], domains[swap])


@st.composite
def reductions(draw: Any) -> tuple[tuple[int, ...], Any, bool]:
    shape = draw(SHAPES)
    one = st.integers(-len(shape), len(shape) - 1) if shape else st.sampled_from([0, -1])
    axis = draw(st.none() | one | hnp.valid_tuple_axes(len(shape)))
    return shape, axis, draw(st.booleans())


@pytest.mark.parametrize("f", REDUCTIONS, ids=name)
@settings(max_examples=12)
@given(call=reductions(), seed=st.integers(0, 99))
def test_reductions(f: Any, call: Any, seed: int):
    shape, axis, keepdims = call
    if f is np.std and np.any(np.std(CHECKS["distinct"]([shape])[0], axis=axis) == 0):
        return  # a root at 0 has no derivative
    check(lambda x: f(x, axis=axis, keepdims=keepdims), [shape], seed=seed)


@pytest.mark.parametrize("f", [np.sum, np.prod, np.cumsum, np.cumprod], ids=name)
@pytest.mark.parametrize("shape", [(0,), (0, 2), (2, 0)])
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_reductions_of_nothing(f: Any, shape: tuple[int, ...], axis: Any):
    check(lambda x: f(x, axis=axis), [shape])


@st.composite
def indexings(draw: Any) -> tuple[tuple[int, ...], Any]:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=3))
    basic = hnp.basic_indices(shape, allow_newaxis=True)
    few = hnp.array_shapes(max_dims=2, max_side=3)
    advanced = hnp.integer_array_indices(shape, result_shape=few)
    return shape, draw(basic | advanced | hnp.arrays(bool, shape))


@settings(max_examples=40)
@given(call=indexings())
def test_indexing(call: Any):
    shape, index = call
    check(lambda x: x[index], [shape])


@st.composite
def permutations(draw: Any) -> tuple[tuple[int, ...], list[int]]:
    shape = draw(SHAPES)
    axes = draw(st.permutations(range(len(shape))))
    signs = draw(st.lists(st.booleans(), min_size=len(shape), max_size=len(shape)))
    return shape, [a - len(shape) if s else a for a, s in zip(axes, signs, strict=True)]


@settings(max_examples=15)
@given(call=permutations())
def test_permutations_of_axes(call: Any):
    shape, axes = call
    check(lambda x: np.transpose(x, axes), [shape])


@settings(max_examples=15)
@given(
    shapes=hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, max_side=3)
)
def test_matrix_products(shapes: Any):
    check(np.matmul, shapes.input_shapes)
