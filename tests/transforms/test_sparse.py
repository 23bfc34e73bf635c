"""Sparse matrices of derivatives: equal to the dense ones, whatever path a function takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

import hessopt
import problems
from hessopt.autodiff.structure import SAME
from hessopt.primitives.rearrange import Flip
from hessopt.transforms.compressed import WrongStructureError
from problems.rosenbrock import chained_rosenbrock
from tests.fuzz.generator import random_program

X = np.array([0.3, -0.7, 1.1, 0.4])


def close(found: Any, expected: np.ndarray) -> None:
    scale = max(1.0, np.max(np.abs(expected), initial=0.0))
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-9, atol=1e-12 * scale)


# Of more variables the dense Hessian takes too long
SMALL = [name for name in problems.names() if np.size(problems.get(name).start) <= 100]


# Every fourth in each run, the others in the slow ones
SOME = [
    pytest.param(name, marks=[pytest.mark.slow] if k % 4 else []) for k, name in enumerate(SMALL)
]


@pytest.mark.parametrize("name", SOME)
def test_hessian_of_every_problem(name: str):
    problem = problems.get(name)
    start = np.asarray(problem.start, float)
    expected = hessopt.hessian(problem.value)(start)
    found = hessopt.sparse_hessian(problem.value)(start)
    scale = np.max(np.abs(expected), initial=1.0)
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-7, atol=1e-10 * scale)
    assert (abs(found - found.T)).max() == 0


@pytest.mark.parametrize("seed", range(100, 115))
def test_hessian_of_random_programs(seed: int):
    program = random_program(seed, 5, 20)
    close(hessopt.sparse_hessian(program.run)(program.x), hessopt.hessian(program.run)(program.x))


@pytest.mark.parametrize("seed", range(100, 115))
def test_jacobian_of_random_programs(seed: int):
    program = random_program(seed, 5, 20)

    def f(x: Any) -> Any:
        values = [x]
        for step in program.steps:
            values.append(step.compute(np, *(values[k] for k in step.reads)))
        return np.reshape(values[-1], -1)

    close(hessopt.sparse_jacobian(f)(program.x), hessopt.jacobian(f)(program.x))


def test_few_products_for_many_variables():
    n = 2000
    value = chained_rosenbrock(n).value
    x = np.random.default_rng(0).standard_normal(n)
    found = hessopt.sparse_hessian(value)(x)
    v = np.random.default_rng(1).standard_normal(n)
    np.testing.assert_allclose(found @ v, hessopt.hvp(value)(x, v), rtol=1e-9, atol=1e-9)
    assert found.nnz == 3 * n - 2


def test_another_path_has_another_structure():
    def f(x: Any) -> Any:
        if x[0] > 0:
            return np.sum(x[1:] * x[:-1])
        return x[0] ** 2 * x[3] + x[1] ** 4

    matrix = hessopt.sparse_hessian(f)
    for x in (X, -X, X + 1, -X, X):
        close(matrix(x), hessopt.hessian(f)(x))
    assert hessopt.hessian_sparsity(f, X).nnz == 6
    assert hessopt.hessian_sparsity(f, -X).nnz == 4


def test_another_size_has_another_structure():
    matrix = hessopt.sparse_hessian(lambda x: np.sum(x[1:] ** 2 * x[:-1]))
    for n in (3, 6, 3):
        close(
            matrix(np.arange(1.0, n + 1)),
            hessopt.hessian(lambda x: np.sum(x[1:] ** 2 * x[:-1]))(np.arange(1.0, n + 1)),
        )


def test_arguments_of_any_shape_and_place():
    def f(a: Any, x: Any, *, power: int) -> Any:
        return np.sum(a * x**power) * 0.5 + x[0, 0] * x[1, 1]

    x = X.reshape(2, 2)
    found = hessopt.sparse_hessian(f, argnums=1)(np.ones(2), x, power=3)
    expected = hessopt.hessian(f, argnums=1)(np.ones(2), x, power=3).reshape(4, 4)
    close(found, expected)
    J = hessopt.sparse_jacobian(lambda a, x: np.outer(x[0], x[0]) * a, 1)(2.0, x)
    close(J, hessopt.jacobian(lambda a, x: np.outer(x[0], x[0]) * a, 1)(2.0, x).reshape(4, 4))


@pytest.mark.parametrize(
    ("f", "products"),
    [
        (lambda x: x[1:] * x[:-1], 2),
        (lambda x: np.sum(x**2), 1),  # a dense row: by reverse mode
        (lambda x: x[0] * np.ones(x.size) + x, 2),  # a dense column
        (lambda x: np.concatenate([x[1:] * x[:-1], x[:1]]), 2),
    ],
)
def test_jacobian_takes_the_cheaper_way(f: Any, products: int):
    x = np.linspace(0.5, 2.0, 30)
    close(hessopt.sparse_jacobian(f)(x), np.reshape(hessopt.jacobian(f)(x), (-1, 30)))
    from hessopt.transforms.compressed import jacobian_plan

    assert jacobian_plan(hessopt.jit(f).program(x)).coloring.count == products


def test_single_precision_stays():
    x = X.astype(np.float32)
    found = hessopt.sparse_hessian(lambda x: np.sum(x[1:] ** 3 * x[:-1]))(x)
    assert found.dtype == np.float32
    expected = hessopt.hessian(lambda x: np.sum(x[1:] ** 3 * x[:-1]))(x)
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-5)


def test_untraceable_functions_count_as_dense():
    def f(x: Any) -> Any:
        return np.sum(x**2 * float(x.data[0] > 0))

    matrix = hessopt.sparse_hessian(f)
    with pytest.warns(RuntimeWarning, match="runs eagerly"):
        found = matrix(X)
    close(found, 2 * np.eye(4))
    assert found.nnz == 16
    close(matrix(-X), 0 * np.eye(4))
    with pytest.raises(TypeError, match="cannot be traced"):
        hessopt.hessian_sparsity(f, X)
    with pytest.warns(RuntimeWarning, match="runs eagerly"):
        close(hessopt.sparse_jacobian(lambda x: x * float(x.data[0] > 0))(X), np.eye(4))


def test_users_operations_count_as_dense():
    class Square(hessopt.Function):
        def forward(self, x: Any) -> Any:
            return x**2

        def backward(self, gy: Any) -> Any:
            return 2 * self.inputs[0] * gy

    def f(x: Any) -> Any:
        return np.sum(Square()(x) * x)

    found = hessopt.sparse_hessian(f)(X)
    close(found, np.diag(6 * X))
    assert found.nnz == 16


def test_a_wrong_rule_is_found_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Flip, "links", lambda self, at, **params: [SAME])
    matrix = hessopt.sparse_hessian(lambda x: np.sum(np.flip(x, 0) * x[0] * x))
    with pytest.raises(WrongStructureError, match="outside of its structure"):
        matrix(X)


def test_structures_and_matrices_do_not_share_memory():
    matrix = hessopt.sparse_hessian(lambda x: np.sum(x[1:] ** 2 * x[:-1]))
    first = matrix(X)
    first.indices[:] = 0
    first.data[:] = 0
    close(matrix(X), hessopt.hessian(lambda x: np.sum(x[1:] ** 2 * x[:-1]))(X))


def test_not_finite_entries_are_returned():
    found = hessopt.sparse_hessian(lambda x: np.sum(np.log(x[1:]) * x[:-1]))
    with np.errstate(all="ignore"):
        assert np.isinf(found(np.array([1.0, 0.0, 2.0])).toarray()).any()
    close(
        found(np.array([1.0, 3.0, 2.0])),
        hessopt.hessian(lambda x: np.sum(np.log(x[1:]) * x[:-1]))(np.array([1.0, 3.0, 2.0])),
    )


def test_bad_arguments_are_named():
    f = np.sum
    with pytest.raises(TypeError, match="sparse_hessian: f must be a function, not int"):
        hessopt.sparse_hessian(3)  # pyright: ignore
    with pytest.raises(TypeError, match="sparse_jacobian: f must be a function, not int"):
        hessopt.sparse_jacobian(3)  # pyright: ignore
    with pytest.raises(ValueError, match="argnums=1, but there are 1"):
        hessopt.sparse_hessian(f, 1)(X)
    with pytest.raises(TypeError, match=r"pass x\.data instead of a Variable"):
        hessopt.sparse_hessian(f)(hessopt.Variable(X))
    with pytest.raises(TypeError, match="one array, not a container"):
        hessopt.sparse_hessian(f)({"x": X})
    with pytest.raises(TypeError, match="must be real numbers"):
        hessopt.sparse_hessian(f)(X * 1j)
    with pytest.raises(TypeError, match="must return a real array, not complex128"):
        hessopt.sparse_jacobian(lambda x: x * 1j)(X)
    with pytest.raises(TypeError, match="returned an array of shape"):
        hessopt.sparse_hessian(lambda x: x)(X)


def test_too_dense_is_refused_before_it_is_computed():
    with pytest.raises(ValueError, match="too dense"):
        hessopt.sparse_hessian(lambda x: np.sum(x) ** 2)(np.ones(10**4))
    with pytest.raises(ValueError, match="too dense"):
        hessopt.hessian_sparsity(lambda x: np.sum(x) ** 2, np.ones(10**4))


def test_jacobian_structure_is_that_of_rows_whichever_way_it_is_computed():
    found = hessopt.jacobian_sparsity(lambda x: np.stack([np.sum(x), x[0]]), X)
    assert sparse.issparse(found)
    np.testing.assert_array_equal(found.toarray(), [[True] * 4, [True, False, False, False]])
