"""Wrong derivatives are found, right ones are left in peace."""

import numpy as np
import pytest

from hessopt.optimize.given_derivatives import FEW, differences, wrong_derivative, wrong_entry
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.stopping import Status
from hessopt.transforms.custom import custom_derivative
from hessopt.transforms.first_order import grad
from hessopt.transforms.matrices import hessian


def fun(x):
    return np.sum(np.cosh(x) + x**2) + np.sum(x[1:] * x[:-1])


right = grad(fun)


def wrong_at(i, by=0.5):
    def jac(x):
        g = right(x)
        g[i] += by
        return g

    return jac


@pytest.mark.parametrize("n", [1, 2, FEW, FEW + 1, 1000])
def test_right_derivatives_pass(n):
    x0 = np.linspace(-1.0, 2.0, n)
    for given in ({}, {"jac": right}, {"jac": lambda x: list(right(x))}):
        objective = Objective(fun, x0, **given)
        assert wrong_entry(objective, objective.x0) is None


@pytest.mark.parametrize("n", [2, FEW, FEW + 1, 1000])
@pytest.mark.parametrize("where", [0.0, 0.3, 1.0])
def test_the_wrong_entry_of_a_gradient_is_named(n, where):
    i = round(where * (n - 1))
    objective = Objective(fun, np.linspace(-1.0, 2.0, n), jac=wrong_at(i))
    said = wrong_entry(objective, objective.x0)
    assert said.startswith(
        f"jac is wrong: its entry [{i}] is {objective.gradient(objective.x0)[i]:.6g}"
    )
    assert said.endswith(f"differences of fun give {right(objective.x0)[i]:.6g}")
    if n > FEW:
        assert objective.nfev < 8 * (4 + 2 * np.log2(n))


def test_the_entry_is_named_as_the_user_sees_it():
    objective = Objective(
        lambda x: np.sum(x**2),
        np.ones((2, 3)),
        jac=lambda x: 2 * x + (np.arange(6) == 4).reshape(2, 3),
    )
    assert "its entry [1, 1] is 3, but differences of fun give 2" in wrong_entry(
        objective, objective.x0
    )


def test_a_rule_of_the_users_own_is_checked_on_request():
    rule = custom_derivative(np.sin, lambda x: -np.cos(x))
    res = minimize(lambda x: np.sum(rule(x)), [0.5, 1.0], options={"check_derivatives": True})
    assert res.status == Status.WRONG_DERIVATIVE
    assert "the derivative of fun is wrong: its entry [0] is -0.877583" in res.message


@pytest.mark.parametrize("kind", ["hess", "hessp"])
@pytest.mark.parametrize("n", [3, FEW + 10])
def test_a_wrong_hessian_is_named(kind, n):
    exact = hessian(fun)

    def hess(x):
        H = exact(x)
        H[1, 2] += 0.3
        H[2, 1] += 0.3
        return H

    given = {"hess": hess} if kind == "hess" else {"hessp": lambda x, p: hess(x) @ p}
    x0 = np.linspace(-1.0, 2.0, n)
    objective = Objective(fun, x0, **given)
    said = wrong_entry(objective, objective.x0)
    assert said.startswith(f"{kind} is wrong: its entry [{'2, 1' if n == 3 else '1'}]")
    given = {"hess": exact} if kind == "hess" else {"hessp": lambda x, p: exact(x) @ p}
    objective = Objective(fun, x0, **given)
    assert wrong_entry(objective, objective.x0) is None


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_units_do_not_matter(scale):
    objective = Objective(lambda x: scale * fun(x), [0.5, -1.0], jac=lambda x: scale * right(x))
    assert wrong_entry(objective, objective.x0) is None
    objective = Objective(
        lambda x: scale * fun(x), [0.5, -1.0], jac=lambda x: 1.01 * scale * right(x)
    )
    assert wrong_entry(objective, objective.x0) is not None


@pytest.mark.parametrize("x", [0.0, 1e-9, 1e-4, -1e-4, 0.3])
def test_a_kink_is_no_mistake(x):
    objective = Objective(
        lambda x: np.sum(np.abs(x)), [x], jac=lambda x: np.where(x < 0, -1.0, 1.0)
    )
    assert wrong_entry(objective, objective.x0) is None


