"""The process that runs solvers: a task a line on its input, two lines for each on its output.

The first says that what is not timed is done: imports, compiling. The second is the outcome. What
solvers print themselves goes nowhere.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
import warnings
from dataclasses import replace
from typing import Any, TextIO

from hessopt.profiles.evaluations import Counts, Ledger, witnessed
from hessopt.profiles.instances import Instance
from hessopt.profiles.outcome import observed, outcome_of
from hessopt.profiles.solvers.registry import solver
from hessopt.profiles.solvers.solver import Task

READY = "ready"


def main() -> None:
    """Work until the input ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and tells
    warnings.simplefilter("ignore")
    tasks: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        work(json.loads(tasks.get()), out)


def _listen(tasks: queue.Queue[str]) -> None:
    for line in sys.stdin:
        tasks.put(line)
    os._exit(0)  # nobody waits for what the main thread still does


def work(asked: dict[str, Any], out: TextIO) -> None:
    """Run one solver on one problem."""
    instance, name = Instance(**asked["instance"]), asked["solver"]
    task = instance.task()
    failed = outcome_of(instance, name, task, failure="error")
    started = time.perf_counter()
    with witnessed() as ledger:
        try:
            chosen = solver(name)
            if task.n > chosen.largest:
                raise ValueError(f"not run on more than {chosen.largest:g} variables")
            solve = chosen.prepare(task)
            before = _counts(task, ledger)
            print(READY, file=out, flush=True)
            preparation, started = time.perf_counter() - started, time.perf_counter()
            answer = solve()
            took = time.perf_counter() - started
            counts = _counts(task, ledger) - before
            outcome = observed(instance, name, task, answer, counts, took)
            outcome = replace(outcome, preparation=preparation)
        except Exception as error:
            took = time.perf_counter() - started
            place = traceback.extract_tb(error.__traceback__)[-1]
            message = f"{type(error).__name__}: {error} ({place.filename}, line {place.lineno})"
            outcome = replace(failed, time=took, message=" ".join(message.split())[:500])
    print(outcome.line(), file=out, flush=True)


def _counts(task: Task, witness: Ledger) -> Counts:
    """Return what was evaluated: who asks the task is counted there, who makes an oracle, by it."""
    asked = task.ledger()
    return (asked if asked.oracles or asked.vectors else witness).counts()


if __name__ == "__main__":
    main()
