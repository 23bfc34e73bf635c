"""hessopt compare."""

import json
import re
import sys

import pytest


def test_a_table_and_a_verdict(hessopt):
    done = hessopt("compare", "rosenbrock", "--methods", "newton,l_bfgs,nelder-mead")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("method       solved")
    assert re.search(r"^newton +yes", done.out, re.MULTILINE)
    assert re.search(r"^nelder-mead +no", done.out, re.MULTILINE)
    verdict = done.out.replace("\n", " ")  # which of the two is first is a matter of the day
    assert re.search(r"reached \|g\| <= 1e-06 first(, about equally fast)? \(", verdict)


def test_none_solved_is_one(hessopt):
    done = hessopt("compare", "rosenbrock", "--maxiter", "2", "--methods", "newton,l-bfgs")
    assert done.code == 1
    assert "No method reached |g| <= 1e-06" in done.out


def test_json(hessopt):
    arguments = ["--methods", "newton,nelder-mead", "--gtol", "1e-9", "--max-time", "60"]
    done = hessopt("compare", "booth", *arguments, "--json")
    record = json.loads(done.out)
    assert record["problem"] == "booth"
    assert record["n"] == 2
    assert "|g| <= 1e-09" in record["verdict"].replace("\n", " ")
    assert [run["method"] for run in record["runs"]] == ["newton", "nelder-mead"]
    assert record["runs"][0]["grad_norm"] <= 1e-9


def test_the_default_set_on_a_function_of_ones_own(hessopt, user_file):
    done = hessopt("compare", "mine.py:quartic", "--n", "3")
    assert done.code == 0
    for method in ("newton", "newton-cg", "trust-ncg", "l-bfgs", "gradient-descent"):
        assert re.search(rf"^{method} +yes", done.out, re.MULTILINE)


def test_a_picture(hessopt, tmp_path):
    path = tmp_path / "curves.svg"
    assert hessopt("compare", "beale", "--methods", "newton,l-bfgs", "--plot", path).code == 0
    assert "</svg>" in path.read_text(encoding="utf-8")


def test_without_matplotlib_nothing_is_run(hessopt, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    done = hessopt("compare", "beale", "--plot", "curves.png")
    assert done.code == 1
    assert done.err == ('hessopt: drawing curves needs matplotlib: pip install "hessopt[plot]"\n')
    assert done.out == ""


def test_a_terminal_has_richs_table(hessopt, terminal):
    done = hessopt("compare", "booth", "--methods", "newton,l-bfgs")
    assert done.code == 0
    assert "\rbooth: newton done ..." in done.out
    assert "\rbooth: newton, l-bfgs done ..." in done.out
    assert "────" in done.out
    assert "reached |g| <= 1e-06" in done.out


def test_a_terminal_without_rich_has_the_plain_table(hessopt, terminal, monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    done = hessopt("compare", "booth", "--methods", "newton")
    assert done.code == 0
    assert "\nnewton     yes" in done.out.replace("\r", "\n")
    assert "────" not in done.out


@pytest.mark.usefixtures("eagerly")
def test_an_interrupt_shows_what_there_is(hessopt, user_file):
    arguments = ["--x0", "-1.2,1", "--methods", "l-bfgs,newton"]
    done = hessopt("compare", "mine.py:interrupted", *arguments)
    assert done.code == 130
    assert "l-bfgs: Interrupted from the keyboard" in done.out
    assert "newton: not run: the comparison was interrupted" in done.out


@pytest.mark.parametrize("name", ["vector", "boom"])
def test_what_is_wrong_with_the_function_is_said_once(hessopt, user_file, name):
    done = hessopt("compare", f"mine.py:{name}", "--n", "2")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_a_problem_with_limits_is_refused(hessopt):
    refused = hessopt("compare", "hs71")
    assert refused.code == 2
    assert "hs71 has bounds and constraints" in refused.err
    assert "hessopt minimize" in refused.err
