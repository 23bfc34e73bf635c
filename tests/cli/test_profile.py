"""hessopt profile."""

import json
import re
import sys

import pytest

from hessopt.profiles.running import profile
from tests.profiles.fakes import named

WORKS, LYING, HANGS = named("WORKS", "LYING", "HANGS")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A file of runs, so that most tests start no process."""
    out = tmp_path_factory.mktemp("profile") / "runs.jsonl"
    profile(["beale", "booth"], [WORKS, LYING], out=out)
    return out.read_text()


@pytest.fixture
def runs(made, tmp_path):
    out = tmp_path / "runs.jsonl"
    out.write_text(made)
    return ["profile", "--set", "beale,booth", "--solvers", f"{WORKS},{LYING}", "--out", out]


def test_a_table_a_list_json_and_a_picture(hessopt, runs, tmp_path):
    done = hessopt(*runs, "--unsolved", LYING)
    assert done.code == 0
    assert done.out.startswith("solver ")
    assert re.search(rf"^{WORKS} +2 +2 +2 +3", done.out, re.MULTILINE)
    assert "2 problems, 2 solved by at least one of 2 solvers; best by evaluations" in done.out
    assert f"Not solved by {LYING}:\nbeale (n = 2): f - f_L = 1.4e+01" in done.out
    assert "Converged, honestly." in done.out

    record = json.loads(hessopt(*runs, "--json", "--unsolved", LYING).out)
    assert record["problems"] == record["solved_by_any"] == 2
    assert [row["solver"] for row in record["solvers"]] == [WORKS, LYING]
    assert [run["problem"] for run in record["unsolved"][LYING]] == ["beale", "booth"]

    path = tmp_path / "profile.svg"
    done = hessopt(*runs, "--plot", path, "--measure", "time")
    assert "best by time" in done.out
    assert "</svg>" in path.read_text(encoding="utf-8")


def test_local_solutions(hessopt, runs):
    assert "or at any stationary point" in hessopt(*runs, "--local").out


def test_points_near_a_start(hessopt, runs):
    done = hessopt(*runs, "--perturb", "0.01", "--starts", "2")
    assert "4 starts of 2 problems, 4 solved" in done.out
    assert "give perturb" in hessopt(*runs, "--starts", "2").err


def test_none_solved_is_one(hessopt, runs):
    runs[runs.index("--solvers") + 1] = LYING
    assert hessopt(*runs).code == 1


def test_a_terminal_has_richs_table_and_a_bar(hessopt, runs, terminal):
    runs[runs.index("beale,booth")] = "beale,booth,wood"
    done = hessopt(*runs)
    assert done.code == 0
    assert "────" in done.out


def test_without_rich_a_line_tells_how_far_it_is(hessopt, monkeypatch, terminal):
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    done = hessopt("profile", "--set", "beale", "--solvers", HANGS, "--timeout", "0.2")
    assert f"\r1 of 1: {HANGS} on beale (timeout)" in done.out
    assert done.code == 1


def test_an_interrupt_says_so(hessopt, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("hessopt.cli.profile_command.profile", interrupted)
    done = hessopt("profile", "--set", "beale")
    assert (done.code, done.err) == (130, "hessopt: interrupted\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "mhg"], "set must be one of mgh, cutest, bounds, hs, nist"),
        (["--set", "beale", "--solvers", "scipy:bgfs"], "did you mean 'scipy:bfgs'"),
        (["--measure", "money"], "invalid choice: 'money'"),
        (["--timeout", "0"], "'0' is not a positive number"),
        (["--jobs", "0"], "'0' is not a whole number of at least 1"),
        (["--plot", "profile.docx"], "has no extension that matplotlib writes"),
    ],
)
def test_wrong_usage_is_two(hessopt, arguments, said):
    done = hessopt("profile", *arguments)
    assert done.code == 2
    assert said in done.err


def test_a_solver_that_was_not_run_has_no_list(hessopt, runs):
    done = hessopt(*runs, "--unsolved", "scipy:bfgs")
    assert done.code == 2
    assert "--unsolved scipy:bfgs: it was not run; there are" in done.err
