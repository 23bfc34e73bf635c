import math

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import BFGS, LinearConstraint, NonlinearConstraint

from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status
from tests.optimize.hock_schittkowski import PROBLEMS

X = np.array([1.0, 2.0])


def disc(x):
    return 1 - x[0] ** 2 - x[1] ** 2


def one(constraint, shape=(2,)):
    (parsed,) = parse_constraints(constraint, shape)
    return parsed


def test_none_and_single_constraints_become_lists():
    assert parse_constraints(None, (2,)) == parse_constraints((), (2,)) == []
    linear = LinearConstraint([[1, 1]], 0, 1)
    assert one(linear).scipy(second=True) is linear
    assert len(parse_constraints({"type": "ineq", "fun": disc}, (2,))) == 1


@pytest.mark.parametrize(
    ("fun", "jacobian"),
    [
        (disc, [[-2, -4]]),
        (lambda x: x * x, [[2, 0], [0, 4]]),
        (lambda x: [x[0] * x[1], x[0], 3.0], [[2, 1], [1, 0], [0, 0]]),
        (lambda x: np.stack([x[0] - 1, x[1]]), [[1, 0], [0, 1]]),
        (lambda x: np.reshape(x * x[::-1], (2, 1)), [[2, 1], [2, 1]]),
        (lambda x: 3.0, [[0, 0]]),
    ],
)
def test_exact_jacobians(fun, jacobian):
    old = one({"type": "ineq", "fun": fun}).scipy(second=False)
    np.testing.assert_array_equal(old["jac"](X), jacobian)
    new = one(NonlinearConstraint(fun, 0, np.inf)).scipy(second=False)
    np.testing.assert_array_equal(new.jac(X), jacobian)
    np.testing.assert_array_equal(new.fun(X), old["fun"](X))
    at = one(NonlinearConstraint(fun, 0, np.inf)).at(X)
    np.testing.assert_array_equal(at.matrix(), jacobian)
    np.testing.assert_array_equal(at.value, new.fun(X))


@pytest.mark.parametrize("kind", ["dict", "nonlinear"])
def test_exact_hessians(kind):
    def fun(x):
        return [x[0] ** 2 * x[1], x[1] ** 3]

    given = NonlinearConstraint(fun, 0, 1) if kind == "nonlinear" else {"type": "eq", "fun": fun}
    new = one(given).scipy(second=True)
    H = new.hess(X, np.array([2.0, 3.0])) @ np.eye(2)
    np.testing.assert_array_equal(H, [[8, 4], [4, 36]])


def test_what_is_given_is_used():
    calls = []

    def jac(x):
        calls.append("jac")
        return np.ones((1, 2))

    def hess(x, v):
        calls.append("hess")
        return v[0] * np.eye(2)

    old = one({"type": "eq", "fun": disc, "jac": jac}).scipy(second=False)
    np.testing.assert_array_equal(old["jac"](X), [[1, 1]])
    strategy = BFGS()
    given = NonlinearConstraint(disc, -1, 1, jac=jac, hess=strategy, keep_feasible=True)
    new = one(given).scipy(second=True)
    np.testing.assert_array_equal(new.jac(X), [[1, 1]])
    assert (new.hess, new.keep_feasible) == (strategy, True)
    new = one(NonlinearConstraint(disc, -1, 1, jac="3-point")).scipy(second=True)
    assert new.jac == "3-point"
    both = one(NonlinearConstraint(disc, -1, 1, jac=jac, hess=hess))
    np.testing.assert_array_equal(both.curvature(X, np.array([3.0]))(X), [3, 6])
    np.testing.assert_array_equal(both.at(X).pullback(np.array([2.0])), [2, 2])
    assert calls == ["jac", "jac", "hess", "jac"]


def test_a_dict_with_a_jacobian_has_an_exact_hessian_all_the_same():
    given = one({"type": "eq", "fun": disc, "jac": lambda x: -2 * x})
    np.testing.assert_array_equal(given.curvature(X, np.array([3.0]))(X), [-6, -12])


