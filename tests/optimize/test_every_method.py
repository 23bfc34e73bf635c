"""What every method of our own must do: this walks the registry."""

import contextlib
import io
import pickle

import numpy as np
import pytest

from hessopt.optimize.line_search import NOISE
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status

START = [-1.2, 1.0]

# What the methods need in order to solve the problems below; the others need nothing
OPTIONS = {"adam": {"learning_rate": 0.02}, "sgd": {"learning_rate": 1e-3}}
VARIANTS = [
    *((name, OPTIONS.get(name, {})) for name in METHODS),
    ("gradient-descent", {"learning_rate": 1e-3}),
    ("momentum", {"learning_rate": 1e-3}),
    ("nesterov", {"learning_rate": 1e-3}),
    ("trust-ncg", {"preconditioner": "diagonal"}),
    ("newton-cg", {"preconditioner": "lbfgs"}),
    ("trust-krylov", {"scale": "auto"}),
    ("newton", {"globalize": False}),
]
REGIONS = {"trust-ncg", "trust-krylov", "trust-exact", "dogleg"}
every_method = pytest.mark.parametrize(
    ("method", "own"), VARIANTS, ids=lambda value: str(value) if value else ""
)


def quadratic(x):
    scales = np.array([1.0, 3.0, 10.0])
    return np.sum(scales * (x - np.array([1.0, -2.0, 3.0])) ** 2) / 2 + 7.0


def trajectory(fun, x0, method, own, **options):
    """Run, and return the result and the iterates as bytes."""
    seen = []
    res = minimize(
        fun,
        x0,
        method=method,
        callback=lambda x: seen.append(x.tobytes()),
        options={**own, **options},
    )
    return res, seen


def test_the_table_is_keyed_by_the_names():
    assert {name: method.name for name, method in METHODS.items()} == {n: n for n in METHODS}
    assert len(METHODS) == 19


@every_method
def test_solves_a_quadratic(method, own):
    tolerance = 1e-2 if own.get("learning_rate", 1) < 0.01 else 1e-4
    res = minimize(quadratic, np.zeros(3), method=method, options={**own, "gtol": tolerance})
    assert res.success, res.message
    assert res.status == Status.GRADIENT_CONVERGED
    assert res.method == method
    np.testing.assert_allclose(res.x, [1, -2, 3], atol=tolerance)
    np.testing.assert_allclose(res.fun, 7.0, rtol=1e-4)
    assert np.abs(res.jac).max() <= tolerance


@every_method
def test_solves_rosenbrock(method, own, rosenbrock):
    first_order = METHODS[method].order == 1
    options = {**own, "gtol": 1e-2 if first_order else 1e-8}
    res = minimize(rosenbrock, START, method=method, options=options)
    assert res.success, res.message
    np.testing.assert_allclose(res.x, 1.0, atol=3e-2 if first_order else 1e-6)


@pytest.mark.usefixtures("eagerly")
@every_method
def test_counts_what_was_called(method, own, counted, rosenbrock):
    fun = counted(rosenbrock)
    res = minimize(fun, START, method=method, options={**own, "maxiter": 20})
    assert res.nfev == fun.calls
    assert res.njev == fun.calls  # the gradient comes with every value
    if method == "adaptive-tron":  # one product, and then what gradients show
        assert res.nhev == 1
    elif METHODS[method].order == 2:
        assert res.nhev >= res.nit
    else:
        assert res.nhev == 0


@every_method
def test_counts_given_derivatives(method, own, counted, rosenbrock):
    def grad(x):
        return np.array(
            [
                -400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]),
                200 * (x[1] - x[0] ** 2),
            ]
        )

    def hess(x):
        return np.array([[1200 * x[0] ** 2 - 400 * x[1] + 2, -400 * x[0]], [-400 * x[0], 200.0]])

    fun, jac, hess = counted(rosenbrock), counted(grad), counted(hess)
    given = {"hess": hess} if METHODS[method].order == 2 else {}
    res = minimize(fun, START, method=method, jac=jac, options={**own, "maxiter": 20}, **given)
    assert (res.nfev, res.njev) == (fun.calls, jac.calls)
    assert res.nhev == (hess.calls if given else 0)
    exact = minimize(rosenbrock, START, method=method, options={**own, "maxiter": 20})
    np.testing.assert_allclose(res.x, exact.x, rtol=1e-6)


