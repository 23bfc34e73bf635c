import sys

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import LinearConstraint, NonlinearConstraint

import hessopt
from hessopt.optimize import ipopt_driver
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.methods import ipopt
from hessopt.optimize.minimize import minimize
from hessopt.optimize.sparse_lagrangian import jacobian_pattern, places
from hessopt.optimize.stopping import Status
from tests.optimize.hock_schittkowski import PROBLEMS, equation, inequality

pytest.importorskip("ipyopt", reason="the extra hessopt[ipopt] is not installed")

BY_NAME = {problem.name: problem for problem in PROBLEMS}


def solve(fun, x0, constraints=(), **others):
    return minimize(fun, x0, method="ipopt", constraints=constraints, **others)


def solve_problem(name, **others):
    problem = BY_NAME[name]
    given = {"bounds": problem.bounds, **others}
    return solve(problem.fun, problem.start, problem.constraints, **given)


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
def test_hock_and_schittkowski(problem):
    res = solve_problem(problem.name)
    assert (res.success, res.status, res.method) == (True, Status.GRADIENT_CONVERGED, "ipopt")
    np.testing.assert_allclose(res.fun, problem.least, rtol=1e-7, atol=1e-7)
    assert res.constr_violation <= 1e-7
    # IPOPT keeps off the bounds by about 1e-8, where the bounds' multipliers are not ours
    assert res.optimality <= 1e-5
    atol = 2e-2 if problem.name == "HS26" else 1e-5
    np.testing.assert_allclose(res.x, problem.solution, rtol=1e-5, atol=atol)


@pytest.mark.parametrize("name", ["HS71", "HS100", "HS113"])
def test_the_multipliers_are_those_of_the_augmented_lagrangian(name):
    problem = BY_NAME[name]
    given = {"bounds": problem.bounds, "constraints": problem.constraints}
    other = minimize(problem.fun, problem.start, method="augmented-lagrangian", **given)
    for mine, theirs in zip(solve_problem(name).multipliers, other.multipliers, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5)


def test_the_hessian_of_the_lagrangian_is_exact():
    """One Newton step solves a quadratic with linear constraints; an approximation takes more."""
    res = solve_problem("HS28")
    assert res.nit == 1
    assert res.nhev > 0
    updated = solve_problem("HS28", options={"hessian_approximation": "limited-memory"})
    assert updated.success
    assert updated.nit > 1
    assert solve_problem("HS100").nit < 15


def test_bounds_alone(rosenbrock):
    res = minimize(rosenbrock, [-1.2, 1.0], method="ipopt", bounds=[(-2, 0.5), (None, None)])
    assert res.success, res.message
    np.testing.assert_allclose(res.x, [0.5, 0.25], atol=1e-6)
    assert np.all(res.x <= [0.5, np.inf])
    free = minimize(rosenbrock, [-1.2, 1.0], method="ipopt")
    np.testing.assert_allclose(free.x, 1.0, atol=1e-6)
    fixed = minimize(rosenbrock, [-1.2, 1.0], method="ipopt", bounds=[(0.5, 0.5), (None, None)])
    np.testing.assert_allclose(fixed.x, [0.5, 0.25], atol=1e-7)
    assert minimize(rosenbrock, [9, 9], method="ipopt", bounds=[(2, 2)] * 2).x.tolist() == [2, 2]


@pytest.mark.usefixtures("eagerly")
def test_history_counts_and_callback(counted, rosenbrock):
    fun, seen = counted(rosenbrock), []
    res = minimize(fun, [-1.2, 1.0], method="ipopt", callback=seen.append)
    assert res.nfev == fun.calls
    assert len(res.history) == res.nit + 1 == len(seen) + 1
    np.testing.assert_array_equal(res.history.f[1:], [rosenbrock(x) for x in seen])
    np.testing.assert_array_equal(seen[-1], res.x)


