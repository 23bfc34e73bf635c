"""hessopt minimize."""

import json
import re
import signal
import subprocess
import sys

import numpy as np
import pytest


def test_solved_is_zero_with_the_solution(hessopt):
    done = hessopt("minimize", "rosenbrock", "--method", "newton")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "rosenbrock, 2 variables, from (-1.2, 1)"
    assert lines[1].split() == ["nit", "f", "max|g|", "nfev"]
    steps = [line.split() for line in lines[2:] if re.match(r" +\d+ ", line)]
    assert [int(step[0]) for step in steps] == list(range(1, len(steps) + 1))
    assert float(steps[-1][2]) <= 1e-6
    assert "Solved by newton: Converged" in done.out
    assert "  x        (1, 1)\n" in done.out
    assert "  least f  0, as far as is known\n" in done.out
    assert f"  work     {len(steps)} iterations, " in done.out


def test_not_solved_is_one(hessopt):
    done = hessopt("minimize", "rosenbrock", "--maxiter", "3", "--method", "trust-ncg")
    assert done.code == 1
    assert "Not solved by trust-ncg: The iteration limit" in done.out
    assert "3 iterations" in done.out


def test_long_runs_print_ever_fewer_lines(hessopt):
    done = hessopt("minimize", "rosenbrock", "--method", "gradient-descent", "--maxiter", "2500")
    shown = [int(line.split()[0]) for line in done.out.splitlines() if re.match(r" +\d+ ", line)]
    assert shown == [*range(1, 100), *range(100, 1000, 10), *range(1000, 2501, 100)]


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["chained-rosenbrock", "--n", "3"], "3 variables, from (-1.2, 1, -1.2)"),
        (["chained-rosenbrock", "--x0", "-1.5,2,0.5"], "3 variables, from (-1.5, 2, 0.5)"),
        (["chained-rosenbrock", "--x0=-1.5", "--n", "2"], "2 variables, from (-1.5, -1.5)"),
        (["chained_Rosenbrock", "--n", "12"], "12 variables, from (-1.2, 1, -1.2, ..., 1)"),
        (["booth", "--x0", "3"], "2 variables, from (3, 3)"),
        (["quadratic", "--n", "2", "--param", "condition=1e4"], "2 variables, from (0, 0)"),
        (["quadratic", "--param", "rotation=none", "--n", "1"], "1 variable, from (0)"),
        (["mine.py:quartic", "--n", "3"], "3 variables, from (0, 0, 0)"),
        (["mine.py:quartic", "--n", "3", "--x0", "2"], "3 variables, from (2, 2, 2)"),
        (["mine.py:quartic", "--x0", "-1,1e-1"], "2 variables, from (-1, 0.1)"),
    ],
)
def test_where_it_starts(hessopt, user_file, arguments, start):
    done = hessopt("minimize", *arguments, "--maxiter", "0")
    assert start in done.out.splitlines()[0]


def test_parameters_reach_the_problem(hessopt):
    def iterations(condition):
        given = ["--param", f"condition={condition}", "--method", "gradient-descent", "--json"]
        return json.loads(hessopt("minimize", "quadratic", *given).out)["nit"]

    assert iterations("1") < iterations("50")


def test_options_reach_the_method(hessopt):
    loose = json.loads(hessopt("minimize", "wood", "--gtol", "10", "--json").out)
    assert 1e-6 < loose["grad_norm"] <= 10
    timed = hessopt("minimize", "wood", "--max-time", "1e-9")
    assert timed.code == 1
    assert "time" in timed.out


def test_json_is_all_that_is_printed(hessopt):
    done = hessopt("minimize", "beale", "--method", "l-bfgs", "--json")
    record = json.loads(done.out)
    assert record["problem"] == "beale"
    assert record["method"] == "l-bfgs"
    assert record["success"] is True
    assert record["n"] == 2
    assert record["grad_norm"] <= 1e-6
    assert record["nfev"] >= record["nit"] > 0
    assert record["njev"] > 0 == record["nhev"]
    assert record["time"] > 0
    assert np.allclose(record["x"], [3, 0.5], atol=1e-4)


