"""Python floats: the same numbers as NumPy, and NumPy itself where `math` refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends import numpy_backend, scalar
from hessopt.program.simplify import simplify
from hessopt.program.trace import trace


def compiled(f: Any, *arrays: Any) -> Any:
    def flat(*xs: Any) -> list[Any]:
        result = f(*xs)
        return list(result) if isinstance(result, tuple) else [result]

    program = simplify(trace(flat, [np.asarray(x) for x in arrays])[0])
    return scalar.compile_program(program, numpy_backend.compile_program(program))


FUNCTIONS = {
    "newton": hessopt.value_and_grad(lambda x: x**4 - 2 * x**2),
    "second": hessopt.derivative(lambda x: x**4 - 2 * x**2, 2),
    "tanh": hessopt.derivative(np.tanh, 3),
    "exp": lambda x: np.exp(-x) * np.sqrt(x) / (1 + np.log(x)),
    "trigonometric": lambda x: np.sin(x) + np.cos(x) * np.tan(x) - np.arctan(x),
    "inverse": lambda x: np.arcsin(x / 4) + np.arccos(x / 4) + np.arctanh(x / 4),
    "hyperbolic": lambda x: np.sinh(x) + np.cosh(x) + np.arcsinh(x) + np.arccosh(1 + x),
    "small": lambda x: np.expm1(x) + np.log1p(x) - abs(-x),
    "powers": lambda x: x**9 + x**-1 + x**0.5 + 2**x + x**x,
    "shapes": lambda x: np.sum(np.reshape(np.broadcast_to(x, ()), ())) + np.copy(+x),
    "constants": lambda x: (x * 2, np.arange(3), 3.0 * np.ones(()), np.float32(2)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_agrees_with_numpy(name: str):
    f = FUNCTIONS[name]
    run = compiled(f, 1.5)
    assert run is not None
    for x in (0.5, 1.25, 3.0):
        outputs, holds = run(np.asarray(x))
        assert holds
        expected = f(x)
        for a, b in zip(
            outputs, expected if isinstance(expected, tuple) else [expected], strict=True
        ):
            assert isinstance(a, np.ndarray if a.ndim else np.generic)
            assert (a.shape, a.dtype) == (np.shape(b), np.asarray(b).dtype)
            np.testing.assert_allclose(a, b, rtol=1e-14)


OUTSIDE = {
    "log": (np.log, 0.0),
    "root": (np.sqrt, -1.0),
    "quotient": (lambda x: 1 / x, 0.0),
    "zero by zero": (lambda x: x / x, 0.0),
    "overflow": (np.exp, 1000.0),
    "power": (lambda x: x**9.5, -1.0),
    "power of zero": (lambda x: x**-3, 0.0),
    "large power": (lambda x: x**300, 1e10),
    "sine": (np.sin, np.inf),
    "infinite product": (lambda x: x * x - x, 1e200),
    "nan": (lambda x: np.sqrt(x) + np.tanh(x), np.nan),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_outside_the_domain_of_math(name: str):
    f, x = OUTSIDE[name]
    with np.errstate(all="ignore"):
        run = compiled(f, 1.5)
        outputs, holds = run(np.asarray(x))
        assert holds
        np.testing.assert_array_equal(outputs[0], f(np.asarray(x)))


def test_outputs_are_new_each_time():
    run = compiled(lambda x: (np.arange(3.0), x), 1.5)
    first, _ = run(np.asarray(2.0))
    first[0][:] = 9
    second, _ = run(np.asarray(2.0))
    np.testing.assert_array_equal(second[0], np.arange(3.0))


class Sqrt(hessopt.Function):
    """Named like a primitive, which does not make it one."""

    def forward(self, x: Any) -> Any:
        return np.asarray(10 * x)

    def backward(self, gy: Any) -> Any:
        return 10 * gy


NOT_SCALAR = {
    "vector": (lambda x: x * 2, np.ones(2)),
    "narrow": (lambda x: x * 2, np.float32(1)),
    "complex": (lambda x: x * 2j, 1.0),
    "guard": (lambda x: x if x > 0 else -x, 1.0),
    "comparison": (lambda x: np.where(x > 0, x, 1.0), 1.0),
    "not in math": (np.cbrt, 1.0),
    "a user's": (lambda x: Sqrt()(x), 1.0),
    "initial": (lambda x: np.sum(x, initial=5.0), 1.0),
    "constant vector": (lambda x: np.sum(x * np.ones(3)), 1.0),
}


@pytest.mark.parametrize("name", NOT_SCALAR)
def test_what_is_left_to_numpy(name: str):
    f, x = NOT_SCALAR[name]
    assert compiled(f, x) is None
    jitted = hessopt.jit(f)
    for _ in range(2):
        np.testing.assert_array_equal(jitted(x), f(x))


def test_jit_takes_it():
    jitted = hessopt.jit(FUNCTIONS["newton"], backend="scalar")
    for x in (2.0, 3.0, 2.0):
        value, slope = jitted(x)
        assert (value, slope) == pytest.approx((x**4 - 2 * x**2, 4 * x**3 - 4 * x), rel=1e-14)
        assert isinstance(value, np.float64)
