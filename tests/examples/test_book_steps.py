"""The book's steps 26 to 36, run as scripts, against the values the book or calculus gives."""

import runpy
import shutil
from pathlib import Path

import mpmath
import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
STEPS = sorted(path.stem for path in EXAMPLES.glob("step*.py"))

draws = pytest.mark.usefixtures("dot")


@pytest.fixture
def dot():
    assert shutil.which("dot"), "Graphviz's dot is needed: apt-get install graphviz"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    return lambda step: runpy.run_path(str(EXAMPLES / f"{step}.py"))


def test_every_step_is_run_here():
    tested = Path(__file__).read_text()
    assert STEPS
    assert [step for step in STEPS if f'run("{step}")' not in tested] == []


@draws
def test_step26(run, tmp_path):
    names = run("step26_graph_of_goldstein_price")
    assert names["z"].data == 1876.0
    assert names["x"].grad.data == -5376.0
    assert names["y"].grad.data == 8064.0
    assert (tmp_path / "goldstein.png").read_bytes().startswith(b"\x89PNG")


@draws
def test_step27(run, tmp_path):
    names = run("step27_taylor_sine")
    assert names["own"].data == pytest.approx(np.sin(np.pi / 4), rel=1e-15)
    assert names["own_grad"].data == pytest.approx(np.cos(np.pi / 4), rel=1e-15)
    # the book's figures for a threshold of 0.0001
    assert names["y"].data == pytest.approx(0.7071064695751781, rel=1e-12)
    assert names["x"].grad.data == pytest.approx(0.7071032148228457, rel=1e-12)
    finer = names["taylor_sine"](names["x"], threshold=1e-150)
    assert finer.data == pytest.approx(np.sin(np.pi / 4), rel=1e-15)
    assert (tmp_path / "taylor_sine.png").exists()


def test_step28(run):
    names = run("step28_gradient_descent")
    assert names["first_gradient"][0].data == -2.0
    assert names["first_gradient"][1].data == 400.0
    a, b = 0.0, 2.0
    for _ in range(10_000):  # the same descent with the gradient by hand
        ga, gb = -400 * a * (b - a**2) - 2 * (1 - a), 200 * (b - a**2)
        a, b = a - 0.001 * ga, b - 0.001 * gb
    assert names["x0"].data == pytest.approx(a, rel=1e-12)
    assert names["x1"].data == pytest.approx(b, rel=1e-12)


NEWTON = [
    2.0,
    1.4545454545454546,
    1.1510467893775467,
    1.0253259289766978,
    1.0009084519430513,
    1.0000012353089454,
    1.000000000002289,
    1.0,
    1.0,
    1.0,
]


def test_step29(run):
    assert run("step29_newton_by_hand")["iterates"] == pytest.approx(NEWTON, rel=1e-14)


def test_step33(run):
    assert run("step33_newton_automatically")["iterates"] == pytest.approx(NEWTON, rel=1e-14)


def test_step34(run, tmp_path):
    names = run("step34_derivatives_of_sine")
    x = names["x"].data
    expected = [np.sin(x), np.cos(x), -np.sin(x), -np.cos(x)]
    assert np.allclose(names["curves"], expected, rtol=1e-15, atol=1e-15)
    assert (tmp_path / "sine.png").exists()


@draws
def test_step35(run, tmp_path):
    names = run("step35_graph_of_tanh")
    with mpmath.workdps(30):
        expected = float(mpmath.diff(mpmath.tanh, 1, names["order"]))
    assert names["gx"].data == pytest.approx(expected, rel=1e-12)
    assert (tmp_path / "tanh_3.png").exists()


def test_step36(run):
    assert run("step36_gradient_in_an_objective")["x"].grad.data == 100.0
