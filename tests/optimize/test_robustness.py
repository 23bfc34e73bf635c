"""Whatever the objective does, every method ends, with the best point and a name for the end."""

import os
import subprocess
import sys

import numpy as np
import pytest

from hessopt.autodiff.variable import Variable
from hessopt.optimize.diagnosis import Witness
from hessopt.optimize.line_search import NOISE
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status

# Methods that promise no descent go on to their limit
LIMITS = {"adam": {"maxiter": 100, "learning_rate": 0.05}}
every_method = pytest.mark.parametrize("method", METHODS)


def plain(value):
    return value.data if isinstance(value, Variable) else value


class Watched:
    """An objective that keeps what it returned."""

    def __init__(self, fun):
        self.fun, self.values = fun, []

    def __call__(self, x):
        value = self.fun(x)
        self.values.append(float(plain(value)))
        return value


def bowl(x):
    return np.sum((x - 1) ** 2) + 0.1 * np.sum(x**4)


def noisy(size, seed=0):
    rng = np.random.default_rng(seed)
    return lambda x: bowl(x) + size * rng.standard_normal()


def steps(x):
    """Constant on steps: every gradient is zero."""
    return np.sum(np.floor(10 * x) ** 2)


def cliff(x):
    return bowl(x) + np.where(plain(x)[0] < 0.7, 50.0, 0.0)


def sawtooth(x):
    """The gradient promises what the next jump takes back."""
    return np.sum(x % 0.01)


def teeth_on_a_bowl(x):
    return np.sum(x**2) + 0.3 * np.sum(x % 0.1)


def holes(x):
    return np.where(np.floor(40 * plain(x)[0]) % 3 == 0, np.nan, 1.0) * bowl(x)


def wall(x):
    return np.where(plain(x)[0] < 0.8, np.inf, 1.0) * bowl(x)


def broken_gradient(x):
    return bowl(x) + 0 * np.sum(np.sqrt(np.abs(np.floor(3 * plain(x)))) * np.sqrt(x - 0.9))


WILD = {
    "noise 1e-9": lambda: noisy(1e-9),
    "noise 1e-3": lambda: noisy(1e-3),
    "noise 1": lambda: noisy(1.0),
    "steps": lambda: steps,
    "cliff": lambda: cliff,
    "sawtooth": lambda: sawtooth,
    "teeth": lambda: teeth_on_a_bowl,
    "holes": lambda: holes,
    "wall": lambda: wall,
    "gradient": lambda: broken_gradient,
    "constant": lambda: lambda x: 4.0,
    "constant in x": lambda: lambda x: 4.0 + 0 * np.sum(x),
    "rounded away": lambda: lambda x: 1e30 + np.sum(x**2),
}


@pytest.mark.usefixtures("eagerly")
@every_method
@pytest.mark.parametrize("kind", WILD)
def test_wild_objectives_end_with_the_best_point(method, kind):
    fun = Watched(WILD[kind]())
    with np.errstate(all="ignore"):
        res = minimize(fun, [2.06, 1.53], method=method, options=LIMITS.get(method))
    assert isinstance(res.status, Status)
    assert res.message
    assert len(fun.values) == res.nfev
    assert np.isfinite(res.fun)
    assert np.isfinite(res.x).all()
    if METHODS[method]().descends():
        assert res.status != Status.ITERATION_LIMIT
        assert res.nfev < 3000
    # The best that was seen, up to what rounding may do; the search for a cause may see others
    seen = np.array(fun.values[: res.history.nfev[-1]])
    least = np.min(seen[np.isfinite(seen)])
    if kind not in ("holes", "wall", "gradient"):  # there a value may have no gradient
        assert res.fun <= least + NOISE * max(1.0, abs(least))


@every_method
@pytest.mark.parametrize("kind", ["steps", "constant", "constant in x"])
def test_flat_objectives_have_a_name(method, kind):
    res = minimize(WILD[kind](), [2.03, 1.53], method=method, options=LIMITS.get(method))
    if kind == "steps" and res.status != Status.FLAT:  # a neighbour may lie on the next step
        assert (res.nit, res.status) == (0, Status.GRADIENT_CONVERGED)
        assert "at the start already" in res.message
    else:
        assert (res.success, res.status, res.nit) == (False, Status.FLAT, 0)
        assert "does not vary around the start" in res.message
        np.testing.assert_array_equal(res.x, [2.03, 1.53])


@every_method
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["value", "gradient"])
def test_a_start_that_is_not_finite_has_a_name(method, bad, where):
    def value(x):
        return np.sum(x) * bad

    given = {} if where == "value" else {"jac": lambda x: np.array([1.0, bad])}
    fun = value if where == "value" else bowl
    res = minimize(fun, [2.0, 3.0], method=method, **given)
    assert (res.success, res.status, res.nit, res.nfev) == (False, Status.NOT_FINITE, 0, 1)
    what = "fun is" if where == "value" else "the gradient of fun is"
    assert res.message.startswith(f"{what} {bad}")
    assert "begin where" in res.message
    np.testing.assert_array_equal(res.x, [2.0, 3.0])
    assert len(res.history) == 1


