"""Each pass by itself: what it makes of a small program, and that it keeps random ones' results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.program import simplify as passes
from hessopt.program.program import Program
from hessopt.program.simplify import simplify
from hessopt.program.trace import trace
from tests.program.generator import evaluate, random_function, scalar_of

X = np.array([0.5, -1.5, 2.5])
M = np.array([[0.5, -1.5, 2.5], [1.0, 2.0, 3.0]])
A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])


def traced(f: Any, *arrays: Any) -> Program:
    def flat(*xs: Any) -> list[Any]:
        result = f(*xs)
        return list(result) if isinstance(result, tuple) else [result]

    return trace(flat, arrays)[0]


def close(found: Any, expected: Any) -> None:
    for a, b in zip(found, expected, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        scale = max(1.0, float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b))))
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11 * scale)


def ops(program: Program) -> list[str]:
    return [line.op for line in program.instructions]


# What becomes of a function: by which primitives the simplified program computes it.
EXAMPLES: list[tuple[str, Any, list[str]]] = [
    ("1 x", lambda x: 1 * x, []),
    ("x + 0", lambda x: x + 0, []),
    ("0 + x", lambda x: 0 + x, []),
    ("x - 0", lambda x: x - 0, []),
    ("x / 1", lambda x: x / 1, []),
    ("x**1", lambda x: x**1, []),
    ("-(-x)", lambda x: -np.negative(x), []),
    ("+x", lambda x: np.positive(x), []),
    ("copy", lambda x: np.copy(x), []),
    ("cast", lambda x: x.astype(np.float64), []),
    ("real", lambda x: np.real(x), []),
    ("there and back", lambda x: x.reshape(3, 1).reshape(1, 3).reshape(3), []),
    ("T.T", lambda x: x.reshape(3, 1).T.T.reshape(3), []),
    ("-1 x", lambda x: -1.0 * x, ["Neg"]),
    ("0 - x", lambda x: 0 - x, ["Neg"]),
    ("c (d x)", lambda x: 2 * (3.0 * (x * np.float64(0.5))), ["Mul"]),
    ("-(c x)", lambda x: -(2 * x), ["Mul"]),
    ("(2 x)(3 x)", lambda x: (2 * x) * (3 * np.sin(x)), ["Sin", "Mul", "Mul"]),
    ("(-a) b", lambda x: 5 - (-np.sin(x)) * x, ["Sin", "Mul", "Add"]),
    ("x / 4", lambda x: 3.0 * (x / 4), ["Mul"]),
    ("x / 3", lambda x: x / 3, ["Div"]),
    ("a + (-b)", lambda x: np.sin(x) + (-x), ["Sin", "Sub"]),
    ("(-b) + a", lambda x: (-x) + np.sin(x), ["Sin", "Sub"]),
    ("a - (-b)", lambda x: np.sin(x) - (-x), ["Sin", "Add"]),
    ("-(a - b)", lambda x: -(np.sin(x) - x), ["Sin", "Sub"]),
    ("(-a) - b", lambda x: -((-np.sin(x)) - x), ["Sin", "Add"]),
    ("x + x", lambda x: (x + x) + (x + x), ["Mul"]),
    ("(-a) / b", lambda x: -((-np.sin(x)) / x), ["Sin", "Div"]),
    ("x**2", lambda x: x**2, ["Mul"]),
    ("square", lambda x: np.square(x) - x * x, ["Mul", "Sub"]),
    ("x**3", lambda x: x**3, ["Mul", "Mul"]),
    ("x**8", lambda x: x**8.0, ["Mul", "Mul", "Mul"]),
    ("x**9", lambda x: x**9, ["Pow"]),
    ("x**0.5", lambda x: np.abs(x) ** 0.5, ["Absolute", "Pow"]),
    ("a b, b a", lambda x: np.sin(x) * x - x * np.sin(x), ["Sin", "Mul", "Sub"]),
    ("sum of -x", lambda x: 1 - np.sum(-np.sin(x)), ["Sin", "Sum", "Add"]),
    ("sum of c x", lambda x: np.sum(2 * np.sin(x)) * 3, ["Sin", "Sum", "Mul"]),
    ("sum of broadcast", lambda x: np.sum(np.broadcast_to(x, (4, 3)), axis=0), ["Mul"]),
    ("sum along ones", lambda x: np.sum(x.reshape(3, 1), axis=1), []),
    (
        "broadcast twice",
        lambda x: np.broadcast_to(np.broadcast_to(x, (2, 3)), (4, 2, 3)),
        ["BroadcastTo"],
    ),
    ("broadcast by itself", lambda x: np.broadcast_to(x, (2, 3)) * A, ["Mul"]),
    ("lead", lambda x: x[None, :] * A, ["Mul"]),
    ("uniform", lambda x: x * np.full(3, 2.0) + np.zeros(3), ["Mul"]),
    ("same branches", lambda x: np.where(x > 0, 0.0, 0) + x, []),
    ("condition", lambda x: np.where(np.not_equal(x > 0, 0), x, 1.0), ["greater", "Where"]),
    ("column", lambda x: (A @ x[:, None])[:, 0] * 1, ["MatMul"]),
    ("column, reshaped", lambda x: (A @ x.reshape(3, 1)).reshape(2), ["MatMul"]),
    ("row", lambda x: (x.reshape(1, 3) @ A.T).reshape(2), ["MatMul"]),
    ("new axes", lambda x: x[None, :, None][..., 0, :, 0], []),
    ("all", lambda x: x[:] + x[...], ["Mul"]),
    ("ellipsis", lambda x: x[..., 1:] - x[1:], ["GetItem", "Sub"]),
    ("T of a column", lambda x: x.reshape(3, 1).T.reshape(3), []),
    ("outer", lambda x: x.reshape(3, 1) @ x.reshape(1, 3), ["Reshape", "Mul"]),
    ("dead", lambda x: (np.sin(x), x * 2)[1], ["Mul"]),
]


@pytest.mark.parametrize(("f", "expected"), [pytest.param(f, e, id=i) for i, f, e in EXAMPLES])
def test_what_becomes_of(f: Any, expected: list[str]):
    program = traced(f, X)
    simple = simplify(program)
    known = [{"greater": "greater"}.get(op, op) for op in ops(simple)]
    assert known == expected, str(simple)
    for z in (X, X[::-1] + 0.25):
        close(evaluate(simple, z), evaluate(program, z))


# Rewritings that would change a result: the operation must still be there.
KEPT: list[tuple[str, Any, Any, str]] = [
    ("0 x is NaN for infinities", lambda x: 0.0 * x, X, "Mul"),
    ("x - x is NaN for infinities", lambda x: x - x, X, "Sub"),
    ("x / x", lambda x: x / x, X, "Div"),
    ("complex 1 z", lambda z: 1 * z, X + 1j, "Mul"),
    ("complex z + 0", lambda z: z + 0, X + 1j, "Add"),
    ("a narrow type becomes wide", lambda x: np.float64(1) * x, X.astype(np.float32), "Mul"),
    ("a cast", lambda x: x.astype(np.float64), X.astype(np.float32), "Cast"),
    ("a shape grows", lambda x: x + np.zeros((2, 1)), X, "Add"),
    ("reshape in another order", lambda x: x.reshape(3, 2, order="F"), M, "Reshape"),
    ("initial=", lambda x: np.sum(x, axis=(), initial=5.0), X, "Sum"),
    ("where=", lambda x: np.sum(-x, where=[True, False, True]), X, "Neg"),
    ("a mask", lambda x: x[True], X, "GetItem"),
    ("backwards", lambda x: x[::-1], X, "GetItem"),
]


@pytest.mark.parametrize(("f", "x", "kept"), [pytest.param(f, x, k, id=i) for i, f, x, k in KEPT])
def test_what_is_kept(f: Any, x: Any, kept: str):
    program = traced(f, x)
    simple = simplify(program)
    assert kept in ops(simple)
    for z in (x, x[::-1] * 2):
        close(evaluate(simple, z), evaluate(program, z))


def test_reshapes_in_two_orders_are_not_joined():
    program = traced(lambda x: x.reshape(6, order="F").reshape(3, 2), M)
    close(evaluate(simplify(program), M), evaluate(program, M))


def test_a_list_and_a_tuple_index_differently():
    square = np.arange(9.0).reshape(3, 3)
    program = traced(lambda x: (x[[0, 1]] * 2.0, x[(0, 1)] * 2.0), square)
    close(evaluate(simplify(program), square), evaluate(program, square))


def test_zeros_of_two_shapes_are_not_joined():
    def f(x: Any) -> Any:
        return np.matmul(np.zeros((30, 1)), x[:1]), np.matmul(np.zeros((40, 1)), x[:1])

    program = traced(f, X)
    close(evaluate(simplify(program), X), evaluate(program, X))


def test_a_user_may_name_a_function_like_a_primitive():
    class Neg(hessopt.Function):
        def forward(self, x: Any) -> Any:
            return 10 * x

        def backward(self, gy: Any) -> Any:
            return 10 * gy

    class Copy(Neg):
        def forward(self, x: Any) -> Any:
            return x + 1

    for f in (
        lambda x: Neg()(Neg()(x)),
        lambda x: Copy()(x) * 2,
        lambda x: x + Neg()(x),
        lambda x: np.sum(Neg()(x)),
    ):
        program = traced(f, X)
        close(evaluate(simplify(program), X), evaluate(program, X))
        close([np.asarray(hessopt.jit(f)(X))], evaluate(program, X))


def test_large_factors_are_not_joined():
    program = traced(lambda x: 1e200 * (1e200 * x), X * 1e-300)
    close(evaluate(simplify(program), X * 1e-300), evaluate(program, X * 1e-300))


def test_operations_that_may_fail_stay():
    program = traced(lambda x: (np.linalg.inv(x @ x.T), x * 2)[1], M)
    assert ops(simplify(program)) == ["Transpose", "MatMul", "Inv", "Mul"]


# Pass by pass


def test_dead_code():
    def f(x: Any) -> Any:
        if np.sum(np.cos(x)) > 100:
            return x
        return np.sin(x), np.exp(x)

    program = traced(f, X)
    shorter = passes.dead_code(
        Program(program.inputs, program.instructions, program.outputs[:1], program.guards)
    )
    assert ops(shorter) == ["Cos", "Sum", "greater", "Sin"]


def test_fold_constants():
    def f(x: Any) -> Any:
        w = hessopt.Variable(np.arange(3.0))
        return np.exp(w) * x, np.outer(w, w) @ x

    program = traced(f, X)
    folded = passes.fold_constants(program)
    assert ops(program).count("Exp") == 1
    assert ops(folded) == ["Mul", "Mul", "MatMul"]  # the outer product is larger than its factors
    close(evaluate(folded, X), evaluate(program, X))


def test_common_subexpressions():
    program = traced(lambda x: np.sin(x) * np.cos(x) + np.cos(x) * np.sin(x), X)
    shorter = passes.common_subexpressions(program)
    assert ops(program) == ["Sin", "Cos", "Mul", "Cos", "Sin", "Mul", "Add"]
    assert ops(shorter) == ["Sin", "Cos", "Mul", "Add"]


def test_common_subexpressions_look_at_parameters_and_constants():
    def f(x: Any) -> Any:
        return np.cumsum(x, 0) * 2.0, np.cumsum(x, 1) * 2, x[0], x[1], x + 0.0, x + -0.0

    program = traced(f, M)
    shorter = passes.common_subexpressions(program)
    assert len(shorter.instructions) == len(program.instructions)


def test_uniform_constants():
    zeros = np.zeros((200, 200))
    program = passes.uniform_constants(
        traced(lambda x: (x[:200, :200] * zeros, x + zeros[0]), zeros)
    )
    assert [line.operands[1] for line in program.instructions if line.op != "GetItem"] == [0, 0]


def test_patches_are_added_in_place():
    def f(x: Any) -> Any:
        return np.sum(x[1:] * x[:-1]) + np.sum(x[::2] ** 2)

    simple = simplify(traced(hessopt.grad(f), X))
    assert ops(simple).count("ScatterAdd") == 1
    close(evaluate(simple, X), [hessopt.grad(f)(X)])


@pytest.mark.parametrize(
    ("assign", "left"),
    [
        (lambda y, x: y.__setitem__(slice(1, None), y[1:] + x[:-1]), ["ScatterAdd"]),
        (lambda y, x: y.__setitem__(slice(1, None), x[:-1] + y[1:]), ["ScatterAdd"]),
        (lambda y, x: y.__setitem__(slice(1, None), y[1:] - x[:-1]), ["Neg", "ScatterAdd"]),
        (lambda y, x: y.__setitem__(slice(1, None), x[:-1] - y[1:]), ["Sub", "SetItem"]),
        (lambda y, x: y.__setitem__(slice(1, None), y[:-1] + x[1:]), ["Add", "SetItem"]),
        (lambda y, x: y.__setitem__(slice(1, None), y[1:] + x[:1]), ["Add", "SetItem"]),
        (lambda y, x: y.__setitem__([0, 0], y[[0, 0]] + x[:2]), ["Add", "SetItem"]),
    ],
)
def test_an_assignment_that_adds(assign: Any, left: list[str]):
    def f(x: Any) -> Any:
        y = np.sin(x)
        assign(y, x)
        return y

    simple = simplify(traced(f, X))
    close(evaluate(simple, -X), [f(-X)])
    assert [op for op in ops(simple) if op != "GetItem"] == ["Sin", *left]


@pytest.mark.parametrize(
    ("second", "joined"),
    [(slice(2, None), True), (slice(1, None), False), (2, True), ([2], False), (np.s_[...], False)],
)
def test_assignments_into_zeros(second: Any, joined: bool):
    def f(x: Any) -> Any:
        y = np.zeros_like(x)
        y[:2] = x[1:]
        y[second] = np.sin(x)[second]
        return y

    simple = simplify(traced(f, X))
    close(evaluate(simple, -X), [f(-X)])
    assert ops(simple).count("SetItem") == (0 if joined else 1)


def test_rows_of_a_hessian_are_one_table():
    def f(x: Any) -> Any:
        return x[0] ** 2 * x[1] + np.sin(x[1]) * x[2]

    simple = simplify(traced(hessopt.hessian(f), X))
    assert (ops(simple).count("ScatterAdd"), ops(simple).count("Concatenate")) == (1, 0)
    close(evaluate(simple, -X), [hessopt.hessian(f)(-X)])


def test_rows_that_are_needed_elsewhere_stay():
    def f(x: Any) -> Any:
        row = hessopt.grad(lambda x: x[0] * x[1])(x)
        other = hessopt.grad(lambda x: x[1] * x[2])(x)
        return np.stack([row, other]), row * 2, np.stack([row, other], axis=1)

    simple = simplify(traced(f, X))
    assert ops(simple).count("ScatterAdd") == 2
    close(evaluate(simple, -X), f(-X))


def test_notes_of_passes():
    program = simplify(traced(hessopt.hvp(lambda x: np.sum(x**3)), X, X))
    assert {name for name, _, _ in program.passes} <= {p.__name__ for p in passes.PASSES}
    before = [b for _, b, _ in program.passes]
    after = [a for _, _, a in program.passes]
    assert before[1:] == after[:-1]
    assert after[-1] == len(program.instructions) < before[0]


@pytest.mark.parametrize("seed", range(12))
def test_random_programs(seed: int):
    f = random_function(seed, 6)
    random = np.random.default_rng(seed)
    traced_at, other = random.standard_normal((2, 2, 6))
    product = hessopt.hvp(lambda z: scalar_of(f)(z, z[::-1]))
    with np.errstate(all="ignore"):
        for g in (f, hessopt.grad(scalar_of(f), (0, 1)), product):
            program = traced(g, *traced_at)
            expected = evaluate(program, *other)
            for one in passes.PASSES:
                close(evaluate(one(program), *other), expected)
            simple = simplify(program)
            close(evaluate(simple, *other), expected)
            assert len(simple.instructions) < len(program.instructions)
            assert all(one(simple) is simple for one in passes.PASSES)
