import numpy as np
import pytest
import scipy.optimize
from scipy.sparse import diags_array
from scipy.sparse.linalg import LinearOperator, splu

from hessopt import root
from hessopt.optimize.stopping import Status


def scipys_example(x):
    difference = (x[0] - x[1]) ** 3 / 2
    return np.stack([x[0] + difference - 1, x[1] - difference])


def broyden(x):
    zero = np.zeros(1)
    f = (3 - 2 * x) * x + 1
    return f - np.concatenate([zero, x[:-1]]) - 2 * np.concatenate([x[1:], zero])


def helical_valley(x):
    theta = np.arctan2(x[1], x[0]) / (2 * np.pi)
    return np.stack([10 * (x[2] - 10 * theta), 10 * (np.hypot(x[0], x[1]) - 1), x[2]])


def powell_badly_scaled(x):
    return np.stack([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001])


def powell_singular(x):
    return np.stack(
        [
            x[0] + 10 * x[1],
            5**0.5 * (x[2] - x[3]),
            (x[1] - 2 * x[2]) ** 2,
            10**0.5 * (x[0] - x[3]) ** 2,
        ]
    )


def rosenbrock(x):
    return np.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]])


def logarithm(x):
    return np.stack([np.log(x[0]) - 1, x[1] - x[0]])


SYSTEMS = [
    (scipys_example, [0.0, 0.0], [0.8411639019140098, 0.15883609808599023]),
    (rosenbrock, [-1.2, 1.0], [1, 1]),
    (helical_valley, [-1.0, 0.0, 0.0], [1, 0, 0]),
    (powell_badly_scaled, [0.0, 1.0], [1.0981593e-5, 9.1061467]),
    (powell_singular, [3.0, -1.0, 0.0, 1.0], [0, 0, 0, 0]),
    (logarithm, [20.0, 1.0], [np.e, np.e]),  # the whole first step leaves the domain
]


@pytest.mark.parametrize(("fun", "x0", "solution"), SYSTEMS)
@pytest.mark.parametrize("method", ["newton", "newton-krylov"])
def test_classic_systems(fun, x0, solution, method):
    res = root(fun, x0, method=method)
    assert res.success, res.message
    assert np.max(np.abs(res.fun)) <= 1e-10
    np.testing.assert_allclose(res.x, solution, rtol=1e-6, atol=2e-5)
    np.testing.assert_array_equal(res.fun, fun(res.x))
    assert (res.method, len(res.history)) == (method, res.nit + 1)


def test_newton_converges_quadratically():
    res = root(scipys_example, [0.5, 0.5], tol=1e-14)
    norms = np.sqrt(2 * res.history.f)
    assert norms[-1] < 1e-14
    assert np.all(norms[2:-1] < 2 * norms[1:-2] ** 2)


@pytest.mark.parametrize("n", [2, 600, 20_000])
def test_auto_goes_by_the_size(n):
    res = root(broyden, -np.ones(n))
    assert res.method == ("newton" if n <= 500 else "newton-krylov")
    assert res.success
    assert res.nit < 10


def test_a_preconditioner_saves_products():
    n = 150
    A = diags_array([-1, 2.0, -1], offsets=[-1, 0, 1], shape=(n, n), format="csc")

    def diffusion(x):
        return A @ x + (x**3 - 1) / n**2

    plain = root(diffusion, np.zeros(n), method="newton-krylov", tol=1e-12)
    M = LinearOperator((n, n), matvec=splu(A).solve)
    options = {"preconditioner": M}
    helped = root(diffusion, np.zeros(n), method="newton-krylov", tol=1e-12, options=options)
    assert helped.success
    assert helped.nproducts < plain.nproducts / 5


@pytest.mark.parametrize("method", ["newton", "newton-krylov"])
def test_a_least_point_that_is_no_root_is_told(method):
    res = root(lambda x: np.stack([x[0] ** 2 + 1, x[1]]), [1.0, 1.0], method=method)
    assert not res.success
    assert res.status == Status.NO_DESCENT
    assert "There may be no root nearby" in res.message


def test_freudenstein_and_roth_do_not_end_in_a_false_success():
    def fun(x):
        return np.stack(
            [
                -13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1],
                -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1],
            ]
        )

    res = root(fun, [0.5, -2.0])
    assert not res.success
    np.testing.assert_allclose(res.x, [11.4128, -0.8968], rtol=1e-4)
    assert root(fun, [6.0, 3.0]).success


