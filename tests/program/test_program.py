"""Programs as values: their text, their cost, and what a trace writes down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.autodiff.tracing import Untraceable
from hessopt.program.program import Cost, Program, Ref
from hessopt.program.simplify import simplify
from hessopt.program.trace import trace

X = np.array([0.5, -1.5, 2.5])


def traced(f: Any, *arrays: Any) -> Program:
    return trace(lambda *xs: [f(*xs)], arrays)[0]


def test_text():
    def f(x: Any, w: Any) -> Any:
        if np.sum(x) > 0:
            return np.reshape(x, (3, 1))[1:] * w + np.arange(3.0) ** np.float64(2)
        return x

    assert str(traced(f, X, np.float32([1, 2, 3]))).splitlines() == [
        "inputs v0: float64[3], v1: float32[3]",
        "  v2: float64[] = Sum(v0, axis=None, keepdims=False)",
        "  v3: bool[] = greater(v2, 0)",
        "  v4: float64[3,1] = Reshape(v0, shape=(3, 1))",
        "  v5: float64[2,1] = GetItem(v4, index=1:)",
        "  v6: float64[2,3] = Mul(v5, v1)",
        "  v7: float64[2,3] = Add(v6, <float64[3]>)",
        "  holds only if v3 is True",
        "outputs v7",
    ]


def test_text_of_indices_and_several_outputs():
    def f(x: Any) -> Any:
        w, _ = np.linalg.eigh(np.outer(x, x)[..., ::2][::2])
        return w[(0,)]

    text = str(traced(f, X))
    assert "index=(Ellipsis, ::2))" in text
    assert "index=::2)" in text
    assert "index=(0,))" in text
    assert " = Eigh(" in text
    assert " = Item(" in text


def test_only_what_matters_is_written_down():
    def f(x: Any) -> Any:
        np.exp(x)
        return np.sin(x)

    program = traced(f, X)
    assert [line.op for line in program.instructions] == ["Sin"]
    assert program.instructions[0].operands == (Ref(0),)
    assert program.outputs == (Ref(1),)


def test_values_come_with_the_program():
    program, (value,) = trace(lambda x: [np.sin(x)], [X])
    np.testing.assert_array_equal(value, np.sin(X))
    assert program.inputs == ((X.shape, X.dtype),)


def test_refusals_reach_the_caller():
    with pytest.raises(Untraceable, match="looks at the value"):
        traced(lambda x: x * float(x[0]), X)
    with pytest.raises(Untraceable, match="it assigns into its argument"):
        traced(lambda x: x.__setitem__(0, 1.0) or x, X)
    w = hessopt.Variable(X)
    with pytest.raises(Untraceable, match="a Variable from outside"):
        traced(lambda x: x * w, X)


def test_passes_leave_the_program_they_are_given():
    program = traced(lambda x: 1 * x + 0, X)
    text = str(program)
    assert len(simplify(program).instructions) == 0
    assert str(program) == text


A, B = np.ones((20, 30)), np.ones((30, 40))
COSTS = {
    "elementwise": (lambda a: np.sin(a) * a, (A,), Cost(1200, 8 * 600 * 5)),
    "one array twice": (lambda a: a * a, (A,), Cost(600, 8 * 600 * 2)),
    "sum": (lambda a: np.sum(a), (A,), Cost(600, 8 * 601)),
    "views": (lambda a: a.T[1:].reshape(-1), (A,), Cost(0, 0)),
    "copy": (lambda a: np.concatenate([a, a]), (A,), Cost(0, 8 * 600 * 3)),
    "product": (lambda a, b: a @ b, (A, B), Cost(2 * 20 * 30 * 40, 8 * (600 + 1200 + 800))),
    "product with a constant": (lambda a: a @ B, (A,), Cost(48_000, 8 * (600 + 1200 + 800))),
    "vectors": (lambda a: np.dot(a[0], a[1]), (A,), Cost(60, 8 * 61)),
    "einsum": (lambda a, b: np.einsum("ij,jk->k", a, b), (A, B), Cost(48_000, 8 * 1840)),
    "several outputs": (lambda a: np.linalg.eigh(a @ a.T)[0], (A,), Cost(24_000, 8 * 1600)),
}


@pytest.mark.parametrize("name", COSTS)
def test_cost(name: str):
    f, arrays, cost = COSTS[name]
    assert traced(f, *arrays).cost() == cost
