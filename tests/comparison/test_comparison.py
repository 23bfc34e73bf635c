"""The order of runs, the verdict, the tables and the curves."""

import io
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import pyplot
from rich.console import Console

import problems
from hessopt.comparison.comparison import Comparison
from hessopt.comparison.run import Run
from hessopt.comparison.side_by_side import compare

TOLERANCE = 1e-6


def run(method, time=1.0, *, f=0.0, g=1e-9, solved=None, success=True, message="Done."):
    counts = {"nit": 3, "nfev": 4, "njev": 5, "nhev": 6}
    result = SimpleNamespace(fun=f, success=success, message=message, history=None, **counts)
    result.get = lambda name, default=None: getattr(result, name, default)
    return Run(method, result, time, g, bool(g <= TOLERANCE) if solved is None else solved)


def slow(method, g=0.1, **kwargs):
    return run(method, g=g, success=False, message="Too slow.", **kwargs)


def failed(method, error="ValueError: no"):
    return Run(method, time=0.1, error=error)


@pytest.mark.parametrize(
    ("runs", "order", "said"),
    [
        ([run("newton", 0.021)], ["newton"], "newton reached |g| <= 1e-06 (0.021 s)."),
        (
            [run("l-bfgs", 0.034), run("trust-ncg", 0.021)],
            ["trust-ncg", "l-bfgs"],
            "trust-ncg reached |g| <= 1e-06 first (0.021 s); l-bfgs needed 0.034 s.",
        ),
        (
            [run("a", 1.0), run("b", 12.345), run("c", 2.0)],
            ["a", "c", "b"],
            "a reached |g| <= 1e-06 first (1 s); c needed 2 s, b 12 s.",
        ),
        (
            [run("a", 0.22), run("b", 0.21), run("c", 0.4)],
            ["b", "a", "c"],
            "b and a reached |g| <= 1e-06 first, about equally fast (0.21 s and 0.22 s); "
            "c needed 0.4 s.",
        ),
        (
            [run("a", 1.0, f=3.0), run("b", 2.0, f=1e-9), slow("c"), failed("d"), slow("e")],
            ["b", "a", "c", "e", "d"],
            "b reached |g| <= 1e-06 first (2 s); a (f = 3) settled at a higher value than 1e-09; "
            "c and e did not get there; d failed.",
        ),
        (
            [run("a", 1.0, f=-50.0), run("b", 2.0, f=-50.00001)],
            ["a", "b"],
            "a reached |g| <= 1e-06 first (1 s); b needed 2 s.",
        ),
        (
            [run("a", 1.0, g=1e-3, solved=True), slow("b")],
            ["a", "b"],
            "a reached the least f that its round-off allows first (1 s); b did not get there.",
        ),
        (
            [slow("a", 0.5, f=7.0), slow("b", 0.2, f=9.0), failed("c")],
            ["b", "a", "c"],
            "No method reached |g| <= 1e-06: b came nearest with |g| = 0.2 and f = 9 after 1 s; "
            "c failed.",
        ),
        (
            [slow("a", 0.5, f=7.0)],
            ["a"],
            "a never reached |g| <= 1e-06: it ended with |g| = 0.5 and f = 7 after 1 s.",
        ),
        (
            [slow("a", np.nan, f=7.0), slow("b", np.nan, f=6.0)],
            ["b", "a"],
            "No method reached |g| <= 1e-06: b came nearest with f = 6 after 1 s.",
        ),
        (
            [slow("a", np.nan), failed("b")],
            ["a", "b"],
            "No method reached |g| <= 1e-06: a ended with f = 0 after 1 s; b failed.",
        ),
        (
            [failed("a"), failed("b"), failed("c")],
            ["a", "b", "c"],
            "No method came to an end: a, b and c failed.",
        ),
    ],
)
def test_order_and_verdict(runs, order, said):
    comparison = Comparison(runs, TOLERANCE)
    assert [run.method for run in comparison] == order
    assert comparison.verdict == said
    assert comparison.solved == any(run.solved for run in runs)
    assert re.sub(r"\s+", " ", str(comparison)).endswith(said)
    assert said.replace("<", "&lt;") in comparison._repr_html_()


def test_a_sequence_that_is_indexed_by_method_too():
    comparison = Comparison([run("a", 2.0), run("b", 1.0)], TOLERANCE)
    assert len(comparison) == 2
    assert comparison[0] is comparison["b"] is comparison.best
    with pytest.raises(KeyError, match=r"'c' was not compared; there are \['b', 'a'\]"):
        comparison["c"]
    assert Comparison([failed("a")], TOLERANCE).best is None


def test_rows_hold_what_the_table_shows():
    rows = Comparison([run("a"), failed("b")], TOLERANCE).rows
    assert rows[0] == {
        "method": "a",
        "solved": True,
        "success": True,
        "nit": 3,
        "nfev": 4,
        "njev": 5,
        "nhev": 6,
        "time": 1.0,
        "fun": 0.0,
        "grad_norm": 1e-9,
        "message": "Done.",
    }
    assert rows[1]["message"] == "ValueError: no"
    assert rows[1]["success"] is False


