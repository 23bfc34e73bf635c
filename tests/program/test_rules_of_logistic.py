"""One exponential for log(exp(a) + exp(b)) and all its derivatives, the same at every corner."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.program.rules_of_logistic import LARGE
from tests.program.generator import evaluate
from tests.program.planning import program_of

Z = np.concatenate(
    [
        [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-300, -1e-300, 710.0, -710.0, 40.0, -40.0],
        np.linspace(-30, 30, LARGE),
    ]
)


def softplus(z: Any) -> Any:
    return np.logaddexp(0.0, z)


def of_both(z: Any) -> Any:
    return np.logaddexp(z, np.roll(z, 1))


def slopes(f: Any, order: int) -> Any:
    for _ in range(order):
        f = hessopt.derivative(f)
    return f


@pytest.mark.parametrize("sign", [1.0, -1.0, 0.5])
@pytest.mark.parametrize("order", range(4))
def test_derivatives_of_softplus(order: int, sign: float):
    f = slopes(lambda z: softplus(sign * z), order)
    with np.errstate(all="ignore"):
        program = program_of(f, Z)
        expected = f(Z)
        (found,) = evaluate(program, Z)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-300)
    assert [line.op for line in program.instructions].count("Exp") == 1


def test_two_infinities():
    with np.errstate(all="ignore"):
        for z in (Z, np.repeat(Z, 2)):
            for f in (of_both, hessopt.grad(lambda z: np.sum(of_both(z)))):
                np.testing.assert_allclose(
                    evaluate(program_of(f, z), z)[0], f(z), rtol=1e-13, atol=1e-300
                )


def test_a_product_with_the_hessian_of_a_logistic_regression():
    data = np.random.default_rng(0).standard_normal((LARGE, 3))

    def loss(w: Any) -> Any:
        return np.sum(np.logaddexp(0.0, -(data @ w)))

    w, v = np.array([0.3, -0.2, 0.1]), np.ones(3)
    program = program_of(hessopt.hvp(loss), w, v)
    ops = [line.op for line in program.instructions]
    assert (ops.count("Exp"), ops.count("Log1p"), ops.count("MatMul")) == (1, 0, 3)
    assert len(ops) <= 20
    np.testing.assert_allclose(evaluate(program, w, v)[0], hessopt.hvp(loss)(w, v), rtol=1e-12)


def test_what_is_never_true():
    def f(z: Any) -> Any:
        return np.where(np.equal(z, 0.0) & np.isinf(z), 1.0, z * 2)

    assert [line.op for line in program_of(f, Z).instructions] == ["Mul"]

    def both_infinite(z: Any) -> Any:
        return np.where(np.equal(z, np.inf) & np.isinf(z), 1.0, z * 2)

    assert "Where" in [line.op for line in program_of(both_infinite, Z).instructions]


@pytest.mark.parametrize("always", [True, False])
def test_a_choice_that_is_known(always: bool):
    condition = np.full(len(Z), always)
    program = program_of(lambda z: np.where(condition, z * 2, z + 1), Z)
    assert [line.op for line in program.instructions] == ["Mul" if always else "Add"]
