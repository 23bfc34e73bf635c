"""Saddles are told from minima, and left."""

import numpy as np
import pytest

from hessopt.optimize.certify import DENSE, ESCAPES, Spectrum, escape, spectrum
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.stopping import Status


def monkey(x):
    """A saddle at the origin; minima of value -1/4 at x[0] = 1 and -1."""
    return x[0] ** 4 / 4 - x[0] ** 2 / 2 + np.sum(x[1:] ** 2)


def quadratic(diagonal):
    return lambda x: np.sum(diagonal * x**2) / 2


CERTIFY = {"certify": True}


@pytest.mark.parametrize("n", [2, 50, DENSE, DENSE + 1, 1000])
@pytest.mark.parametrize("least", [-3.0, -1e-3, 1e-3, 2.0])
def test_the_least_eigenvalue_is_found(n, least):
    rng = np.random.default_rng(n)
    diagonal = np.concatenate([[least], 10 * rng.uniform(0.3, 1.0, n - 1)])
    mirror = rng.standard_normal(n)
    mirror /= np.linalg.norm(mirror)

    def rotated(x):
        z = x - 2 * mirror * (mirror @ x)
        return np.sum(diagonal * z**2) / 2

    objective = Objective(rotated, np.zeros(n))
    found = spectrum(objective, objective.x0)
    np.testing.assert_allclose(found.least, least, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found.largest, diagonal.max(), rtol=0.2)
    assert found.exact
    expected = np.eye(n)[0] - 2 * mirror * mirror[0]
    np.testing.assert_allclose(abs(expected @ found.direction), 1.0, rtol=1e-6)
    assert found.negative == (least < 0)


@pytest.mark.parametrize("n", [3, DENSE + 5])
def test_some_variables_may_be_held(n):
    diagonal = np.linspace(1.0, 2.0, n)
    diagonal[1] = -5.0
    free = np.arange(n) != 1
    objective = Objective(quadratic(diagonal), np.zeros(n))
    found = spectrum(objective, objective.x0, free)
    np.testing.assert_allclose(found.least, 1.0, rtol=1e-6)
    assert found.direction[1] == 0
    assert spectrum(objective, objective.x0, np.zeros(n, bool)).least == np.inf


def test_the_sentences():
    v = np.ones(1)
    assert Spectrum(-1.0, v, 2.0).sentence().startswith("A saddle point or maximum: least")
    assert Spectrum(1.0, v, 2.0).sentence().startswith("A strict local minimum: least eigenvalue")
    assert "cannot be told from zero" in Spectrum(1e-12, v, 2.0).sentence()
    assert "at most 1" in Spectrum(1.0, v, 2.0, exact=False).sentence()
    assert "Not proved" in Spectrum(1.0, v, 2.0, exact=False).sentence()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("start", [[0.0, 0.0], [0.0, 3.0]])
def test_every_method_leaves_a_saddle(method, start):
    options = {"gtol": 1e-4}
    if method == "adam":
        options["learning_rate"] = 0.02
    trapped = minimize(monkey, start, method=method, options=options)
    if trapped.fun > -0.2:  # a start on the axis keeps x[0] at zero
        np.testing.assert_allclose(trapped.x, 0.0, atol=1e-3)
    res = minimize(monkey, start, method=method, options={**options, **CERTIFY})
    assert res.success, res.message
    np.testing.assert_allclose(np.abs(res.x[0]), 1.0, atol=1e-2)
    np.testing.assert_allclose(res.least_eigenvalue, 2.0, atol=0.05)
    assert "A strict local minimum: least eigenvalue of the Hessian 2" in res.message
    if trapped.fun > -0.2:
        assert "Saddle points left on the way: 1." in res.message
    assert len(res.history) == res.nit + 1
    # for the Hessian, which a program makes without another value
    assert res.nfev - res.history.nfev[-1] <= (METHODS[method].order == 1)


def test_a_large_saddle_is_left_without_a_matrix():
    res = minimize(monkey, np.zeros(1000), method="trust-ncg", options=CERTIFY)
    assert res.success
    np.testing.assert_allclose(res.fun, -0.25)
    assert res.nhev < 1000


def test_many_saddles_in_a_row():
    def grid(x):  # stationary at the origin, in each variable on its own
        return np.sum(x**4 / 4 - x**2 / 2)

    res = minimize(grid, np.zeros(4), method="newton", options=CERTIFY)
    assert res.success
    np.testing.assert_allclose(np.abs(res.x), 1.0, atol=1e-6)


def test_results_are_the_same_each_time():
    runs = [minimize(monkey, np.zeros(300), options=CERTIFY).x.tobytes() for _ in range(2)]
    assert runs[0] == runs[1]


