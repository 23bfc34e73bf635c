"""Solvers that misbehave; the worker imports them by ``tests.profiles.fakes:NAME``."""

import os
import time

import numpy as np

from hessopt.profiles.solvers.solver import Answer, Solver


def _hang(task):
    if task.problem.name == "beale":
        return lambda: time.sleep(1000)
    return lambda: Answer(task.problem.solution)


def _crash(task):
    return lambda: os._exit(3)


def _crash_early(task):
    os._exit(4)


def _raise(task):
    def solve():
        raise ArithmeticError("no more digits")

    return solve


def _noisy(task):
    print("noise before")

    def solve():
        print("noise from Python")
        os.write(1, b"noise from C\n")
        return Answer(task.problem.solution, message="two\nlines", nit=7)

    return solve


def _lying(task):
    task.evaluations.value(task.start)
    return lambda: Answer(task.start, success=True, message="Converged, honestly.")


def _lost(task):
    return lambda: Answer(np.full(task.n, np.nan))


def _works(task):
    evaluations = task.evaluations

    def solve():
        for _ in range(3):  # remembered
            evaluations.value(task.problem.solution)
        evaluations.gradient(task.problem.solution)
        evaluations.product(task.problem.solution, task.start)
        return Answer(task.problem.solution)

    return solve


HANGS = Solver("tests.profiles.fakes:HANGS", _hang)
CRASHES = Solver("tests.profiles.fakes:CRASHES", _crash)
CRASHES_EARLY = Solver("tests.profiles.fakes:CRASHES_EARLY", _crash_early)
RAISES = Solver("tests.profiles.fakes:RAISES", _raise)
NOISY = Solver("tests.profiles.fakes:NOISY", _noisy)
LYING = Solver("tests.profiles.fakes:LYING", _lying)
LOST = Solver("tests.profiles.fakes:LOST", _lost)
WORKS = Solver("tests.profiles.fakes:WORKS", _works)
NEEDY = Solver("tests.profiles.fakes:NEEDY", _works, needs=("no_such_package",))
NOTHING = "not a solver"


def named(*names):
    return [f"tests.profiles.fakes:{name}" for name in names]
