"""Batch rules over shapes, axes and indices that nobody thought of; the pass as such.

Nothing here falls back on a loop: a program of one example is run on all of them, and compared
with itself run on each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import hessopt
from hessopt.autodiff.function import Primitive
from hessopt.backends import numpy_backend
from hessopt.program.batch import Diverged, batch, run_batched
from hessopt.program.simplify import simplify
from hessopt.program.trace import trace

SIZE = 3
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3)


def numbers(shape: Sequence[int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.3, 1.7, tuple(shape))


def check(f: Callable[..., Any], *shapes: Sequence[int], leads: Sequence[bool] = ()) -> None:
    """Compare the batch with the stack, for the function and its gradient."""
    leads = leads or [True] * len(shapes)
    arrays = [
        numbers((SIZE, *shape) if lead else shape, k)
        for k, (shape, lead) in enumerate(zip(shapes, leads, strict=True))
    ]

    def of(k: int) -> list[np.ndarray]:
        return [x[k] if lead else x for x, lead in zip(arrays, leads, strict=True)]

    def slopes(*xs: Any) -> Any:
        return hessopt.grad(lambda *xs: np.sum(np.sin(f(*xs))), tuple(range(len(xs))))(*xs)

    for function in (lambda *xs: [f(*xs)], slopes):
        program, _ = trace(lambda *xs, function=function: list(function(*xs)), of(0))
        singles = zip(*(function(*of(k)) for k in range(SIZE)), strict=True)
        expected = list(map(np.stack, singles))
        whole = batch(program, arrays, leads)
        run = numpy_backend.compile_program(simplify(whole))
        for found in (run(*arrays)[0], spread(run_batched(program, arrays, leads, SIZE))):
            for mine, loops in zip(found, expected, strict=True):
                assert mine.shape == loops.shape
                assert mine.dtype == loops.dtype
                np.testing.assert_allclose(mine, loops, rtol=1e-10, atol=1e-12)


def spread(outputs: list[tuple[Any, bool]]) -> list[Any]:
    return [y if has else np.broadcast_to(y, (SIZE, *np.shape(y))) for y, has in outputs]


@st.composite
def leading(draw: Any, count: int) -> list[bool]:
    chosen = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    assume(any(chosen))
    return chosen


@settings(max_examples=25)
@given(
    shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=1, max_dims=3, max_side=3),
    leads=leading(2),
)
def test_elementwise(shapes: Any, leads: list[bool]):
    check(lambda a, b: a * np.cos(b) - np.maximum(a, b), *shapes.input_shapes, leads=leads)
    check(lambda a, b: np.where(a > b, a, 2 * b), *shapes.input_shapes, leads=leads)


@settings(max_examples=25)
@given(shape=SHAPES, data=st.data(), keepdims=st.booleans())
def test_reductions(shape: tuple[int, ...], data: Any, keepdims: bool):
    axes = st.none()
    if shape:
        axes |= hnp.valid_tuple_axes(len(shape)) | st.integers(-len(shape), len(shape) - 1)
    axis = data.draw(axes)
    for reduction in (np.sum, np.prod, np.max):
        check(lambda a, r=reduction: r(a, axis=axis, keepdims=keepdims), shape)
    where = np.random.default_rng(1).random(shape) < 0.5
    check(lambda a: np.sum(a, axis=axis, keepdims=keepdims, where=where), shape)
    if axis is None or isinstance(axis, int):
        check(lambda a: np.hypot.reduce(a, axis=axis), shape or (1,))


@settings(max_examples=15)
@given(shape=hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), data=st.data())
def test_rearrangements(shape: tuple[int, ...], data: Any):
    ndim = len(shape)
    order = data.draw(st.permutations(range(ndim)))
    axis = data.draw(st.none() | st.integers(-ndim, ndim - 1))
    target = data.draw(st.sampled_from(["C", "F"]))
    shift = data.draw(st.integers(-5, 5))
    wide = (2, *shape)
    widths = [(data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))) for _ in shape]
    mode = data.draw(st.sampled_from(["edge", "wrap", "reflect", "symmetric"]))
    for f in (
        lambda a: np.transpose(a, order),
        lambda a: np.reshape(a, -1, order=target),
        lambda a: np.reshape(a, (*shape[::-1], 1), order=target),
        lambda a: np.broadcast_to(a, wide),
        lambda a: np.flip(a, axis),
        lambda a: np.roll(a, shift, axis),
        lambda a: np.repeat(a, 2, axis),
        lambda a: np.tile(a, (2, 1)),
        lambda a: np.tril(a, 1) + np.triu(a),
        lambda a: np.pad(a, widths, constant_values=2.0),
        lambda a: np.pad(a, widths, mode),
        lambda a: np.take(a, [0, 0, -1], axis),
        lambda a: np.resize(a, (3, 5)),
        lambda a: np.diagflat(a, 1),
    ):
        check(f, shape)


def indices(shape: tuple[int, ...]) -> Any:
    basic = hnp.basic_indices(shape, allow_newaxis=True)
    arrays = hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=3))
    return basic | arrays | hnp.arrays(bool, shape)


@settings(max_examples=50)
@given(shape=hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), data=st.data())
def test_indices(shape: tuple[int, ...], data: Any):
    index = data.draw(indices(shape))
    part = np.empty(shape)[index].shape
    check(lambda a: a[index] * 1.0, shape)
    leads = data.draw(leading(2))
    value = data.draw(st.sampled_from([part, part[1:], (1,) * len(part)]))

    def assigned(a: Any, v: Any) -> Any:
        y = np.copy(a)
        y[index] = v
        return y * a

    check(assigned, shape, value, leads=leads)


@pytest.mark.parametrize(
    "index",
    [
        np.s_[0, :, [1, 2]],
        np.s_[[1, 0], :, [1, 2]],
        np.s_[:, [1, 0], [1, 2]],
        np.s_[[[1], [0]], [0, 2]],
        np.s_[None, [1, 0], :, 2],
        np.s_[..., [2, 0], None],
        np.s_[np.array([True, False]), :, 1:],
        np.s_[:, np.array([True, False, True]), [0, 1]],
        np.array(1),
        [1, 1, 0],
        np.int64(1),
    ],
    ids=str,
)
def test_several_advanced_indices(index: Any):
    check(lambda a: a[index] * 2.0, (2, 3, 4))

    def twice(a: Any) -> Any:  # the adjoint adds at the same places more than once
        return a[index] * a[index] * a[0, 0, 0]

    check(twice, (2, 3, 4))


def test_the_last_of_values_assigned_to_one_place_stays():
    def f(a: Any, v: Any) -> Any:
        y = np.copy(a)
        y[[0, 0, 2, 0]] = v
        return y

    for leads in ([True, True], [True, False], [False, True]):
        check(f, (3, 2), (4, 2), leads=leads)


RANKS = ((2,), (3, 2), (2, 3, 2), (2, 1, 3, 2))
OTHERS = ((2,), (2, 3), (2, 2, 3), (2, 2, 2, 3))


@pytest.mark.parametrize("leads", [[True, True], [True, False], [False, True]], ids=str)
@pytest.mark.parametrize("b", OTHERS, ids=str)
@pytest.mark.parametrize("a", RANKS, ids=str)
def test_products(a: Any, b: Any, leads: list[bool]):
    check(np.matmul, a, b, leads=leads)
    check(np.dot, a, b, leads=leads)
    check(lambda x, y: np.tensordot(x, y, ((-1,), (0,))), a, b, leads=leads)


@pytest.mark.parametrize("leads", [[True, True], [True, False], [False, True]], ids=str)
@pytest.mark.parametrize("b", [(2,), (2, 1), (2, 3), (4, 2, 3)], ids=str)
@pytest.mark.parametrize("a", [(2, 2), (4, 2, 2)], ids=str)
def test_solves(a: Any, b: Any, leads: list[bool]):
    check(lambda x, y: np.linalg.solve(x + 3 * np.eye(2), y), a, b, leads=leads)


@pytest.mark.parametrize("leads", [[True, True], [True, False], [False, True]], ids=str)
@pytest.mark.parametrize(
    ("subscripts", "a", "b"),
    [
        ("ij,jk", (2, 3), (3, 2)),
        ("...i,i->...", (2, 3), (3,)),
        ("ii,i", (3, 3), (3,)),
        ("ij,kl->jl", (2, 3), (2, 2)),
        ("a,bc->bca", (2,), (3, 2)),
        (",i", (), (3,)),
    ],
)
def test_einsum(subscripts: str, a: Any, b: Any, leads: list[bool]):
    check(lambda x, y: np.einsum(subscripts, x, y), a, b, leads=leads)


def test_einsum_without_a_letter_left():
    """Each of 26 operands has two letters of its own, which is all that there are."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    pairs = [letters[k : k + 2] for k in range(0, 52, 2)]
    subscripts = ",".join(pairs) + "->" + letters[0]

    def f(a: Any) -> Any:
        return np.einsum(subscripts, a, *[np.ones((1, 1))] * 25)

    program, _ = trace(lambda a: [f(a)], [numbers((2, 1))])
    A = numbers((SIZE, 2, 1))
    ((found, _),) = run_batched(program, [A], [True], SIZE)
    np.testing.assert_allclose(found, A[:, :, 0])