@every_method
def test_history_agrees_with_the_result(method, own, rosenbrock):
    res = minimize(rosenbrock, START, method=method, options={**own, "maxiter": 30})
    history = res.history
    assert len(history) == res.nit + 1
    assert history.f[0] == rosenbrock(np.array(START))
    assert history.f[-1] == res.fun or np.min(history.f) == res.fun
    assert np.min(history.grad_norm) <= np.abs(res.jac).max() <= np.max(history.grad_norm)
    assert history.step[0] == 0
    assert (history.nfev[0], history.nfev[-1], history.njev[-1]) == (1, res.nfev, res.njev)
    assert history.nhev[-1] == res.nhev
    for column in (history.nfev, history.njev, history.nhev, history.time):
        assert np.all(np.diff(column) >= 0)
    in_a_region = method in (*REGIONS, "tron", "adaptive-tron", "augmented-lagrangian")
    assert np.isfinite(history.radius[1:]).all() == in_a_region
    assert repr(history).startswith(f"History({res.nit} iterations, f: 24.2 -> ")


@every_method
def test_the_history_holds_the_steps_made(method, own, rosenbrock):
    seen = [np.array(START)]
    res = minimize(
        rosenbrock, START, method=method, callback=seen.append, options={**own, "maxiter": 15}
    )
    np.testing.assert_array_equal(res.history.f, [rosenbrock(x) for x in seen])
    steps = np.linalg.norm(np.diff(seen, axis=0), axis=1)
    np.testing.assert_allclose(res.history.step[1:], steps, rtol=1e-12)


@every_method
def test_f_falls_where_that_is_promised(method, own, rosenbrock):
    res = minimize(rosenbrock, START, method=method, options={**own, "maxiter": 300})
    if METHODS[method](**own).descends():
        f = res.history.f
        assert np.all(np.diff(f) <= NOISE * np.abs(f[:-1]))
    assert res.fun == np.min(res.history.f)


@every_method
@pytest.mark.parametrize("cut", [0, 1, 5])
def test_a_resumed_run_is_the_same_run(method, own, cut, rosenbrock):
    total = 12
    whole, iterates = trajectory(rosenbrock, START, method, own, maxiter=total)
    first, one = trajectory(rosenbrock, START, method, own, maxiter=cut)
    assert first.status == Status.ITERATION_LIMIT
    state = pickle.loads(pickle.dumps(first.state))
    rest = {"maxiter": total - cut}
    second, two = trajectory(rosenbrock, START, method, own, resume=state, **rest)
    assert one + two == iterates
    assert second.x.tobytes() == whole.x.tobytes()
    assert (second.nit, second.status) == (whole.nit, whole.status)
    np.testing.assert_array_equal(second.history.f, whole.history.f)
    np.testing.assert_array_equal(second.history.radius, whole.history.radius)
    assert len(second.history) == len(whole.history)
    assert np.all(np.diff(second.history.nfev) >= 0)
    assert np.all(np.diff(second.history.time) >= 0)


@every_method
def test_a_run_cut_inside_a_step_resumes_exactly(method, own, rosenbrock):
    whole, iterates = trajectory(rosenbrock, START, method, own, maxiter=8)
    for maxfun in (1, 2, 3, 5):
        first, one = trajectory(rosenbrock, START, method, own, maxfun=maxfun)
        assert first.status == Status.EVALUATION_LIMIT
        assert first.nfev == maxfun
        rest = {"maxiter": 8 - first.nit}
        second, two = trajectory(rosenbrock, START, method, own, resume=first, **rest)
        assert one + two == iterates
        assert second.x.tobytes() == whole.x.tobytes()


@every_method
def test_a_resumed_run_keeps_its_options(method, own, rosenbrock):
    first = minimize(rosenbrock, START, method=method, options={**own, "maxiter": 3})
    again = minimize(rosenbrock, START, options={"resume": first, "maxiter": 3})
    assert again.state.method == METHODS[method](**own)
    assert again.method == method


@every_method
def test_results_are_the_same_from_run_to_run(method, own, rosenbrock):
    runs = [trajectory(rosenbrock, START, method, own, maxiter=25)[1] for _ in range(2)]
    assert runs[0] == runs[1]


@every_method
def test_callback_forms(method, own, rosenbrock):
    xs, results = [], []

    def new_form(intermediate_result):
        results.append(intermediate_result)

    for callback in (xs.append, new_form):
        minimize(rosenbrock, START, method=method, callback=callback, options={**own, "maxiter": 4})
    assert len(xs) == len(results) == 4
    for x, result in zip(xs, results, strict=True):
        np.testing.assert_array_equal(x, result.x)
        assert result.fun == rosenbrock(x)
    assert [result.nit for result in results] == [1, 2, 3, 4]


@every_method
def test_a_callback_may_do_anything_to_its_x(method, own, rosenbrock):
    def spoil(x):
        x[:] = np.nan

    res = minimize(rosenbrock, START, method=method, callback=spoil, options={**own, "maxiter": 5})
    plain = minimize(rosenbrock, START, method=method, options={**own, "maxiter": 5})
    assert res.x.tobytes() == plain.x.tobytes()


