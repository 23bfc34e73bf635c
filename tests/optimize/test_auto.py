import numpy as np
import pytest

from hessopt.optimize.auto import DENSE, choose
from hessopt.optimize.minimize import minimize

GIVEN = {"jac": None, "hess": None, "hessp": None, "bounds": None, "constraints": []}


def product(x, p):
    return p


@pytest.mark.parametrize(
    ("n", "given", "method"),
    [
        (2, {}, "newton"),
        (DENSE, {}, "newton"),
        (DENSE + 1, {}, "trust-ncg"),
        (2, {"jac": product}, "l-bfgs"),
        (2, {"jac": True}, "l-bfgs"),
        (2, {"jac": "2-point"}, "l-bfgs"),
        (2, {"jac": product, "hess": product}, "newton"),
        (2, {"jac": product, "hessp": product}, "trust-ncg"),
        (2, {"hess": product}, "newton"),
        (2, {"bounds": [(0, 1)] * 2}, "tron"),
        (DENSE + 1, {"bounds": [(0, 1)] * 2, "hess": product}, "tron"),
        (2, {"bounds": [(0, 1)] * 2, "jac": product, "hessp": product}, "tron"),
        (2, {"bounds": [(0, 1)] * 2, "jac": product}, "l-bfgs-b"),
        (2, {"constraints": [{}]}, "slsqp"),
        (DENSE + 1, {"constraints": [{}], "bounds": [(0, 1)]}, "trust-constr"),
    ],
)
def test_the_rule(n, given, method):
    assert choose(n, **{**GIVEN, **given}).method == method


@pytest.mark.parametrize("method", ["auto", None, "AUTO"])
def test_the_message_says_what_was_chosen(method, rosenbrock, capsys):
    res = minimize(rosenbrock, [-1.2, 1.0], method=method, options={"disp": True})
    assert res.method == "newton"
    assert res.message.endswith("(method 'auto' chose newton: 2 variables, at most 100)")
    assert capsys.readouterr().out.startswith("newton: 2 variables, at most 100\n")


def test_large_problems(rosenbrock):
    x0 = np.full(1000, 1.5)
    res = minimize(rosenbrock, x0)
    assert (res.method, res.success) == ("trust-ncg", True)
    assert res.nfev < 40
    np.testing.assert_allclose(res.x, 1.0, atol=1e-6)


def test_bounds(rosenbrock):
    res = minimize(rosenbrock, [-1.2, 1.0], bounds=[(-2, 0.5), (None, None)])
    assert (res.method, res.success) == ("tron", True)
    np.testing.assert_allclose(res.x, [0.5, 0.25], rtol=1e-6)


def test_constraints(rosenbrock):
    disc = {"type": "ineq", "fun": lambda x: 1.5 - x[0] ** 2 - x[1] ** 2}
    res = minimize(rosenbrock, [-1.2, 1.0], constraints=disc)
    assert (res.method, res.success) == ("slsqp", True)
    t = np.arctan2(res.x[1], res.x[0])  # on the edge: compare with the least value along it
    edge = np.sqrt(1.5) * np.array([np.cos(t), np.sin(t)])
    np.testing.assert_allclose(res.x, edge, rtol=1e-6)
    for nearby in (t - 1e-3, t + 1e-3):
        other = np.sqrt(1.5) * np.array([np.cos(nearby), np.sin(nearby)])
        assert rosenbrock(other) > res.fun
    assert "constraints, 2 variables" in res.message


def test_a_given_option_is_kept(rosenbrock):
    res = minimize(rosenbrock, [-1.2, 1.0], bounds=[(-2, 2)] * 2, options={"maxiter": 3})
    assert (res.nit, res.success) == (3, False)
