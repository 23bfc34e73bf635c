import pickle
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
import scipy.optimize
from scipy.sparse import csr_array
from scipy.sparse.linalg import aslinearoperator

import hessopt
from hessopt import least_squares
from hessopt.optimize.lsq.result import FitStatus

T = np.linspace(0, 4, 20)
RNG = np.random.default_rng(3)
NOISE = 0.05 * RNG.normal(size=20)
DATA = 2.5 * np.exp(-1.3 * T) + 0.5 + NOISE
METHODS = ["lm", "trf", "dogbox"]
LOSSES = ["linear", "soft_l1", "huber", "cauchy", "arctan"]


def decay(p):
    return p[0] * np.exp(-p[1] * T) + p[2] - DATA


def decay_jacobian(p):
    e = np.exp(-p[1] * T)
    return np.stack([e, -p[0] * T * e, np.ones(20)], axis=-1)


def rosenbrock(x):
    return np.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]])


def broyden(x):
    """Broyden's tridiagonal function, which SciPy's documentation solves."""
    f = (3 - x) * x + 1
    zero = np.zeros(1)
    return f - np.concatenate([zero, x[:-1]]) - 2 * np.concatenate([x[1:], zero])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("loss", LOSSES)
def test_agrees_with_scipy(method, loss):
    theirs = scipy.optimize.least_squares(
        decay, [1, 1, 0], decay_jacobian, loss=loss, f_scale=0.1, xtol=1e-14, ftol=1e-14
    )
    res = least_squares(decay, [1, 1, 0], loss=loss, f_scale=0.1, method=method)
    assert res.success
    assert res.method == method
    np.testing.assert_allclose(res.x, theirs.x, rtol=1e-5)
    assert res.cost == pytest.approx(theirs.cost, rel=1e-9)
    np.testing.assert_allclose(res.fun, decay(res.x), rtol=1e-12)
    np.testing.assert_allclose(abs(res.jac), abs(theirs.jac), rtol=1e-4, atol=1e-6)
    assert set(theirs) <= set(res)
    assert res.history.f[-1] == pytest.approx(res.cost)
    assert len(res.history) == res.nit + 1


