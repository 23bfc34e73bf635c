"""What every method run by SciPy must do: this walks the table."""

import inspect
import math

import numpy as np
import pytest
import scipy.optimize
import scipy.optimize._minimize

from hessopt.optimize.methods.scipy_methods import SCIPY_METHODS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.options import RunOptions
from hessopt.optimize.scipy_driver import RECORDED, translate
from hessopt.optimize.stopping import Status

START = [-1.2, 1.0]
every_method = pytest.mark.parametrize("method", SCIPY_METHODS)
DERIVATIVE_FREE = [name for name, row in SCIPY_METHODS.items() if row.order == 0]
BOUNDED = [name for name, row in SCIPY_METHODS.items() if row.bounds]


def bowl(x):
    """Return a smooth convex function with its minimum 1 at (0.5, -1)."""
    return np.sum(np.cosh(x - np.array([0.5, -1.0]))) - 1


def its_function(method):
    names = {
        "nelder-mead": "neldermead",
        "l-bfgs-b": "lbfgsb",
        "trust-constr": "trustregion_constr",
    }
    return getattr(scipy.optimize._minimize, f"_minimize_{names.get(method, method)}")


@every_method
def test_the_table_agrees_with_scipy(method):
    parameters = set(inspect.signature(its_function(method)).parameters)
    row = SCIPY_METHODS[method]
    newer = {"workers", "f_target"}  # than SciPy 1.14
    assert row.takes() - newer <= parameters
    assert set(row.translated.values()) <= row.takes()
    assert {"bounds": row.bounds, "constraints": row.constraints} == {
        name: name in parameters for name in ("bounds", "constraints")
    }
    ours = {
        "x0",
        "args",
        "callback",
        "jac",
        "hess",
        "hessp",
        "bounds",
        "constraints",
        "fun",
        "func",
        "grad",
    }
    ours |= {"disp", "return_all", "unknown_options"}
    assert parameters - ours - {"workers"} <= row.takes()


@every_method
def test_solves_and_keeps_count(method, counted):
    fun = counted(bowl)
    res = minimize(fun, [2.0, 1.0], method=method)
    assert res.success, res.message
    np.testing.assert_allclose(res.x, [0.5, -1.0], atol=1e-3)
    assert res.nfev == fun.calls
    order = SCIPY_METHODS[method].order
    assert (res.njev > 0, res.nhev > 0) == (order > 0, order > 1)
    assert res.njev in (0, fun.calls)
    assert res.method == method
    assert isinstance(res.fun, float)
    assert isinstance(res.message, str)


@every_method
def test_history(method):
    seen = [np.array([2.0, 1.0])]
    res = minimize(bowl, [2.0, 1.0], method=method, callback=lambda x, *_: seen.append(x))
    history = res.history
    assert len(history) == len(seen)
    assert abs(res.nit - (len(seen) - 1)) <= 1 or method in ("cobyla", "cobyqa")
    np.testing.assert_allclose(history.f, [bowl(x) for x in seen], rtol=1e-14)
    assert np.isnan(history.grad_norm).all() == (method in DERIVATIVE_FREE)
    assert history.nfev[0] == 1
    assert history.nfev[-1] <= res.nfev
    assert np.all(np.diff(history.nfev) >= 0)
    steps = np.linalg.norm(np.diff(seen, axis=0), axis=1)
    np.testing.assert_allclose(history.step[1:], steps, atol=1e-15)
    assert np.isfinite(history.radius[1:]).any() == (method == "trust-constr")


@every_method
def test_the_derivatives_are_exact(method):
    """The same run as SciPy's with derivatives by hand."""

    def jac(x):
        return np.sinh(x - np.array([0.5, -1.0]))

    def hess(x):
        return np.diag(np.cosh(x - np.array([0.5, -1.0])))

    row, given = SCIPY_METHODS[method], {}
    if row.order > 0:
        given["jac"] = jac
    if row.curvature == "hess":
        given["hess"] = hess
    if row.curvature == "hessp":
        given["hessp"] = lambda x, p: hess(x) @ p
    theirs = scipy.optimize.minimize(bowl, [2.0, 1.0], method=method, **given)
    ours = minimize(bowl, [2.0, 1.0], method=method)
    np.testing.assert_allclose(ours.x, theirs.x, atol=1e-9)
    assert ours.status == theirs.status
    assert set(theirs) <= set(ours)
    by_hand = minimize(bowl, [2.0, 1.0], method=method, **given)
    np.testing.assert_allclose(by_hand.x, theirs.x, atol=1e-9)