def test_f_that_cannot_be_smaller_is_a_root():
    res = root(lambda x: 1e12 * (x**2 - 2), [1.0])
    assert res.success
    assert res.status == Status.ROUNDOFF_LIMIT
    assert res.x[0] == pytest.approx(2**0.5, rel=1e-15)


@pytest.mark.parametrize("method", ["hybr", "lm", "broyden1", "anderson", "df-sane", "krylov"])
def test_scipys_methods(method):
    res = root(broyden, -np.ones(8), method=method)
    theirs = scipy.optimize.root(broyden, -np.ones(8), method=method)
    assert res.success
    np.testing.assert_allclose(res.x, theirs.x, rtol=1e-4)
    assert res.method == method
    if method in ("hybr", "lm"):
        assert res.nfev < theirs.nfev  # the Jacobian is exact
        assert res.njev > 0


@pytest.mark.parametrize("method", ["newton", "newton-krylov", "hybr"])
def test_counts_are_the_calls(method):
    calls = []

    def counted(x):
        calls.append(1)
        return scipys_example(x)

    eager = root(counted, [0.0, 0.0], method=method, options={"jit": False})
    assert eager.nfev + eager.njev == len(calls)
    calls.clear()
    res = root(counted, [0.0, 0.0], method=method)
    assert (res.nfev, res.njev) == (eager.nfev, eager.njev)
    # Values are calls; after eight Jacobians these, or products with them and their transposes, are
    # traced and compared
    assert len(calls) - res.nfev <= min(res.njev, 8) + (4 if method == "newton-krylov" else 2)


@pytest.mark.parametrize("method", ["newton", "newton-krylov", "hybr", "lm"])
def test_the_solution_is_that_of_eager_derivatives(method):
    def fun(x):
        return np.exp(x) - np.arange(1.0, 13) + 0.1 * np.roll(x, 1) ** 2

    eager = root(fun, np.zeros(12), method=method, options={"jit": False})
    programs = root(fun, np.zeros(12), method=method)
    assert programs.success
    assert (programs.nfev, programs.njev) == (eager.nfev, eager.njev)
    np.testing.assert_allclose(programs.x, eager.x, rtol=1e-9)


@pytest.mark.parametrize("method", ["newton", "hybr"])
def test_where_there_is_no_program_the_message_says_so(method):
    def fun(x):
        np.asarray(getattr(x, "data", x))
        return np.exp(x) - np.arange(1.0, 13)

    with pytest.warns(RuntimeWarning, match="x.data looks at"):
        res = root(fun, np.zeros(12), method=method)
    assert res.success
    assert "(fun was differentiated anew at each evaluation, because x.data looks" in res.message


def test_a_bad_backend():
    with pytest.raises(ValueError, match=r"options\['jit'\] must be True, False, 'auto'"):
        root(scipys_example, [0.0, 0.0], options={"jit": "fast"})


def jacobian(x):
    d = 1.5 * (x[0] - x[1]) ** 2
    return np.array([[1 + d, -d], [-d, 1 + d]])


@pytest.mark.parametrize("method", ["newton", "newton-krylov", "hybr", "lm"])
def test_jacobians_of_the_user(method):
    expected = root(scipys_example, [0.0, 0.0]).x
    for fun, jac in [
        (scipys_example, jacobian),
        (scipys_example, "3-point"),
        (lambda x: (scipys_example(x), jacobian(x)), True),
    ]:
        if method == "newton-krylov" and jac == "3-point":
            continue
        res = root(fun, [0.0, 0.0], method=method, jac=jac)
        assert res.success
        np.testing.assert_allclose(res.x, expected, rtol=1e-7)


def test_containers():
    seen = []
    res = root(
        lambda p: {"u": p["a"] * 2 - np.ones(2), "v": p["b"] ** 2 - 9},
        {"a": np.zeros(2), "b": 1.0},
        callback=lambda x, F: seen.append((x["b"], F.shape)),
    )
    assert res.success
    np.testing.assert_allclose(res.x["a"], 0.5)
    assert float(res.x["b"]) == pytest.approx(3.0)
    assert seen[0][1] == (3,)
    with pytest.raises(ValueError, match="jac is given for vectors; with x0 in a dict"):
        root(lambda p: p["a"], {"a": 1.0}, jac=jacobian)