def test_the_table_is_aligned_and_gives_reasons():
    comparison = Comparison(
        [
            run("trust-ncg", 0.0213, f=1.25e-12),
            slow("gradient-descent", 0.1, time=123.4),
            failed("x"),
        ],
        TOLERANCE,
    )
    lines = str(comparison).splitlines()
    assert lines[:7] == [
        "method            solved  nit  nfev  njev  nhev  time [s]         f   max|g|",
        "----------------------------------------------------------------------------",
        "trust-ncg            yes    3     4     5     6     0.021  1.25e-12  1.0e-09",
        "gradient-descent      no    3     4     5     6       123         0  1.0e-01",
        "x                     no    -     -     -     -         -         -        -",
        "gradient-descent: Too slow.",
        "x: ValueError: no",
    ]
    assert repr(comparison) == str(comparison)


def test_a_tolerance_of_its_own_is_told_from_success():
    comparison = Comparison([run("slsqp", g=0.1, message="Terminated successfully.")], TOLERANCE)
    assert "slsqp: stopped by a tolerance of its own (Terminated successfully)" in str(comparison)


def test_long_reasons_are_wrapped():
    comparison = Comparison([failed("a", "ValueError: " + "much to say " * 20)], TOLERANCE)
    assert max(map(len, str(comparison).splitlines())) <= 80


def test_html_is_escaped():
    html = Comparison([failed("<b>", "TypeError: x & <y>")], TOLERANCE)._repr_html_()
    assert "&lt;b&gt;" in html
    assert "x &amp; &lt;y&gt;" in html
    assert "<y>" not in html
    assert html.count("<tr") == html.count("</tr>") == 2


def test_rich_prints_the_same_table():
    comparison = Comparison([run("gradient-descent"), failed("[bold]x")], TOLERANCE)
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(comparison)
    text = console.export_text()
    assert re.search(r"gradient-descent +yes +3 +4 +5 +6 +1 +0 +1.0e-09", text)
    assert "[bold]x" in text
    assert comparison.verdict in re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def comparison():
    problem = problems.get("rosenbrock")
    return compare(problem.value, problem.start, ["newton", "l-bfgs", "nelder-mead", "momentum"])


def test_curves_are_saved_without_a_window(comparison, tmp_path):
    before = pyplot.get_fignums()
    axes = comparison.plot(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert pyplot.get_fignums() == before
    assert [ax.get_xlabel() for ax in axes] == ["iterations", "time [s]"]
    assert [ax.get_xscale() for ax in axes] == ["symlog", "log"]
    assert axes[0].get_ylabel() == "max |gradient|"
    shown = [text.get_text() for text in axes[1].get_legend().get_texts()]
    assert shown == [run.method for run in comparison if run.method != "nelder-mead"]
    for ax, column in zip(axes, (None, "time"), strict=True):
        (line,) = (line for line in ax.lines if line.get_label() == "newton")
        history = comparison["newton"].history
        horizontal = np.arange(len(history)) if column is None else history.time
        assert np.array_equal(line.get_xdata(), horizontal)
        assert np.array_equal(line.get_ydata(), history.grad_norm)
    assert len({line.get_color() for line in axes[0].lines if line.get_label() in shown}) == 3


def test_ends_tell_who_got_there(comparison, tmp_path):
    axes = comparison.plot(tmp_path / "curves.svg")
    ends = {
        line.get_color(): line.get_marker() for line in axes[0].lines if len(line.get_xdata()) == 1
    }
    colours = {line.get_label(): line.get_color() for line in axes[0].lines}
    for run in comparison:
        if run.method in colours:
            assert ends[colours[run.method]] == ("o" if run.solved else "x")


def test_an_exact_zero_is_drawn(tmp_path):
    exact = compare(lambda x: np.sum(x**2), [0.0, 0.0], ["newton"])
    assert exact["newton"].grad_norm == 0.0
    (line,) = (
        line for line in exact.plot(tmp_path / "a.pdf")[0].lines if line.get_label() == "newton"
    )
    assert 0 < line.get_ydata()[-1] < 1e-6


def test_a_figure_to_be_shown_is_one_of_pyplots(comparison):
    axes = comparison.plot()
    assert axes[0].figure.number in pyplot.get_fignums()
    pyplot.close(axes[0].figure)


def test_without_gradients_there_are_no_curves():
    problem = problems.get("booth")
    blind = compare(problem.value, problem.start, ["nelder-mead"])
    with pytest.raises(ValueError, match=r"no method recorded a gradient.*such as 'l-bfgs'"):
        blind.plot("never.png")


def test_without_matplotlib_the_error_names_the_extra(comparison, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=re.escape('pip install "hessopt[plot]"')):
        comparison.plot()


def test_comparing_imports_no_extra():
    program = (
        "import sys\n"
        "from hessopt.comparison.side_by_side import compare\n"
        "str(compare(lambda x: x @ x, [1.0], ['newton']))\n"
        "sys.exit(bool({'rich', 'matplotlib'} & set(sys.modules)))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
