"""What theory promises of whole families of methods: this walks the registry."""

import pickle
import tracemalloc

import numpy as np
import pytest

from hessopt.optimize.line_search import NOISE
from hessopt.optimize.methods import METHODS
from hessopt.optimize.methods.base import Method
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.stopping import Stop

# Adam's steps are of the same length along every axis; all else knows only inner products
BY_AXES = ("adam",)
# A learning rate has the units of x^2 / f, and a first trial is at most 1
BY_UNITS = ("momentum", "nesterov", "adam", "sgd", "bfgs", "l-bfgs", "nonlinear-cg")
X0 = np.array([-1.2, 1.0, 0.5, 1.3])
OPTIONS = {"adam": {"learning_rate": 0.02}, "sgd": {"learning_rate": 1e-3}}
every_method = pytest.mark.parametrize("method", METHODS)


def convex(x):
    return np.sum(np.cosh(x) * np.array([1.0, 2.0, 3.0, 4.0])) + 0.1 * np.sum(x) ** 2


def iterates(fun, x0, method, steps, **options):
    seen = []
    options = {**OPTIONS.get(method, {}), **options, "maxiter": steps, "gtol": 0}
    minimize(fun, x0, method=method, callback=seen.append, options=options)
    return np.array(seen)


def rotation(seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))[0]


@pytest.mark.parametrize("method", [name for name in METHODS if name not in BY_AXES])
def test_a_rotation_turns_the_iterates(method):
    Q = rotation()
    options = {"learning_rate": 0.05} if _has(method, "learning_rate") else {}
    plain = iterates(convex, X0, method, 5, **options)
    turned = iterates(lambda z: convex(Q @ z), Q.T @ X0, method, 5, **options)
    np.testing.assert_allclose(turned @ Q.T, plain, rtol=1e-5, atol=1e-7)