BOXES = [
    ([0, 0, 0], [2, 5, 5]),
    ([0, 1.5, -5], [9, 5, 0.4]),
    ([-np.inf, -np.inf, 1.0], np.inf),
    ([3, 0, 0], [4, 1, 1]),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("tr_solver", ["exact", "lsmr"])
def test_bounds_agree_with_scipy(method, box, tr_solver):
    start = np.clip([1.0, 1.0, 0.1], *np.broadcast_arrays(*box, subok=False))
    inside = start + 0.01 * np.where(start >= np.broadcast_to(box[1], 3), -1, 1)
    theirs = scipy.optimize.least_squares(
        decay, inside, decay_jacobian, bounds=box, xtol=1e-14, ftol=1e-14, gtol=1e-12
    )
    res = least_squares(decay, inside, bounds=box, method=method, tr_solver=tr_solver)
    assert res.success
    assert res.cost == pytest.approx(theirs.cost, rel=1e-7)
    np.testing.assert_allclose(res.x, theirs.x, rtol=2e-4)
    if method == "lm":
        lower, upper = np.broadcast_to(box[0], 3), np.broadcast_to(box[1], 3)
        np.testing.assert_array_equal(res.active_mask == -1, res.x == lower)
        np.testing.assert_array_equal(res.active_mask == 1, res.x == upper)
        assert res.active_mask.any()
        assert res.optimality < 1e-5


@pytest.mark.parametrize("seed", range(10))
def test_random_linear_problems_with_bounds(seed):
    rng = np.random.default_rng(seed)
    A, b = rng.normal(size=(12, 8)), rng.normal(size=12)
    exact = scipy.optimize.lsq_linear(A, b, bounds=(-0.1, 0.2), method="bvls", tol=1e-14)
    res = least_squares(lambda x: A @ x - b, np.zeros(8), bounds=(-0.1, 0.2))
    assert res.success
    np.testing.assert_allclose(res.x, exact.x, atol=1e-7)
    assert exact.active_mask.any()


def test_equal_bounds_fix_a_variable():
    res = least_squares(decay, [1, 1, 0.25], bounds=([-np.inf, -np.inf, 0.25], [9, 9, 0.25]))
    assert res.success
    assert res.x[2] == 0.25
    assert np.all(np.abs(res.grad[:2]) < 1e-7)


def test_all_variables_at_bounds():
    res = least_squares(lambda x: x + 1, [0.0, 0.0], bounds=(0, 1))
    assert res.success
    assert res.nit == 0
    assert res.active_mask.tolist() == [-1, -1]


@pytest.mark.parametrize("jac", ["2-point", "3-point", "cs", decay_jacobian])
def test_other_jacobians(jac):
    res = least_squares(decay, [1, 1, 0], jac)
    assert res.success
    np.testing.assert_allclose(res.x, least_squares(decay, [1, 1, 0]).x, rtol=1e-5)


@pytest.mark.parametrize("kind", [csr_array, aslinearoperator])
@pytest.mark.parametrize("method", ["lm", "trf"])
def test_sparse_and_operator_jacobians(kind, method):
    res = least_squares(
        decay, [1, 1, 0], lambda p: kind(decay_jacobian(p)), method=method, tr_solver="lsmr"
    )
    assert res.success
    np.testing.assert_allclose(res.x, least_squares(decay, [1, 1, 0]).x, rtol=1e-5)


def test_large_problems_form_no_matrix():
    n = 20_000
    res = least_squares(broyden, -np.ones(n))
    assert res.success
    assert res.optimality < 1e-8
    assert not isinstance(res.jac, np.ndarray)
    assert res.nfev < 15


def test_large_problem_with_bounds():
    n = 2000
    target = np.linspace(-2, 2, n)
    res = least_squares(lambda x: np.sinh(x) - target, np.zeros(n), bounds=(-1, 1))
    assert res.success
    np.testing.assert_allclose(res.x, np.clip(np.arcsinh(target), -1, 1), atol=1e-8)


def test_second_order_term_where_residuals_stay_large():
    """Brown and Dennis: Gauss-Newton converges slowly, as the least cost is 42911."""
    t = np.arange(1, 21) / 5

    def brown_dennis(x):
        return (x[0] + x[1] * t - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2

    res = least_squares(brown_dennis, [25.0, 5.0, -5.0, -1.0])
    assert res.success
    assert 2 * res.cost == pytest.approx(85822.2, rel=1e-6)
    assert res.nhev > 0
    theirs = scipy.optimize.least_squares(
        brown_dennis, [25, 5, -5, -1], hessopt.jacobian(brown_dennis), method="lm", ftol=1e-13
    )
    assert res.nfev < theirs.nfev / 2


def test_units_do_not_matter():
    plain = least_squares(decay, [1.0, 1.0, 0.1])
    units = np.array([1e6, 1e-5, 1e3])
    scaled = least_squares(lambda p: 1e4 * decay(p / units), units * [1.0, 1.0, 0.1])
    assert scaled.nfev == plain.nfev
    np.testing.assert_allclose(scaled.x / units, plain.x, rtol=1e-9)


def test_the_cost_falls_from_step_to_step():
    res = least_squares(rosenbrock, [-1.2, 1.0])
    assert np.all(np.diff(res.history.f) <= 0)


def test_counts_are_the_calls():
    calls = []

    def counted(p):
        calls.append(1)
        return decay(p)

    eager = least_squares(counted, [1, 1, 0], jit=False)
    assert eager.nfev + eager.njev + eager.nhev == len(calls)
    calls.clear()
    res = least_squares(counted, [1, 1, 0])
    assert (res.nfev, res.njev, res.nhev) == (eager.nfev, eager.njev, eager.nhev)
    # Values are calls; a Jacobian is traced once and compared once, second derivatives are few
    assert len(calls) == res.nfev + 2 + res.nhev


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("tr_solver", ["exact", "lsmr"])
def test_the_way_is_that_of_eager_derivatives(method, tr_solver):
    eager, programs = (
        least_squares(decay, [1, 1, 0], method=method, tr_solver=tr_solver, jit=jit)
        for jit in (False, True)
    )
    assert programs.success
    assert abs(programs.nit - eager.nit) <= 1  # the last digits may differ
    np.testing.assert_allclose(programs.x, eager.x, rtol=1e-7)
    np.testing.assert_allclose(programs.cost, eager.cost, rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_where_there_is_no_program_the_message_says_so(method):
    def fun(p):
        np.asarray(getattr(p, "data", p))
        return decay(p)

    with pytest.warns(RuntimeWarning, match="x.data looks at") as seen:
        res = least_squares(fun, [1, 1, 0], method=method)
    assert len(seen) == 1
    assert res.success
    assert "(fun was differentiated anew at each evaluation, because x.data looks" in res.message
    assert "anew" not in least_squares(fun, [1, 1, 0], method=method, jit=False).message


def test_a_run_resumes_exactly_where_second_derivatives_are_traced_on_the_way(monkeypatch):
    monkeypatch.setattr("hessopt.optimize.lsq.oracle.RECORDED", 3)

    def fun(x):  # large residuals: the model takes the second-order term in
        return np.stack([x[0] + 10, x[1] - 3 * x[0] ** 2 + 1, np.sin(x[0]) * 50 + x[1] ** 2])

    whole = least_squares(fun, [20.0, 30.0])
    assert whole.nhev > 6
    for nfev in range(5, whole.nfev, 2):
        part = least_squares(fun, [20.0, 30.0], max_nfev=nfev)
        rest = least_squares(fun, [20.0, 30.0], resume=part)
        np.testing.assert_array_equal(rest.x, whole.x)


def test_runs_are_the_same_and_resume_exactly():
    whole = least_squares(rosenbrock, [-1.2, 1.0])
    part = least_squares(rosenbrock, [-1.2, 1.0], max_nfev=5)
    assert part.status == FitStatus.EVALUATION_LIMIT == 0
    assert not part.success
    assert "max_nfev = 5" in part.message
    rest = least_squares(rosenbrock, [-1.2, 1.0], resume=part)
    np.testing.assert_array_equal(rest.x, whole.x)
    np.testing.assert_array_equal(rest.history.f, whole.history.f)
    again = least_squares(rosenbrock, [-1.2, 1.0])
    np.testing.assert_array_equal(again.history.f, whole.history.f)


@dataclass
class Decay:
    scale: np.ndarray
    rate: float


class Pair(NamedTuple):
    scale: np.ndarray
    rate: float


CASES = [
    ({"scale": np.ones(2), "rate": 1.0}, lambda p: (p["scale"], p["rate"])),
    (Decay(np.ones(2), 1.0), lambda p: (p.scale, p.rate)),
    (Pair(np.ones(2), 1.0), lambda p: p),
    ([np.ones(2), 1.0], lambda p: p),
]


@pytest.mark.parametrize(("x0", "parts"), CASES, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("method", METHODS)
def test_result_has_the_form_of_the_start(x0, parts, method):
    def residual(p):
        scale, rate = parts(p)
        return decay(np.stack([scale[0], rate, scale[1]]))

    seen = []
    res = least_squares(residual, x0, method=method, callback=lambda x: seen.append(type(x)))
    assert res.success
    assert type(res.x) is type(res.grad) is type(res.active_mask) is type(x0)
    scale, rate = parts(res.x)
    expected = least_squares(decay, [1, 1, 1]).x
    np.testing.assert_allclose([scale[0], rate, scale[1]], expected, rtol=1e-5)
    assert set(seen) == {type(x0)}


def test_bounds_in_the_form_of_the_start():
    x0 = {"scale": np.array([1.0, 0.1]), "rate": 1.0}
    bounds = ({"scale": 0.0, "rate": 0.5}, {"scale": np.array([2.0, 5.0]), "rate": 5.0})

    def residual(p):
        return decay(np.stack([p["scale"][0], p["rate"], p["scale"][1]]))

    res = least_squares(residual, x0, bounds=bounds)
    assert res.active_mask["scale"].tolist() == [1, 0]
    with pytest.raises(ValueError, match=r"bounds\[0\] must have the form of x0"):
        least_squares(residual, x0, bounds=({"scale": 0.0}, np.inf))
    with pytest.raises(ValueError, match="jac is given for vectors; with x0 in a dict"):
        least_squares(residual, x0, decay_jacobian)


def test_shapes_and_arguments():
    def fun(x, a, b=0.0):
        return (x - a) * np.arange(1.0, 5.0).reshape(2, 2) + b

    res = least_squares(fun, np.zeros((2, 2)), args=(3.0,), kwargs={"b": 0.0})
    assert res.x.shape == res.grad.shape == (2, 2)
    np.testing.assert_allclose(res.x, 3.0)
    assert res.jac.shape == (4, 4)
    assert least_squares(lambda x, a: x - a, 1.0, args=2.0).x.tolist() == [2.0]


@pytest.mark.parametrize("method", METHODS)
def test_failure_and_interrupt_return_the_best_point(method):
    for error, status in [
        (ZeroDivisionError("no"), FitStatus.OBJECTIVE_FAILED),
        (KeyboardInterrupt(), FitStatus.INTERRUPTED),
    ]:
        calls = []

        def fun(x, error=error, calls=calls):
            calls.append(1)
            if len(calls) > 8:
                raise error
            return rosenbrock(x)

        res = least_squares(fun, [-1.2, 1.0], method=method)
        assert not res.success
        assert res.status == status
        assert res.cost == pytest.approx(np.sum(rosenbrock(res.x) ** 2) / 2)
        assert res.cost < 12.0


@pytest.mark.parametrize("method", ["lm", "trf"])
def test_a_trial_that_is_not_finite_shortens_the_step(method):
    def fun(x):
        return np.stack([np.log(x[0]) + 3, np.sqrt(x[1] + 1) - 0.1])

    res = least_squares(fun, [30.0, 20.0], method=method)
    assert res.success
    np.testing.assert_allclose(res.x, [np.exp(-3), 0.01 - 1], rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_callbacks_of_both_forms(method):
    seen = []

    def with_result(intermediate_result):
        seen.append(intermediate_result)

    res = least_squares(decay, [1, 1, 0], method=method, callback=with_result)
    assert len(seen) == res.nit
    assert seen[-1].fun.shape == (20,)
    assert seen[-1].cost == pytest.approx(res.cost, rel=1e-6)

    def true(x):
        return x.shape == (3,)

    stopped = least_squares(decay, [1, 1, 0], method=method, callback=true)
    assert (stopped.nit, stopped.status, stopped.success) == (1, -2, False)


@pytest.mark.parametrize(("verbose", "lines"), [(0, 0), (1, 2), (2, 8)])
def test_verbose(verbose, lines, capsys):
    least_squares(decay, [1, 1, 0], verbose=verbose)
    printed = capsys.readouterr().out
    assert printed.count("\n") >= lines
    assert bool(printed) == bool(verbose)
    if verbose:
        assert "Converged" in printed


def test_a_result_can_be_pickled():
    res = least_squares(decay, [1, 1, 0])
    copy = pickle.loads(pickle.dumps(res))
    np.testing.assert_array_equal(copy.x, res.x)


def test_a_wrong_jacobian_is_told_of():
    res = least_squares(decay, [1, 1, 0], lambda p: -decay_jacobian(p))
    assert not res.success
    assert res.status == FitStatus.WRONG_DERIVATIVE
    assert "its entry [0, 0] is -1, but differences of fun give 1. Correct it" in res.message


def test_arguments_that_mean_scipy():
    res = least_squares(decay, [1, 1, 0], "3-point", diff_step=1e-6)
    assert res.method == "trf"
    assert res.success


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"method": "lmm"}, ValueError, "unknown method 'lmm'; did you mean 'lm'"),
        ({"method": "lm", "diff_step": 1e-3}, ValueError, "diff_step has no meaning for method"),
        ({"tr_solver": "svd"}, ValueError, "tr_solver must be 'exact', 'lsmr' or None"),
        ({"verbose": 3}, ValueError, "verbose must be 0, 1 or 2"),
        ({"max_nfev": 0}, ValueError, "'max_nfev' must be an integer at least 1"),
        ({"ftol": -1.0}, ValueError, "'ftol' must be a number at least 0"),
        ({"kwargs": 3}, TypeError, "kwargs must be a dict, not int"),
        ({"x_scale": [1, -1, 1]}, ValueError, "x_scale must be 'jac', or numbers above 0"),
        ({"x_scale": [1, 1]}, ValueError, "x_scale must be 'jac', or numbers above 0, one or 3"),
        ({"callback": 3}, TypeError, "callback must be callable"),
        ({"maxtime": -1}, ValueError, "option 'maxtime' must be a number at least 0"),
        ({"jit": "fast"}, ValueError, "jit must be True, False, 'auto', 'numpy' or 'numba'"),
        ({"resume": 3}, ValueError, "resume must be the result of an earlier run"),
        ({"method": "trf", "resume": 3}, ValueError, "run by SciPy and cannot be resumed"),
        ({"loss": "l2"}, ValueError, "loss must be one of"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        least_squares(decay, [1, 1, 0], **arguments)


def test_resume_needs_the_same_shape():
    res = least_squares(decay, [1, 1, 0])
    with pytest.raises(ValueError, match=r"x had the shape \(3,\), but x0 has \(2,\)"):
        least_squares(rosenbrock, [1, 1], resume=res)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("jit", [False, True])
def test_a_time_limit_ends_the_run(method, jit, monkeypatch):
    clock = iter(range(10**6))
    monkeypatch.setattr("hessopt.optimize.guarded.time.perf_counter", lambda: float(next(clock)))
    res = least_squares(rosenbrock, [-1.2, 1.0], method=method, maxtime=20, jit=jit)
    assert (res.success, res.status) == (False, FitStatus.TIME_LIMIT)
    assert "The time limit maxtime = 20 s was reached" in res.message
    assert 1 < res.nfev < least_squares(rosenbrock, [-1.2, 1.0], method=method).nfev
    assert res.cost == pytest.approx(np.sum(rosenbrock(res.x) ** 2) / 2)
    assert res.cost < 12.1


def test_a_time_limit_of_a_fit():
    with pytest.raises(RuntimeError, match="The time limit maxtime = 0 s was reached"):
        hessopt.curve_fit(lambda t, a, b: a * np.exp(b * t), T, np.cos(T), [1, 1], maxtime=0)
