import numpy as np
import pytest
import scipy.optimize

from hessopt.optimize.methods import METHODS
from hessopt.optimize.methods.scipy_methods import SCIPY_METHODS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.options import RunOptions, canonical, refuse_unknown, split

KNOWN = [*METHODS, *SCIPY_METHODS]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Newton-CG", "newton-cg"),
        ("L-BFGS-B", "l-bfgs-b"),
        ("trust_ncg", "trust-ncg"),
        ("Nelder-Mead", "nelder-mead"),
        (" COBYLA ", "cobyla"),
        ("AUTO", "auto"),
        ("SLSQP", "slsqp"),
    ],
)
def test_names_as_people_write_them(name, meant):
    assert canonical(name, KNOWN) == meant


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("netwon", "unknown method 'netwon'; did you mean 'newton'"),
        ("lbfgs", "did you mean 'l-bfgs'"),
        ("trust-exakt", "'trust-exact'"),
        (
            "quux!",
            "known are adam, adaptive-newton, adaptive-tron, arc, augmented-lagrangian",
        ),
    ],
)
def test_unknown_names(name, advice):
    with pytest.raises(ValueError, match=advice):
        canonical(name, KNOWN)


def test_unknown_options():
    refuse_unknown(["gtol"], ["gtol", "ftol"], "newton")
    with pytest.raises(
        ValueError, match="unknown option 'gtoll' for method 'newton'; did you mean"
    ):
        refuse_unknown(["gtoll"], ["gtol", "ftol"], "newton")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gtol": -1}, "option 'gtol' must be a number at least 0, not -1"),
        ({"ftol": "small"}, "option 'ftol' must be a number"),
        ({"xtol": np.nan}, "option 'xtol'"),
        ({"maxiter": 2.5}, "option 'maxiter' must be an integer at least 0, not 2.5"),
        ({"maxfun": 0}, "option 'maxfun' must be an integer at least 1, not 0"),
        ({"maxtime": -1}, "option 'maxtime'"),
        ({"certify": "no"}, "option 'certify' must be True or False, not 'no'"),
        ({"disp": [1]}, "option 'disp' must be True or False"),
        ({"return_all": np.nan}, "option 'return_all' must be True or False"),
        ({"check_derivatives": 0.5}, "option 'check_derivatives' must be True or False"),
        ({"resume": 3}, r"options\['resume'\] must be the result of a method of hessopt's own"),
        ({"learnin_rate": 3}, "did you mean 'learning_rate'"),
        ({"gtoll": 3}, "did you mean 'gtol'"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        minimize(lambda x: np.sum(x**2), [1.0], method="gradient-descent", options=options)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("newton", {"globalize": "no"}, "option 'globalize' must be True or False, not 'no'"),
        ("trust-krylov", {"inexact": 0.5}, "option 'inexact' must be True or False, not 0.5"),
        ("bfgs", {"hess_inv0": "no"}, "'hess_inv0' must be a symmetric positive definite"),
    ],
)
def test_bad_options_of_a_method(method, options, message):
    with pytest.raises(ValueError, match=message):
        minimize(lambda x: np.sum(x**2), [1.0], method=method, options=options)


def test_numbers_are_flags_as_for_scipy(capsys):
    minimize(lambda x: np.sum(x**2), [1.0], method="newton", options={"disp": 2})
    assert capsys.readouterr().out.startswith("newton")


def test_a_pair_of_variables_is_refused_as_a_pair():
    with pytest.raises(TypeError, match="fun returned a tuple"):
        minimize(lambda x: (np.sum(x**2), 2 * x), [1.0])


def test_options_must_be_a_dict():
    with pytest.raises(TypeError, match="options must be a dict, not list"):
        split([("gtol", 1)])


def test_options_are_split():
    general, others = split({"gtol": 1, "learning_rate": 2, "maxfun": 3})
    assert (general, others) == (RunOptions(gtol=1, maxfun=3), {"learning_rate": 2})
    assert split(None) == (RunOptions(), {})


def test_resume_checks_shape_and_method(rosenbrock):
    first = minimize(rosenbrock, [-1.0, 1.0], method="newton", options={"maxiter": 2})
    with pytest.raises(ValueError, match=r"x of shape \(2,\), but x0 has shape \(3,\)"):
        minimize(rosenbrock, np.zeros(3), options={"resume": first})
    with pytest.raises(ValueError, match="a run of 'newton', which 'l-bfgs' cannot go on with"):
        minimize(rosenbrock, np.zeros(2), method="l-bfgs", options={"resume": first})
    with pytest.raises(ValueError, match="'cg' is not our own and cannot be resumed"):
        minimize(rosenbrock, np.zeros(2), method="cg", options={"resume": first})
    theirs = scipy.optimize.minimize(rosenbrock, [0.0, 0.0])
    with pytest.raises(ValueError, match="start again from res"):
        minimize(rosenbrock, np.zeros(2), options={"resume": theirs})


def test_resume_may_change_an_option(rosenbrock):
    def run(**options):
        return minimize(rosenbrock, [-1.2, 1.0], method="gradient-descent", options=options)

    first = run(learning_rate=1e-3, maxiter=2)
    again = run(resume=first, learning_rate=1e-4, maxiter=1)
    np.testing.assert_allclose(again.x, first.state.point.x - 1e-4 * first.state.point.g)


@pytest.mark.parametrize("tolerance", ["ftol", "xtol"])
def test_tolerances_end_a_run(tolerance, rosenbrock):
    loose = minimize(rosenbrock, [-1.2, 1.0], method="newton", options={tolerance: 0.5})
    tight = minimize(rosenbrock, [-1.2, 1.0], method="newton", options={tolerance: 1e-2})
    assert loose.nit < tight.nit < 22
    assert loose.success
    assert tight.success
    assert f"within {tolerance} = 0.01" in tight.message


def test_tol_is_gtol_unless_that_is_given(rosenbrock):
    assert "gtol = 0.01." in minimize(rosenbrock, [0.0, 0.0], method="newton", tol=0.01).message
    res = minimize(rosenbrock, [0.0, 0.0], method="newton", tol=0.01, options={"gtol": 1e-4})
    assert "gtol = 0.0001." in res.message


def test_tol_is_checked(rosenbrock):
    with pytest.raises(ValueError, match="option 'tol' must be a number at least 0"):
        minimize(rosenbrock, [0.0, 0.0], method="newton", tol=-1)