def test_a_stop_in_the_callback_and_errors_there(rosenbrock):
    def stop(x):
        raise StopIteration

    res = minimize(rosenbrock, [-1.2, 1.0], method="ipopt", callback=stop)
    assert (res.success, res.status, res.nit) == (False, Status.CALLBACK_STOPPED, 1)
    with pytest.raises(ZeroDivisionError):
        minimize(rosenbrock, [-1.2, 1.0], method="ipopt", callback=lambda x: 1 / 0)


@pytest.mark.parametrize("call", [2, 5, 12])
def test_interrupts_and_failures_return_the_best_feasible_point(call, counted, raising):
    problem = BY_NAME["HS100"]
    for error, status in (
        (KeyboardInterrupt(), Status.INTERRUPTED),
        (RuntimeError("no licence"), Status.OBJECTIVE_FAILED),
    ):
        fun = counted(problem.fun, call, raising(error))
        res = solve(fun, problem.start, problem.constraints)
        assert (res.success, res.status) == (False, status)
        assert res.constr_violation <= 1e-6
        assert res.fun <= problem.fun(np.array(problem.start))


def test_limits():
    res = solve_problem("HS100", options={"maxiter": 3})
    assert (res.success, res.status, res.nit) == (False, Status.ITERATION_LIMIT, 3)
    res = solve_problem("HS100", options={"maxfun": 4})
    assert (res.success, res.status, res.nfev) == (False, Status.EVALUATION_LIMIT, 4)


def test_infeasible_and_unbounded():
    res = solve(lambda x: np.sum(x**2), [3.0, 1.0], equation(lambda x: np.sum(x**2) + 1))
    assert (res.success, res.status) == (False, Status.INFEASIBLE)
    assert "IPOPT: The constraints seem to be infeasible" in res.message
    res = solve(lambda x: x[0], [0.0, 0.0], equation(lambda x: x[1] - 1))
    assert (res.success, res.status) == (False, Status.UNBOUNDED)


def test_trials_that_are_not_finite_shorten_the_step():
    res = solve(
        lambda x: x[0] - np.log(x[1]),
        [1.0, 0.1],
        [inequality(lambda x: np.log(x[0]) + 1), inequality(lambda x: 4 - x[1])],
    )
    assert res.success, res.message
    np.testing.assert_allclose(res.x, [np.exp(-1), 4], atol=1e-6)


def test_gradients_alone():
    """With differences there are no second derivatives; IPOPT then updates its own."""
    circle = NonlinearConstraint(lambda x: x @ x, 2, 2, jac="3-point")
    res = solve(np.sum, [3.0, 1.0], circle, jac="3-point")
    assert res.success, res.message
    assert res.nhev == 0
    np.testing.assert_allclose(res.x, [-1, -1], atol=1e-6)


def test_many_variables_have_no_dense_hessian(monkeypatch, rosenbrock):
    monkeypatch.setattr(ipopt_driver, "LARGEST_HESSIAN", 3)
    line = equation(lambda x: np.sum(x) - 4)
    res = solve(rosenbrock, np.zeros(4), line, bounds=[(0, 2)] * 4)
    assert res.success, res.message
    assert res.nhev == 0
    np.testing.assert_allclose(res.x, 1.0, atol=1e-5)
    exact = solve(rosenbrock, np.zeros(3), equation(lambda x: np.sum(x) - 3))
    assert exact.nhev > 0


def test_the_structure_of_a_sparse_jacobian():
    x = np.zeros(4)
    A = sparse.csr_array(([1.0, 2.0, 3.0], ([0, 1, 1], [3, 0, 2])), shape=(2, 4))
    parts = parse_constraints([LinearConstraint(A, 0, 1), equation(lambda x: x[0] + 1)], (4,))
    rows, columns = places(jacobian_pattern(ConstraintSet(parts, x), x))
    pairs = set(zip(rows.tolist(), columns.tolist(), strict=True))
    assert pairs == {(0, 3), (1, 0), (1, 2), *((2, j) for j in range(4))}
    assert len(rows) == 7
    res = solve(
        lambda x: np.sum((x - 1) ** 2),
        np.zeros(4),
        [LinearConstraint(A, -np.inf, 0.5), equation(lambda x: x[0] * x[1] - 0.01)],
    )
    assert res.success, res.message
    assert np.max(A @ res.x) <= 0.5 + 1e-8