@every_method
def test_stop_iteration_ends_the_run_as_in_scipy(method, own, rosenbrock):
    seen = []

    def callback(x):
        seen.append(x)
        if len(seen) == 3:
            raise StopIteration

    res = minimize(rosenbrock, START, method=method, callback=callback, options=own)
    assert (res.success, res.status, res.nit) == (False, 99, 3)
    assert res.status is Status.CALLBACK_STOPPED
    assert res.message == "`callback` raised `StopIteration`."


@pytest.mark.usefixtures("eagerly")
@every_method
@pytest.mark.parametrize("call", [2, 4, 6])
def test_an_interrupt_returns_the_best_point(method, own, call, counted, raising, rosenbrock):
    fun = counted(rosenbrock, call, raising(KeyboardInterrupt()))
    res = minimize(fun, START, method=method, options=own)
    assert (res.success, res.status) == (False, Status.INTERRUPTED)
    assert "Interrupted from the keyboard" in res.message
    assert res.fun == rosenbrock(res.x) <= 24.2
    assert res.nfev == call


@every_method
def test_an_interrupt_at_the_start_propagates(method, own, raising):
    with pytest.raises(KeyboardInterrupt):
        minimize(raising(KeyboardInterrupt()), START, method=method, options=own)


@pytest.mark.usefixtures("eagerly")
@every_method
@pytest.mark.parametrize("call", [2, 4, 6])
def test_a_failing_objective_returns_the_best_point(
    method, own, call, counted, raising, rosenbrock
):
    fun = counted(rosenbrock, call, raising(RuntimeError("no licence left")))
    res = minimize(fun, START, method=method, options=own)
    assert (res.success, res.status) == (False, Status.OBJECTIVE_FAILED)
    assert "The objective raised RuntimeError: no licence left" in res.message
    assert "conftest.py" in res.message  # where it was raised
    assert res.fun == rosenbrock(res.x) <= 24.2


@every_method
def test_a_failure_at_the_start_propagates(method, own, raising):
    with pytest.raises(RuntimeError, match="no licence"):
        minimize(raising(RuntimeError("no licence")), START, method=method, options=own)


@every_method
def test_an_error_in_the_callback_propagates(method, own, rosenbrock, raising):
    with pytest.raises(ZeroDivisionError):
        minimize(
            rosenbrock, START, method=method, callback=raising(ZeroDivisionError()), options=own
        )


@every_method
def test_maxtime(method, own, rosenbrock):
    res = minimize(rosenbrock, START, method=method, options={**own, "maxtime": 0})
    assert (res.success, res.status) == (False, Status.TIME_LIMIT)
    assert (res.nfev, res.nit) == (1, 0)
    assert res.message == "The time limit maxtime = 0 s was reached. Raise it, or go on from res.x."


@pytest.mark.usefixtures("eagerly")
@every_method
@pytest.mark.parametrize("maxfun", [1, 2, 6])
def test_maxfun_is_kept(method, own, maxfun, counted, rosenbrock):
    fun = counted(rosenbrock)
    res = minimize(fun, START, method=method, options={**own, "maxfun": maxfun})
    assert fun.calls == res.nfev == maxfun
    assert (res.success, res.status) == (False, Status.EVALUATION_LIMIT)
    assert f"maxfun = {maxfun} was reached" in res.message


@every_method
def test_maxiter_is_kept(method, own, rosenbrock):
    res = minimize(rosenbrock, START, method=method, options={**own, "maxiter": 2})
    assert (res.nit, res.success, res.status) == (2, False, Status.ITERATION_LIMIT)
    assert "maxiter = 2 was reached" in res.message


@every_method
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_trial_that_is_not_finite_is_never_accepted(method, own, bad, rosenbrock):
    # The way to the minimum of x - log(x - 1) at 2 leads over x < 1 for steps that are too long
    def fun(x):
        if x[0] > 1:
            return np.sum(x - np.log(x - 1))
        return np.sum(x) * bad

    own = {**own, "learning_rate": 20.0} if own.get("learning_rate") else own
    seen = []
    minimize(fun, [4.0], method=method, callback=seen.append, options={**own, "maxiter": 50})
    assert np.min(seen) > 1


@every_method
def test_a_domain_is_not_left(method, own):
    options = {**own, "gtol": 0.05}
    res = minimize(lambda x: np.sum(x - np.log(x)), [3.0, 0.1], method=method, options=options)
    assert res.success, res.message
    np.testing.assert_allclose(res.x, 1.0, atol=0.1)


@pytest.mark.usefixtures("eagerly")
@every_method
def test_shut_in_by_nan_says_so(method, own, counted):
    fun = counted(lambda x: np.sum(x**2), 2, lambda x: np.sum(x) * np.nan)
    res = minimize(fun, [3.0, 1.0], method=method, options=own)
    assert (res.success, res.status) == (False, Status.NOT_FINITE)
    assert "fun is not finite next to the point of value 10" in res.message
    np.testing.assert_array_equal(res.x, [3, 1])