def test_shapes_and_arguments():
    res = root(lambda x, a: x**3 - a, np.ones((2, 2)), args=(8.0,))
    assert res.x.shape == res.fun.shape == (2, 2)
    np.testing.assert_allclose(res.x, 2.0)


@pytest.mark.parametrize("method", ["newton", "newton-krylov", "hybr", "broyden1"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ZeroDivisionError("no"), Status.OBJECTIVE_FAILED),
        (KeyboardInterrupt(), Status.INTERRUPTED),
    ],
)
def test_failure_and_interrupt_return_the_best_point(method, error, status):
    calls = []

    def fun(x):
        calls.append(1)
        if len(calls) > 6:
            raise error
        return rosenbrock(x)

    res = root(fun, [-1.2, 1.0], method=method)
    assert not res.success
    assert res.status == status
    assert np.linalg.norm(res.fun) <= np.linalg.norm(rosenbrock([-1.2, 1.0]))


@pytest.mark.parametrize("method", ["newton", "newton-krylov", "broyden1"])
def test_a_callback_may_end_the_run(method):
    def stop(x, F):
        np.testing.assert_array_equal(F, scipys_example(x))
        raise StopIteration

    res = root(scipys_example, [0.0, 0.0], method=method, callback=stop)
    assert res.status == Status.CALLBACK_STOPPED
    assert not res.success


def test_limits_and_display(capsys):
    res = root(rosenbrock, [-1.2, 1.0], options={"maxiter": 2, "disp": True})
    assert (res.status, res.nit) == (Status.ITERATION_LIMIT, 2)
    assert "newton" in capsys.readouterr().out
    res = root(rosenbrock, [-1.2, 1.0], options={"maxfev": 3})
    assert (res.status, res.nfev) == (Status.EVALUATION_LIMIT, 3)
    assert "maxfev = 3" in res.message


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"fun": lambda x: x[:1]}, ValueError, "fun must return as many numbers as x0 has, 2"),
        ({"method": "newton_krilov"}, ValueError, "did you mean 'newton-krylov'"),
        ({"tol": -1.0}, ValueError, "'tol' must be a number at least 0"),
        ({"options": {"gtol": 1}}, ValueError, "unknown option 'gtol' for method 'newton'"),
        ({"options": {"maxfev": 0}}, ValueError, "'maxfev' must be an integer at least 1"),
        ({"method": "newton-krylov", "options": {"eta_max": 1.0}}, ValueError, "'eta_max' must be"),
        ({"jac": True}, TypeError, r"with jac=True, fun must return the pair \(F, Jacobian\)"),
        ({"callback": 3}, TypeError, "callback must be callable"),
        ({"fun": lambda x: x + np.inf}, ValueError, "fun is inf in entry 0 at the start x0"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        root(**{"fun": scipys_example, "x0": [0.0, 0.0], **arguments})


def test_scipys_warnings():
    with pytest.warns(RuntimeWarning, match="broyden1 does not use jac"):
        root(scipys_example, [0.0, 0.0], method="broyden1", jac=jacobian)
    with pytest.warns(RuntimeWarning, match="hybr does not accept callback"):
        root(scipys_example, [0.0, 0.0], method="hybr", callback=print)


@pytest.mark.parametrize("method", ["newton", "newton-krylov", "hybr", "lm", "broyden1", "krylov"])
def test_a_time_limit_ends_the_run(method, monkeypatch):
    clock = iter(range(10**6))
    monkeypatch.setattr("hessopt.optimize.guarded.time.perf_counter", lambda: float(next(clock)))
    res = root(rosenbrock, [-1.2, 1.0], method=method, options={"maxtime": 4})
    assert (res.success, res.status) == (False, Status.TIME_LIMIT)
    assert "The time limit maxtime = 4 s was reached" in res.message
    assert np.linalg.norm(res.fun) <= np.linalg.norm(rosenbrock([-1.2, 1.0]))


def test_a_bad_time_limit():
    with pytest.raises(ValueError, match="option 'maxtime' must be a number at least 0"):
        root(rosenbrock, [-1.2, 1.0], options={"maxtime": -1})
