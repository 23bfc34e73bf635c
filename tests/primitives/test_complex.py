"""Real functions of real inputs through complex numbers: derivatives are exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import Variable

TWIST = np.exp(0.6j)
HOLOMORPHIC = [
    np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.sqrt, np.sin, np.cos,
    np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh,
    np.arctanh, np.square, np.reciprocal, np.negative, np.positive,
]  # fmt: skip
OTHERS = {
    "conjugate": np.conjugate,
    "absolute": np.absolute,
    "angle": np.angle,
    "angle in degrees": lambda z: np.angle(z, deg=True),
    "real and imag": lambda z: z.real * z.imag**2,
    "imag of real": lambda z: np.imag(np.real(z)) + np.real(z),
    "power": lambda z: z**2.5,
    "power of arrays": lambda z: z ** np.conj(z),
    "number to a power": lambda z: (2 - 1j) ** z,
    "quotient": lambda z: (1 + 2j) / (z - 3j) / z,
    "sum": lambda z: np.sum(z * z, keepdims=True) * z,
    "mean": lambda z: z / np.mean(z),
    "prod": lambda z: np.prod(z),
    "cumsum": lambda z: np.cumsum(z) ** 2,
    "cumprod": lambda z: np.cumprod(z),
    "var": lambda z: np.var(z),
    "std": lambda z: np.std(z),
    "norm": lambda z: np.linalg.norm(z),
    "norm along an axis": lambda z: np.linalg.norm(z.reshape(2, 2), axis=0),
    "norm of order 3": lambda z: np.linalg.norm(z, 3),
    "dot": lambda z: z @ (z * 1j),
    "vdot": lambda z: np.vdot(z, z**2),
    "vecdot": lambda z: np.vecdot(z, z**2),
    "inner": lambda z: np.inner(z, 1j * z),
    "outer": lambda z: np.outer(z, np.conj(z)),
    "einsum": lambda z: np.einsum("i,j,j->i", z, z, np.conj(z)),
    "index": lambda z: z[[0, 0, 2]] * z[::-1][:3],
    "where": lambda z: np.where([True, False, True, True], z**2, 1j * z),
    "join": lambda z: np.concatenate([z, z**2])[2:6],
    "solve": lambda z: np.linalg.solve(z.reshape(2, 2) + 2 * np.eye(2), z[:2]),
    "inv": lambda z: np.linalg.inv(z.reshape(2, 2) + 2 * np.eye(2)),
    "det": lambda z: np.linalg.det(z.reshape(2, 2) + 2 * np.eye(2)),
    "log|det|": lambda z: np.linalg.slogdet(z.reshape(2, 2) + 2 * np.eye(2))[1],
    "astype": lambda z: z.astype(np.complex128) + np.real(z).astype(complex) ** 2,
    "pad": lambda z: np.pad(z, 1, mode="wrap") ** 2,
    "divided by real": lambda z: z / np.abs(z),
}


def real_parts(f: Any) -> Any:
    """Make a real function of real x: both parts of f, at complex points that x moves."""

    def g(x: Any) -> Any:
        w = f((x + 0.3j) * TWIST)
        return np.real(w) + 2 * np.imag(w)

    return g


@pytest.mark.parametrize("f", HOLOMORPHIC, ids=lambda f: f.__name__)
def test_holomorphic(f: Any):
    report = hessopt.check_derivatives(real_parts(f), np.array([0.4, 0.9, 1.3]))
    assert report, str(report)


@pytest.mark.parametrize("f", OTHERS.values(), ids=OTHERS.keys())
def test_others(f: Any):
    x = np.array([0.4, 0.9, 1.3, 0.7])
    report = hessopt.check_derivatives(real_parts(f), x)
    assert report, str(report)
    z = (x + 0.3j) * TWIST
    recorded = f(Variable(z)).data
    assert recorded.dtype == np.asarray(f(z)).dtype
    np.testing.assert_allclose(recorded, f(z), rtol=1e-13, atol=1e-15)
    gradient = hessopt.vjp(real_parts(f))(x, np.ones(np.shape(f(z))))
    assert gradient.dtype == np.float64


def test_sign_of_slogdet_turns_with_the_phase():
    """The sign of a complex determinant is not constant."""

    def f(x: Any) -> Any:
        z = np.reshape((x + 0.3j) * TWIST, (2, 2)) + 2 * np.eye(2)
        sign, log = np.linalg.slogdet(z)
        return np.real(sign) + 3 * np.imag(sign) + log

    report = hessopt.check_derivatives(f, np.array([0.4, 0.9, 1.3, 0.7]))
    assert report, str(report)


def test_real_part_of_a_complex_exponential():
    x = np.array([0.3, 1.0])
    np.testing.assert_allclose(
        hessopt.derivative(lambda x: np.real(np.exp(1j * x)), 3)(x), np.sin(x)
    )


def test_gradient_with_respect_to_a_complex_array_is_in_the_stated_convention():
    """It is dL/dRe - i dL/dIm: for |z|^2 it is twice the conjugate."""
    z = np.array([1 + 2j, -3 + 0.5j])
    np.testing.assert_allclose(hessopt.grad(lambda z: np.sum(np.abs(z) ** 2))(z), 2 * np.conj(z))
    np.testing.assert_allclose(hessopt.grad(lambda z: np.real(np.sum(z**3)))(z), 3 * z**2)