def _has(method, option):
    return option in METHODS[method].__dataclass_fields__


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("newton", {}),
        *(
            (method, {"scale": True})
            for method in ("trust-ncg", "trust-exact", "dogleg", "trust-krylov")
        ),
    ],
)
def test_units_do_not_matter(method, options, rosenbrock):
    """Minimising f(Dz) from x0/D is minimising f(x) from x0."""
    D = 2.0 ** np.array([6, -7, 3, 0])
    if options:
        options = {"scale": np.array([1.0, 3.0, 0.5, 2.0])}
        scaled = {"scale": options["scale"] / D}
        # The length of the first region is measured in units of x; the forcing in those of g
        radius = {"initial_trust_radius": 0.5}
        if _has(method, "cg_maxiter"):
            radius["cg_maxiter"] = 4
        options, scaled = {**options, **radius}, {**scaled, **radius}
    else:
        scaled = {}
    plain = iterates(rosenbrock, X0, method, 4, **options)
    other = iterates(lambda z: rosenbrock(D * z), X0 / D, method, 4, **scaled)
    np.testing.assert_allclose(D * other, plain, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("method", [name for name in METHODS if name not in BY_UNITS])
@pytest.mark.parametrize("power", [-40, 40])
def test_the_units_of_f_do_not_matter(method, power):
    """``c f`` takes the steps of f."""
    plain = iterates(convex, X0, method, 5)
    other = iterates(lambda x: 2.0**power * convex(x), X0, method, 5)
    np.testing.assert_allclose(other, plain, rtol=1e-6, atol=1e-9)


@every_method
def test_monotone_where_promised(method, rosenbrock):
    rng = np.random.default_rng(1)
    options = {**OPTIONS.get(method, {}), "maxiter": 60}
    for _ in range(3):
        res = minimize(rosenbrock, rng.normal(size=4), method=method, options=options)
        f = res.history.f
        if METHODS[method](**OPTIONS.get(method, {})).descends():
            assert np.all(np.diff(f) <= NOISE * np.abs(f[:-1]))
        assert res.fun == np.min(f)


@every_method
def test_a_step_leaves_what_it_was_given(method, rosenbrock, at):
    """The point and the memory of a step can be used again, with the same outcome."""
    chosen = METHODS[method](**OPTIONS.get(method, {}))
    objective, _ = at(rosenbrock, X0, order=chosen.order)
    point, memory = chosen.start(objective, objective.x0)
    for _ in range(8):
        before = pickle.dumps((point.x, point.g, memory))
        new, after = chosen.step(objective, point, memory)
        assert pickle.dumps((point.x, point.g, memory)) == before
        again, _ = chosen.step(objective, point, memory)
        assert again.x.tobytes() == new.x.tobytes()
        point, memory = new, after


@every_method
def test_every_call_is_counted(method, counted):
    """Derivatives by hand: each count is the number of calls of that function."""
    scales = np.array([1.0, 2.0, 3.0, 4.0])
    fun = counted(lambda x: float(np.sum(scales * np.cosh(x))))
    jac = counted(lambda x: scales * np.sinh(x))
    products = []

    def hessp(x, p):
        products.append(1)
        return scales * np.cosh(x) * p

    given = {"hessp": hessp} if METHODS[method].order == 2 else {}
    options = {**OPTIONS.get(method, {}), "maxiter": 15}
    res = minimize(fun, X0, method=method, jac=jac, options=options, **given)
    assert (res.nfev, res.njev, res.nhev) == (fun.calls, jac.calls, len(products))


@pytest.mark.parametrize("method", ["trust-ncg", "trust-krylov", "trust-exact", "dogleg", "arc"])
def test_a_refused_step_costs_one_evaluation(method):
    """What is known of the model is used again, and nothing else is evaluated."""

    def fun(x):
        return np.sum(np.sqrt(1 + x**2))

    # From here the Newton step overshoots, and more so the second time
    res = minimize(fun, [3.0, 5.0], method=method, options={"maxiter": 12, "gtol": 0})
    refused = np.flatnonzero(res.history.step[1:] == 0)
    after = [k for k in refused if k + 2 < len(res.history)]
    assert len(after) > 0
    for k in after:
        assert res.history.nhev[k + 2] == res.history.nhev[k + 1]
        assert res.history.nfev[k + 2] == res.history.nfev[k + 1] + 1


@pytest.mark.slow
@every_method
def test_nothing_piles_up(method):
    """After thousands of steps there is no more memory in use than after hundreds."""
    chosen: Method = METHODS[method](**OPTIONS.get(method, {}))
    scales = np.linspace(1.0, 3.0, 50)
    given = {"jac": lambda x: scales * np.sinh(x)}
    if chosen.order == 2:
        given["hess"] = lambda x: np.diag(scales * np.cosh(x))
    steps = 10_000
    objective = Objective(
        lambda x: float(np.sum(scales * np.cosh(x))), np.full(50, 2.0), order=chosen.order, **given
    )
    point, memory = first = chosen.start(objective, objective.x0)
    used = []
    tracemalloc.start()
    for k in range(steps):
        try:
            point, memory = chosen.step(objective, point, memory)
        except Stop:
            point, memory = first
        if point.grad_norm < 1e-6:
            point, memory = first
        if k in (500, steps - 1):
            used.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert used[1] <= used[0] + 200_000


@pytest.mark.slow
@pytest.mark.parametrize("method", ["l-bfgs", "newton", "newton-cg", "trust-ncg"])
def test_programs_do_not_pile_up_either(method):
    """The same with derivatives that are replayed."""
    chosen: Method = METHODS[method]()
    scales = np.linspace(1.0, 3.0, 20)
    objective = Objective(
        lambda x: np.sum(scales * np.cosh(x)), np.full(20, 2.0), order=chosen.order, jit="numpy"
    )
    point, memory = first = chosen.start(objective, objective.x0)
    used, steps = [], 10_000
    tracemalloc.start()
    for k in range(steps):
        point, memory = chosen.step(objective, point, memory)
        if point.grad_norm < 1e-6:
            point, memory = first
        if k in (500, steps - 1):
            used.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert used[1] <= used[0] + 200_000


@pytest.mark.parametrize("offset", [0.0, 1.0, 1e8])
@pytest.mark.parametrize(
    "method",
    [
        name
        for name in METHODS
        if name not in ("gradient-descent", "momentum", "nesterov", "adam", "sgd")
    ],
)
def test_round_off_in_f_does_not_keep_from_gtol(method, offset, rosenbrock):
    """Near the minimum f has no digits left that would tell, but the gradient has."""
    scales = np.array([1.0, 3.0, 10.0, 30.0, 100.0])

    def fun(x):
        return offset + np.sum(scales * (np.cosh(x - 0.1) - 1))

    for f, x0 in ((fun, np.ones(5)), (lambda x: offset + rosenbrock(x), np.tile([-1.2, 1.0], 4))):
        res = minimize(f, x0, method=method, options={"gtol": 1e-7})
        assert res.success, res.message
        assert np.abs(res.jac).max() <= 1e-7
