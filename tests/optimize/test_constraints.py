import math

import numpy as np
import pytest
from scipy.optimize import BFGS, LinearConstraint, NonlinearConstraint

from hessopt.optimize.constraints import exact
from hessopt.optimize.minimize import minimize

X = np.array([1.0, 2.0])


def disc(x):
    return 1 - x[0] ** 2 - x[1] ** 2


def test_none_and_single_constraints_become_lists():
    assert exact(None, (2,)) == exact((), (2,)) == []
    linear = LinearConstraint([[1, 1]], 0, 1)
    assert exact(linear, (2,)) == [linear]
    assert len(exact({"type": "ineq", "fun": disc}, (2,))) == 1


@pytest.mark.parametrize(
    ("fun", "jacobian"),
    [
        (disc, [[-2, -4]]),
        (lambda x: x * x, [[2, 0], [0, 4]]),
        (lambda x: [x[0] * x[1], x[0], 3.0], [[2, 1], [1, 0], [0, 0]]),
        (lambda x: np.stack([x[0] - 1, x[1]]), [[1, 0], [0, 1]]),
    ],
)
def test_exact_jacobians(fun, jacobian):
    (old,) = exact({"type": "ineq", "fun": fun}, (2,))
    np.testing.assert_array_equal(old["jac"](X), jacobian)
    (new,) = exact(NonlinearConstraint(fun, 0, np.inf), (2,))
    np.testing.assert_array_equal(new.jac(X), jacobian)


def test_exact_hessians():
    (new,) = exact(
        NonlinearConstraint(lambda x: [x[0] ** 2 * x[1], x[1] ** 3], 0, 1), (2,), second=True
    )
    H = new.hess(X, np.array([2.0, 3.0])) @ np.eye(2)
    np.testing.assert_array_equal(H, [[8, 4], [4, 36]])


def test_what_is_given_is_kept():
    jac, strategy = (lambda x: np.ones((1, 2))), BFGS()
    (old,) = exact({"type": "eq", "fun": disc, "jac": jac}, (2,))
    assert old["jac"] is jac
    given = NonlinearConstraint(disc, -1, 1, jac=jac, hess=strategy, keep_feasible=True)
    (new,) = exact(given, (2,))
    assert (new.jac, new.hess, new.keep_feasible) == (jac, strategy, True)
    (new,) = exact(NonlinearConstraint(disc, -1, 1, jac="3-point"), (2,))
    assert new.jac == "3-point"


def test_arguments_and_shapes():
    def fun(x, a):
        assert x.shape == (1, 2)
        return a * x[0, 0] * x[0, 1]

    (old,) = exact({"type": "ineq", "fun": fun, "args": (3.0,)}, (1, 2))
    assert old["fun"](X, 3.0) == 6.0
    np.testing.assert_array_equal(old["jac"](X, 3.0), [[6, 3]])

    def plain(x):
        return fun(x, 1.0)

    (new,) = exact(NonlinearConstraint(plain, 0, 1), (1, 2), second=True)
    assert new.fun(X) == 2.0
    np.testing.assert_array_equal(new.hess(X, np.ones(1)) @ np.eye(2), [[0, 1], [1, 0]])
    (kept,) = exact(NonlinearConstraint(plain, 0, 1, jac=lambda x: x), (1, 2))
    assert kept.jac(X).shape == (1, 2)


def test_bad_constraints():
    with pytest.raises(TypeError, match="constraints: every dict needs a callable 'fun'"):
        exact({"type": "eq"}, (2,))
    with pytest.raises(TypeError, match="constraints must be dicts, LinearConstraint or Nonlinear"):
        exact([disc], (2,))


def test_a_constraint_that_cannot_be_differentiated_says_what_to_do():
    (old,) = exact({"type": "ineq", "fun": lambda x: math.exp(x[0])}, (2,))
    with pytest.raises(TypeError) as caught:
        old["jac"](X)
    assert "jac='3-point' in a NonlinearConstraint" in caught.value.__notes__[-1]


@pytest.mark.parametrize("method", ["slsqp", "trust-constr", "cobyla", "cobyqa"])
@pytest.mark.parametrize(
    "constraint",
    [
        {"type": "ineq", "fun": disc},
        NonlinearConstraint(disc, 0, np.inf),
        LinearConstraint([[1.0, 1.0]], -np.inf, np.sqrt(2)),
    ],
    ids=["dict", "nonlinear", "linear"],
)
def test_the_nearest_point_of_a_disc(method, constraint):
    def fun(x):
        return np.sum((x - 2) ** 2)

    res = minimize(fun, [0.1, 0.2], method=method, constraints=constraint)
    assert res.success, res.message
    np.testing.assert_allclose(
        res.x, np.sqrt([0.5, 0.5]), atol=1e-3 if method in ("cobyla", "trust-constr") else 1e-5
    )


def test_hock_and_schittkowski_71():
    """Equality, inequality and bounds together, as trust-constr and slsqp take them."""

    def fun(x):
        return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]

    constraints = [
        {"type": "ineq", "fun": lambda x: np.prod(x) - 25},
        {"type": "eq", "fun": lambda x: np.sum(x**2) - 40},
    ]
    new = [
        NonlinearConstraint(lambda x: np.prod(x), 25, np.inf),
        NonlinearConstraint(lambda x: np.sum(x**2), 40, 40),
    ]
    for method, given in (("slsqp", constraints), ("trust-constr", new), ("auto", constraints)):
        res = minimize(fun, [1, 5, 5, 1], method=method, bounds=[(1, 5)] * 4, constraints=given)
        assert res.success, res.message
        np.testing.assert_allclose(res.fun, 17.0140173, rtol=1e-5)


def test_a_constrained_run_that_is_ended_returns_an_iterate():
    """The least value may lie where the constraint does not hold."""
    seen = []

    def callback(x):
        seen.append(x)
        if len(seen) == 3:
            raise StopIteration

    circle = {"type": "eq", "fun": lambda x: x[0] ** 2 + x[1] ** 2 - 4}
    res = minimize(
        lambda x: np.sum(x), [3.0, 1.0], method="slsqp", constraints=circle, callback=callback
    )
    assert res.status == 99
    np.testing.assert_array_equal(res.x, seen[-1])