@pytest.mark.parametrize("method", DERIVATIVE_FREE)
def test_no_derivative_is_needed(method):
    res = minimize(lambda x: abs(math.sinh(x[0])) + math.fabs(x[1] - 1), START, method=method)
    np.testing.assert_allclose(res.x, [0, 1], atol=1e-2)
    assert "jac" not in res


@pytest.mark.parametrize("method", ["l-bfgs-b", "slsqp", "trust-constr", "tnc", "cg"])
def test_differences_are_left_to_scipy(method):
    def outside(x):
        return math.cosh(x[0] - 0.5) + math.cosh(x[1] + 1) - 1

    res = minimize(outside, [2.0, 1.0], method=method, jac="2-point")
    theirs = scipy.optimize.minimize(outside, [2.0, 1.0], method=method, jac="2-point")
    np.testing.assert_allclose(res.x, theirs.x, atol=1e-12)
    assert (res.nfev, res.njev) == (theirs.nfev, theirs.get("njev", 0))


@pytest.mark.parametrize("method", ["trust-exact", "dogleg"])
def test_differences_for_methods_that_scipy_gives_none(method):
    def hess(x):
        return np.diag(np.cosh(x - np.array([0.5, -1.0])))

    res = minimize(bowl, [2.0, 1.0], method=method, jac="3-point", hess=hess)
    np.testing.assert_allclose(res.x, [0.5, -1], atol=1e-4)
    with pytest.raises(ValueError, match="there are no second derivatives"):
        minimize(bowl, [2.0, 1.0], method=method, jac="3-point")


@pytest.mark.parametrize("hess", ["2-point", scipy.optimize.BFGS(), scipy.optimize.SR1()])
@pytest.mark.parametrize("method", ["trust-constr"])
def test_approximations_of_the_hessian_are_left_to_scipy(method, hess):
    res = minimize(bowl, [2.0, 1.0], method=method, hess=hess)
    np.testing.assert_allclose(res.x, [0.5, -1], atol=1e-4)


@pytest.mark.parametrize("method", ["trust-constr", "trust-exact"])
def test_a_given_hessian_is_used_beside_differences(method, counted):
    hess = counted(lambda x: np.diag(np.cosh(x - np.array([0.5, -1.0]))))
    res = minimize(bowl, [2.0, 1.0], method=method, jac="2-point", hess=hess)
    assert hess.calls == res.nhev > 0
    np.testing.assert_allclose(res.x, [0.5, -1], atol=1e-4)


@pytest.mark.parametrize("method", SCIPY_METHODS)
def test_fun_that_returns_its_gradient(method):
    def pair(x):
        return bowl(x), np.sinh(x - np.array([0.5, -1.0]))

    res = minimize(pair, [2.0, 1.0], method=method, jac=True)
    np.testing.assert_allclose(res.x, [0.5, -1], atol=1e-3)


@pytest.mark.parametrize("method", BOUNDED)
@pytest.mark.parametrize(
    "bounds", [[(1, 3), (None, 5)], scipy.optimize.Bounds([1, -np.inf], [3, 5])]
)
def test_bounds(method, bounds):
    res = minimize(bowl, [2.0, 1.0], method=method, bounds=bounds)
    np.testing.assert_allclose(res.x, [1, -1], atol=2e-3)


def test_bounds_may_have_the_shape_of_x0():
    bounds = scipy.optimize.Bounds(np.array([[1, -9]]), np.array([[3, 5]]))
    res = minimize(lambda x: bowl(x[0]), [[2.0, 1.0]], method="l-bfgs-b", bounds=bounds)
    np.testing.assert_allclose(res.x, [[1, -1]], atol=1e-5)


def test_a_start_outside_the_bounds_is_moved_inside():
    res = minimize(bowl, [9.0, 9.0], method="l-bfgs-b", bounds=[(1, 3), (-2, 5)])
    np.testing.assert_allclose(res.x, [1, -1], atol=1e-5)
    assert res.history.f[0] == bowl(np.array([3.0, 5.0]))


