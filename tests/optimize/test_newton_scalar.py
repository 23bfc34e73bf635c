import numpy as np
import pytest

from hessopt.optimize.newton_scalar import newton_scalar
from hessopt.optimize.stopping import Status


def quartic(x):
    """Return the function of the book's steps 29 and 33: minima at -1 and 1, a maximum at 0."""
    return x**4 - 2 * x**2


def test_the_books_iterates():
    res = newton_scalar(quartic, 2.0, tol=1e-15)
    book = [2.0, 1.4545454545454546, 1.1510467893775467, 1.0253259289766978, 1.0009084519430513]
    book += [1.0000012353089454, 1.000000000002289, 1.0]
    np.testing.assert_allclose(res.iterates, book, rtol=1e-15)
    assert (res.x, res.kind, res.success) == (1.0, "minimum", True)
    assert (res.fun, res.jac, res.hess) == (-1.0, 0.0, 8.0)


@pytest.mark.parametrize(
    ("f", "x0", "find", "x", "kind"),
    [
        (quartic, 0.1, "minimum", 1.0, "minimum"),  # f'' < 0 at the start
        (quartic, -0.1, "minimum", -1.0, "minimum"),
        (quartic, 0.0, "minimum", -1.0, "minimum"),  # at the maximum
        (quartic, 0.1, "stationary", 0.0, "maximum"),
        (quartic, 0.5, "maximum", 0.0, "maximum"),
        (quartic, -1.2, "stationary", -1.0, "minimum"),
        (np.sin, 0.3, "minimum", -np.pi / 2, "minimum"),
        (np.sin, 0.3, "maximum", np.pi / 2, "maximum"),
        (lambda x: np.exp(x) - 2 * x, -5.0, "minimum", np.log(2), "minimum"),
        (lambda x: x - np.log(x), 20.0, "minimum", 1.0, "minimum"),  # not defined below 0
        (lambda x: np.sqrt(1 + x**2), 1.5, "minimum", 0.0, "minimum"),  # pure Newton diverges
        (lambda x: np.cosh(x - 3) + 1e6, 10.0, "minimum", 3.0, "minimum"),
        (lambda x: (x - 3) ** 2, 0.0, "minimum", 3.0, "minimum"),
    ],
)
def test_finds(f, x0, find, x, kind):
    res = newton_scalar(f, x0, find=find)
    assert res.success, res.message
    np.testing.assert_allclose(res.x, x, atol=1e-8)
    assert res.kind == kind
    assert isinstance(res.x, float)
    assert res.iterates[0] == x0
    assert res.iterates[-1] == res.x
    assert res.nit == len(res.iterates) - 1


@pytest.mark.parametrize(
    ("f", "kind"),
    [
        (lambda x: x**4, "minimum"),
        (lambda x: -(x**4), "maximum"),
        (lambda x: x**3, "inflection"),
        (lambda x: 0 * x + 3, "flat"),
    ],
)
def test_kinds_where_the_second_derivative_vanishes(f, kind):
    res = newton_scalar(f, 1.0, find="stationary", tol=1e-9)
    assert (res.success, res.kind) == (True, kind)


def test_an_inflection_is_not_a_minimum():
    res = newton_scalar(lambda x: x**3, 1.0, tol=1e-9)
    assert (res.success, res.kind) == (False, "inflection")
    assert res.message.endswith("But the point is not a minimum: inflection.")


def test_a_function_without_a_minimum():
    res = newton_scalar(lambda x: x, 1.0, maxiter=30)
    assert (res.success, res.status, res.kind) == (False, Status.ITERATION_LIMIT, "none")
    assert res.nit == 30
    assert res.x < -1e8


def test_a_kink_is_told():
    res = newton_scalar(lambda x: np.where(x > 0, x, -2 * x), 0.3)
    assert (res.success, res.status) == (False, Status.NO_DESCENT)
    assert abs(res.x) < 1e-12
    assert "x cannot be improved further: |f'| =" in res.message


def test_roundoff_is_a_success():
    res = newton_scalar(lambda x: np.exp(x) - 2 * x + 1e3, 0.1, tol=0.0)
    assert res.success
    assert res.status in (Status.ROUNDOFF_LIMIT, Status.GRADIENT_CONVERGED)
    np.testing.assert_allclose(res.x, np.log(2), atol=1e-12)


def test_arguments_and_counts(counted):
    f = counted(lambda x, a: (x - a) ** 2)
    res = newton_scalar(f, 5, args=3.0)
    assert res.x == 3.0
    assert res.nfev == f.calls


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"f": 3}, TypeError, "f must be callable, not int"),
        ({"find": "saddle"}, ValueError, "find must be 'minimum', 'maximum' or 'stationary'"),
        ({"tol": -1}, ValueError, "option 'tol' must be a number at least 0"),
        ({"maxiter": 1.5}, ValueError, "option 'maxiter' must be an integer"),
        ({"x0": [1.0, 2.0]}, ValueError, r"x0 must be one number, not an array of shape \(2,\)"),
        ({"x0": np.nan}, ValueError, "x0 must be finite"),
        ({"x0": "1"}, TypeError, "x0 must be an array of real numbers"),
        ({"f": lambda x: None}, TypeError, "returned None"),
        ({"f": lambda x: x * np.nan}, ValueError, "f or its first two derivatives are not finite"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        newton_scalar(**{"f": quartic, "x0": 2.0, **arguments})


@pytest.mark.parametrize(
    ("f", "x0", "bracket", "find", "x"),
    [
        (quartic, 2.0, (0.5, 3.0), "minimum", 1.0),
        (quartic, 0.3, (-0.4, 0.4), "maximum", 0.0),
        (quartic, 0.3, (-0.4, 0.4), "stationary", 0.0),
        # Newton's step leaves the bracket, or goes to and fro
        (lambda x: np.sqrt(1 + x**2), 1.5, (-3.0, 10.0), "minimum", 0.0),
        (lambda x: np.log(np.cosh(x)), 5.0, (-7.0, 6.0), "minimum", 0.0),
        (lambda x: np.exp(-x) + x, 40.0, (-3.0, 40.0), "minimum", 0.0),
        (lambda x: np.abs(x - 0.3) ** 1.5, 1.0, (-1.0, 1.0), "minimum", 0.3),
        (lambda x: (x - 0.3) ** 8, 1.0, (1.0, -1.0), "minimum", 0.3),
    ],
)
def test_a_bracket_is_never_left(f, x0, bracket, find, x):
    seen = []

    def watched(z):
        seen.append(float(z.data))
        return f(z)

    res = newton_scalar(watched, x0, bracket=bracket, find=find)
    assert res.success, res.message
    assert min(bracket) - 1e-3 <= min(seen) <= max(seen) <= max(bracket) + 1e-3
    # |f'| is below tol, which at a minimum of order eight leaves x a hundredth to itself
    assert res.x == pytest.approx(x, abs=0.01 if res.hess < 1e-6 else 1e-6)
    assert res.nit <= 60


@pytest.mark.parametrize(
    ("bracket", "message"),
    [
        (3.0, "bracket must be a pair of numbers"),
        ((1.0, 2.0, 3.0), "bracket must be a pair of numbers"),
        ((3.0, 4.0), "bracket must hold x0 = 2 between two finite numbers"),
        ((0.0, np.inf), "bracket must hold x0"),
        ((1.5, 3.0), "does not tell of a minimum between them"),
    ],
)
def test_bad_brackets(bracket, message):
    with pytest.raises(ValueError, match=message):
        newton_scalar(quartic, 2.0, bracket=bracket)