@every_method
@pytest.mark.parametrize("size", [1e200, 1e300])
def test_a_gradient_whose_square_overflows_has_a_name(method, size):
    """Some methods can do without the square; the others say what to do, and soon."""
    res = minimize(lambda x: size * np.sum((x - 1) ** 4 + x**2), [1.7, -0.4], method=method)
    if not res.success:
        assert "its square overflows: divide fun by its size" in res.message
        assert "Raise it" not in res.message
        assert "discontinuous" not in res.message
        assert res.fun <= res.history.f[0]
        if METHODS[method]().descends():
            assert res.status in (Status.BAD_SCALING, Status.NOT_FINITE)
            assert res.nfev < 3000


@every_method
def test_x_whose_square_overflows_has_a_name(method):
    res = minimize(
        lambda x: np.sum(np.abs(x) ** 1.5), [1e200, 1e200], method=method, options={"maxiter": 3000}
    )
    assert res.success or "x is so large, " in res.message


@every_method
def test_no_warning_of_numpys_comes_from_within(method):
    """NumPy's warnings are errors in these tests."""
    for size, start in ((1e200, 1.0), (1.0, 1e60)):
        minimize(lambda x, size=size: size * np.sum(x**4), [start, 2.0], method=method)


SLOW_FALL = ("adam", "sgd")  # move by their learning rate, however far down it goes

UNBOUNDED = {
    "linear": lambda x: np.sum(x) - 3 * x[0],
    "cubic": lambda x: np.sum(-(x**3)),
    "exponential": lambda x: np.sum(x**2) - np.exp(x[0]),
    "quartic": lambda x: np.sum(x**2) - np.sum(x**4),
}


@pytest.mark.parametrize("method", [m for m in METHODS if m not in SLOW_FALL])
@pytest.mark.parametrize("kind", UNBOUNDED)
def test_a_witness_of_an_unbounded_fall(method, kind):
    fun = UNBOUNDED[kind]
    res = minimize(fun, [3.0, 2.0], method=method, options={"maxiter": 5000})
    assert (res.success, res.status) == (False, Status.UNBOUNDED), res.message
    assert isinstance(res.witness, Witness)
    assert "res.witness" in res.message
    x, d = res.witness
    np.testing.assert_allclose(np.linalg.norm(d), 1.0)
    np.testing.assert_array_equal(x, res.x)
    size = np.max(np.abs(x))
    with np.errstate(over="ignore"):
        assert fun(x + 1e-6 * size * d) < fun(x)
        assert fun(x + 0.5 * size * d) < fun(x) or not np.isfinite(fun(x + 0.5 * size * d))


@pytest.mark.parametrize("method", ["cg", "l-bfgs-b", "tnc", "nelder-mead"])
def test_methods_of_scipys_give_a_witness(method):
    fun = UNBOUNDED["quartic"]
    with np.errstate(all="ignore"):
        res = minimize(fun, [3.0, 2.0], method=method, options={"maxiter": 5000})
    assert (res.success, res.status) == (False, Status.UNBOUNDED), res.message
    x, d = res.witness
    assert fun(x + 1e-3 * np.max(np.abs(x)) * d) < fun(x)


def test_a_witness_has_the_form_of_x():
    res = minimize(lambda p: p["a"] - np.sum(p["b"] ** 2), {"a": 0.0, "b": np.ones(2)})
    assert res.status == Status.UNBOUNDED
    assert set(res.witness.x) == set(res.witness.direction) == {"a", "b"}
    assert res.witness.direction["b"].shape == (2,)
    res = minimize(lambda x: -np.sum(x**2), np.ones((2, 3)))
    assert res.witness.direction.shape == (2, 3)


@every_method
def test_the_roundoff_says_how_accurate(method):
    def fun(x):
        return 1e6 + np.sum(np.cosh(x - 0.3))

    res = minimize(fun, [1.0, 0.5], method=method, options={**LIMITS.get(method, {}), "gtol": 0})
    if res.status == Status.ROUNDOFF_LIMIT:
        assert "a Newton step would move x by" in res.message
        told = float(res.message.partition("move x by ")[2].split()[0])
        assert np.max(np.abs(res.x - 0.3)) <= 1.1 * told + 1e-9


def test_a_start_that_satisfies_gtol_says_so():
    res = minimize(lambda x: 1e-9 * bowl(x), [3.0, 3.0])
    assert (res.nit, res.success) == (0, True)
    assert "at the start already. If x0 is no minimum" in res.message
    assert "at the start" not in minimize(bowl, [3.0, 3.0]).message


def test_runs_in_two_processes_are_the_same():
    program = """
import numpy as np, hessopt
from hessopt.optimize.methods import METHODS
def fun(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
options = {"maxiter": 30, "certify": True, "check_derivatives": True}
for method in METHODS:
    res = hessopt.minimize(fun, np.linspace(-1, 1, 7), method=method, options=options)
    print(res.x.tobytes().hex(), res.fun.hex(), res.nfev, res.njev, res.nhev, res.message)
"""
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0].count("\n") == len(METHODS)
    assert said[0] == said[1]