def test_noise_and_jumps_are_no_mistakes_of_the_gradient():
    rng = np.random.default_rng(3)
    noisy = Objective(
        lambda x: float(np.sum(x**2) + 1e-3 * rng.standard_normal()),
        [1.0, 2.0],
        jac=lambda x: 2 * x,
    )
    assert wrong_entry(noisy, noisy.x0) is None
    jump = Objective(
        lambda x: float(np.sum(x**2) + 5.0 * (x[0] > 1.0)), [1.0, 2.0], jac=lambda x: 2 * x
    )
    assert wrong_entry(jump, jump.x0) is None


def test_differences_tell_their_error():
    smooth = differences(lambda t: np.array([np.exp(t)]), 1.0)
    assert abs(smooth.central[0] - 1.0) <= smooth.error[0] < 1e-8
    large = differences(lambda t: np.array([1e8 + t]), 1.0)
    assert abs(large.central[0] - 1.0) <= large.error[0]


@pytest.mark.parametrize(
    "method", ["newton", "trust-ncg", "l-bfgs", "bfgs", "l-bfgs-b", "trust-constr"]
)
def test_a_check_on_request_comes_before_the_run(method):
    options = {"check_derivatives": True}
    res = minimize(fun, [0.5, -1.0], method=method, jac=wrong_at(1), options=options)
    assert (res.success, res.status, res.nit) == (False, Status.WRONG_DERIVATIVE, 0)
    assert "jac is wrong: its entry [1]" in res.message
    assert "Correct it, or leave it out" in res.message
    np.testing.assert_array_equal(res.x, [0.5, -1.0])
    res = minimize(fun, [0.5, -1.0], method=method, jac=right, options=options)
    assert res.success
    assert res.status != Status.WRONG_DERIVATIVE


def test_a_check_counts(counted):
    f, jac = counted(fun), counted(right)
    options = {"check_derivatives": True}
    res = minimize(f, [0.5, -1.0], method="newton", jac=jac, options=options)
    assert (res.nfev, res.njev) == (f.calls, jac.calls)
    f, jac = counted(fun), counted(wrong_at(0))
    res = minimize(f, [0.5, -1.0], method="newton", jac=jac, options=options)
    assert (res.nfev, res.njev) == (f.calls, jac.calls)


@pytest.mark.parametrize("method", ["newton", "l-bfgs", "gradient-descent", "bfgs", "l-bfgs-b"])
def test_a_run_that_gets_stuck_is_told_why(method, counted):
    f, jac = counted(fun), counted(lambda x: -right(x))
    res = minimize(f, [0.5, -1.0], method=method, jac=jac)
    assert (res.success, res.status) == (False, Status.WRONG_DERIVATIVE), res.message
    assert "jac is wrong: its entry [0]" in res.message
    assert (res.nfev, res.njev) == (f.calls, jac.calls)


def test_a_limit_ends_the_search():
    objective = Objective(fun, [0.5, -1.0], jac=wrong_at(0))
    objective(objective.x0)

    class Enough:
        def __call__(self, progress):
            from hessopt.optimize.stopping import Stop

            return Stop(Status.TIME_LIMIT, "enough")

    objective.limits = Enough()
    assert wrong_derivative(objective, objective.x0) is None


def test_a_derivative_beside_the_end_of_the_domain_is_not_accused():
    options = {"check_derivatives": True}
    for start in ([1e-4, 2.0], [0.0, 1e-9]):
        objective = Objective(
            lambda x: np.sum(np.sqrt(x + 1e-12)), start, jac=lambda x: 0.5 / np.sqrt(x + 1e-12)
        )
        assert wrong_entry(objective, objective.x0) is None
    res = minimize(
        lambda x: np.sum(np.sqrt(x)),
        [1e-4, 2.0],
        jac=lambda x: 0.5 / np.sqrt(x),
        method="trust-ncg",
        options=options,
    )
    assert res.status != Status.WRONG_DERIVATIVE


def test_an_entry_beside_the_end_of_the_domain_is_still_seen():
    """A smaller step of the differences stays inside."""
    objective = Objective(lambda x: np.sum(np.sqrt(x)), [1e-4], jac=lambda x: 0.6 / np.sqrt(x))
    assert "its entry [0] is 60, but differences of fun give 49.99" in str(
        wrong_entry(objective, objective.x0)
    )
