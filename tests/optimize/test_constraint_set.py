import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import LinearConstraint, NonlinearConstraint

from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints

X = np.array([1.0, 2.0, 3.0])


def several(counted=lambda fun: fun):
    return [
        {"type": "eq", "fun": counted(lambda x: np.sum(x**2) - 1)},
        LinearConstraint(sparse.csr_array(np.array([[1.0, 0, 1], [0, 2, 0]])), -1, [5, np.inf]),
        NonlinearConstraint(lambda x: [x[0] * x[1], np.exp(x[2])], [0, -np.inf], [1, 20]),
    ]


J = np.array([[2, 4, 6], [1, 0, 1], [0, 2, 0], [2, 1, 0], [0, 0, np.exp(3)]])


@pytest.fixture
def constraints():
    return ConstraintSet(parse_constraints(several(), (3,)), X)


def test_the_stack(constraints):
    np.testing.assert_allclose(constraints.value(X), [13, 4, 4, 2, np.exp(3)])
    np.testing.assert_array_equal(constraints.lower, [0, -1, -1, 0, -np.inf])
    np.testing.assert_array_equal(constraints.upper, [0, 5, np.inf, 1, 20])
    assert constraints.m == 5
    np.testing.assert_allclose(constraints.violation(X), 13)
    excess = constraints.excess(constraints.value(X))
    np.testing.assert_allclose(excess, [13, 0, 0, 1, np.exp(3) - 20])
    assert [part.size for part in constraints.split(np.arange(5.0))] == [1, 2, 2]


def test_products_with_the_jacobian(constraints):
    rng = np.random.default_rng(0)
    u, v = rng.normal(size=5), rng.normal(size=3)
    at = constraints.at(X)
    assert sparse.issparse(at.matrix())
    np.testing.assert_allclose(at.matrix().toarray(), J)
    np.testing.assert_allclose(at.pullback(u), J.T @ u)
    np.testing.assert_allclose(at.pushforward(v), J @ v)
    np.testing.assert_allclose(at.normal(u, v), J.T @ (u * (J @ v)))
    np.testing.assert_array_equal(at.normal(0 * u, v), 0.0)
    H = 2 * u[0] * np.eye(3)
    H[0, 1] = H[1, 0] = u[3]
    H[2, 2] += u[4] * np.exp(3)
    np.testing.assert_allclose(constraints.curvature(X, u)(v), H @ v)


def test_what_was_asked_for_is_counted_and_remembered(counted):
    functions = []

    def count(fun):
        functions.append(counted(fun))
        return functions[0]

    constraints = ConstraintSet(parse_constraints(several(count), (3,)), X)
    (fun,) = functions
    assert (constraints.nfev, fun.calls) == (1, 1)
    constraints.value(X)
    constraints.violation(X)
    assert (constraints.nfev, fun.calls) == (1, 1)
    constraints.at(X)
    constraints.at(X)
    assert (constraints.nfev, constraints.njev, fun.calls) == (2, 1, 2)
    constraints.value(2 * X)
    constraints.at(X)
    constraints.value(X)
    assert (constraints.nfev, constraints.njev, fun.calls) == (3, 1, 3)
    product = constraints.curvature(X, np.ones(5))
    product(X)
    product(X)
    assert constraints.nhev == 2


def test_a_constraint_without_values_is_kept():
    constraints = ConstraintSet(parse_constraints({"type": "eq", "fun": lambda x: x[:0]}, (3,)), X)
    assert (constraints.m, constraints.violation(X)) == (0, 0.0)


def test_the_values_returned_are_not_shared(constraints):
    held = constraints.at(X).value
    constraints.value(5 * X)
    constraints.at(7 * X)
    np.testing.assert_allclose(held[0], 13)
