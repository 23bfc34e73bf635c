"""What every method that keeps to bounds must do, ours and SciPy's: this walks both tables."""

import importlib.util
import pickle

import numpy as np
import pytest

from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import OTHERS, minimize
from hessopt.optimize.stopping import Status

OURS = [name for name, method in METHODS.items() if method.bounds]
THEIRS = [
    name
    for name, row in OTHERS.items()
    if row.bounds and (name != "ipopt" or importlib.util.find_spec("ipyopt"))
]
EXACT = ["l-bfgs-b", "tnc", "slsqp", *OURS]  # these end at bounds exactly

ours = pytest.mark.parametrize("method", OURS)
every_method = pytest.mark.parametrize("method", OURS + THEIRS)

LOWER, UPPER = np.array([-2.0, 0.1, 0.5, -1.0]), np.array([0.5, 9.0, 0.5, 1.0])
BOUNDS = list(zip(LOWER, UPPER, strict=True))


def bowl(x):
    """Least at (0.5, 2, 0.5, 0.25): one bound active, one free, one fixed, one free."""
    return np.sum(np.cosh(x - np.array([1.0, 2.0, 3.0, 0.25]))) + 0.1 * (x[0] - 0.5) * x[1]


SOLUTION = np.array([0.5, 2.0, 0.5, 0.25])


def test_the_table_says_who():
    assert OURS == ["tron", "augmented-lagrangian"]
    assert {"l-bfgs-b", "slsqp", "trust-constr"} <= set(THEIRS)


@pytest.mark.usefixtures("eagerly")
@every_method
def test_active_fixed_and_free_variables_from_a_start_outside(method):
    seen = []

    def fun(x):
        seen.append(np.array(getattr(x, "data", x), float))
        return bowl(x)

    res = minimize(fun, [9.0, -9.0, 9.0, 0.0], method=method, bounds=BOUNDS)
    assert res.success, res.message
    np.testing.assert_allclose(res.x, SOLUTION, atol=2e-3)
    np.testing.assert_array_equal(seen[0], [0.5, 0.1, 0.5, 0.0])
    if method in EXACT:
        slack = 0.0 if method in OURS else 1e-12  # tnc scales x, and rounds
        assert np.all((np.array(seen) >= LOWER - slack) & (np.array(seen) <= UPPER + slack))
        assert res.x[0] == res.x[2] == 0.5
        assert res.optimality <= 1e-3


@every_method
def test_nothing_is_free(method):
    res = minimize(bowl, np.zeros(4), method=method, bounds=[(1, 1)] * 4)
    assert res.success
    assert res.x.tolist() == [1, 1, 1, 1]
    assert res.fun == bowl(np.ones(4))
    assert res.nfev == 1


@every_method
@pytest.mark.parametrize("call", [2, 3, 4])
def test_an_interrupt_returns_the_best_point_inside(method, call, counted, raising):
    fun = counted(bowl, call, raising(KeyboardInterrupt()))
    res = minimize(fun, [0.0, 5.0, 0.5, -1.0], method=method, bounds=BOUNDS)
    assert (res.success, res.status) == (False, Status.INTERRUPTED)
    assert np.all((res.x >= LOWER) & (res.x <= UPPER))
    assert res.fun == bowl(res.x) <= bowl(np.array([0.0, 5.0, 0.5, -1.0]))


@every_method
def test_the_callback_sees_all_variables(method):
    seen = []
    minimize(bowl, [0.0, 5.0, 0.5, -1.0], method=method, bounds=BOUNDS, callback=_keep(seen))
    assert seen
    assert all(x.shape == (4,) for x in seen)


def _keep(seen):
    def callback(intermediate_result):
        seen.append(intermediate_result.x)

    return callback


@ours
@pytest.mark.parametrize("cut", [0, 1, 4])
def test_a_resumed_run_is_the_same_run(method, cut):
    start = [0.0, 5.0, 0.5, -1.0]
    whole = minimize(bowl, start, method=method, bounds=BOUNDS)
    first = minimize(bowl, start, method=method, bounds=BOUNDS, options={"maxiter": cut})
    state = pickle.loads(pickle.dumps(first.state))
    second = minimize(bowl, start, method=method, bounds=BOUNDS, options={"resume": state})
    assert second.x.tobytes() == whole.x.tobytes()
    assert second.nit == whole.nit


@ours
def test_the_history_has_the_projected_gradient(method):
    res = minimize(bowl, [0.0, 5.0, 0.5, -1.0], method=method, bounds=BOUNDS)
    assert res.history.grad_norm[-1] == res.optimality <= 1e-6
    assert np.abs(res.jac).max() > 0.1  # the gradient itself does not vanish


@ours
def test_units_of_the_variables_do_not_change_the_answer(method):
    scale = np.array([1e-2, 1.0, 1e2, 10.0])
    res = minimize(
        lambda z: bowl(z * scale),
        np.array([0.0, 5.0, 0.5, -1.0]) / scale,
        method=method,
        bounds=list(zip(LOWER / scale, UPPER / scale, strict=True)),
        options={"gtol": 1e-8},
    )
    assert res.success, res.message
    np.testing.assert_allclose(res.x * scale, SOLUTION, atol=1e-2)
    np.testing.assert_allclose(res.fun, bowl(SOLUTION), atol=2e-3)
