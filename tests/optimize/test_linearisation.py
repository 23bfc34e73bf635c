import numpy as np
import pytest
from scipy import sparse

from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.linearisation import FEW, Linearisation

X = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array])
def test_a_matrix_is_asked_for_once(form):
    calls = []

    def matrix():
        calls.append(1)
        return form(np.arange(6.0).reshape(2, 3))

    at = Linearisation(np.zeros(2), matrix)
    assert not calls
    np.testing.assert_array_equal(at.pullback(np.array([1.0, 2.0])), [6, 9, 12])
    np.testing.assert_array_equal(at.pushforward(X), [8, 26])
    assert len(calls) == 1


@pytest.mark.parametrize("m", [3, FEW + 1])
def test_products_are_those_of_the_jacobian(m):
    """Above a hundred rows J v is a walk through the graph, and no matrix is formed."""
    given = {"type": "ineq", "fun": lambda x: np.sin(np.outer(np.arange(m), x))}
    (part,) = parse_constraints(given, (3,))
    at = part.at(X)
    J = np.cos(np.outer(np.arange(m), X))[:, :, None] * np.arange(m)[:, None, None] * np.eye(3)
    J = J.reshape(-1, 3)
    np.testing.assert_allclose(at.pushforward(X), J @ X, atol=1e-9)
    np.testing.assert_allclose(at.pullback(at.value), J.T @ at.value, atol=1e-9)
    weights = np.linspace(0, 2, at.value.size)
    np.testing.assert_allclose(at.normal(weights, X), J.T @ (weights * (J @ X)), rtol=1e-10)
    np.testing.assert_allclose(at.matrix(), J, atol=1e-12)
