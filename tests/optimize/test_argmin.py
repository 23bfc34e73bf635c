"""Derivatives of minima, against closed forms and against differences of solves made anew."""

import gc
import weakref

import numpy as np
import pytest
import scipy.optimize

import hessopt
from hessopt.optimize.argmin import argmin
from hessopt.optimize.implicit import DENSE, ArgminError
from hessopt.optimize.minimize import minimize
from hessopt.transforms.check import difference_gradient
from hessopt.transforms.custom import primitive
from hessopt.transforms.first_order import grad, vjp
from hessopt.transforms.jit import jit
from hessopt.transforms.matrices import hessian, jacobian
from hessopt.transforms.second_order import hvp

RTOL = 1e-6  # what is asked of the derivatives


def positive_definite(n, seed=0):
    A = np.random.default_rng(seed).standard_normal((n, n))
    return A @ A.T / n + np.eye(n)


C = positive_definite(6)
DRIVE = np.array([0.9, -1.2, 1.5, 0.4, -0.3, 0.8])


def dense(x, t):
    walls = np.sum(np.cosh(x - np.sin(t[1]))) + t[0] ** 2 * np.sum(x**4)
    return x @ C @ x / 2 + walls - np.sum((t[0] * DRIVE + t[1]) * x)


def chain(x, t):
    drive = np.where(np.arange(x.size) % 60 < 20, 0.9, 0.1)
    stiff = 0.5 * t[1] ** 2 * np.sum((x[1:] - x[:-1]) ** 2)
    return np.sum(np.cosh(x) - x * np.sin(t[0]) * drive) + stiff + t[1] * np.sum(x**3) / 30


LARGE = 3 * DENSE
T = np.array([1.1, 0.3])
NONE = (None, None)
# name: objective, start, theta, bounds
CASES = {
    "free": (dense, np.full(6, 0.01), T, None),
    "lower": (dense, np.full(6, 0.01), T, [(0, None)] * 6),
    "upper": (dense, np.full(6, 0.01), T, [(None, 0.2)] * 6),
    "box": (dense, np.full(6, 0.01), T, scipy.optimize.Bounds(-0.1, 0.2)),
    "some": (dense, np.full(6, 0.01), T, [(0, 0.1), NONE, NONE, (-1, 1), (0, 0), (None, 0)]),
    "matrix-free": (chain, np.zeros(LARGE), T, None),
    "matrix-free box": (chain, np.zeros(LARGE), T, scipy.optimize.Bounds(-np.inf, 0.45)),
}


def scalar_of(case):
    """Return a number that depends on the whole solution, as a function of theta."""
    f, x0, t, bounds = CASES[case]
    solution = argmin(f, x0, bounds=bounds)
    weights = np.cos(np.arange(x0.size))
    return (lambda t: np.sum(weights * solution(t) ** 2 + solution(t)) + np.sum(t**2)), solution, t


