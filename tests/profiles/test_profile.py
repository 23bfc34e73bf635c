"""What a profile makes of outcomes, against values worked out by hand."""

import re
from dataclasses import replace

import numpy as np
import pytest

from hessopt.profiles.instances import Instance
from hessopt.profiles.outcome import Outcome
from hessopt.profiles.pictures import DEFAULT, MOST_CURVES, telling
from hessopt.profiles.profile import Profile, read

inf = np.inf


def run(problem, solver, f, evaluations, **more):
    more = {"f0": 1.0, "violation": 0.0, "grad_norm": 0.0, "time": evaluations / 100, **more}
    return Outcome(problem, 0, solver, 1, "free", f=f, nfev=evaluations, nit=evaluations, **more)


OUTCOMES = [
    run("p", "a", 0.0, 10),
    run("p", "b", 1e-9, 20),
    run("p", "c", 0.5, 5, grad_norm=1.0),  # not solved
    run("q", "a", 3.0, 30, f0=5.0),
    run("q", "b", 2.0, 90, f0=5.0, time=0.1),
    run("q", "c", 3.0, 40, f0=5.0),
    run("r", "a", 7.0, 8, f0=8.0),
    run("r", "b", np.nan, 0, failure="timeout", time=9.0, message="not done after 9 s (solving)"),
    run("r", "c", 7.0, 16, f0=8.0),
]


@pytest.fixture
def profile():
    return Profile(OUTCOMES)


def test_costs_are_infinite_where_nothing_was_solved(profile):
    assert profile.instances == [Instance("p"), Instance("q"), Instance("r")]
    assert profile.solvers == ["a", "b", "c"]  # two each but c: then by evaluations
    np.testing.assert_array_equal(profile.costs, [[10, 20, inf], [inf, 90, inf], [8, inf, 16]])


def test_the_curves(profile):
    performance, data = profile.performance, profile.data
    np.testing.assert_array_equal(performance["a"], [1, 1, inf])
    np.testing.assert_array_equal(performance["b"], [1, 2, inf])
    np.testing.assert_array_equal(performance["c"], [2, inf, inf])
    np.testing.assert_array_equal(data["b"], [10, 45, inf])  # n + 1 = 2


def test_time_and_iterations_are_not_divided():
    profile = Profile(OUTCOMES, "time")
    np.testing.assert_array_equal(profile.data["b"], [0.1, 0.2, inf])
    assert Profile(OUTCOMES, "iterations").data["a"].tolist() == [8, 10, inf]


def test_the_total_has_the_preparation():
    prepared = [replace(outcome, preparation=0.5) for outcome in OUTCOMES]
    profile = Profile(prepared, "total")
    np.testing.assert_allclose(profile.data["b"], [0.6, 0.7, inf])
    assert profile.counts("b").time == pytest.approx(np.sqrt(0.6 * 0.7))


def test_the_rows(profile):
    a, b, c = profile.rows
    assert (a.run, a.solved, a.alone, a.best) == (3, 2, 0, 2)
    assert (b.run, b.solved, b.alone, b.best) == (3, 2, 1, 1)
    assert (c.run, c.solved, c.alone, c.best) == (3, 1, 0, 0)
    assert a.evaluations == pytest.approx(np.sqrt(80))
    assert b.evaluations_ratio == pytest.approx(np.sqrt(2))
    assert c.time_ratio == pytest.approx(2)
    assert (a.elsewhere, b.elsewhere, c.elsewhere) == (1, 0, 1)
    assert (a.failed, b.failed, c.failed) == (0, 1, 0)
    assert profile.by_any == 3
    assert profile.counts("b") is b


def test_the_measure_decides_who_is_best():
    slow = [replace(o, time=1.0 if o.solver == "a" else 0.5) for o in OUTCOMES]
    assert Profile(slow).counts("a").best == 2
    assert Profile(slow, "time").counts("a").best == 0


def test_a_solver_that_counts_no_iterations_still_solves():
    silent = [replace(o, nit=None) if o.solver == "a" else o for o in OUTCOMES]
    profile = Profile(silent, "iterations")
    assert profile.counts("a").solved == 2
    assert not np.isfinite(profile.data["a"]).any()


def test_tau_decides_what_is_solved():
    assert Profile(OUTCOMES, tau=1e-10).counts("b").solved == 1
    assert Profile(OUTCOMES, tau=0.6).counts("c").solved == 3


def test_with_local_solutions():
    profile = Profile(OUTCOMES, local=True)
    assert [profile.counts(name).solved for name in "abc"] == [3, 2, 2]
    assert profile.counts("a").elsewhere == 0
    assert str(profile).endswith("tau = 1e-06, or at any stationary point")


def test_a_solver_that_was_not_run_everywhere():
    profile = Profile(OUTCOMES[:-1])
    assert profile.counts("c").run == 2
    assert re.search(r"^c +0 of 2 +0", str(profile), re.MULTILINE)
    assert profile.outcome(Instance("r"), "c") is None
    assert profile.costs[2, profile.solvers.index("c")] == inf


