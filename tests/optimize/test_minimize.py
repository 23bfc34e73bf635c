import inspect
import math

import numpy as np
import pytest
import scipy.optimize

from hessopt.autodiff.registry import NoDerivativeError
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.scipy_driver import RECORDED
from hessopt.optimize.stopping import Status

START = [-1.2, 1.0]


def test_the_signature_is_scipys():
    ours = inspect.signature(minimize).parameters
    theirs = inspect.signature(scipy.optimize.minimize).parameters
    assert list(ours) == list(theirs)
    for name in set(ours) - {"method"}:
        assert ours[name].default == theirs[name].default


def test_the_result_is_scipys(rosenbrock):
    res = minimize(rosenbrock, START)
    assert isinstance(res, scipy.optimize.OptimizeResult)
    for name in ("x", "fun", "jac", "nit", "nfev", "njev", "nhev", "success", "status", "message"):
        assert name in res
    assert "GRADIENT_CONVERGED" in repr(res.status)
    assert f"State(adaptive-newton after {res.nit} iterations)" in repr(res)


@pytest.mark.parametrize("method", ["Newton-CG", "trust-ncg", "BFGS", "trust-exact", "SLSQP", None])
def test_a_scipy_user_changes_the_import_alone(method):
    """The example of SciPy's tutorial, with its hand-coded derivatives."""
    from scipy.optimize import rosen, rosen_der, rosen_hess

    x0 = np.array([1.3, 0.7, 0.8, 1.9, 1.2])
    given = {"jac": rosen_der}
    if method in ("Newton-CG", "trust-ncg", "trust-exact"):
        given["hess"] = rosen_hess
    theirs = scipy.optimize.minimize(rosen, x0, method=method, tol=1e-6, **given)
    ours = minimize(rosen, x0, method=method, tol=1e-6, **given)
    assert ours.success == theirs.success
    np.testing.assert_allclose(ours.x, theirs.x, atol=1e-4)
    np.testing.assert_allclose(ours.x, 1.0, atol=1e-5)


def test_scipys_options_of_the_methods_we_share():
    from scipy.optimize import rosen, rosen_der, rosen_hess_prod

    for method, options in {
        "trust-ncg": {
            "initial_trust_radius": 1.0,
            "max_trust_radius": 1000.0,
            "eta": 0.15,
            "gtol": 1e-4,
            "maxiter": 200,
            "disp": False,
            "return_all": True,
        },
        "trust-krylov": {"initial_trust_radius": 1.0, "eta": 0.15, "inexact": False},
        "trust-exact": {"max_trust_radius": 1000.0, "eta": 0.15, "subproblem_maxiter": 50},
        "dogleg": {"initial_trust_radius": 1.0, "max_trust_radius": 1000.0, "eta": 0.15},
        "newton-cg": {"xtol": 1e-8, "maxiter": 200, "c1": 1e-4, "c2": 0.9, "return_all": True},
    }.items():
        options = {**options, "return_all": True}
        res = minimize(
            rosen, START, method=method, jac=rosen_der, hessp=rosen_hess_prod, options=options
        )
        assert res.success
        assert len(res.allvecs) == res.nit + 1


@pytest.mark.parametrize("method", METHODS)
def test_targets_on_chained_rosenbrock(method, rosenbrock):
    if METHODS[method].order == 1 and method not in ("l-bfgs", "bfgs"):
        return
    x0 = np.ones(100)
    x0[::2] = -1.2
    gtol = 1e-10 if method == "newton" else 1e-8
    res = minimize(rosenbrock, x0, method=method, options={"gtol": gtol})
    assert res.success
    assert np.abs(res.jac).max() < gtol
    most = {"l-bfgs": 800, "bfgs": 1000, "trust-krylov": 400, "adaptive-tron": 300}
    assert res.nit < most.get(method, 250)


