"""Bad scaling is measured, and only then told."""

import numpy as np
import pytest

from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.scaling import FEW_KEPT, KEPT, LARGE, RATIO, Scaling
from hessopt.optimize.stopping import Status

BENDS = np.array([1.0, 3e5, 2.0, 1e-4])


def stretched(x):
    return np.sum(BENDS * x**2) / 2 + np.sum(x**4) / 1e9


@pytest.mark.parametrize("method", ["gradient-descent", "momentum", "l-bfgs", "cg", "bfgs"])
def test_the_variables_concerned_are_named(method):
    res = minimize(stretched, np.ones(4), method=method, options={"maxiter": 8, "gtol": 1e-12})
    assert not res.success
    assert "badly scaled: the second derivative of fun along x[1] is 3e+05, along x[3] 0.0001" in (
        res.message
    )
    assert "are 0.0018 and 1e+02: give such sizes of the variables as the option 'scale'" in (
        res.message
    )


def test_the_advice_helps():
    s = 1 / np.sqrt(BENDS)
    options = {"maxiter": 100, "gtol": 1e-8}
    res = minimize(stretched, np.ones(4), method="gradient-descent", options=options)
    assert not res.success
    res = minimize(lambda z: stretched(s * z), np.ones(4) / s, method="gradient-descent",
                   options=options)  # fmt: skip
    assert res.success
    # What the message says first: the option, measured or by these numbers
    for method, scale in (("trust-ncg", "auto"), ("trust-ncg", s), ("nonlinear-cg", s)):
        res = minimize(stretched, np.ones(4), method=method, options={**options, "scale": scale})
        assert res.success, res.message
    assert minimize(stretched, np.ones(4), method="newton", options=options).success


@pytest.mark.parametrize("method", ["gradient-descent", "l-bfgs", "newton", "trust-ncg", "bfgs"])
def test_a_good_scale_is_not_blamed(method, rosenbrock):
    res = minimize(rosenbrock, np.full(5, -1.2), method=method, options={"maxiter": 3})
    assert not res.success
    assert "scaled" not in res.message


def test_success_is_not_spoilt():
    res = minimize(stretched, np.ones(4), method="newton")
    assert res.success
    assert "scaled" not in res.message


def test_an_ill_conditioned_matrix_is_no_matter_of_units():
    """The variables are alike; it is a direction between them that is flat."""

    def valley(x):
        return np.sum(x) ** 2 * 1e6 + 1e-4 * np.sum((x - np.arange(3)) ** 2)

    res = minimize(valley, [1.0, 2.0, 4.0], method="gradient-descent", options={"maxiter": 20})
    assert not res.success
    assert "scaled" not in res.message


def test_a_suspicion_is_checked_with_second_derivatives():
    objective = Objective(lambda x: np.sum(x**2) + x[0] * x[1], [1.0, 1.0])
    seen = Scaling()
    seen.keep(objective(np.array([1.0, 1.0])))
    seen.keep(objective(np.array([1.0 + 1e-9, 2.0])))  # g[0] changes though x[0] hardly does
    assert seen.suspicion().ratio > RATIO
    assert seen.measured(objective, objective.x0) is None


def test_without_second_derivatives_the_steps_are_believed():
    objective = Objective(
        lambda x: float(1e4 * x[0] ** 2 + 1e-4 * x[1] ** 2), [1.0, 1.0], jac="3-point", order=1
    )
    seen = Scaling()
    seen.keep(objective(np.array([1.0, 1.0])))
    seen.keep(objective(np.array([0.5, 0.5])))
    found = seen.measured(objective, objective.x0)
    assert not found.exact
    assert "about 2e+04, along x[1] about 0.0002" in found.sentence()


def test_few_points_are_kept():
    for n, kept in ((2, KEPT), (LARGE + 1, FEW_KEPT)):
        objective = Objective(lambda x: np.sum(x**2), np.zeros(n))
        seen = Scaling()
        for k in range(KEPT + 5):
            seen.keep(objective(np.full(n, float(k))))
        assert len(seen.points) == kept


def test_a_hopeless_scale_has_a_name_of_its_own():
    def fun(x):
        return 1e10 + 1e5 * x[0] ** 2 + 1e-4 * x[1] ** 2

    res = minimize(fun, [1.0, 10.0], method="gradient-descent", options={"gtol": 0})
    assert (res.success, res.status) == (False, Status.BAD_SCALING)
    assert "along x[0] is 2e+05, along x[1] 0.0002" in res.message