@every_method
def test_unbounded_below_has_a_name(method, own):
    options = {**own, "maxiter": 2000}
    res = minimize(lambda x: -np.sum(x**4), [1.0, 2.0], method=method, options=options)
    if method == "adam":  # moves by its learning rate, however steep it is
        assert res.status == Status.ITERATION_LIMIT
    elif own.get("globalize") is False:  # goes to any stationary point
        np.testing.assert_allclose(res.x, 0.0, atol=0.01)
    else:
        assert (res.success, res.status) == (False, Status.UNBOUNDED)
        assert "unbounded below: it has fallen from -17 to -" in res.message
        assert res.fun < -1e20


@pytest.mark.parametrize(
    ("method", "own"),
    [("gradient-descent", {"learning_rate": 1.0}), ("momentum", {"learning_rate": 1.0})],
)
def test_a_learning_rate_that_is_too_large_is_told(method, own):
    res = minimize(quadratic, np.zeros(3), method=method, options=own)
    assert (res.success, res.status) == (False, Status.DIVERGED)
    assert "Take a smaller learning rate" in res.message
    np.testing.assert_array_equal(res.x, np.zeros(3))  # the best point was the start


@every_method
@pytest.mark.parametrize("shape", [(), (1,), (6,), (2, 3), (1, 3, 2)])
def test_the_shape_of_x0_is_kept(method, own, shape):
    seen = []

    def fun(x):
        assert x.shape == (shape or (1,))
        return np.sum((x - 0.5) ** 2)

    x0 = np.arange(np.prod(shape, dtype=int)).reshape(shape)  # integers
    res = minimize(fun, x0, method=method, callback=seen.append, options={**own, "maxiter": 3})
    assert res.x.shape == res.jac.shape == (shape or (1,))
    assert all(x.shape == res.x.shape for x in seen)
    assert res.x.dtype == res.jac.dtype == float
    assert isinstance(res.fun, float)


@every_method
def test_a_start_that_is_solved_makes_no_step(method, own, rosenbrock):
    res = minimize(rosenbrock, [1.0, 1.0], method=method, options=own)
    # The gradient is exactly zero: one more value shows that f is not flat
    assert (res.nit, res.nfev, res.success) == (0, 2, True)
    assert "at the start already" in res.message


@every_method
def test_a_constant_is_told(method, own):
    res = minimize(lambda x: 3.0, [1.0, 2.0], method=method, options=own)
    assert (res.fun, res.success, res.status) == (3.0, False, Status.FLAT)
    assert "fun does not vary around the start" in res.message


@every_method
def test_arguments_are_passed(method, own):
    def fun(x, a, b):
        return np.sum((x - a) ** 2) + b

    options = {**own, "maxiter": 5}
    res = minimize(fun, [1.0], args=(3.0, 4.0), method=method, options=options)
    other = minimize(lambda x: fun(x, 3.0, 4.0), [1.0], method=method, options=options)
    assert res.x.tobytes() == other.x.tobytes()
    single = minimize(lambda x, a: np.sum((x - a) ** 2), [1.0], 3.0, method=method, options=options)
    assert single.x.tobytes() == res.x.tobytes()


@every_method
def test_return_all_and_disp(method, own, rosenbrock):
    options = {**own, "maxiter": 3, "return_all": True, "disp": True}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        res = minimize(rosenbrock, START, method=method, options=options)
    assert [rosenbrock(x) for x in res.allvecs] == res.history.f.tolist()
    lines = printed.getvalue().splitlines()
    assert lines[0] == method
    assert lines[1].split() == ["nit", "f", "max|g|", "step", "nfev"]
    assert [line.split()[0] for line in lines[2:6]] == ["0", "1", "2", "3"]
    assert lines[6] == res.message


@every_method
def test_own_options_are_checked(method, own):
    for name, value in {
        "learning_rate": 0,
        "beta": 1.0,
        "beta1": -0.1,
        "beta2": 1.0,
        "epsilon": 0,
        "c1": 0,
        "c2": 1.0,
        "cg_maxiter": 0,
        "maxcor": 1.5,
        "maxls": 0,
        "initial_trust_radius": 0,
        "max_trust_radius": "far",
        "eta": 0.25,
        "subproblem_maxiter": 0,
        "sigma": 0,
        "eta1": 1.0,
        "eta2": -1,
        "norm": 0,
        "decay": -1,
        "seed": 0.5,
        "preconditioner": "no such",
        "scale": [1.0, -1.0],
        "minibatches": 0,
    }.items():
        known = name in METHODS[method].__dataclass_fields__
        what = f"option '{name}' must be" if known else f"unknown option '{name}'"
        with pytest.raises(ValueError, match=what):
            minimize(quadratic, np.zeros(3), method=method, options={name: value})
