"""The 35 functions of Moré, Garbow and Hillstrom, against the digits they published."""

import numpy as np
import pytest

import hessopt
import problems

# Number in the paper, name, size, value at the standard start, published least value
PAPER = [
    (1, "rosenbrock", {}, 24.2, 0),
    (2, "freudenstein-roth", {}, 400.5, 0),
    (3, "powell-badly-scaled", {}, 1.1352617173483783, 0),
    (4, "brown-badly-scaled", {}, 999998000003.0, 0),
    (5, "beale", {}, 14.203125, 0),
    (6, "jennrich-sampson", {}, 4171.306161960493, 124.362),
    (7, "helical-valley", {}, 2500, 0),
    (8, "bard", {}, 41.68169586167801, 8.21487e-3),
    (9, "gaussian", {}, 3.888106991166684e-06, 1.12793e-8),
    (10, "meyer", {}, 1693607809.4361455, 87.9458),
    (11, "gulf", {}, 12.11070582556949, 0),
    (12, "box-3d", {}, 1031.1538106093983, 0),
    (13, "powell-singular", {}, 215, 0),
    (14, "wood", {}, 19192, 0),
    (15, "kowalik-osborne", {}, 5.31317227210854e-3, 3.07505e-4),
    (16, "brown-dennis", {}, 7926693.336997433, 85822.2),
    (17, "osborne-1", {}, 0.8790262935446402, 5.46489e-5),
    (18, "biggs-exp6", {}, 0.7790700756559702, 0),
    (19, "osborne-2", {}, 2.0934195142120644, 4.01377e-2),
    (20, "watson", {"n": 6}, 30, 2.28767e-3),
    (20, "watson", {"n": 9}, 30, 1.39976e-6),
    (20, "watson", {"n": 12}, 30, 4.72238e-10),
    (21, "extended-rosenbrock", {"n": 10}, 121, 0),
    (22, "extended-powell-singular", {"n": 12}, 645, 0),
    (23, "penalty-1", {"n": 4}, 885.062640, 2.24997e-5),
    (23, "penalty-1", {"n": 10}, 148032.56535, 7.08765e-5),
    (24, "penalty-2", {"n": 4}, 2.34000880546302, 9.37629e-6),
    (24, "penalty-2", {"n": 10}, 162.65277656596712, 2.93660e-4),
    (25, "variably-dimensioned", {"n": 10}, 2198551.1625, 0),
    (26, "trigonometric", {"n": 10}, 7.07575946622e-3, 0),
    (27, "brown-almost-linear", {"n": 10}, 273.2480478286743, 0),
    (28, "discrete-boundary-value", {"n": 10}, 7.88519101264823e-4, 0),
    (29, "discrete-integral-equation", {"n": 10}, None, 0),
    (30, "broyden-tridiagonal", {"n": 10}, 21, 0),
    (31, "broyden-banded", {"n": 10}, 360, 0),
    (32, "linear-full-rank", {"n": 10, "m": 20}, 50, 10),
    (33, "linear-rank-1", {"n": 10, "m": 20}, 8658670, 20 * 19 / (2 * 41)),
    (34, "linear-rank-1-zero", {"n": 10, "m": 20}, 4067996, 454 / 74),
    (35, "chebyquad", {"n": 7}, None, 0),
    (35, "chebyquad", {"n": 8}, 0.0386176982859, 3.51687e-3),
    (35, "chebyquad", {"n": 9}, None, 0),
]
LABELS = ["-".join([name, *map(str, given.values())]) for _, name, given, *_ in PAPER]


def test_all_are_there():
    assert {number for number, *_ in PAPER} == set(range(1, 36))
    assert sorted({name for _, name, *_ in PAPER}) == problems.names("mgh")
    for number, name, *_ in PAPER:
        source = problems.get(name).source
        assert "TOMS 7(1), 17-41" in source
        assert source.rpartition("problem ")[2] == str(number)


