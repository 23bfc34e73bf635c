import pickle

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint

import problems
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status
from tests.optimize.hock_schittkowski import PROBLEMS, equation, inequality


def solve(fun, x0, constraints, **others):
    return minimize(fun, x0, method="augmented-lagrangian", constraints=constraints, **others)


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
def test_hock_and_schittkowski(problem):
    res = solve(problem.fun, problem.start, problem.constraints, bounds=problem.bounds)
    assert res.success, res.message
    assert res.status == Status.GRADIENT_CONVERGED
    assert res.constr_violation <= 1e-8
    assert res.optimality <= 1e-6
    assert res.nit <= 40
    np.testing.assert_allclose(res.fun, problem.least, rtol=1e-6, atol=1e-8)
    # the minimum of HS26 is flat: a fourth power
    atol = 2e-2 if problem.name == "HS26" else 1e-5
    np.testing.assert_allclose(res.x, problem.solution, rtol=1e-5, atol=atol)


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
def test_the_multipliers_meet_the_conditions_of_karush_kuhn_and_tucker(problem):
    """Checked with derivatives by differences and the definition alone."""
    from scipy.optimize import approx_fprime

    res = solve(problem.fun, problem.start, problem.constraints, bounds=problem.bounds)
    lagrangian = approx_fprime(res.x, problem.fun, 1e-8)
    for given, lam, c in zip(problem.constraints, res.multipliers, res.constr, strict=True):
        np.testing.assert_allclose(np.ravel(given["fun"](res.x)), c, atol=1e-12)
        J = approx_fprime(res.x, lambda x, fun=given["fun"]: np.ravel(fun(x)), 1e-8)
        lagrangian = lagrangian + J.reshape(-1, res.x.size).T @ lam
        if given["type"] == "ineq":  # c >= 0
            assert np.all(lam <= 0)
            np.testing.assert_allclose(lam * c, 0, atol=1e-5)
    bounds = problem.bounds or [(None, None)] * res.x.size
    for x, g, (low, high) in zip(res.x, lagrangian, bounds, strict=True):
        if low is not None and x == low:
            assert g > -1e-4
        elif high is not None and x == high:
            assert g < 1e-4
        else:
            np.testing.assert_allclose(g, 0, atol=2e-4 * max(1, np.abs(res.jac).max()))


def test_the_result_has_standard_names():
    res = solve(lambda x: np.sum(x**2), [2.0, 0.0], equation(lambda x: np.sum(x) - 2))
    np.testing.assert_allclose(res.x, [1, 1], atol=1e-7)
    np.testing.assert_allclose(res.multipliers, [[-2]], atol=1e-6)
    np.testing.assert_allclose(res.jac, [2, 2], atol=1e-6)
    np.testing.assert_allclose(res.constr, [[0]], atol=1e-8)
    assert (res.constr_nfev, res.constr_njev) == (res.constr_nfev, res.constr_njev)
    assert res.constr_nfev >= res.nit
    assert res.message.startswith("Converged: max |projected gradient of the Lagrangian| = ")


def test_both_sides_of_a_constraint():
    for target, expected, sign in ((5.0, 2.0, 1), (-5.0, -1.0, -1), (0.5, 0.5, 0)):
        res = solve(
            lambda x, target=target: (x[0] - target) ** 2,
            [0.0],
            NonlinearConstraint(lambda x: x[0] ** 3, -1, 8),
        )
        assert res.success, res.message
        np.testing.assert_allclose(res.x, expected, atol=1e-6)
        assert np.sign(np.round(res.multipliers[0][0], 6)) == sign


def test_a_linear_program():
    res = solve(
        lambda x: -x[0] - 2 * x[1],
        [0.0, 0.0],
        LinearConstraint([[1, 1], [1, -1]], [-np.inf, -2], [4, 2]),
        bounds=[(0, 3), (0, 3)],
    )
    assert res.success, res.message
    np.testing.assert_allclose(res.x, [1, 3], atol=1e-6)


