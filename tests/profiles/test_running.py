"""Runs in processes of their own: what hangs, crashes or is interrupted, and going on."""

import json
import threading

import numpy as np
import pytest

import hessopt
from hessopt.profiles import running
from hessopt.profiles.instances import Instance, instances
from hessopt.profiles.outcome import Outcome
from hessopt.profiles.pool import Worker
from hessopt.profiles.profile import Profile, read
from hessopt.profiles.solvers.registry import SOLVERS, chosen, solver
from tests.profiles.fakes import named


def test_ours_and_scipys_on_two_problems(tmp_path):
    out = tmp_path / "runs.jsonl"
    told = []
    profile = hessopt.profile(
        ["beale", "wood"],
        ["hessopt", "scipy:bfgs"],
        jobs=2,
        out=out,
        callback=lambda outcome, done, of: told.append((outcome.solver, done, of)),
    )
    assert profile.by_any == 2
    for run in profile.outcomes:
        assert profile.solved(run)
        assert run.nfev > 0
        assert run.njev > 0
        assert run.nit > 0
        assert run.time > 0
        assert run.preparation > 0
        assert run.grad_norm < 1e-4
        assert run.success
    assert profile.outcome(Instance("wood"), "hessopt").nhev > 0
    assert sorted(told) == sorted(
        (name, done, 4) for (name, _, _), done in zip(told, (1, 2, 3, 4), strict=True)
    )
    assert len(out.read_text().splitlines()) == 4


def test_what_goes_wrong_is_a_row():
    names = named("HANGS", "CRASHES", "CRASHES_EARLY", "RAISES", "LOST", "LYING", "WORKS")
    profile = hessopt.profile(["beale", "booth"], names, timeout=2.0)
    beale, booth = profile.instances

    def of(name, instance=beale):
        return profile.outcome(instance, *named(name))

    assert (of("HANGS").failure, of("HANGS").time) == ("timeout", 2.0)
    assert of("HANGS").message == "not done after 2 s (solving)"
    assert profile.solved(of("HANGS", booth))  # in a fresh process
    assert of("CRASHES").failure == "crash"
    assert of("CRASHES").message == "the process ended with 3 (solving)"
    assert of("CRASHES_EARLY").message == "the process ended with 4 (preparing)"
    assert of("RAISES").failure == "error"
    assert of("RAISES").message.startswith("ArithmeticError: no more digits (")
    assert not profile.solved(of("LOST"))
    assert not profile.solved(of("LYING"))
    assert of("LYING").success
    assert profile.solved(of("WORKS"))
    assert (of("WORKS").nfev, of("WORKS").njev, of("WORKS").nhev) == (1, 1, 1)
    assert profile.by_any == 2
    assert profile.counts(*named("HANGS")).failed == 1


def test_what_solvers_print_is_not_taken_for_an_outcome():
    profile = hessopt.profile(["beale"], named("NOISY"))
    assert [(run.message, run.nit) for run in profile.outcomes] == [("two lines", 7)]


def test_a_worker_is_kept_and_replaced_when_it_hangs():
    worker = Worker(timeout=2.0)
    try:
        worker.run(Instance("beale"), *named("WORKS"))
        first = worker.process.pid
        worker.run(Instance("booth"), *named("RAISES"))
        assert worker.process.pid == first
        worker.run(Instance("beale"), *named("HANGS"))
        assert worker.process is None
        assert not worker.run(Instance("beale"), *named("WORKS")).failure
        assert worker.process.pid != first
    finally:
        worker.end()


def test_going_on_runs_what_is_missing(tmp_path):
    out = tmp_path / "runs.jsonl"
    hessopt.profile(["beale"], named("WORKS"), out=out)
    kept = out.read_text()
    told = []

    def tell(outcome, done, of):
        told.append((outcome.problem, outcome.solver.partition(":")[2], done, of))

    profile = hessopt.profile(["beale", "booth"], named("WORKS", "LYING"), out=out, callback=tell)
    assert told == [("beale", "LYING", 2, 4), ("booth", "WORKS", 3, 4), ("booth", "LYING", 4, 4)]
    assert out.read_text().startswith(kept)
    assert len(profile) == len(read(out)) == 4
    again = hessopt.profile(["beale", "booth"], named("WORKS", "LYING"), out=out, callback=tell)
    assert len(told) == 3
    assert again.outcomes == profile.outcomes
    assert str(Profile.load(out)) == str(profile)


def test_a_line_cut_short_is_run_again(tmp_path):
    out = tmp_path / "runs.jsonl"
    name = named("LYING")[0]
    lines = [Outcome(problem, 0, name, 2, "free").line() + "\n" for problem in ("beale", "booth")]
    out.write_text("".join(lines)[:-40])
    told = []
    hessopt.profile(
        ["beale", "booth"], [name], out=out, callback=lambda o, *_: told.append(o.problem)
    )
    assert told == ["booth"]
    kept = out.read_text().splitlines()
    assert [json.loads(line)["problem"] for line in kept] == ["beale", "booth"]