def test_a_run_that_is_there_twice_counts_once():
    again = replace(OUTCOMES[2], f=0.0)
    profile = Profile([*OUTCOMES, again])
    assert profile.counts("c").run == 3
    assert profile.counts("c").solved == 2
    assert profile.outcome(Instance("p"), "c") is again


def test_the_table(profile):
    text = str(profile)
    assert re.search(r"^solver +solved +alone +best +evals", text)
    assert re.search(r"^b +2 +1 +1 +42 +1\.4 +0\.14 +1\.4 +0 +1$", text, re.MULTILINE)
    assert text.endswith(
        "3 problems, 3 solved by at least one of 3 solvers; best by evaluations, tau = 1e-06"
    )


def test_the_rich_table_says_the_same(profile):
    from rich.console import Console

    console = Console(width=120, force_terminal=False)
    with console.capture() as capture:
        console.print(profile)
    assert re.search(r"b +2 +1 +1 +42 +1\.4", capture.get())


def test_the_report_says_why(profile):
    assert profile.report("a") == (
        "q (n = 1): f - f_L = 1.0e+00, stationary; solved by 1 others; 30 evaluations"
    )
    assert profile.report("b") == (
        "r (n = 1): timeout; solved by 2 others; 0 evaluations; not done after 9 s (solving)"
    )
    told = [replace(o, status=4, message="Gave up.") for o in OUTCOMES]
    assert Profile(told).report("a").endswith("; 30 evaluations; status 4; Gave up.")
    infeasible = [replace(o, violation=0.1) for o in OUTCOMES[:1]]
    assert "violation 1.0e-01" in Profile(infeasible).report("a")
    fit = [replace(o, digits=4.2) for o in OUTCOMES[:1]]
    assert "4.2 digits" in Profile(fit).report("a")


def test_lines_are_read_back_exactly(tmp_path):
    out = tmp_path / "runs.jsonl"
    out.write_text("".join(o.line() + "\n" for o in OUTCOMES))
    assert "NaN" not in out.read_text()
    for one, other in zip(read(out), OUTCOMES, strict=True):
        assert one.line() == other.line()
    assert str(Profile.load(out)) == str(Profile(OUTCOMES))
    assert Profile.load(out, "time", 0.1).tau == 0.1


def test_the_pictures_jump_where_they_should(profile, tmp_path):
    path = tmp_path / "profile.png"
    left, right = profile.plot(path)
    assert path.stat().st_size > 10_000
    curves = {line.get_label(): line.get_data() for line in left.get_lines()}
    assert sorted(curves) == ["a", "b", "c"]
    x, y = curves["b"]
    assert (x[0], y[0]) == (1, pytest.approx(100 / 3))
    assert y[list(x).index(2.0)] == pytest.approx(200 / 3)
    assert left.get_xlabel() == "factor of the least evaluations"
    assert right.get_xlabel() == "(values + gradients + products) / (n + 1)"


def test_few_curves_are_drawn_unless_asked_for(tmp_path):
    many = [run("p", f"s{k:02}", 0.0, 10 + k) for k in range(20)]
    many.append(run("p", DEFAULT, 1.0, 99))  # the worst, and drawn all the same
    profile = Profile(many)
    assert telling(profile.solvers) == [DEFAULT, *(f"s{k:02}" for k in range(MOST_CURVES - 1))]
    left, _ = profile.plot(tmp_path / "few.svg")
    assert len(left.get_lines()) == MOST_CURVES
    libraries = ["a:best", "a:next", "a:third", "b:best", DEFAULT]
    assert telling(libraries) == [DEFAULT, *libraries[:-1]]
    crowd = [f"a:{k}" for k in range(20)] + ["b:late"]
    assert telling(crowd) == [*crowd[: MOST_CURVES - 1], "b:late"]
    left, _ = profile.plot(tmp_path / "two.svg", ["s15", "s03"])
    assert [line.get_label() for line in left.get_lines()] == ["s15", "s03"]


def test_curves_of_those_that_were_not_run_everywhere_are_not_drawn(tmp_path):
    left, _ = Profile(OUTCOMES[:-1]).plot(tmp_path / "two.svg")
    assert [line.get_label() for line in left.get_lines()] == ["a", "b"]


def test_a_picture_where_nothing_was_solved(tmp_path):
    Profile([run("p", "a", np.nan, 3)]).plot(tmp_path / "nothing.png")


def test_bad_arguments_are_named(profile):
    with pytest.raises(ValueError, match="tau must be a positive number"):
        Profile(OUTCOMES, tau=0)
    with pytest.raises(ValueError, match="measure must be one of"):
        Profile(OUTCOMES, "money")
    with pytest.raises(ValueError, match="outcomes must not be empty"):
        Profile([])
    with pytest.raises(KeyError, match="'z' was not run; there are a, b, c"):
        profile.counts("z")
    with pytest.raises(ValueError, match="solvers: z was not run; there are a, b, c"):
        profile.plot("z.png", ["a", "z"])