def test_equations_that_say_the_same():
    """No multipliers are unique; the method needs none that are."""
    same = [equation(lambda x: np.sum(x) - 1), equation(lambda x: 2 * np.sum(x) - 2)]
    res = solve(lambda x: np.sum((x - 2) ** 2), [0.0, 0.0], same)
    assert res.success, res.message
    np.testing.assert_allclose(res.x, [0.5, 0.5], atol=1e-7)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e5])
def test_badly_scaled_constraints(scale):
    res = solve(
        lambda x: np.sum((x - 2) ** 2), [0.0, 3.0], equation(lambda x: scale * (x[0] * x[1] - 1))
    )
    assert res.success, res.message
    np.testing.assert_allclose(res.x[0] * res.x[1], 1.0, atol=2e-5)
    np.testing.assert_allclose(res.x, [1, 1], atol=1e-3)


def test_a_function_that_is_unbounded_where_the_constraint_is_not_kept():
    """At first the penalty is too small to hold it; it must come back."""
    res = solve(lambda x: np.sum(x**3), [3.0, 1.0], inequality(lambda x: 4 - np.sum(x**2)))
    assert res.success, res.message
    assert res.constr_violation <= 1e-8
    res = solve(lambda x: -(x[0] ** 5), [0.5], inequality(lambda x: 1 - x[0]))
    assert res.success, res.message
    np.testing.assert_allclose(res.x, 1.0, atol=1e-7)


@pytest.mark.parametrize(
    ("constraints", "bounds"),
    [
        (equation(lambda x: x[0] ** 2 + x[1] ** 2 + 1), None),
        ([inequality(lambda x: -1 - x[0]), inequality(lambda x: x[0] - 1)], None),
        (inequality(lambda x: -1 - x[0]), [(0, 2), (0, 2)]),
    ],
)
def test_infeasible_problems_are_reported(constraints, bounds):
    res = solve(lambda x: np.sum(x**2), [3.0, 1.0], constraints, bounds=bounds)
    assert (res.success, res.status) == (False, Status.INFEASIBLE)
    assert "The constraints seem to be infeasible: number " in res.message
    np.testing.assert_allclose(res.constr_violation, 1.0, atol=0.3)


def test_unbounded_below_within_the_constraints():
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


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize("call", [3, 10, 25])
def test_an_interrupt_returns_the_best_feasible_point(call, counted, raising):
    problem = next(problem for problem in PROBLEMS if problem.name == "HS100")
    seen = []
    fun = counted(problem.fun, call, raising(KeyboardInterrupt()))
    res = solve(fun, problem.start, problem.constraints, callback=seen.append)
    assert (res.success, res.status) == (False, Status.INTERRUPTED)
    # The start of HS100 is feasible
    assert res.constr_violation <= 1e-8
    (constraint,) = problem.constraints
    kept = [x for x in [np.array(problem.start), *seen] if np.min(constraint["fun"](x)) >= -1e-8]
    assert res.fun == min(problem.fun(x) for x in kept)


def test_a_resumed_run_is_the_same_run():
    problem = next(problem for problem in PROBLEMS if problem.name == "HS71")
    given = {"bounds": problem.bounds}
    whole = solve(problem.fun, problem.start, problem.constraints, **given)
    for cut in (0, 3, 9):
        first = solve(
            problem.fun, problem.start, problem.constraints, options={"maxiter": cut}, **given
        )
        state = pickle.loads(pickle.dumps(first.state))
        second = solve(
            problem.fun, problem.start, problem.constraints, options={"resume": state}, **given
        )
        assert second.x.tobytes() == whole.x.tobytes()
        assert second.nit == whole.nit


def test_a_large_problem_forms_no_matrix():
    """Two thousand variables, as many constraints; products alone."""
    n = 2000
    target = np.arange(n) % 3
    res = solve(
        lambda x: np.sum((x - target) ** 2 + (x - target) ** 4),
        np.full(n, 0.1),
        inequality(lambda x: 1 - x[1:] * x[:-1]),
        bounds=[(-1.5, 1.5)] * n,
    )
    assert res.success, res.message
    assert res.constr_violation <= 1e-8
    assert res.nhev < 500


