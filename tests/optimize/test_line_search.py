import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from hessopt.optimize.line_search import NOISE, Trial, cubic_minimiser, secant, wolfe
from hessopt.optimize.objective import Objective
from hessopt.optimize.stopping import Status, Stop


def search(fun, x, p, alpha=1.0, **options):
    objective = Objective(fun, x, order=1)
    point = objective(objective.x0)
    return objective, point, wolfe(objective, point, np.asarray(p, float), alpha, **options)


def satisfies(point, p, trial, c1=1e-4, c2=0.9):
    slope = point.g @ p
    armijo = trial.f <= point.f + c1 * trial.alpha * slope
    return armijo and abs(trial.point.g @ p) <= -c2 * slope


# More and Thuente's three hard functions of one variable (ACM TOMS 20, 1994, section 5)
def thuente1(x, beta=2.0):
    return -np.sum(x / (x**2 + beta))


def thuente2(x, beta=0.004):
    return np.sum((x + beta) ** 5 - 2 * (x + beta) ** 4)


def thuente3(x, beta=0.01, k=39):
    x = x[0]
    if x <= 1 - beta:
        phi = 1 - x
    elif x >= 1 + beta:
        phi = x - 1
    else:
        phi = (x - 1) ** 2 / (2 * beta) + beta / 2
    return phi + 2 * (1 - beta) / (k * np.pi) * np.sin(k * np.pi / 2 * x)


@pytest.mark.parametrize("alpha", [1e-3, 1e-1, 1e1, 1e3])
@pytest.mark.parametrize(
    ("fun", "c1", "c2"), [(thuente1, 1e-3, 0.1), (thuente2, 0.1, 0.1), (thuente3, 0.1, 0.1)]
)
def test_more_and_thuentes_functions(fun, c1, c2, alpha):
    objective, point, found = search(fun, [0.0], [1.0], alpha, c1=c1, c2=c2)
    assert satisfies(point, np.ones(1), found, c1, c2)
    assert objective.nfev <= 16


@given(st.integers(0, 10_000), st.floats(-6, 6), st.sampled_from([0.1, 0.9]))
def test_conditions_hold_on_rosenbrock(seed, power, c2):
    def rosenbrock(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    rng = np.random.default_rng(seed)
    objective = Objective(rosenbrock, rng.normal(size=3), order=1)
    point = objective(objective.x0)
    p = -point.g * rng.uniform(0.1, 10, 3)
    trial = wolfe(objective, point, p, 10.0**power, c2=c2)
    assert satisfies(point, p, trial, c2=c2)


def test_as_good_as_scipys_search():
    """The same conditions, and on the whole no more evaluations."""
    ours = theirs = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        A = rng.normal(size=(4, 4))

        def fun(x, A=A):
            return np.sum(np.log1p((A @ x - 1) ** 2)) + 0.1 * np.sum(x**2)

        objective = Objective(fun, rng.normal(size=4), order=1)
        point = objective(objective.x0)
        p = -point.g
        trial = wolfe(objective, point, p)
        ours += objective.nfev - 1
        assert satisfies(point, p, trial)
        result = scipy.optimize.line_search(
            objective.value, objective.gradient, point.x, p, point.g, point.f
        )
        assert result[0] is not None
        theirs += result[1]
    assert ours <= 1.2 * theirs


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_shorten_the_step(bad):
    def fun(x):
        return np.sum(-np.sqrt(1 - x) + x**2) if x[0] < 1 else np.sum(x) * 0 + bad

    _, point, trial = search(fun, [-0.9], [1.0], alpha=64.0)
    assert trial.point.x[0] < 1
    assert satisfies(point, np.ones(1), trial)


def test_a_linear_function_is_followed_far():
    _, _, trial = search(lambda x: -np.sum(x), [0.0], [1.0], maxls=12)
    assert trial.alpha > 1e5
    assert trial.f == -trial.alpha


def test_an_ascent_direction_is_refused():
    with pytest.raises(Stop) as caught:
        search(lambda x: np.sum(x**2), [1.0], [1.0])
    assert caught.value.status == Status.NO_DESCENT
    assert "derivative wrong: check_derivatives" in caught.value.message


def test_a_wrong_gradient_is_noticed(counted):
    fun = counted(lambda x: np.sum(x**2))
    objective = Objective(fun, [1.0], jac=lambda x: -2 * x, order=1)
    point = objective(objective.x0)
    with pytest.raises(Stop) as caught:
        wolfe(objective, point, -point.g, maxls=15)
    assert caught.value.status == Status.NO_DESCENT
    assert fun.calls <= 16


def test_trials_that_run_out_give_the_lowest():
    _, point, trial = search(lambda x: np.sum((x - 1) ** 2), [0.0], [1.0], 1e-3, c2=1e-9, maxls=2)
    assert trial.f < point.f
    assert not satisfies(point, np.ones(1), trial, c2=1e-9)


def test_near_roundoff_slopes_decide():
    """f + 1 loses the digits that tell one point from another; the search still gets there."""
    offset, e = 1.0, 1e-9
    objective = Objective(lambda x: offset + np.sum((x - 1) ** 2), [1.0 + e], order=1)
    point = objective(objective.x0)
    assert point.f == offset  # the square of e is below the rounding of 1
    trial = wolfe(objective, point, np.array([-e]))
    assert trial.f <= point.f * (1 + NOISE)
    assert abs(trial.slope) <= 0.9 * abs(point.g[0]) * e


def _trial(alpha, f, slope):
    return Trial(alpha, f, slope, None)  # type: ignore[arg-type]


@given(*[st.floats(-3, 3) for _ in range(3)])
def test_cubic_minimiser_of_a_cubic(a, b, c):
    def at(x):
        return _trial(x, ((x + a) * x + b) * x + c, (3 * x + 2 * a) * x + b)

    square = a * a - 3 * b
    found = cubic_minimiser(at(-1.0), at(1.5))
    if square > 1e-3:
        np.testing.assert_allclose(found, (-a + np.sqrt(square)) / 3, rtol=1e-6, atol=1e-9)
    elif square < -1e-3:
        assert np.isnan(found)


def test_interpolations_without_a_minimum_say_so():
    assert np.isnan(cubic_minimiser(_trial(0.0, np.inf, -1.0), _trial(1.0, 0.0, 1.0)))
    assert np.isnan(cubic_minimiser(_trial(0.0, 0.0, 1.0), _trial(1.0, 1.0, 1.0)))
    assert np.isnan(secant(_trial(0.0, 0.0, 1.0), _trial(1.0, 1.0, 2.0)))
    assert secant(_trial(0.0, 0.0, -1.0), _trial(1.0, 0.0, 3.0)) == 0.25
