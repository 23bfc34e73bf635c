from importlib import resources

import numpy as np
import pytest

from problems.nist_models import MODELS
from problems.nist_reader import parse, read


@pytest.fixture(scope="module")
def text():
    return (resources.files("problems") / "data" / "nist_strd" / "Misra1a.dat").read_text("ascii")


def test_every_file_has_a_model_and_every_model_a_file():
    files = (resources.files("problems") / "data" / "nist_strd").iterdir()
    assert {file.name for file in files} == {f"{name}.dat" for name in MODELS} | {"README.md"}


def test_all_of_a_file(text):
    data = parse(text)
    assert data.name == "Misra1a"
    assert data.difficulty == "lower"
    assert data.formula == "y = b1*(1-exp[-b2*x])"
    assert data.reference == (
        "Misra, D., NIST (1978). Dental Research Monomolecular Adsorption Study."
    )
    np.testing.assert_array_equal(data.starts, [[500, 0.0001], [250, 0.0005]])
    np.testing.assert_array_equal(data.parameters, [2.3894212918e02, 5.5015643181e-04])
    np.testing.assert_array_equal(data.standard_deviations, [2.7070075241e00, 7.2668688436e-06])
    assert data.residual_sum_of_squares == 1.2455138894e-01
    assert data.residual_standard_deviation == 1.0187876330e-01
    assert data.y.shape == (14,)
    assert data.x.shape == (1, 14)
    assert (data.y[0], data.x[0, 0]) == (10.07, 77.6)
    assert (data.y[-1], data.x[0, -1]) == (81.78, 760.0)


@pytest.mark.parametrize("name", MODELS)
def test_certified_values_agree_with_each_other(name):
    data = read(name)
    assert data.name == name
    freedom = data.y.size - data.parameters.size
    assert data.residual_standard_deviation == pytest.approx(
        np.sqrt(data.residual_sum_of_squares / freedom), rel=1e-10
    )
    assert np.all(data.standard_deviations > 0)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("Nelson", "log[y] = b1 - b2*x1 * exp[-b3*x2]"),
        ("Roszman1", "y = b1 - b2*x - arctan[b3/(x-b4)]/pi"),
        ("Kirby2", "y = (b1 + b2*x + b3*x**2) / (1 + b4*x + b5*x**2)"),
    ],
)
def test_formula_is_one_line(name, formula):
    assert read(name).formula == formula


def test_exponents_of_fortran(text):
    assert parse(text.replace("10.07E0", "1.007D1")).y[0] == 10.07


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Dataset Name:", "Set:", "the file does not give the name of the data set"),
        (
            "Starting Values",
            "Beginnings",
            "Misra1a does not say in which lines its starting values",
        ),
        ("Data              (lines", "Data (rows", "Misra1a does not say in which lines its data"),
        ("61 to 74", "61 to 75", "Misra1a ends at line 74, before the end of its data, 75"),
        ("61 to 74", "61 to 73", r"data of Misra1a: expected 14 rows .* got .* shape \(13, 2\)"),
        ("61 to 74", "60 to 74", "Misra1a: expected numbers alone, got 'Data: "),
        ("1 Predictor", "2 Predictors", r"data of Misra1a: expected 14 rows of 3 numbers"),
        ("41 to 42", "41 to 41", "starting values of Misra1a: expected 2 parameters, got 1"),
        ("41 to 42", "41 to 44", "Misra1a: expected 'b1 = ' and four numbers, got ''"),
        ("500         250", "500 ", "Misra1a: expected 'b1 = ' and four numbers, got 'b1 = "),
        ("500         250", "many 250", "Misra1a: expected numbers alone, got 'many 250"),
        ("Number of Observations", "Count", "Misra1a does not give the number of observations"),
        ("Level of Difficulty", "Level", "Misra1a does not give the difficulty"),
        ("Residual Sum of Squares", "RSS", "Misra1a does not give the residual sum of squares"),
        ("+  e", "", "Misra1a does not give the model"),
        ("Reference:", "See", "Misra1a does not give the reference"),
        ("2 Parameters", "Parameters", "Misra1a does not give the number of parameters"),
    ],
)
def test_broken_files_are_refused(text, old, new, message):
    assert old in text
    with pytest.raises(ValueError, match=message):
        parse(text.replace(old, new))
