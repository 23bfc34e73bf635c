"""The regressions against what NIST certifies."""

import numpy as np
import pytest

import problems
from problems.nist_models import MODELS
from problems.nist_reader import read

NAMES = [name for name in problems.names() if name.startswith("nist-")]
RECORDS = [problems.get(name) for name in NAMES]
records = pytest.mark.parametrize("problem", RECORDS, ids=NAMES)

DIFFICULTY = {
    "lower": "Misra1a Chwirut2 Chwirut1 Lanczos3 Gauss1 Gauss2 DanWood Misra1b",
    "average": "Kirby2 Hahn1 Nelson MGH17 Lanczos1 Lanczos2 Gauss3 Misra1c Misra1d Roszman1 ENSO",
    "higher": "MGH09 Thurber BoxBOD Rat42 MGH10 Eckerle4 Rat43 Bennett5",
}


def jacobian(problem, beta):
    """Of the residual, by complex steps: exact to rounding."""
    steps = 1e-30j * np.diag(beta)
    return (problem.model(beta + steps, problem.x).imag / 1e-30).T / beta


def test_there_are_27_and_nist_s_judgement_of_each():
    assert len(NAMES) == 27
    for difficulty, names in DIFFICULTY.items():
        assert {f"nist-{name.lower()}" for name in names.split()} == {
            problem.name for problem in RECORDS if problem.difficulty == difficulty
        }


@records
def test_is_a_problem_with_a_regression(problem):
    assert isinstance(problem, problems.RegressionProblem)
    assert problem.certified_parameters is problem.solution
    assert problem.certified_residual_sum_of_squares == problem.least_value
    assert problem.certified_standard_deviations.shape == problem.start.shape
    assert len(problem.starts) == 2
    assert problem.formula in problem.description
    assert problem.x.shape[-1] == problem.y.size
    residual = problem.residual(problem.start)
    np.testing.assert_array_equal(residual, problem.model(problem.start, problem.x) - problem.y)
    assert problem.value(problem.start) == pytest.approx(residual @ residual, rel=1e-13)


@records
def test_certified_residual_sum_of_squares(problem):
    value = problem.value(problem.certified_parameters)
    if problem.name == "nist-lanczos1":
        # Eleven digits of the parameters do not go further; see the record's note
        assert value == pytest.approx(3.98e-21, rel=1e-2)
    else:
        assert value == pytest.approx(problem.certified_residual_sum_of_squares, rel=2e-10)


@records
def test_certified_parameters_are_the_least_squares_estimate(problem):
    """A Gauss-Newton step from them stays within their last printed digit."""
    beta = problem.certified_parameters
    J, r = jacobian(problem, beta), problem.residual(beta)
    scaled = J * beta
    step = np.linalg.lstsq(scaled, -r, rcond=1e-15)[0]
    assert np.max(np.abs(step)) < 3e-10


@records
def test_certified_standard_deviations(problem):
    beta = problem.certified_parameters
    scaled = jacobian(problem, beta) * beta
    freedom = problem.y.size - beta.size
    variance = problem.certified_residual_sum_of_squares / freedom
    covariance = variance * np.linalg.inv(scaled.T @ scaled)
    deviations = np.sqrt(np.diag(covariance)) * np.abs(beta)
    np.testing.assert_allclose(deviations, problem.certified_standard_deviations, rtol=1e-6)


def test_lanczos1_reaches_its_certified_value_after_all():
    problem = problems.get("nist-lanczos1")
    beta = problem.certified_parameters
    beta = beta - np.linalg.lstsq(jacobian(problem, beta), problem.residual(beta), rcond=None)[0]
    assert problem.value(beta) == pytest.approx(problem.least_value, rel=5e-3)


@records
def test_no_neighbour_is_lower(problem):
    rng = np.random.default_rng(0)
    shape = (50, problem.dimension)
    for size in [1e-3, 0.1, 1.0]:
        away = size * rng.standard_normal(shape) * problem.certified_standard_deviations
        values = problem.value(problem.certified_parameters + away)
        assert np.min(values) >= problem.certified_residual_sum_of_squares * (1 - 1e-9)


def test_nelson_fits_the_logarithm_by_two_predictors():
    problem = problems.get("nist-nelson")
    assert problem.x.shape == (2, 128)
    np.testing.assert_allclose(np.exp(problem.y[:3]), [15, 17, 15.5])
    np.testing.assert_array_equal(problem.x[:, 0], [1, 180])
    assert "logarithm" in problem.note


def test_valley_of_mgh09_leads_to_infinity():
    """Far out the model is (u x^2 + v x) / (1 + w x), of u = b1 / b4, v = u b2 and w = b3 / b4."""
    problem = problems.get("nist-mgh09")
    x, y = problem.x, problem.y
    valley = np.linalg.lstsq(np.stack([x**2, x, -x * y], axis=-1), y, rcond=None)[0]
    for _ in range(50):
        u, v, w = valley
        fit = (u * x**2 + v * x) / (1 + w * x)
        J = np.stack([x**2, x, -fit * x], axis=-1) / (1 + w * x)[:, None]
        valley = valley - np.linalg.lstsq(J, fit - y, rcond=None)[0]
    u, v, w = valley
    far = -1e8
    beta = np.array([u * far, v / u, w * far, far])
    assert beta[0] > 1e6
    assert beta[1] == pytest.approx(-14.07, abs=0.01)
    assert np.all(beta[2:] < -1e6)
    assert problem.value(beta) == pytest.approx(0.00102734, abs=5e-9)


@pytest.mark.parametrize("dataset", MODELS)
def test_model_is_the_published_formula(dataset):
    """The text of the file, read as Python, gives the same numbers at both starts."""
    data = read(dataset)
    left, _, right = data.formula.partition("=")
    source = right.replace("[", "(").replace("]", ")").replace("arctan", "np.arctan")
    for word in ("exp", "cos", "sin"):
        source = source.replace(f"{word}(", f"np.{word}(")
    x = {"x": data.x[0]} if len(data.x) == 1 else {"x1": data.x[0], "x2": data.x[1]}
    problem = problems.get(f"nist-{dataset.lower()}")
    for beta in (*problem.starts, problem.certified_parameters):
        letters = {f"b{i}": entry for i, entry in enumerate(beta, 1)}
        published = eval(source, {"np": np, "pi": np.pi, **x, **letters})
        np.testing.assert_allclose(problem.model(beta, problem.x), published, rtol=1e-12)
    np.testing.assert_array_equal(problem.y, np.log(data.y) if "log" in left else data.y)