@pytest.mark.parametrize("case", CASES)
def test_first_and_second_derivatives_equal_differences_of_solves(case):
    value, _, t = scalar_of(case)
    exact = grad(value)(t)
    differences, *_ = difference_gradient(value, t, 1e-3)
    np.testing.assert_allclose(exact, differences, rtol=RTOL)
    v = np.linspace(1.0, 2.0, t.size)
    exact = hvp(value)(t, v)
    # The gradients that are differenced here are those of solves made anew
    differences, *_ = difference_gradient(lambda t: grad(value)(t) @ v, t, 1e-3)
    np.testing.assert_allclose(exact, differences, rtol=RTOL, atol=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_second_derivatives_equal_second_differences_of_values(case):
    value, _, t = scalar_of(case)
    v, h = np.linspace(1.0, 2.0, t.size), 2e-3
    at = {k: value(t + k * h * v) for k in (-2, -1, 0, 1, 2)}
    second = (-at[2] + 16 * at[1] - 30 * at[0] + 16 * at[-1] - at[-2]) / (12 * h**2)
    np.testing.assert_allclose(v @ hvp(value)(t, v), second, rtol=RTOL)


@pytest.mark.parametrize("case", ["free", "lower", "some", "matrix-free box"])
def test_both_modes_agree(case):
    _, solution, t = scalar_of(case)
    J = jacobian(solution)(t)
    u = np.sin(np.arange(len(J)))
    np.testing.assert_allclose(vjp(solution)(t, u), u @ J, rtol=1e-9, atol=1e-10)


def limits(case):
    bounds = CASES[case][3]
    if isinstance(bounds, scipy.optimize.Bounds):
        return bounds.lb, bounds.ub
    low = [-np.inf if pair[0] is None else pair[0] for pair in bounds]
    return np.array(low), np.array([np.inf if pair[1] is None else pair[1] for pair in bounds])


def test_the_cases_hold_some_variables_and_leave_others():
    for case in ("lower", "upper", "box", "some", "matrix-free box"):
        _, solution, t = scalar_of(case)
        x = solution(t)
        low, up = limits(case)
        held = (x <= low) | (x >= up)
        assert 0 < np.count_nonzero(held) < x.size, case
        J = jacobian(solution)(t)
        np.testing.assert_array_equal(J[held], 0.0)
        assert np.abs(J[~held]).max(axis=1).min() > 0


def test_a_quadratic_in_closed_form():
    b = np.linspace(-1, 1, 6)
    ridge = argmin(lambda x, t: x @ C @ x / 2 + t * np.sum(x**2) / 2 - b @ x, np.zeros(6))
    inverse = np.linalg.inv(C + 0.7 * np.eye(6))
    np.testing.assert_allclose(ridge(0.7), inverse @ b, rtol=1e-12)
    np.testing.assert_allclose(jacobian(ridge)(0.7), -inverse @ inverse @ b, rtol=1e-11)
    second = jacobian(jacobian(ridge))(0.7)
    np.testing.assert_allclose(second, 2 * inverse @ inverse @ inverse @ b, rtol=1e-10)
    third = jacobian(jacobian(jacobian(ridge)))(0.7)
    np.testing.assert_allclose(third, -6 * np.linalg.matrix_power(inverse, 4) @ b, rtol=1e-9)


def test_the_value_is_that_of_minimize_and_sharper():
    solution = argmin(dense, np.zeros(6))
    x = solution(T)
    np.testing.assert_allclose(x, minimize(dense, np.zeros(6), args=(T,)).x, atol=1e-6)
    assert np.abs(grad(dense)(x, T)).max() < 1e-14


def test_a_solution_inside_an_objective():
    """A bilevel problem: which theta makes the minimum come to a wanted place."""
    wanted = np.full(6, 0.1)
    solution = argmin(lambda x, t: x @ C @ x / 2 - t @ x + np.sum(x**4), np.zeros(6))

    def distance(t):
        return np.sum((solution(t) - wanted) ** 2)

    for method in ("newton", "trust-ncg", "l-bfgs"):
        res = minimize(distance, np.zeros(6), method=method, options={"gtol": 1e-10})
        assert res.success, res.message
        np.testing.assert_allclose(res.x, C @ wanted + 4 * wanted**3, atol=1e-8)
    assert minimize(distance, np.zeros(6)).nit <= 8


def test_a_solution_of_a_problem_that_holds_a_solution():
    inner = argmin(lambda y, x: (y - x**2) ** 2 + y**4, lambda x: x)
    outer = argmin(lambda x, t: (inner(x) - t) ** 2 + 0.1 * (x - t) ** 2, lambda t: t)
    value, h = outer(1.3), 1e-3
    at = {k: float(outer(1.3 + k * h)) for k in (-2, -1, 1, 2)}
    slope = (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * h)
    np.testing.assert_allclose(grad(outer)(1.3), slope, rtol=1e-8)
    bend = (-(at[2] + at[-2]) + 16 * (at[1] + at[-1]) - 30 * float(value)) / (12 * h**2)
    np.testing.assert_allclose(grad(grad(outer))(1.3), bend, rtol=1e-6)


def test_containers_and_further_arguments():
    def misfit(p, data, power):
        r = p["slope"] * data["x"] + p["offset"] - data["y"]
        return np.sum(r**2) + 0.1 * p["slope"] ** power

    fit = argmin(misfit, {"slope": 0.0, "offset": np.zeros(1)})
    rng = np.random.default_rng(1)
    data = {"x": rng.standard_normal(5), "y": rng.standard_normal(5)}
    found = fit(data, 2)  # an integer is handed on as it is
    assert found["slope"].shape == ()
    assert found["offset"].shape == (1,)

    def slope(data):
        return fit(data, 2)["slope"]

    gradient = grad(slope)(data)
    for key in data:
        differences, *_ = difference_gradient(
            lambda part, key=key: slope({**data, key: part}), data[key], 1e-3
        )
        np.testing.assert_allclose(gradient[key], differences, rtol=RTOL)


@pytest.mark.parametrize("shape", [(), (1,), (2, 3)])
def test_the_solution_has_the_shape_of_the_start(shape):
    def f(x, t):
        assert np.shape(x) == shape
        return np.sum((x - t) ** 2)

    x = argmin(f, np.zeros(shape))(2.0)
    assert np.shape(x) == shape
    np.testing.assert_allclose(x, 2.0)


def test_data_that_nobody_differentiates_by_cost_nothing():
    counted = []

    @primitive
    def probe(t):
        return t**2

    @probe.vjp
    def _(g, y, t):
        counted.append(1)
        return (2 * g * t,)

    solution = argmin(lambda x, t, s: (x - probe(t) - s) ** 2, 0.0)
    grad(solution, 1)(2.0, 1.0)
    assert not counted
    np.testing.assert_allclose(grad(solution, 0)(2.0, 1.0), 4.0)
    assert counted


def test_a_solve_is_the_same_each_time_and_keeps_nothing():
    solution = argmin(dense, np.zeros(6))
    first = solution(T)
    solution(T + 0.1)
    assert solution(T).tobytes() == first.tobytes()
    start = np.zeros(6)
    solution = argmin(dense, start)
    start[:] = np.nan
    assert solution(T).tobytes() == first.tobytes()


def test_what_the_caller_changes_later_does_not_matter():
    rows = np.array([0, 2])
    t = hessopt.Variable(np.array([1.0, 2.0]))
    y = argmin(lambda x, t, rows: np.sum((x[rows] - t) ** 2) + np.sum(x**2), np.zeros(3))(t, rows)
    rows[:] = 1
    np.sum(y).backward()
    np.testing.assert_allclose(t.grad.data, [0.5, 0.5])


def test_replayed_programs_solve_again():
    value, _, t = scalar_of("lower")
    program, slopes = jit(value), jit(grad(value))
    for shift in (0.0, 0.1, 0.2):
        np.testing.assert_allclose(program(t + shift), value(t + shift), rtol=1e-12)
        np.testing.assert_allclose(slopes(t + shift), grad(value)(t + shift), rtol=1e-12)


def test_a_trace_takes_nothing_from_the_surroundings():
    def hidden(t):
        return argmin(lambda x, s: (x - t) ** 2 * s, 0.0)(1.0)

    program = jit(hidden)
    with pytest.warns(RuntimeWarning, match="runs eagerly"):
        np.testing.assert_allclose(program(1.0), 1.0)
    np.testing.assert_allclose(program(2.0), 2.0)


def test_a_start_that_depends_on_theta():
    def wells(x, t):
        return (x**2 - 1) ** 2 + 0.1 * t * x

    nearest = argmin(wells, lambda t: np.sign(t))
    assert nearest(1.0) > 0.9
    assert nearest(-1.0) < -0.9
    program = jit(nearest)
    assert program(2.0) > 0.9
    assert program(-2.0) < -0.9  # a replay starts from the theta that it has


def test_a_graph_that_is_let_go_is_freed():
    t = hessopt.Variable(T.copy())
    y = np.sum(argmin(dense, np.zeros(6))(t))
    y.backward(create_graph=True)
    alive = weakref.ref(y._node)
    gc.collect()
    gc.disable()
    try:
        t.cleargrad()
        del y
        assert alive() is None
    finally:
        gc.enable()


def test_one_factorisation_serves_all_products_at_a_point():
    calls = []

    def f(x, t):
        calls.append(1)
        return dense(x, t)

    solution = argmin(f, np.zeros(6))
    _, _, product = hessopt.value_grad_hvp(lambda t: np.sum(solution(t) ** 3))(T)
    product(T)
    before = len(calls)
    product(T + 0.1)
    assert len(calls) - before <= 6  # evaluations of f for the rules, none for another Hessian


@pytest.mark.parametrize("t", [0.0, -1e-12, 1e-12])
def test_a_variable_that_just_touches_its_bound_counts_as_held(t):
    solution = argmin(lambda x, t: np.sum((x - t) ** 2), np.ones(2), bounds=[(0, None)] * 2)
    J = jacobian(solution)(np.array([t, 1.0]))
    np.testing.assert_array_equal(J[0], 0.0)
    np.testing.assert_allclose(J[1], [0.0, 1.0], rtol=1e-15)


@pytest.mark.parametrize("method", ["l-bfgs-b", "tnc", "trust-constr", "slsqp", "powell"])
def test_every_solver_of_bounds_ends_at_the_same_point(method):
    expected = argmin(dense, np.full(6, 0.01), bounds=CASES["box"][3])(T)
    found = argmin(dense, np.full(6, 0.01), bounds=CASES["box"][3], method=method)(T)
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


def total(x, t):
    return (np.sum(x) - t) ** 2


@pytest.mark.parametrize(
    ("f", "x0", "arguments", "said"),
    [
        (
            lambda x, t: x * t[0],
            1.0,
            {},
            "inner minimisation did not succeed. It said: fun seems to",
        ),
        (dense, np.ones(6), {"options": {"maxiter": 1}}, "maxiter = 1 was reached"),
        (dense, np.ones(6), {"options": {"maxfun": 1}}, "maxfun = 1 was reached"),
        (total, np.ones(2), {}, "Hessian is singular at the solution.*adding 1e-8"),
        (total, np.ones(DENSE + 1), {}, "singular"),
        (lambda x, t: t[0] * np.cos(x), 0.0, {}, "not positive definite .*start elsewhere"),
        (
            lambda x, t: t[0] * (np.sum(x[1:] ** 2) - x[0] ** 2),
            np.zeros(DENSE + 1),
            {},
            "not positive definite .*start elsewhere",
        ),
    ],
)
def test_what_has_no_derivative_is_refused(f, x0, arguments, said):
    solution = argmin(f, x0, **arguments)
    weights = np.cos(np.arange(np.size(x0)))
    theta = T if f is not total else 1.0
    with pytest.raises(ArgminError, match=said):
        grad(lambda t: np.sum(weights * solution(t)))(theta)


def test_a_minimum_that_is_not_strict_has_a_value():
    x = argmin(total, np.ones(2))(5.0)
    np.testing.assert_allclose(np.sum(x), 5.0)


def test_a_system_that_cannot_be_solved_is_refused():
    n = DENSE + 1

    def differences(x, t):  # blind to a shift of all, which is what is asked for
        return np.sum((x[1:] - x[:-1] - t) ** 2)

    with pytest.raises(ArgminError, match=r"singular or too ill-conditioned|is singular"):
        grad(lambda t: np.sum(argmin(differences, np.zeros(n))(t) * np.arange(n)))(1.0)


def test_the_roundoff_of_f_is_no_failure():
    """f ends where its values do, at half of the digits; the gradient gives the others."""
    solution = argmin(lambda x, t: 1e8 + (x - t) ** 2, 0.0, method="l-bfgs", options={"gtol": 0.0})
    np.testing.assert_allclose(solution(0.3), 0.3, rtol=1e-14)
    np.testing.assert_allclose(grad(solution)(0.3), 1.0, rtol=1e-14)


def test_bad_arguments_are_refused():
    with pytest.raises(TypeError, match="f must be callable as f"):
        argmin(3.0, 1.0)
    with pytest.raises(TypeError, match="method must be a name"):
        argmin(dense, 1.0, method=minimize)
    with pytest.raises(ValueError, match="x0 must be finite"):
        argmin(dense, [np.nan])
    with pytest.raises(TypeError, match="needs theta"):
        argmin(dense, np.zeros(6))()
    with pytest.raises(ValueError, match="bounds must be 6 pairs"):
        argmin(dense, np.zeros(6), bounds=[(0, 1)])(T)
    with pytest.raises(ValueError, match="unknown option 'gtl'"):
        argmin(dense, np.zeros(6), options={"gtl": 1})(T)
    with pytest.raises(hessopt.NoDerivativeError, match="Variable from its surroundings"):
        grad(lambda t: argmin(lambda x, s: (x - t) ** 2 * s, 0.0)(1.0))(1.0)


def test_hessian_of_a_solution_is_symmetric():
    value, _, t = scalar_of("box")
    H = hessian(value)(t)
    np.testing.assert_allclose(H, H.T, rtol=1e-10, atol=1e-12)


def test_programs_serve_the_solver_and_what_comes_after(counted):
    """A long solve goes over to programs, which sharpen the minimum and solve for derivatives."""

    def valley(x, t):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (t - x[:-1]) ** 2)

    fun = counted(valley)
    start = np.tile([-1.2, 1.0], 4)
    solution = argmin(fun, start)
    eager = argmin(valley, start, options={"jit": False})
    x = solution(1.0)
    np.testing.assert_allclose(x, eager(1.0), rtol=1e-10)
    assert fun.calls < 30
    np.testing.assert_allclose(jacobian(solution)(1.0), jacobian(eager)(1.0), rtol=1e-8)


def test_what_is_taken_from_the_surroundings_may_change_between_calls():
    data = np.array([1.0, 2.0])
    solution = argmin(lambda x, t: np.sum(np.cosh(x - t * data)), np.zeros(2))
    np.testing.assert_allclose(solution(0.5), 0.5 * data)
    data[:] = [3.0, -1.0]
    np.testing.assert_allclose(solution(0.5), 0.5 * data)


def test_a_bad_backend():
    with pytest.raises(ValueError, match=r"options\['jit'\] must be True, False, 'auto'"):
        argmin(dense, np.zeros(6), options={"jit": "fast"})