def test_options_of_ipopt(rosenbrock):
    options = {"mu_strategy": "adaptive", "max_iter": 100, "acceptable_iter": 0, "gtol": 1e-10}
    assert minimize(rosenbrock, [-1.2, 1.0], method="ipopt", options=options).success
    with pytest.raises(ValueError, match=r"unknown option 'mu_stratgy' .* 'mu_strategy'"):
        minimize(rosenbrock, [-1.2, 1.0], method="ipopt", options={"mu_stratgy": "adaptive"})
    with pytest.raises(ValueError, match="IPOPT does not take 'fast' for its option 'mu_strategy'"):
        minimize(rosenbrock, [-1.2, 1.0], method="ipopt", options={"mu_strategy": "fast"})
    first = minimize(rosenbrock, [-1.2, 1.0], method="newton", options={"maxiter": 1})
    with pytest.raises(ValueError, match="'ipopt' is not our own and cannot be resumed"):
        minimize(rosenbrock, [-1.2, 1.0], method="ipopt", options={"resume": first})


def test_where_the_package_is_missing_the_error_names_the_extra(monkeypatch, rosenbrock):
    monkeypatch.setitem(sys.modules, "ipyopt", None)
    ipopt.ipyopt.cache_clear()
    with pytest.raises(ImportError, match=r'pip install "hessopt\[ipopt\]"'):
        minimize(rosenbrock, [-1.2, 1.0], method="ipopt")


N = 200


def chain(x):
    return np.sum((x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def products(x):
    """Return constraints of neighbours, after Luksan and Vlcek."""
    return x[1:-1] * x[2:] + x[:-2] ** 2 - 1.5


def test_structures_of_many_variables_are_those_of_their_programs():
    res = solve(chain, np.full(N, 0.9), equation(products), options={"maxiter": 50})
    assert res.success, res.message
    assert res.constr_violation < 1e-7
    assert res.optimality < 1e-5
    assert 0 < res.nhev <= 12 * (res.nit + 2)  # products with the Hessian, not one a variable
    u = res.multipliers[0]
    g = hessopt.grad(chain)(res.x) + hessopt.vjp(products)(res.x, u)
    np.testing.assert_allclose(g, 0, atol=1e-5)


def test_limits_of_a_dense_hessian_are_none_of_a_sparse_one(monkeypatch):
    monkeypatch.setattr(ipopt_driver, "LARGEST_HESSIAN", 3)
    res = solve(chain, np.zeros(N), equation(lambda x: np.stack([np.sum(x) - N / 2])))
    assert res.success, res.message
    assert res.nhev > 0
    approximated = solve(lambda x: chain(x) + np.sum(x) ** 2, np.zeros(N))
    assert approximated.nhev == 0


def test_another_way_through_the_functions_has_another_structure(monkeypatch):
    attempts, attempt = [], ipopt_driver.IpoptRun.attempt
    monkeypatch.setattr(
        ipopt_driver.IpoptRun, "attempt", lambda self: attempts.append(0) or attempt(self)
    )

    def fun(x):
        if x[0] > 0.5:
            return chain(x) + (x[0] - 0.5) ** 3 * x[100] ** 2
        return chain(x)

    def constraint(x):
        if x[0] > 0.5:
            return products(x) + (x[0] - 0.5) ** 3 * x[2:] / 10
        return products(x)

    res = solve(fun, np.full(N, 0.4), equation(constraint))
    assert res.success, res.message
    assert res.x[0] > 0.5
    assert len(attempts) >= 2
    g = hessopt.grad(fun)(res.x) + hessopt.vjp(constraint)(res.x, res.multipliers[0])
    np.testing.assert_allclose(g, 0, atol=1e-5)


def test_derivatives_of_the_users_keep_their_place():
    res = solve(chain, np.zeros(150), hess=hessopt.hessian(chain))
    assert res.success
    assert res.nhev <= res.nit + 2