def test_what_the_users_code_prints_goes_to_standard_error(hessopt, tmp_path):
    talking = tmp_path / "talking.py"
    talking.write_text(
        "print('loading')\ndef f(x):\n    print('called')\n    return x @ x\n", encoding="utf-8"
    )
    done = hessopt("minimize", f"{talking}:f", "--x0", "1,2", "--json")
    assert json.loads(done.out)["success"] is True
    assert done.err.startswith("loading\ncalled\n")


def test_json_has_null_for_what_is_not_known(hessopt):
    def refuse(constant):
        raise AssertionError(constant)

    done = hessopt("minimize", "booth", "--method", "nelder-mead", "--json")
    assert json.loads(done.out, parse_constant=refuse)["grad_norm"] is None


@pytest.mark.parametrize("method", ["slsqp", "trust-constr", "nelder-mead", "dogleg", "cobyla"])
def test_methods_of_scipy_tell_of_progress_too(hessopt, method):
    done = hessopt("minimize", "booth", "--method", method)
    assert done.code == 0
    assert re.search(r"^ +1 ", done.out, re.MULTILINE)
    assert f"Solved by {method}" in done.out


def test_an_extra_that_is_missing_is_named(hessopt, monkeypatch):
    from hessopt.optimize.methods import ipopt

    monkeypatch.setitem(sys.modules, "ipyopt", None)
    ipopt.ipyopt.cache_clear()
    done = hessopt("minimize", "booth", "--method", "ipopt")
    assert done.code == 2
    assert 'pip install "hessopt[ipopt]"' in done.err


def test_a_terminal_has_a_line_that_renews_itself(hessopt, terminal):
    done = hessopt("minimize", "rosenbrock", "--method", "l-bfgs")
    renewed = re.findall(r"\riteration (\d+)   f \S+   max\|g\| \S+   \S+ s", done.out)
    assert [int(nit) for nit in renewed] == list(range(1, len(renewed) + 1))
    assert len(renewed) > 10
    head, _, summary = done.out.rpartition("\r")
    assert "nfev" not in head
    assert summary.startswith("Solved by l-bfgs")
    assert head.endswith(" ")


def test_a_terminal_breaks_long_lines(hessopt, terminal):
    done = hessopt("minimize", "chained-rosenbrock", "--n", "9")
    shown = [line.rpartition("\r")[2] for line in done.out.splitlines()]
    assert max(map(len, shown)) <= 80
    assert re.search(r"\n {11}\S", done.out)  # where it breaks, the width of the time decides
    assert re.search(r", .* s$", re.sub(r"\n {11}", " ", done.out), re.MULTILINE)


@pytest.mark.usefixtures("eagerly")
def test_an_interrupt_returns_the_best_point(hessopt, user_file):
    done = hessopt("minimize", "mine.py:interrupted", "--x0", "-1.2,1", "--method", "l-bfgs")
    assert done.code == 130
    assert "Not solved by l-bfgs: Interrupted from the keyboard" in done.out
    assert re.search(r"^  f +4\.2", done.out, re.MULTILINE)


def test_control_c_in_a_pipe(tmp_path):
    # Adam goes down a slope by the same small step for ever: there is always a run to interrupt.
    # One that ends by itself may do so before the signal comes, however slow `fun` is, since it is
    # called for the trace alone
    (tmp_path / "endless.py").write_text("def slope(x):\n    return -x.sum()\n", encoding="utf-8")
    command = [sys.executable, "-m", "hessopt", "minimize", "endless.py:slope", "--n", "2"]
    process = subprocess.Popen(
        [*command, "--method", "adam", "--maxiter", "1000000000"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if re.match(r" +3 ", line):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted from the keyboard" in out
    assert err == ""


def test_bounds_and_constraints_of_the_problem_are_kept(hessopt):
    record = json.loads(hessopt("minimize", "hs71", "--json").out)
    assert record["success"]
    np.testing.assert_allclose(record["x"], [1, 4.743, 3.82115, 1.37941], atol=1e-4)
    record = json.loads(hessopt("minimize", "hs4", "--json").out)
    np.testing.assert_allclose(record["x"], [1, 0], atol=1e-12)
    refused = hessopt("minimize", "hs71", "--method", "newton")
    assert refused.code == 1
    assert "'newton' cannot handle bounds" in refused.err
