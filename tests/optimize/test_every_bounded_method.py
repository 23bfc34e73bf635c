"""What every method that keeps to bounds must do, ours and SciPy's: this walks both tables."""

import gc
import importlib.util
import pickle
import tracemalloc

import numpy as np
import pytest
from scipy.optimize import NonlinearConstraint

from hessopt.optimize.bounds import Box
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import OTHERS, minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.stopping import Status, Stop

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
    assert OURS == ["tron", "adaptive-tron", "augmented-lagrangian"]
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


LINE = {"type": "eq", "fun": lambda x: x[1] + x[3] - 2}
RESTRICTED = [(name, None) for name in OURS]
RESTRICTED += [(name, LINE) for name in OURS if METHODS[name].constraints]
restricted = pytest.mark.parametrize(
    ("method", "constraint"), RESTRICTED, ids=lambda value: "equation" if value is LINE else value
)


def by_hand(constraint, fun=bowl, **given):
    """Return an objective as `minimize` makes it."""
    box = Box(LOWER, UPPER)
    parts = parse_constraints(constraint, (4,)) if constraint else []
    start = box.project(np.array([9.0, -9.0, 9.0, 0.0]))
    constraints = ConstraintSet(parts, start) if parts else None
    return Objective(fun, start, box=box, constraints=constraints, **given)


@restricted
def test_a_step_leaves_what_it_was_given(method, constraint):
    chosen, objective = METHODS[method](), by_hand(constraint)
    point, memory = chosen.start(objective, objective.x0)
    for _ in range(8):
        before = pickle.dumps((point.x, point.g, memory))
        new, after = chosen.step(objective, point, memory)
        assert pickle.dumps((point.x, point.g, memory)) == before
        again, _ = chosen.step(objective, point, memory)
        assert again.x.tobytes() == new.x.tobytes()
        if new.grad_norm < 1e-9:
            break
        point, memory = new, after


@restricted
def test_every_call_is_counted(method, constraint, counted):
    """Derivatives by hand: each count is the number of calls of that function."""
    scales = np.array([1.0, 2.0, 3.0, 4.0])
    fun = counted(lambda x: float(np.sum(scales * np.cosh(x - 1))))
    jac = counted(lambda x: scales * np.sinh(x - 1))
    products = []

    def hessp(x, p):
        products.append(1)
        return scales * np.cosh(x - 1) * p

    given = counted(lambda x: x[1] + x[3] - 2)
    slopes = counted(lambda x: np.array([[0.0, 1, 0, 1]]))
    constraints = NonlinearConstraint(given, 0, 0, jac=slopes, hess=lambda x, v: np.zeros((4, 4)))
    res = minimize(
        fun,
        [9.0, -9.0, 9.0, 0.0],
        method=method,
        jac=jac,
        hessp=hessp,
        bounds=BOUNDS,
        constraints=constraints if constraint else (),
        options={"maxiter": 12},
    )
    assert (res.nfev, res.njev, res.nhev) == (fun.calls, jac.calls, len(products))
    if constraint:
        assert (res.constr_nfev, res.constr_njev) == (given.calls, slopes.calls)


@restricted
def test_monotone_where_promised(method, constraint):
    res = minimize(
        bowl,
        [-1.0, 7.0, 0.0, -0.5],
        method=method,
        bounds=BOUNDS,
        constraints=constraint or (),
        options={"maxiter": 60},
    )
    assert res.success
    f = res.history.f
    if METHODS[method]().descends():
        assert np.all(np.diff(f) <= 0)
        assert res.fun == np.min(f)
    elif constraint:  # not the lowest, but the best that keeps it
        assert res.constr_violation <= 1e-8
        assert res.fun > np.min(f)


@pytest.mark.slow
@restricted
def test_nothing_piles_up(method, constraint):
    """After thousands of steps there is no more memory in use than after hundreds."""
    scales = np.array([1.0, 2.0, 3.0, 4.0])
    slopes, none = np.array([[0.0, 1, 0, 1]]), np.zeros((4, 4))
    line = NonlinearConstraint(LINE["fun"], 0, 0, jac=lambda x: slopes, hess=lambda x, v: none)
    objective = by_hand(
        line if constraint else None,
        lambda x: float(np.sum(scales * np.cosh(x - 1))),
        jac=lambda x: scales * np.sinh(x - 1),
        hess=lambda x: np.diag(scales * np.cosh(x - 1)),
    )
    chosen = METHODS[method]()
    point, memory = first = chosen.start(objective, objective.x0)
    used, steps = [], 10_000
    tracemalloc.start()
    for k in range(steps):
        try:
            point, memory = chosen.step(objective, point, memory)
        except Stop:
            point, memory = first
        if point.grad_norm < 1e-8 and point.settled:
            point, memory = first
        if k in (500, steps - 1):
            gc.collect()  # what is garbage already may wait for long
            used.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert used[1] <= used[0] + 200_000