@pytest.mark.parametrize("leads", [[True, True], [True, False], [False, True]], ids=str)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(5, 2), (2, 5), (4, 3), (3, 4), (3, 3), (4, 1)])
def test_convolutions(n: int, m: int, mode: Any, leads: list[bool]):
    check(lambda a, v: np.convolve(a, v, mode), (n,), (m,), leads=leads)
    check(lambda a, v: np.correlate(a, v, mode), (n,), (m,), leads=leads)


@pytest.mark.parametrize("leads", [[True, True], [True, False], [False, True]], ids=str)
def test_joins(leads: list[bool]):
    check(lambda a, b: np.concatenate([a, b, np.ones((1, 2))], axis=0), (2, 2), (1, 2), leads=leads)
    check(lambda a, b: np.stack([a, b], axis=-1), (2, 2), (2, 2), leads=leads)


def test_what_depends_on_no_example_is_computed_once():
    program, _ = trace(lambda x, w: [np.tanh(np.linalg.inv(w)) @ x], [np.ones(2), np.eye(2)])
    whole = batch(program, [np.ones((5, 2)), np.eye(2)], [True, False])
    shapes = {line.primitive.name: line.shape for line in whole.instructions}
    assert shapes["Inv"] == shapes["Tanh"] == (2, 2)
    assert shapes["MatMul"] == (5, 2)


