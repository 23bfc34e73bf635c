"""Fused loops in blocks of NumPy calls: the edges of blocks, buffers, and stores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends import blocks, numpy_backend
from hessopt.backends.blocks import assigned, moving, strided, terms_of
from hessopt.backends.lines import Writer
from hessopt.backends.shifts import merged
from hessopt.program.nest import Compute, Load, Segment, Store, Temp
from hessopt.program.places import Place
from tests.program.planning import nests, plan_of, program_of


def fused(f: Any, *arrays: Any, block: int = 4) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numpy_backend, "LARGE", 1)
        patch.setattr(blocks, "BLOCK", block)
        return numpy_backend.compile_program(program_of(f, *arrays))


def check(f: Any, *arrays: Any, block: int = 4) -> str:
    run = fused(f, *arrays, block=block)
    expected, _ = Writer(program_of(f, *arrays)).compiled()(*arrays)
    for _ in range(2):
        for a, b in zip(run(*arrays)[0], expected, strict=True):
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    return run.__doc__ or ""


@pytest.mark.parametrize("n", [1, 3, 4, 5, 7, 8, 9, 16, 17])
def test_any_length_beside_the_length_of_blocks(n: int):
    x = np.linspace(-1, 1, n)
    source = check(lambda x: (np.sin(x) * x + 1, np.sum(x * x), np.max(np.cos(x))), x)
    assert ("for low in" in source) == (n > 4)


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (9, 1), (1, 9), (4, 3, 2), (2, 9, 3)])
def test_tables_are_cut_along_the_first_axis(shape: Any):
    x = np.linspace(-1, 1, np.prod(shape)).reshape(shape)
    for axis in range(len(shape)):
        check(lambda x, axis=axis: np.sum(np.sin(x), axis=axis) * 2, x)
        check(lambda x, axis=axis: np.sum(np.sin(x), axis=axis, keepdims=True) * x, x)
    check(lambda x: (np.sin(x) + x[::-1], np.transpose(x) * 2, x * x[:1]), x)


def test_gradients_of_stencils():
    x = np.linspace(-1, 1, 40)

    def f(x: Any) -> Any:
        return np.sum((x[2:] - 2 * x[1:-1] + x[:-2]) ** 2) + np.sum(x[::3] ** 3) + x[5] * x[-1]

    for g in (hessopt.grad(f), hessopt.value_and_grad(f)):
        check(g, x)
    check(hessopt.hvp(f), x, x[::-1].copy())


def test_long_rows_still_fit():
    check(lambda x: np.exp(x) * np.sum(x, axis=1, keepdims=True), np.ones((3, 50)))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.where(x > 0, x * 2, x * 3),
        lambda x: np.where(x > 0, np.where(x > 0.5, np.sin(x), x), -x) * x,
        lambda x: np.where(x > 0, 1.0, np.cos(x)),
        lambda x: np.where(x > 0, np.cos(x), 1.0),
        lambda x: np.where(x > 0, x, x[::-1]),
        lambda x: (x > 0) & (x[::-1] < 0.5),
        lambda x: (x > 0.25) * x,
        lambda x: x.astype(np.float32) * np.float32(3),
        lambda x: (x**2, x**3, x**-1, x**0.5, 2.0**x),
    ],
)
def test_choices_types_and_powers(f: Any):
    with np.errstate(all="ignore"):
        check(f, np.linspace(-1, 1.2, 23))


def test_the_same_term_stored_twice():
    check(lambda x: ((y := np.sin(x)) * 1.0, y + 0.0, y[1:], y * y), np.linspace(0, 1, 11))


def test_strided_is_a_view():
    flat = np.arange(20.0)
    view = strided(flat, 3, (2, 3), (6, -1))
    np.testing.assert_array_equal(view, [[3, 2, 1], [9, 8, 7]])
    assert np.shares_memory(view, flat)
    np.testing.assert_array_equal(strided(flat, 5, (2, 2), (0, 1)), [[5, 6], [5, 6]])


def test_moving():
    assert moving(Place(3, (0, 2, 0, -1))) == [1, 3]


def segment_of(f: Any, x: np.ndarray) -> tuple[Segment, Any]:
    (nest,) = nests(plan_of(f, x))
    return nest.segments[0], nest


def test_buffers_are_few_and_never_hold_two_live_terms():
    def chain(x: Any) -> Any:
        a = np.sin(x)
        b = np.cos(x)
        for _ in range(20):
            a, b = a * b + 1, np.where(a > 0, a - b, b)
        return a + b

    segment, _ = segment_of(chain, np.linspace(0, 1, 50))
    buffers, chosen = assigned(segment.body, {})
    assert 3 <= len(buffers) <= 6
    last = {
        x.number: at
        for at, s in enumerate(segment.body)
        for x in terms_of(s)
        if isinstance(x, Temp)
    }
    holder: dict[Any, int] = {}
    for at, s in enumerate(segment.body):
        if not isinstance(s, Compute):
            continue
        before = holder.get(chosen[s.target])
        if before is not None and not isinstance(chosen[s.target], Store):
            # element by element it may be overwritten by its last reader, if that is no choice
            early = s.line.op != "Where"
            assert last[before] < at + early
        holder[chosen[s.target]] = s.target


def test_buffers_are_shared_by_terms_of_one_length():
    def f(x: Any) -> Any:
        return np.sin(x[1:] * x[1:]) - np.sin(x[:-1] * x[:-1]) + np.cos(x[1:])

    segment, _ = segment_of(f, np.linspace(0, 1, 50))
    body, spans = merged(segment.body, 1)
    buffers, chosen = assigned(body, spans)
    assert buffers == [(np.dtype(float), 1), (np.dtype(float), 0), (np.dtype(float), 0)]
    for s in body:
        if isinstance(s, Compute) and not isinstance(chosen[s.target], Store):
            assert buffers[chosen[s.target]][1] == spans.get(s.target, 0)


def test_a_result_is_computed_where_it_is_stored():
    segment, _ = segment_of(lambda x: np.sin(np.cos(x)), np.linspace(0, 1, 50))
    buffers, chosen = assigned(segment.body, {})
    assert len(buffers) == 1
    assert sum(isinstance(place, Store) for place in chosen.values()) == 1
    assert isinstance(segment.body[0], Load)


def test_from_which_size_on():
    small = program_of(lambda x: np.sin(x) * x, np.ones(100))
    large = program_of(lambda x: np.sin(x) * x, np.ones(numpy_backend.LARGE))
    assert "strided" not in (numpy_backend.compile_program(small).__doc__ or "")
    assert "strided" in (numpy_backend.compile_program(large).__doc__ or "")