@pytest.mark.parametrize(("number", "name", "given", "at_start", "least"), PAPER, ids=LABELS)
def test_published_values(number, name, given, at_start, least):
    problem = problems.get(name, **given)
    if at_start is not None:
        assert problem.value(problem.start) == pytest.approx(at_start, rel=1e-8)
    assert problem.least_value == pytest.approx(least, rel=5e-6, abs=1e-30)
    if problem.solution is not None:
        assert problem.value(problem.solution) == pytest.approx(least, rel=5e-6, abs=1e-25)


@pytest.mark.parametrize("name", problems.names("mgh"))
def test_farther_starts(name):
    problem = problems.get(name)
    for start, factor in zip(problem.starts, (1, 10, 100), strict=False):
        np.testing.assert_allclose(start, factor * problem.start)
    assert (len(problem.starts) < 3) == (name in {"gulf", "jennrich-sampson", "watson"})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("watson", {"n": 6}),
        ("watson", {"n": 9}),
        ("penalty-2", {"n": 4}),
        ("chebyquad", {"n": 5}),
        ("chebyquad", {"n": 8}),
        ("discrete-boundary-value", {"n": 10}),
        ("discrete-integral-equation", {"n": 10}),
        ("broyden-tridiagonal", {"n": 10}),
        ("broyden-banded", {"n": 10}),
    ],
)
def test_least_value_without_a_solution_is_reached(name, given):
    problem = problems.get(name, **given)
    assert problem.solution is None
    result = hessopt.minimize(
        problem.value, problem.start.copy(), method="trust-ncg", options={"gtol": 1e-9}
    )
    assert result.fun == pytest.approx(problem.least_value, rel=1e-6, abs=1e-15)


def test_starts_that_lead_elsewhere():
    roth = problems.get("freudenstein-roth")
    end = hessopt.minimize(roth.value, roth.start.copy())
    assert end.fun == pytest.approx(48.9842536793, rel=1e-10)
    assert "48.9842536793" in roth.note

    biggs = problems.get("biggs-exp6")
    end = hessopt.minimize(biggs.value, biggs.start.copy(), method="trust-ncg")
    assert end.fun == pytest.approx(5.65565e-3, rel=1e-5)
    np.testing.assert_allclose(end.x[[0, 2]], end.x[[4, 5]], rtol=1e-10)
    assert np.linalg.eigvalsh(hessopt.hessian(biggs.value)(end.x))[0] < -9e-3


def test_meyer_is_nists_regression():
    meyer, nist = problems.get("meyer"), problems.get("nist-mgh10")
    assert meyer.value(meyer.start) == pytest.approx(nist.value(meyer.start), rel=1e-14)
    assert meyer.value(meyer.solution) == pytest.approx(87.945855170, rel=1e-10)
    np.testing.assert_allclose(meyer.solution, nist.solution, rtol=1e-9)


def test_integral_equation_is_the_printed_double_sum():
    problem = problems.get("discrete-integral-equation", n=7)
    x = np.random.default_rng(0).standard_normal(7)
    h = 1 / 8
    t = [h * (i + 1) for i in range(7)]
    total = 0.0
    for i in range(7):
        before = sum(t[j] * (x[j] + t[j] + 1) ** 3 for j in range(i + 1))
        after = sum((1 - t[j]) * (x[j] + t[j] + 1) ** 3 for j in range(i + 1, 7))
        total += (x[i] + h * ((1 - t[i]) * before + t[i] * after) / 2) ** 2
    assert problem.value(x) == pytest.approx(total, rel=1e-13)


@pytest.mark.parametrize("n", [4, 9])
def test_chebyquad_by_the_cosine(n):
    problem = problems.get("chebyquad", n=n)
    x = np.random.default_rng(1).uniform(0, 1, n)
    total = 0.0
    for i in range(1, n + 1):
        mean = sum(np.cos(i * np.arccos(2 * entry - 1)) for entry in x) / n
        total += (mean + (1 / (i**2 - 1) if i % 2 == 0 else 0)) ** 2
    assert problem.value(x) == pytest.approx(total, rel=1e-11)