@every_method
def test_both_callback_forms(method):
    xs, results = [], []

    def positional(x, *state):
        assert len(state) == (method == "trust-constr")
        xs.append(x)

    def by_name(intermediate_result):
        results.append(intermediate_result)

    for callback in (positional, by_name):
        minimize(bowl, [2.0, 1.0], method=method, callback=callback)
    assert len(xs) == len(results) > 0
    for x, result in zip(xs, results, strict=True):
        np.testing.assert_array_equal(x, result.x)
        np.testing.assert_allclose(result.fun, bowl(x), rtol=1e-14)


@every_method
def test_stop_iteration(method):
    seen = []

    def callback(x, *_):
        seen.append(x)
        if len(seen) == 2:
            raise StopIteration

    res = minimize(bowl, [2.0, 1.0], method=method, callback=callback)
    assert (res.success, res.status, res.nit) == (False, 99, 2)
    assert res.message == "`callback` raised `StopIteration`."
    assert len(seen) == 2


def test_trust_constr_stops_where_the_callback_says_true():
    res = minimize(bowl, [2.0, 1.0], method="trust-constr", callback=lambda x, state: True)
    assert (res.status, res.nit) == (99, 1)


@every_method
@pytest.mark.parametrize("call", [2, 5])
def test_an_interrupt_returns_the_best_point(method, call, counted, raising):
    fun = counted(bowl, call, raising(KeyboardInterrupt()))
    res = minimize(fun, [2.0, 1.0], method=method)
    assert (res.success, res.status) == (False, Status.INTERRUPTED)
    assert res.fun == bowl(res.x) <= bowl(np.array([2.0, 1.0]))
    assert res.nfev == call
    assert len(res.history) == res.nit + 1


@every_method
@pytest.mark.parametrize("call", [2, 5])
def test_a_failing_objective_returns_the_best_point(method, call, counted, raising):
    fun = counted(bowl, call, raising(RuntimeError("no licence")))
    res = minimize(fun, [2.0, 1.0], method=method)
    assert (res.success, res.status) == (False, Status.OBJECTIVE_FAILED)
    assert "RuntimeError: no licence" in res.message
    assert res.fun == bowl(res.x)
    assert res.nfev == call


@every_method
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_failure_at_the_start_propagates(method, error, raising):
    with pytest.raises(error):
        minimize(raising(error()), [2.0, 1.0], method=method)