@pytest.mark.usefixtures("eagerly")
def test_counts_and_limits_hold(counted):
    fun = counted(monkey)
    res = minimize(fun, [0.0, 0.0], method="newton", options=CERTIFY)
    assert (res.nfev, res.njev) == (fun.calls, fun.calls)
    limited = minimize(
        lambda x: monkey(1.3 * x), [0.0, 0.0], method="newton", options={**CERTIFY, "maxiter": 2}
    )
    assert (limited.nit, limited.success) == (2, False)
    assert limited.status == Status.ITERATION_LIMIT
    fun = counted(monkey)
    limited = minimize(fun, [0.0, 0.0], method="newton", options={**CERTIFY, "maxfun": 2})
    assert fun.calls == limited.nfev == 2
    assert limited.status == Status.EVALUATION_LIMIT


def test_a_saddle_that_cannot_be_left_has_a_name(counted):
    # The curvature is a lie of the user's hess: nothing is lower
    res = minimize(
        lambda x: np.sum(x**2),
        [0.0, 0.0],
        method="newton",
        hess=lambda x: np.diag([2.0, -2.0]),
        options=CERTIFY,
    )
    assert (res.success, res.status) == (False, Status.SADDLE)
    assert "A saddle point or maximum: least eigenvalue of the Hessian -2" in res.message
    np.testing.assert_allclose(np.abs(res.escape), [0.0, 1.0])


def test_escapes_are_limited():
    """f falls from saddle to saddle, which are as many as there are variables."""
    res = minimize(
        lambda x: np.sum(x**4 / 4 - x**2 / 2),
        np.zeros(ESCAPES + 5),
        method="newton",
        options={**CERTIFY, "gtol": 1e-3},
    )
    assert res.status in (Status.SADDLE, Status.GRADIENT_CONVERGED)
    assert res.least_eigenvalue < 0 if res.status == Status.SADDLE else res.least_eigenvalue > 0


def test_escape_goes_to_the_lower_side():
    objective = Objective(lambda x: x[0] ** 3 - x[0] ** 2, [0.0])
    point = objective(objective.x0)
    lower = escape(objective, point, Spectrum(-2.0, np.ones(1), 2.0))
    assert lower.f < point.f
    tilted = Objective(lambda x: 0.1 * x[0] - x[0] ** 2 + x[0] ** 4, [0.0])
    point = tilted(tilted.x0)
    assert escape(tilted, point, Spectrum(-2.0, np.ones(1), 2.0)).x[0] < 0


@pytest.mark.parametrize("method", ["cg", "l-bfgs-b", "tnc", "nelder-mead"])
def test_methods_of_scipys_report(method):
    res = minimize(lambda x: np.sum((x - 1) ** 2), [3.0, 2.0], method=method, options=CERTIFY)
    np.testing.assert_allclose(res.least_eigenvalue, 2.0, rtol=1e-6)
    assert "A strict local minimum" in res.message
    assert res.success


def two_wells(x):
    """Minima at (-sqrt 2, 0) and (sqrt 2, 0), and a saddle at 0."""
    return (x[0] ** 2 - 2) ** 2 / 4 + x[1] ** 2


@pytest.mark.parametrize(
    "method",
    ["cg", "l-bfgs-b", "tnc", "slsqp", "trust-constr", "cobyqa", "nelder-mead", "powell", "ipopt"],
)
def test_methods_of_scipys_leave_a_saddle(method):
    if method == "ipopt":
        pytest.importorskip("ipyopt")
    # From here a method with derivatives walks into the saddle; others would miss it
    free = method in ("cobyqa", "nelder-mead", "powell")
    seen = []
    x0 = [0.0, 0.0 if free else 1.0]
    callback = lambda x, *_: seen.append(x)  # noqa: E731 - trust-constr hands over two
    res = minimize(two_wells, x0, method=method, callback=callback, options=CERTIFY)
    assert res.success, res.message
    np.testing.assert_allclose(np.abs(res.x), [np.sqrt(2), 0.0], atol=2e-3)
    assert "A strict local minimum" in res.message
    assert res.least_eigenvalue > 1
    assert len(seen) == len(res.history) - 1
    if not free:
        assert "Saddle points left on the way: 1." in res.message
        # One run: its counts and its history go on
        assert res.history.f[0] == 2.0
        assert np.count_nonzero(np.isclose(res.history.f, 1.0, atol=1e-4)) >= 1
        assert res.nfev >= res.history.nfev[-1]


