"""Which lines become part of loops, and which are called as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends.blocks import UFUNCS
from hessopt.backends.numba_kernel import SPELLINGS
from hessopt.program.fusible import fusible
from tests.program.planning import program_of

X = np.linspace(0.1, 1.0, 24).reshape(4, 6)


def answers_for(f: Any, *arrays: Any, ufuncs: Any = SPELLINGS) -> dict[str, bool]:
    """Return the answer for each kind of line in a program."""
    program = program_of(f, *arrays)
    test = fusible(program, ufuncs, lambda line: True)
    return {line.op: test(line) for line in program.instructions}


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sin(x) * x + 1,
        lambda x: np.where(x > 0.5, x, -x),
        lambda x: np.sum(x),
        lambda x: np.sum(x, axis=0),
        lambda x: np.max(x, axis=1) + np.max(x),
        lambda x: np.transpose(x)[1:, None],
        lambda x: np.reshape(x, -1) * 2,
        lambda x: np.concatenate([x, x[:1]]),
        lambda x: x[0] @ x[1],
        lambda x: x[np.array([0, 2, 2])],
        hessopt.grad(lambda x: np.sum(x[1:] ** 2) + np.sum(x[np.array([0, 0])] ** 3)),
        lambda x: np.logical_and(x > 0.5, x < 0.75) * x,
        lambda x: x * np.arange(6),
        lambda x: x.astype(np.float32) * np.float32(2),
    ],
)
def test_made_of_loops(f: Any):
    answers = answers_for(f, X)
    assert answers
    assert all(answers.values()), answers


@pytest.mark.parametrize(
    ("f", "op"),
    [
        (lambda x: x @ np.ones(6), "MatMul"),
        (lambda x: np.linalg.inv(x[:, :4] + 3 * np.eye(4)), "inv"),
        (lambda x: np.cumsum(x), "cumsum"),
        (lambda x: np.max(x, axis=0), "Max"),
        (lambda x: np.sum(x.reshape(1, 24), axis=1), "Sum"),
        (lambda x: x * (1 + 2j), "Mul"),
        (lambda x: np.reshape(x, (6, 4), order="F") * 2, "Reshape"),
        (lambda x: x[np.array([[0, 1], [1, 0]])], "GetItem"),
        (lambda x: x[:0] * 2, "Mul"),
        (lambda x: np.sum(x > 0.5) * x, "Sum"),
        (lambda x: np.floor(x) * x, "floor"),
    ],
)
def test_called_as_it_is(f: Any, op: str):
    answers = {k.lower(): fused for k, fused in answers_for(f, X).items()}
    assert answers.get(op.lower()) is False, answers


def test_types_that_loops_do_not_compute_with():
    for x in (X.astype(np.complex128), X.astype(np.longdouble), X.astype(np.float16)):
        assert not any(answers_for(lambda x: np.sin(x) * x, x).values()), x.dtype


def test_what_a_backend_cannot_spell():
    assert answers_for(lambda x: np.sin(x), X, ufuncs={np.cos}) == {"Sin": False}
    assert np.hypot in UFUNCS
    assert np.hypot not in SPELLINGS


def test_what_is_not_worth_it():
    program = program_of(lambda x: np.sin(x) * x, X)
    test = fusible(program, SPELLINGS, lambda line: line.op == "Mul")
    assert [test(line) for line in program.instructions] == [False, True]


def test_a_users_operation_is_called_even_if_it_has_a_known_name():
    @hessopt.primitive
    def sin(x: Any) -> Any:
        return np.cumsum(x)

    program = program_of(lambda x: sin(x), X)
    test = fusible(program, SPELLINGS, lambda line: True)
    assert [test(line) for line in program.instructions] == [False]