@every_method
def test_an_error_in_the_callback_propagates(method):
    def fail(x, *_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        minimize(bowl, [2.0, 1.0], method=method, callback=fail)


@every_method
def test_limits(method, counted):
    for name, value, status in (
        ("maxtime", 0, Status.TIME_LIMIT),
        ("maxfun", 4, Status.EVALUATION_LIMIT),
    ):
        fun = counted(bowl)
        res = minimize(fun, [2.0, 1.0], method=method, options={name: value})
        assert not res.success
        assert fun.calls == res.nfev <= 4
        # SciPy counts too, and may be the first to say so
        assert res.status == status or name == "maxfun"
    if method not in ("cobyla", "cobyqa"):
        res = minimize(bowl, [2.0, 1.0], method=method, options={"maxiter": 2})
        assert (res.nit, res.success) == (2, False)


@every_method
def test_shapes(method):
    def fun(x):
        assert x.shape == (1, 2)
        return bowl(x[0])

    seen = []
    res = minimize(fun, [[2, 1]], method=method, callback=lambda x, *_: seen.append(x.shape))
    assert res.x.shape == (1, 2)
    assert set(seen) == {(1, 2)}
    if "jac" in res and method != "trust-constr":
        assert res.jac.shape == (1, 2)


@every_method
def test_a_start_that_is_not_finite_is_told(method):
    res = minimize(lambda x: np.sum(x) * np.nan, START, method=method)
    assert (res.success, res.status, res.nfev) == (False, Status.NOT_FINITE, 1)
    assert "fun is nan at the start x0" in res.message
    np.testing.assert_array_equal(res.x, START)


def test_return_all_and_disp(capsys):
    options = {"return_all": True, "disp": True}
    res = minimize(bowl, [2.0, 1.0], method="slsqp", options=options)
    assert len(res.allvecs) == res.nit + 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "slsqp"
    assert lines[-2] == res.message
    assert len(lines) == res.nit + 1 + 4


def test_the_best_point_is_returned_where_scipy_fails():
    def trap(x):  # every step leads up, but for the trial that is never accepted
        return np.sum((x - 3) ** 2)

    res = minimize(trap, [0.0], method="cg", options={"maxiter": 1, "gtol": 1e-12})
    assert not res.success
    assert res.fun == trap(res.x)
    np.testing.assert_allclose(res.jac, 2 * (res.x - 3))


@pytest.mark.parametrize(
    ("method", "options", "translated"),
    [
        ("nelder-mead", {"ftol": 1, "xtol": 2, "maxfun": 3}, {"fatol": 1, "xatol": 2, "maxfev": 3}),
        ("cg", {"gtol": 1, "maxiter": 3}, {"gtol": 1, "maxiter": 3}),
        ("cobyla", {"maxfun": 3, "xtol": 1}, {"maxiter": 3, "tol": 1}),
        ("tnc", {"maxfun": 3}, {"maxfun": 3}),
        ("slsqp", {"maxfun": 3, "maxtime": 1, "disp": True}, {}),
        ("cobyqa", {"xtol": 1, "scale": True}, {"final_tr_radius": 1, "scale": True}),
        ("l-bfgs-b", {"maxcor": 5, "ftol": 0}, {"maxcor": 5, "ftol": 0}),
    ],
)
def test_options_are_translated(method, options, translated):
    from hessopt.optimize.options import split

    assert translate(SCIPY_METHODS[method], *split(options)) == translated


def test_scipys_name_wins():
    assert translate(SCIPY_METHODS["powell"], RunOptions(maxfun=3), {"maxfev": 2}) == {"maxfev": 2}


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("cg", {"gtoll": 1}, "unknown option 'gtoll' for method 'cg'; did you mean 'gtol'"),
        ("cg", {"ftol": 1}, "unknown option 'ftol' for method 'cg'"),
        ("nelder-mead", {"gtol": 1}, "unknown option 'gtol' for method 'nelder-mead'"),
        ("cg", {"learning_rate": 1}, "unknown option 'learning_rate' for method 'cg'"),
    ],
)
def test_unknown_options(method, options, message):
    with pytest.raises(ValueError, match=message):
        minimize(bowl, START, method=method, options=options)


def test_scipys_own_refusals_come_through():
    with pytest.raises(ValueError, match="bounds"):
        minimize(bowl, START, method="l-bfgs-b", bounds=[(0, 1)] * 3)


GRADIENTS = [name for name, row in SCIPY_METHODS.items() if row.order > 0]


@pytest.mark.parametrize("method", GRADIENTS)
def test_many_derivatives_come_from_programs(method, rosenbrock, counted):
    fun = counted(rosenbrock)
    x0 = np.tile(START, 4)
    eager = minimize(fun, x0, method=method, options={"jit": False, "maxiter": 2000})
    assert fun.calls >= eager.nfev > 2 * RECORDED
    fun.calls = 0
    res = minimize(fun, x0, method=method, options={"maxiter": 2000})
    assert res.nfev > 2 * RECORDED
    assert fun.calls <= RECORDED + 10  # a gradient and perhaps a product: traced, and compared
    assert res.success == eager.success
    np.testing.assert_allclose(res.x, eager.x, atol=2e-2)
    np.testing.assert_allclose(res.fun, eager.fun, atol=2e-3)


@pytest.mark.parametrize("method", GRADIENTS)
def test_a_run_that_is_short_is_not_traced(method, counted):
    fun = counted(bowl)
    res = minimize(fun, [0.4, -0.9], method=method)
    assert res.nfev == fun.calls <= RECORDED


def test_where_there_is_no_program_the_message_says_so(rosenbrock):
    def looks(x):
        np.asarray(getattr(x, "data", x))
        return rosenbrock(x)

    with pytest.warns(RuntimeWarning, match="x.data looks at"):
        res = minimize(looks, np.tile(START, 4), method="l-bfgs-b")
    assert res.nfev > RECORDED
    assert "(fun was differentiated anew at each evaluation, because x.data looks" in res.message