def test_without_constraints_it_is_tron(rosenbrock):
    res = minimize(rosenbrock, [-1.2, 1.0], method="augmented-lagrangian", bounds=[(-2, 0.5)] * 2)
    tron = minimize(rosenbrock, [-1.2, 1.0], method="tron", bounds=[(-2, 0.5)] * 2)
    assert res.x.tobytes() == tron.x.tobytes()
    assert res.nhev == tron.nhev


def test_own_options():
    for name, value in (("catol", 0), ("initial_constr_penalty", -1), ("eta", 0.5)):
        with pytest.raises(ValueError, match=f"option '{name}' must be"):
            solve(
                lambda x: np.sum(x**2), [1.0], equation(lambda x: x[0] - 1), options={name: value}
            )
    loose, tight = (
        solve(
            lambda x: np.sum(x**2),
            [2.0, 0.0],
            equation(lambda x: np.sum(np.exp(x)) - 3),
            options={"catol": catol},
        )
        for catol in (1e-2, 1e-11)
    )
    assert loose.nit < tight.nit
    assert tight.constr_violation <= 1e-11


# With new multipliers the last point is the solution of the one; the first penalty of the other is
# too small, and no step leads back from where it lets f fall
@pytest.mark.parametrize("name", ["hs16", "hs93"])
def test_problems_that_need_care(name):
    problem = problems.get(name)
    constraint = NonlinearConstraint(
        problem.constraints, problem.constraints_lower, problem.constraints_upper
    )
    bounds = Bounds(*np.broadcast_arrays(problem.lower, problem.upper, problem.start)[:2])
    res = minimize(
        problem.value,
        problem.start,
        method="augmented-lagrangian",
        bounds=bounds,
        constraints=constraint,
    )
    assert res.success, res.message
    np.testing.assert_allclose(res.fun, problem.least_value, rtol=1e-6)
    assert problem.violation(res.x) <= 1e-8
    assert res.nit < 200


def of_the_collection(name, **options):
    problem = problems.get(name)
    constraint = NonlinearConstraint(
        problem.constraints, problem.constraints_lower, problem.constraints_upper
    )
    bounds = Bounds(problem.lower, problem.upper)
    return problem, solve(
        problem.value, problem.start, constraint, bounds=bounds, options=options or None
    )


@pytest.mark.parametrize("name", ["hs104", pytest.param("hs106", marks=pytest.mark.slow)])
def test_badly_scaled_problems_of_the_collection(name):
    problem, res = of_the_collection(name)
    assert res.success, res.message
    assert res.constr_violation <= 1e-8
    np.testing.assert_allclose(res.fun, problem.least_value, rtol=1e-7)


@pytest.mark.slow
def test_a_penalty_that_differs_by_ten_powers_of_ten_ends_at_a_minimum():
    """HS116 ends at a stationary point within 4e-5 of the least value."""
    problem, res = of_the_collection("hs116")
    assert res.success, res.message
    assert res.constr_violation <= 1e-8
    np.testing.assert_allclose(res.fun, problem.least_value, rtol=1e-4)


def test_a_corner_that_keeps_no_constraint_is_left_by_beginning_again():
    """HS104 by the default penalty."""
    problem, whole = of_the_collection("hs104")
    assert whole.state.memory.again
    assert whole.state.memory.first > 1
    bounds = Bounds(problem.lower, problem.upper)
    constraint = NonlinearConstraint(
        problem.constraints, problem.constraints_lower, problem.constraints_upper
    )
    for stop in (4, 8, 20):
        _, part = of_the_collection("hs104", maxiter=stop)
        rest = solve(
            problem.value, problem.start, constraint, bounds=bounds, options={"resume": part}
        )
        # To the digits of constraints that are differentiated eagerly or by a program
        np.testing.assert_allclose(rest.x, whole.x, rtol=1e-6)
        assert rest.state.memory.again