def test_an_interrupt_loses_nothing_and_leaves_no_process(tmp_path):
    out = tmp_path / "runs.jsonl"

    def interrupt(outcome, done, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hessopt.profile(
            ["booth", "beale"], named("WORKS", "HANGS"), timeout=600, out=out, callback=interrupt
        )
    assert [run.problem for run in read(out)] == ["booth"]
    assert not [t for t in threading.enumerate() if t.name.startswith("hessopt-profile")]


def test_another_file_is_refused(tmp_path):
    out = tmp_path / "notes.txt"
    out.write_text("dear diary\n")
    with pytest.raises(ValueError, match=r"line 1 of .* is not an outcome of a profile"):
        hessopt.profile(["beale"], named("WORKS"), out=out)
    assert out.read_text() == "dear diary\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"set": "mhg"}, "set must be one of mgh, cutest, bounds, hs, nist, or problems"),
        ({"set": ["bealle"]}, "did you mean 'beale'"),
        ({"measure": "money"}, "measure must be one of evaluations, time, total, iterations"),
        ({"timeout": 0}, "timeout must be a positive number"),
        ({"tau": -1.0}, "tau must be a positive number"),
        ({"jobs": 0}, "jobs must be a whole number of at least 1"),
        ({"jobs": 1.5}, "jobs must be a whole number"),
        ({"max_n": 1}, "max_n = 1 leaves no problem"),
        ({"perturb": -0.1}, "perturb must be a number of at least 0"),
        ({"perturb": np.nan}, "perturb must be a number of at least 0"),
        ({"perturb": 0.1, "starts": 0}, "starts must be a whole number of at least 1"),
        ({"starts": 3}, "starts = 3 are all the same; give perturb"),
        ({"solvers": ["scipy:bgfs"]}, "did you mean 'scipy:bfgs'"),
        ({"solvers": ["sci:*"]}, "no solver matches 'sci:"),
        ({"solvers": ["scipy:bfgs"], "set": ["hs71"]}, "none of them handles 'constraints'"),
        ({"solvers": named("NOTHING")}, "no solver is called"),
        ({"solvers": ["no_such_module:SOLVER"]}, "no solver is called"),
    ],
)
def test_bad_arguments_are_named(arguments, said):
    with pytest.raises(ValueError, match=said):
        hessopt.profile(**{"set": ["beale"], "solvers": ["hessopt"], **arguments})


def test_a_solver_that_is_not_installed_says_what_it_needs():
    with pytest.raises(ImportError, match="needs no_such_package"):
        hessopt.profile(["beale"], named("NEEDY"))


def test_the_sets():
    assert [len(instances(name)) for name in ("mgh", "hs", "nist")] == [35, 77, 54]
    assert {instance.start for instance in instances("nist")} == {0, 1}
    assert all(instance.task().n <= 3 for instance in instances("mgh", max_n=3))
    assert instances("nist")[1].label == "nist-bennett5 from start 2"


def test_points_near_a_start():
    def starts(name):
        return [instance.task().start for instance in instances([name], None, 0.01, 3)]

    beale, x0 = starts("beale"), instances(["beale"])[0].task().start
    assert len({tuple(x) for x in beale}) == 3
    assert all(0 < np.max(np.abs(x / x0 - 1)) < 0.05 for x in beale)
    np.testing.assert_array_equal(beale, starts("beale"))
    # an entry that is zero moves, too, and other problems of two variables move otherwise
    powell = instances(["powell-singular"], None, 0.01)[0].task().start
    assert np.all(powell != [3.0, -1.0, 0.0, 1.0])
    assert not np.allclose(beale[0] / x0, starts("booth")[0] / instances(["booth"])[0].task().start)


def test_runs_from_points_near_a_start_are_kept_apart_and_resumed(tmp_path):
    out = tmp_path / "runs.jsonl"
    near = {"perturb": 0.01, "out": out}
    hessopt.profile(["beale"], named("WORKS"), out=out)
    hessopt.profile(["beale"], named("WORKS"), starts=2, **near)
    again = hessopt.profile(["beale"], named("WORKS"), starts=3, **near)
    assert [instance.trial for instance in again.instances] == [0, 1, 2]
    assert len({outcome.f0 for outcome in again.outcomes}) == 3
    assert len(out.read_text().splitlines()) == 1 + 3
    assert "3 starts of 1 problems" in str(again)
    assert again.instances[1].label == "beale, 0.01 off (trial 2)"


def test_pairs_are_problem_by_problem_and_only_those_that_fit():
    found = running.pairs(["beale", "hs71"], ["hessopt", "scipy:bfgs", "scipy:slsqp"], None)
    assert [(instance.problem, name) for instance, name in found] == [
        ("beale", "hessopt"),
        ("beale", "scipy:bfgs"),
        ("beale", "scipy:slsqp"),
        ("hs71", "hessopt"),
        ("hs71", "scipy:slsqp"),
    ]


def test_patterns_leave_out_what_cannot_be_run(monkeypatch):
    monkeypatch.setitem(SOLVERS, "scipy:needy", solver(*named("NEEDY")))
    assert "scipy:needy" not in chosen(["scipy:*"], "free")
    assert "scipy:needy" not in chosen(None, "free")
