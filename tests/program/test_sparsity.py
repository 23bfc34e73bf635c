"""Structures of whole programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import hessopt
from hessopt.program.simplify import simplify
from hessopt.program.sparsity import TooDense, sparsity
from hessopt.program.trace import trace
from problems.rosenbrock import chained_rosenbrock
from tests.fuzz.generator import random_program


def structure(f: Callable[..., Any], *arrays: Any, wrt: int = 0) -> np.ndarray:
    """Return that of a function of arrays, as zeros and ones."""
    arrays = tuple(np.asarray(x, float) for x in arrays)
    program = simplify(trace(lambda *xs: [f(*xs)], arrays)[0])
    return sparsity(program, wrt=wrt).toarray().astype(int)


def gradient_structure(f: Callable[..., Any], x: Any) -> np.ndarray:
    return structure(hessopt.grad(f), x)


X = np.array([0.3, -0.7, 1.1, 0.4])


def test_neighbours():
    value = chained_rosenbrock(4).value
    np.testing.assert_array_equal(
        gradient_structure(value, X), [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]]
    )


def test_linear_terms_have_no_curvature():
    np.testing.assert_array_equal(
        gradient_structure(lambda x: 3 * x[0] + x[1] * x[2] - np.sum(x), X),
        [[0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]],
    )


def test_what_does_not_depend_on_the_input_has_no_entry():
    assert structure(lambda x, y: y * y, X, X).sum() == 0
    assert structure(lambda x: np.ones(3), X).shape == (3, 4)
    assert structure(lambda x, y: x * y[::-1], X, X, wrt=1)[0].tolist() == [0, 0, 0, 1]


def test_steps_and_conditions_carry_no_dependence():
    found = structure(lambda x: np.where(x > x[0], 1.0, np.sign(x[1]) * x), X)
    np.testing.assert_array_equal(found, np.eye(4))


def test_zeros_of_constants_are_left_out():
    A = np.array([[1.0, 0, 0, 0], [0, 0, 2, 0]])
    for product in (
        lambda x: A @ x,
        lambda x: np.einsum("ij,j->i", A, x),
        lambda x: np.dot(x, A.T),
        lambda x: np.sum(A * x, axis=1),
        lambda x: sparse.csr_array(A) @ x,
        lambda x: np.sum(x * A, axis=1),
    ):
        np.testing.assert_array_equal(structure(product, X), A != 0)
    np.testing.assert_array_equal(
        structure(lambda x: np.convolve(x, [1.0, 0.0, 2.0], "valid"), X),
        [[1, 0, 1, 0], [0, 1, 0, 1]],
    )


def test_zeros_of_two_constants_together():
    A, B = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    # what one lets pass the other stops
    assert structure(lambda x: np.einsum("ij,ij,k->k", A, B, x), X).sum() == 0
    assert structure(lambda x: np.einsum("ij,jk,k->i", A, B, x[:2]), X)[0].tolist() == [0, 1, 0, 0]


def test_stacks_of_matrices_are_independent():
    matrices = np.stack([np.eye(2), np.eye(2) * 2])
    found = structure(lambda x: np.linalg.solve(matrices, np.reshape(x, (2, 2, 1))), X)
    np.testing.assert_array_equal(found, np.kron(np.eye(2), np.ones((2, 2))))
    found = structure(lambda x: np.linalg.slogdet(matrices + x[:2, None, None])[1], X)
    np.testing.assert_array_equal(found, np.eye(2, 4))


def test_several_results():
    from scipy import special

    np.testing.assert_array_equal(structure(lambda x: special.fresnel(x)[1], X), np.eye(4))
    assert structure(lambda x: np.linalg.eigh(np.outer(x, x))[0], X).all()


def test_assignment_forgets_what_was_there():
    def f(x: Any) -> Any:
        y = x * 2
        y[1:3] = x[0]
        y[[3, 3]] = x[1:3]
        return y

    np.testing.assert_array_equal(
        structure(f, X), [[1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]
    )


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed: int):
    program = random_program(seed, 5, 20)
    found = gradient_structure(program.run, program.x)
    assert not np.any((hessopt.hessian(program.run)(program.x) != 0) & (found == 0))


def test_a_million_variables():
    value = chained_rosenbrock(10**6).value
    program = hessopt.jit(hessopt.grad(value), backend="numpy").program(np.linspace(0, 1, 10**6))
    assert sparsity(program).nnz == 3 * 10**6 - 2


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x) ** 2,
        lambda x: np.sum(np.outer(x, x) ** 3),
        lambda x: np.sum(np.cumsum(x) ** 2),
        lambda x: np.sum(np.sin(np.ones((x.size, 1)) * x)) * np.sum(x**2),
    ],
)
def test_too_dense_is_seen_before_the_memory_is_full(f: Callable[..., Any]):
    n = 3000
    program = hessopt.jit(hessopt.grad(f), backend="numpy").program(np.linspace(0.1, 1, n))
    with pytest.raises(TooDense, match="too dense to be of use"):
        sparsity(program, most=100 * n)