@pytest.mark.parametrize("method", ["l-bfgs-b", "ipopt"])
def test_limits_hold_across_a_saddle(method):
    if method == "ipopt":
        pytest.importorskip("ipyopt")
    whole = minimize(two_wells, [0.0, 1.0], method=method, options=CERTIFY)
    assert whole.success
    few = whole.nfev - 1
    res = minimize(two_wells, [0.0, 1.0], method=method, options={**CERTIFY, "maxfun": few})
    assert (res.success, res.status) == (False, Status.EVALUATION_LIMIT)
    assert res.nfev == few
    assert res.fun < 1.0 - 1e-6  # the saddle was left before
    most = minimize(two_wells, [0.0, 1.0], method=method, options={**CERTIFY, "maxiter": 3})
    assert most.nit <= 5


def test_a_method_of_scipys_that_cannot_leave_says_so():
    res = minimize(
        lambda x: np.sum(x**2),
        [0.0, 1.0],
        method="trust-constr",
        hess=lambda x: np.diag([-2.0, 2.0]),
        options=CERTIFY,
    )
    assert (res.success, res.status) == (False, Status.SADDLE)
    np.testing.assert_allclose(np.abs(res.escape), [1.0, 0.0], atol=1e-9)
    assert "start again from res.x + t * res.escape" in res.message


def test_a_variable_that_a_bound_presses_is_held_also_where_it_is_not_reached():
    pytest.importorskip("ipyopt")
    res = minimize(
        lambda x: x[0] - x[0] ** 2 / 4 + x[1] ** 2,
        [0.5, 0.5],
        method="ipopt",
        bounds=[(0, 1), (None, None)],
        options=CERTIFY,
    )
    assert res.success, res.message
    assert 0 < res.x[0] < 1e-6  # an interior point
    np.testing.assert_allclose(res.least_eigenvalue, 2.0)


def test_variables_on_their_bounds_are_held():
    def fun(x):
        return -(x[0] ** 2) + x[1] ** 2 + x[0]

    res = minimize(fun, [0.1, 0.3], bounds=[(0, 0.2), (-1, 1)], options=CERTIFY)
    np.testing.assert_allclose(res.least_eigenvalue, 2.0)


def test_constraints_are_refused():
    constraint = {"type": "eq", "fun": lambda x: x[0]}
    with pytest.raises(ValueError, match=r"options\['certify'\] looks at the Hessian of fun"):
        minimize(monkey, [1.0, 1.0], constraints=constraint, options=CERTIFY)


def test_without_second_derivatives_the_minimum_stays():
    def fun(x):
        return float(x[0]) ** 2

    res = minimize(fun, [1.0], method="l-bfgs", jac="3-point", options=CERTIFY)
    assert res.success
    assert "It could not be certified: " in res.message


def test_an_end_in_round_off_is_certified_too():
    def fun(x):
        return 1e4 + np.sum(np.cosh(x - 0.3)) + np.sum(x) ** 2

    res = minimize(fun, np.linspace(1, 2, 10), options={"gtol": 0, **CERTIFY})
    assert res.success
    assert "A strict local minimum" in res.message
    assert res.least_eigenvalue > 0.9


def test_an_interrupt_while_certifying_keeps_the_point(counted, raising):
    fun = counted(monkey)
    minimize(fun, [0.0, 2.0], method="l-bfgs", options={"gtol": 1e-8})
    again = counted(monkey, fun.calls + 1, raising(KeyboardInterrupt()))
    res = minimize(again, [0.0, 2.0], method="l-bfgs", options={"gtol": 1e-8, **CERTIFY})
    assert (res.success, res.status) == (False, Status.INTERRUPTED)
    np.testing.assert_allclose(res.x, 0.0, atol=1e-8)


def test_methods_of_scipys_without_second_derivatives():
    def fun(x):
        return float(x[0]) ** 2

    res = minimize(fun, [1.0], method="l-bfgs-b", jac="3-point", options=CERTIFY)
    assert res.success
    assert "It could not be certified: " in res.message


@pytest.mark.usefixtures("eagerly")
def test_an_escape_stays_within_the_bounds():
    seen = []

    def double_well(x):
        seen.append(np.array(getattr(x, "data", x)) if hasattr(x, "backward") else np.array(x))
        return x[0] ** 4 / 4 - x[0] ** 2 / 2 + x[1] ** 2

    bounds = [(-0.5, 0.5), (-1, 1)]
    res = minimize(double_well, [0.0, 0.3], bounds=bounds, options=CERTIFY)
    assert res.success, res.message
    np.testing.assert_allclose(np.abs(res.x), [0.5, 0.0], atol=1e-7)
    assert np.max(np.abs([x[0] for x in seen])) <= 0.5