@pytest.mark.parametrize("scheme", ["3-point", "cs"])
def test_differences_on_request(scheme):
    given = one(NonlinearConstraint(lambda x: x**3, 0, 1, jac=scheme))
    np.testing.assert_allclose(given.at(X).matrix(), np.diag([3, 12]), rtol=1e-8, atol=1e-8)
    product = given.curvature(X, np.array([1.0, 2.0]))
    np.testing.assert_allclose(product(np.ones(2)), [6, 24], rtol=1e-4)


def test_what_numpy_cannot_say_is_differenced_from_a_given_jacobian():
    given = one(
        NonlinearConstraint(
            lambda x: math.exp(x[0]), 0, 1, jac=lambda x: [math.exp(x[0]), 0.0], hess=BFGS()
        )
    )
    product = given.curvature(X, np.array([2.0]))
    np.testing.assert_allclose(product(np.ones(2)), [2 * math.e, 0], rtol=1e-8)


def test_arguments_and_shapes():
    def fun(x, a):
        assert x.shape == (1, 2)
        return a * x[0, 0] * x[0, 1]

    given = one({"type": "ineq", "fun": fun, "args": (3.0,)}, (1, 2))
    old = given.scipy(second=False)
    assert "args" not in old
    assert old["fun"](X) == 6.0
    np.testing.assert_array_equal(old["jac"](X), [[6, 3]])
    single = one({"type": "ineq", "fun": fun, "args": 3.0}, (1, 2))
    assert single.value(X) == 6.0

    def plain(x):
        return fun(x, 1.0)

    new = one(NonlinearConstraint(plain, 0, 1), (1, 2)).scipy(second=True)
    assert new.fun(X) == 2.0
    np.testing.assert_array_equal(new.hess(X, np.ones(1)) @ np.eye(2), [[0, 1], [1, 0]])
    kept = NonlinearConstraint(
        plain, 0, 1, jac=lambda x: x, hess=lambda x, v: v[0] * x.ravel() * np.eye(2)
    )
    new = one(kept, (1, 2)).scipy(second=True)
    assert new.jac(X).shape == (1, 2)
    np.testing.assert_array_equal(new.hess(X, np.ones(1)) @ X, [1, 4])


def test_sparse_linear_constraints_stay_sparse():
    A = sparse.csr_array(np.array([[1.0, 0.0, 2.0]]))
    given = one(LinearConstraint(A, 0, 1), (3,))
    at = given.at(np.array([1.0, 5.0, 2.0]))
    assert sparse.issparse(at.matrix())
    np.testing.assert_array_equal(at.value, [5])
    np.testing.assert_array_equal(at.pullback(np.array([2.0])), [2, 0, 4])
    np.testing.assert_array_equal(given.curvature(X, np.ones(1))(np.ones(3)), np.zeros(3))


def test_a_trial_outside_the_domain_of_a_constraint_does_not_warn():
    given = one({"type": "ineq", "fun": lambda x: np.log(x[0])})
    assert np.isnan(given.value(-X))
    assert np.isnan(given.at(-X).value)


@pytest.mark.parametrize(
    ("constraints", "error", "says"),
    [
        ({"type": "eq"}, TypeError, "constraints: every dict needs a callable 'fun'"),
        ({"fun": disc}, ValueError, "the 'type' of a dict must be 'eq' or 'ineq', not None"),
        ({"fun": disc, "type": "less"}, ValueError, "must be 'eq' or 'ineq', not 'less'"),
        ([disc], TypeError, "constraints must be dicts, LinearConstraint or Nonlinear"),
        (LinearConstraint(np.ones((1, 3)), 0, 1), ValueError, "has 3 columns, but x0 has 2"),
        (
            NonlinearConstraint(disc, [0, 0, 0], 1),
            ValueError,
            r"number 0 has 1 values, which its lb of shape \(3,\)",
        ),
        (
            [LinearConstraint([[1, 1]], 0, 1), NonlinearConstraint(np.cumsum, [0, 2], [1, 1])],
            ValueError,
            "number 1 asks for 2 <= c <= 1 in its entry 1, which nothing can satisfy",
        ),
        (NonlinearConstraint(disc, np.nan, 1), ValueError, "number 0 asks for nan <= c <= 1"),
        (
            {"type": "ineq", "fun": lambda x: np.log(-x)},
            ValueError,
            "number 0 is nan at the start x0; begin where it is finite",
        ),
    ],
)
@pytest.mark.parametrize("method", ["slsqp", "trust-constr", "augmented-lagrangian"])
def test_bad_constraints(constraints, error, says, method):
    with pytest.raises(error, match=says):
        minimize(lambda x: np.sum(x**2), X, method=method, constraints=constraints)