@pytest.mark.parametrize("method", ["trust-ncg", "newton-cg", "l-bfgs"])
def test_a_hundred_thousand_variables(method):
    """Extended Rosenbrock (More, Garbow and Hillstrom 21) from its standard start."""

    def extended(x):
        return np.sum(100 * (x[1::2] - x[::2] ** 2) ** 2 + (1 - x[::2]) ** 2)

    x0 = np.tile(START, 50_000)
    res = minimize(extended, x0, method=method, options={"gtol": 1e-8})
    assert res.success
    assert res.nit < 45
    assert res.nhev < 80
    np.testing.assert_allclose(res.x, 1.0, atol=1e-8)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"fun": None}, TypeError, "fun must be callable, not NoneType"),
        ({"fun": lambda x: x}, ValueError, r"fun must return one number.*shape \(2,\)"),
        ({"fun": lambda x: None}, TypeError, "fun returned None"),
        ({"fun": lambda x: np.sum(x) * 1j}, TypeError, "fun returned a complex number"),
        ({"x0": [np.nan, 1]}, ValueError, "x0 must be finite"),
        ({"x0": None}, TypeError, "x0 is None"),
        ({"method": "sgdx"}, ValueError, "unknown method 'sgdx'"),
        ({"method": 3}, TypeError, "method must be a name or a callable, not int"),
        ({"jac": "exact"}, ValueError, "jac must be a callable, True, None or one of"),
        ({"hess": np.eye(2)}, ValueError, "hess must be a callable"),
        ({"hessp": np.eye(2)}, TypeError, "hessp must be callable"),
        ({"callback": "print"}, TypeError, "callback must be callable"),
        ({"options": 3}, TypeError, "options must be a dict"),
        ({"method": "newton", "bounds": [(0, 1)] * 2}, ValueError, "'newton' cannot handle bounds"),
        (
            {"method": "bfgs", "constraints": {"type": "eq", "fun": np.sum}},
            ValueError,
            "'bfgs' cannot handle constraints; these can: augmented-lagrangian, cobyla, ",
        ),
        ({"jac": "2-point", "method": "newton"}, ValueError, "there are no second derivatives"),
    ],
)
def test_bad_arguments(given, error, message):
    arguments = {"fun": lambda x: np.sum(x**2), "x0": [1.0, 2.0], **given}
    with pytest.raises(error, match=message):
        minimize(**arguments)


def test_derivatives_without_use_warn_as_in_scipy(rosenbrock):
    def unused(*_):
        raise AssertionError

    with pytest.warns(RuntimeWarning, match=r"Method adam does not use hess and hessp\."):
        minimize(
            rosenbrock, START, method="adam", hess=unused, hessp=unused, options={"maxiter": 1}
        )
    with pytest.warns(RuntimeWarning, match=r"Method powell does not use jac\."):
        minimize(rosenbrock, START, method="powell", jac=unused, options={"maxiter": 1})


def test_what_the_engine_cannot_follow(rosenbrock):
    def outside(x):
        return math.cosh(x[0] - 1) + math.cosh(x[1])

    def grad(x):
        return np.sinh(x - np.array([1.0, 0.0]))

    with pytest.raises(NoDerivativeError) as caught:
        minimize(outside, [3.0, 2.0])
    assert "give its gradient as jac" in caught.value.__notes__[-1]
    for given in ({"jac": "3-point"}, {"jac": grad}, {"jac": grad, "method": "newton-cg"}):
        res = minimize(outside, [3.0, 2.0], **given)
        np.testing.assert_allclose(res.x, [1, 0], atol=1e-6)
        assert res.success


def test_a_custom_method_gets_our_derivatives(rosenbrock):
    """SciPy's protocol: a function of everything, and options as keywords."""
    given = {}

    def custom(fun, x0, args, jac, hessp, **others):
        given.update(others, jac=jac(x0), hessp=hessp(x0, np.ones(2)), fun=fun(x0, *args))
        return scipy.optimize.OptimizeResult(x=x0, fun=fun(x0), success=True)

    res = minimize(rosenbrock, START, method=custom, options={"depth": 3}, bounds=[(0, 1)] * 2)
    assert given["depth"] == 3
    assert given["bounds"] == [(0, 1)] * 2
    np.testing.assert_allclose(given["jac"], scipy.optimize.rosen_der(np.array(START)))
    expected = scipy.optimize.rosen_hess_prod(np.array(START), np.ones(2))
    np.testing.assert_allclose(given["hessp"], expected)
    assert res.fun == given["fun"] == rosenbrock(np.array(START))


def test_a_custom_method_that_asks_often_gets_derivatives_from_programs(rosenbrock, counted):
    def custom(fun, x0, jac, **others):
        for k in range(100):
            np.testing.assert_allclose(jac(x0 + k), scipy.optimize.rosen_der(x0 + k), rtol=1e-12)
        return scipy.optimize.OptimizeResult(x=x0)

    fun = counted(rosenbrock)
    assert "message" not in minimize(fun, START, method=custom)
    assert fun.calls == RECORDED + 2

    def looks(x):
        np.asarray(getattr(x, "data", x))
        return rosenbrock(x)

    with pytest.warns(RuntimeWarning, match="x.data looks at"):
        res = minimize(looks, START, method=custom)
    assert res.message.startswith("(fun was differentiated anew at each evaluation, because x.data")


def test_a_custom_method_gets_given_derivatives(rosenbrock):
    def custom(fun, x0, args, jac, hess, **others):
        assert (args, jac, hess) == ((2,), scipy.optimize.rosen_der, None)
        return scipy.optimize.OptimizeResult(x=x0)

    minimize(rosenbrock, START, args=2, method=custom, jac=scipy.optimize.rosen_der)


def test_an_engine_failure_on_a_new_branch_returns_the_best_point():
    def fun(x):
        return np.sum((x - 2) ** 2) if x[0] > 2.5 else math.cosh(x[0])

    res = minimize(fun, [4.0], method="gradient-descent", options={"learning_rate": 0.1})
    assert res.status == Status.OBJECTIVE_FAILED
    assert res.x > 2.5
    assert "The objective raised NoDerivativeError" in res.message