def test_guards_of_an_example_become_one_of_the_batch():
    def f(x: Any) -> Any:
        return [np.sin(x) if x > 0 else x]

    program, _ = trace(f, [np.array(1.0)])
    whole = batch(program, [np.ones(4)], [True])
    run = numpy_backend.compile_program(simplify(whole))
    assert run(np.full(4, 2.0))[1]
    assert not run(np.array([1.0, 1.0, -1.0, 1.0]))[1]
    with pytest.raises(Diverged, match="different ways") as caught:
        batch(program, [np.array([1.0, -1.0])], [True])
    assert caught.value.guard == 0
    np.testing.assert_array_equal(caught.value.holds, [True, False])


def test_a_rule_that_gives_another_shape_is_noticed():
    """The check that stands between a wrong rule and a wrong result."""

    class Halves(Primitive):
        name = "Halves"

        def batch(self, b: Any, **params: Any) -> Any:
            return b.operands[0][:, :1]

    from hessopt.program.program import Instruction, Program, Ref

    line = Instruction(Halves(), (Ref(0),), {}, (2,), np.dtype(float))
    program = Program((((2,), np.dtype(float)),), (line,), (Ref(1),))
    with pytest.raises(Diverged, match="Halves gives results of another shape"):
        run_batched(program, [np.ones((3, 2))], [True], 3)


def test_types_that_depend_on_values_are_noticed():
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    program, _ = trace(lambda a: [np.linalg.eigvals(a)], [np.eye(2)])
    with pytest.raises(Diverged, match="Eigvals gives results of another type"):
        run_batched(program, [np.stack([np.eye(2), turn])], [True], 2)


def test_memory_is_let_go_of():
    """A long chain over a batch keeps no more than a few values at a time."""
    import tracemalloc

    def chain(x: Any) -> list[Any]:
        for _ in range(50):
            x = np.sin(x)
        return [x]

    program, _ = trace(chain, [np.ones(4)])
    X = np.ones((20_000, 4))
    tracemalloc.start()
    run_batched(program, [X], [True], len(X))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * X.nbytes