def test_a_constraint_that_cannot_be_differentiated_says_what_to_do():
    given = one({"type": "ineq", "fun": lambda x: math.exp(x[0])})
    for differentiate in (given.jacobian, given.at):
        with pytest.raises(TypeError) as caught:
            differentiate(X)
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
    assert res.constr_violation < 1e-6
    np.testing.assert_allclose(
        res.x, np.sqrt([0.5, 0.5]), atol=1e-3 if method in ("cobyla", "trust-constr") else 1e-5
    )


@pytest.mark.parametrize("method", ["slsqp", "trust-constr", "auto"])
@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
def test_hock_and_schittkowski(problem, method):
    """Equations, inequalities and bounds, as SciPy's methods take them from us."""
    res = minimize(
        problem.fun,
        problem.start,
        method=method,
        bounds=problem.bounds,
        constraints=problem.constraints,
    )
    assert res.success, res.message
    assert res.constr_violation < 1e-5
    np.testing.assert_allclose(res.fun, problem.least, rtol=1e-4, atol=1e-4)


def test_trust_constr_is_given_the_exact_hessian_of_the_lagrangian():
    """With it, its steps are Newton's: few, where its own BFGS update takes many more."""
    problem = next(problem for problem in PROBLEMS if problem.name == "HS100")
    old = problem.constraints[0]
    updated = NonlinearConstraint(old["fun"], 0, np.inf, jac=lambda x: J(x), hess=BFGS())
    J = one(old, (7,)).jacobian
    exact, approximate = (
        minimize(problem.fun, problem.start, method="trust-constr", constraints=given)
        for given in (old, updated)
    )
    np.testing.assert_allclose([exact.fun, approximate.fun], problem.least, rtol=1e-6)
    assert exact.nit < approximate.nit


@pytest.mark.parametrize("method", ["slsqp", "trust-constr", "cobyla", "augmented-lagrangian"])
def test_a_constrained_run_that_is_ended_returns_the_best_feasible_iterate(method):
    """The least value lies where the constraint does not hold."""
    seen = []

    def callback(x, *state):
        seen.append(np.array(x))
        if len(seen) == 12:
            raise StopIteration

    circle = {"type": "ineq", "fun": lambda x: 4 - x[0] ** 2 - x[1] ** 2}
    start = np.array([1.0, 0.5])
    res = minimize(
        lambda x: np.sum(x) + 0.1 * np.sin(9 * x[0]),
        start,
        method=method,
        constraints=circle,
        callback=callback,
        options={"maxiter": 11} if method != "cobyla" else {},
    )
    points = [start, *seen]
    kept = [x for x in points if x @ x <= 4 + 1e-6]
    least = min(np.sum(x) + 0.1 * np.sin(9 * x[0]) for x in kept)
    assert res.constr_violation <= 1e-6
    assert res.fun <= least + 1e-12 or res.success


def test_infeasible_for_slsqp_returns_the_least_violation():
    circle = {"type": "eq", "fun": lambda x: x[0] ** 2 + x[1] ** 2 + 1}
    res = minimize(lambda x: np.sum(x**2), [3.0, 1.0], method="slsqp", constraints=circle)
    assert not res.success
    assert np.isfinite(res.fun)
    assert res.constr_violation < 2.0


def test_fixed_by_bounds_and_outside_the_constraints():
    for high, success in ((1, False), (9, True)):
        line = {"type": "ineq", "fun": lambda x, high=high: high - x[0] - x[1]}
        res = minimize(
            lambda x: np.sum(x), [0.0, 0.0], method="slsqp", bounds=[(2, 2)] * 2, constraints=line
        )
        assert res.success is success
        assert res.message == "All variables are fixed by their bounds."
        assert res.status == (Status.GRADIENT_CONVERGED if success else Status.INFEASIBLE)
        np.testing.assert_array_equal(res.x, [2, 2])
