"""The sparse Hessian in truncated methods: the same steps, fewer products."""

import numpy as np
import pytest
from scipy import sparse

import hessopt
from hessopt.optimize.assembled import Assembled, Auto
from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.methods.metric import newton_equation, preconditioner
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.sparse_subproblems import stays_sparse

N = 300


def string(x):
    """Return a badly conditioned convex function of neighbours."""
    return np.sum((x[1:] - x[:-1]) ** 2 + (x[1:] - x[:-1]) ** 4) * N + np.sum(np.exp(-x) + x**2)


def waves(x):
    """Return a function of neighbours with many saddles."""
    return np.sum(np.cos(3 * x) + x**2 / 2) + np.sum(x[1:] * x[:-1]) / 5


X = np.random.default_rng(0).uniform(-1, 1, N)


def at(fun, x, spec="sparse", **given):
    objective = Objective(fun, x, jit=True, **given)
    point = objective(objective.x0)
    metric = preconditioner(spec)
    return (
        objective,
        point,
        newton_equation(objective, point, metric, None, Forcing.first(point), None),
    )


def test_products_are_those_of_the_hessian_and_cost_nothing():
    objective, point, equation = at(string, X)
    assert objective.nhev == 4  # three colours, and one to compare
    for v in np.eye(N)[:5]:
        np.testing.assert_allclose(
            equation.B(v), hessopt.hvp(string)(point.x, v), rtol=1e-9, atol=1e-9
        )
    assert objective.nhev == 4


def test_where_it_is_convex_the_first_direction_is_newtons():
    _, point, equation = at(string, X)
    p = equation.M(point.g)
    B = hessopt.hessian(string)(point.x)
    newton = np.linalg.solve(B, point.g)
    unit = p @ newton / (newton @ newton)
    np.testing.assert_allclose(p, unit * newton, rtol=1e-6)
    # along it, lengths are what they were
    np.testing.assert_allclose(point.g @ p, p @ p)


def test_elsewhere_it_is_the_diagonal():
    _, point, equation = at(waves, X)
    B = hessopt.hessian(waves)(point.x)
    assert np.linalg.eigvalsh(B)[0] < 0
    p = equation.M(point.g)
    expected = point.g / np.abs(np.diagonal(B))
    np.testing.assert_allclose(p / np.linalg.norm(p), expected / np.linalg.norm(expected))


@pytest.mark.parametrize("method", ["trust-ncg", "newton-cg"])
def test_bad_conditions_do_not_matter(method):
    res = minimize(string, X, method=method)
    assert res.success
    assert res.nhev <= 3 * res.nit + 1
    plain = minimize(string, X, method=method, options={"preconditioner": None})
    assert res.nhev < plain.nhev / 3
    np.testing.assert_allclose(res.fun, plain.fun, rtol=1e-9)


@pytest.mark.parametrize("method", ["trust-ncg", "newton-cg", "trust-krylov", "arc"])
def test_saddles_are_left(method):
    res = minimize(waves, X / 100, method=method, options={"preconditioner": "sparse"})
    assert res.success
    assert np.linalg.eigvalsh(hessopt.hessian(waves)(res.x))[0] > 0


def test_where_it_is_not_cheap_there_is_none():
    def wide(x):
        return sum(np.sum(np.cosh(x[k:] - x[:-k])) for k in range(1, 12)) + np.sum(x**2)

    objective, _, equation = at(wide, X)
    assert equation.M is None
    assert objective.nhev == 0
    objective, _, equation = at(string, X[:100])  # too few variables
    assert equation.M is None
    assert Auto().matrix(objective, objective(objective.x0)) is None
    objective = Objective(string, X)  # no program, no structure
    assert Assembled().matrix(objective, objective(objective.x0)) is None


def test_a_sparse_hessian_of_the_users_is_taken():
    def hess(x):
        return sparse.csr_array(hessopt.hessian(waves)(x))

    objective, point, equation = at(waves, X[:20], hess=hess)
    v = np.arange(20.0)
    np.testing.assert_allclose(equation.B(v), hess(point.x) @ v)
    assert equation.M is not None
    assert objective.nhev == 1


def test_what_fills_up():
    random = np.random.default_rng(1)
    n = 2000
    chain = sparse.diags_array([np.ones(n - 1), np.ones(n), np.ones(n - 1)], offsets=[-1, 0, 1])
    order = random.permutation(n)
    arrow = sparse.lil_array(chain)
    arrow[7] = arrow[:, 7] = 1
    linked = sparse.random_array((n, n), density=3 / n, rng=random)
    grid = sparse.kron(chain.tocsr()[:45, :45], chain.tocsr()[:45, :45])
    for B, stays in (
        (chain, True),
        (chain.tocsr()[order][:, order], True),
        (arrow, True),
        (grid, True),
        (linked + linked.T + sparse.eye_array(n), False),
        (sparse.csr_array(np.ones((n, n))), False),
    ):
        assert stays_sparse(sparse.csr_array(B)) == stays


def test_a_hessian_that_is_not_finite_is_no_preconditioner():
    with np.errstate(all="ignore"):
        objective = Objective(lambda x: np.sum(np.abs(x) ** 1.5), np.zeros(N), jit=True)
        point = objective(objective.x0)
        M, _ = Assembled().at(objective, point, None, lambda v: v)
    assert M is None


def test_in_large_problems_it_is_taken_after_an_equation_that_took_long():
    n = 2500
    easy = minimize(lambda x: np.sum(np.cosh(x)) + np.sum(x[1:] * x[:-1]) / 4, np.ones(n))
    assert easy.success
    assert easy.nhev != 3 * easy.nit + 1

    def hard(x):
        return np.sum((x[1:] - x[:-1]) ** 2) * n + np.sum(np.cosh(x) - x)

    x0 = np.random.default_rng(3).uniform(-1, 1, n)
    res = minimize(hard, x0)
    without = minimize(hard, x0, method="trust-ncg", options={"preconditioner": None})
    assert res.success
    assert res.nhev < without.nhev / 2
