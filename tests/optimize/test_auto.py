import numpy as np
import pytest
from scipy.optimize import LinearConstraint, NonlinearConstraint, OptimizeResult

from hessopt.optimize import auto
from hessopt.optimize.auto import FEW, better_of, choose, has_failed
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status

GIVEN = {"jac": None, "hess": None, "hessp": None, "bounds": None, "constraints": []}


def product(x, p):
    return p


@pytest.mark.parametrize(
    ("n", "given", "method"),
    [
        (2, {}, "adaptive-newton"),
        (10**6, {}, "adaptive-newton"),
        (2, {"jac": product}, "l-bfgs"),
        (2, {"jac": True}, "l-bfgs"),
        (2, {"jac": "2-point"}, "l-bfgs"),
        (2, {"jac": product, "hess": product}, "adaptive-newton"),
        (2, {"jac": product, "hessp": product}, "trust-ncg"),
        (2, {"hess": product}, "adaptive-newton"),
        (2, {"bounds": [(0, 1)] * 2}, "adaptive-tron"),
        (FEW + 1, {"bounds": [(0, 1)] * 2, "hess": product}, "adaptive-tron"),
        (2, {"bounds": [(0, 1)] * 2, "jac": product, "hessp": product}, "adaptive-tron"),
        (2, {"bounds": [(0, 1)] * 2, "jac": product}, "l-bfgs-b"),
        (2, {"constraints": [{}]}, "slsqp"),
        (FEW + 1, {"constraints": [{}], "bounds": [(0, 1)]}, "ipopt"),
    ],
)
def test_the_rule(n, given, method, monkeypatch):
    monkeypatch.setattr(auto, "find_spec", lambda name: name)
    assert choose(n, **{**GIVEN, **given}).method == method


def test_without_ipopt(monkeypatch):
    monkeypatch.setattr(auto, "find_spec", lambda name: None)
    assert choose(FEW + 1, **{**GIVEN, "constraints": [{}]}).method == "augmented-lagrangian"


@pytest.mark.parametrize("method", ["auto", None, "AUTO"])
def test_the_message_says_what_was_chosen(method, rosenbrock, capsys):
    res = minimize(rosenbrock, [-1.2, 1.0], method=method, options={"disp": True})
    assert res.method == "adaptive-newton"
    said = "(method 'auto' chose adaptive-newton: no bounds, no constraints)"
    assert res.message.endswith(said)
    assert capsys.readouterr().out.startswith("adaptive-newton: no bounds, no constraints\n")


def test_large_problems(rosenbrock):
    x0 = np.full(1000, 1.5)
    res = minimize(rosenbrock, x0)
    assert (res.method, res.success) == ("adaptive-newton", True)
    assert res.nfev < 40
    np.testing.assert_allclose(res.x, 1.0, atol=1e-6)


def test_bounds(rosenbrock):
    res = minimize(rosenbrock, [-1.2, 1.0], bounds=[(-2, 0.5), (None, None)])
    assert (res.method, res.success) == ("adaptive-tron", True)
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


def test_where_slsqp_fails_another_is_tried():
    """Problem 61 of Hock and Schittkowski: its Jacobian is singular at the start."""
    res = minimize(
        lambda x: 4 * x[0] ** 2 + 2 * x[1] ** 2 + 2 * x[2] ** 2 - 33 * x[0] + 16 * x[1] - 24 * x[2],
        np.zeros(3),
        constraints=[
            {"type": "eq", "fun": lambda x: 3 * x[0] - 2 * x[1] ** 2 - 7},
            {"type": "eq", "fun": lambda x: 4 * x[0] - x[2] ** 2 - 11},
        ],
    )
    assert (res.method, res.success) == ("augmented-lagrangian", True)
    np.testing.assert_allclose(res.fun, -143.6461422, rtol=1e-8)
    assert "slsqp had failed: Singular matrix" in res.message


def run(**items):
    return OptimizeResult(
        {"success": False, "status": 6, "message": "m", "method": "a", "fun": 0.0, **items}
    )


def test_what_has_failed():
    assert has_failed(run())
    assert not has_failed(run(success=True))
    for status in (99, 102, 103, 107):  # the callback, a limit, the user
        assert not has_failed(run(status=status))
    assert has_failed(run(status=9))
    assert not has_failed(run(status=9), limited=True)  # by the user


def test_the_better_of_two_runs():
    first, second = run(nfev=3, constr_violation=0.1), run(nfev=4, constr_violation=1.0, fun=-1.0)
    assert better_of(first, second) is first
    assert first.nfev == 7
    second = run(nfev=4, constr_violation=0.0, fun=9.0)
    assert better_of(run(nfev=3, constr_violation=0.1), second) is second
    lower = run(success=True, constr_violation=1e-9)
    assert better_of(run(constr_violation=0.0), lower) is lower


def test_of_two_that_are_infeasible_the_one_with_a_name_is_returned():
    first, second = run(constr_violation=1.0, fun=3.0), run(constr_violation=1.0 + 1e-9, fun=4.0)
    assert better_of(first, second) is second


@pytest.mark.parametrize(
    "constraint",
    [
        LinearConstraint([[1, 1, 0], [1, 1, 0]], [1, 2], [1, 2]),
        NonlinearConstraint(lambda x: x[0] ** 2 + x[1] ** 2, -1, -1),
        NonlinearConstraint(lambda x: 5.0, 0, 1),
    ],
)
def test_what_is_infeasible_is_called_so(constraint):
    res = minimize(lambda x: np.sum((x - 1) ** 2), [0.5, 0.2, 0.1], constraints=constraint)
    assert (res.success, res.status) == (False, Status.INFEASIBLE)
    assert "then augmented-lagrangian was run" in res.message


def test_a_limit_of_the_user_ends_the_run():
    circle = {"type": "eq", "fun": lambda x: x @ x - 2}
    res = minimize(
        lambda x: np.sum((x - 3) ** 4), [9.0, 8.0], constraints=circle, options={"maxiter": 2}
    )
    assert (res.success, res.nit) == (False, 2)
    assert "augmented-lagrangian" not in res.message


def test_a_given_option_is_kept(rosenbrock):
    res = minimize(rosenbrock, [-1.2, 1.0], bounds=[(-2, 2)] * 2, options={"maxiter": 3})
    assert (res.nit, res.success) == (3, False)
