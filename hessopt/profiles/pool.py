"""Processes that solve, each until its clock runs out; one that hangs is replaced."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import IO

from hessopt.profiles.instances import Instance
from hessopt.profiles.outcome import Outcome, outcome_of
from hessopt.profiles.worker import READY

# Seconds for what is not timed: to import torch and JAX, and to compile
PREPARATION = 180.0

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

Pair = tuple[Instance, str]


class Worker:
    """One process, started when it is first needed and kept, as imports take seconds.

    Parameters
    ----------
    timeout : float
        Seconds for each solve.
    """

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self.process: subprocess.Popen[str] | None = None
        self.dismissed = False

    def run(self, instance: Instance, solver: str) -> Outcome:
        """Return what became of it; a timeout and a crash are outcomes too."""
        process = self._started()
        asked = {"instance": asdict(instance), "solver": solver}
        try:
            print(json.dumps(asked), file=process.stdin, flush=True)
        except BrokenPipeError:
            return self._lost(instance, solver, False, "preparing")
        line, late = self._line(process, PREPARATION + self.timeout)
        doing = "preparing"
        if line.strip() == READY and not late:
            line, late = self._line(process, self.timeout)
            doing = "solving"
        if late or not line.endswith("\n"):
            return self._lost(instance, solver, late, doing)
        return Outcome.of_line(line)

    def dismiss(self) -> None:
        """Kill the process, from another thread than the one that waits, and start no other."""
        self.dismissed = True
        process = self.process
        if process is not None:
            process.kill()

    def end(self) -> None:
        """Kill the process, if there is one."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                _close(pipe)

    def _started(self) -> subprocess.Popen[str]:
        if self.process is None or self.process.poll() is not None:
            self.end()
            environment = {
                **os.environ,
                **dict.fromkeys(ONE_THREAD, "1"),
                "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
            }
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hessopt.profiles.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                text=True,
                encoding="utf-8",
            )
            if self.dismissed:
                self.process.kill()
        return self.process

    def _line(self, process: subprocess.Popen[str], seconds: float) -> tuple[str, bool]:
        """Return the next line, and whether the process had to be killed for it."""
        late = threading.Event()

        def kill() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None
            return process.stdout.readline(), late.is_set()
        finally:
            timer.cancel()

    def _lost(self, instance: Instance, solver: str, late: bool, doing: str) -> Outcome:
        process = self.process
        code = None if process is None else process.wait()
        self.end()
        return outcome_of(
            instance,
            solver,
            instance.task(),
            time=self.timeout if late and doing == "solving" else float("nan"),
            message=(
                f"not done after {self.timeout:g} s ({doing})"
                if late
                else f"the process ended with {code} ({doing})"
            ),
            failure="timeout" if late else "crash",
        )


@contextmanager
def running(pairs: list[Pair], jobs: int, timeout: float) -> Iterator[Iterator[Outcome]]:
    """Run all pairs of a problem and a solver in `jobs` processes; yields outcomes as they come.

    On the way out, by an interrupt too, the processes are ended.
    """
    waiting: queue.SimpleQueue[Pair] = queue.SimpleQueue()
    for pair in pairs:
        waiting.put(pair)
    done: queue.SimpleQueue[Outcome | BaseException] = queue.SimpleQueue()
    workers = [Worker(timeout) for _ in range(min(jobs, len(pairs)))]

    def serve(worker: Worker) -> None:
        try:
            while not worker.dismissed:
                done.put(worker.run(*waiting.get_nowait()))
        except queue.Empty:
            pass
        except BaseException as error:
            done.put(error)
        finally:
            worker.end()

    threads = [
        threading.Thread(target=serve, args=(w,), name=f"hessopt-profile-{k}", daemon=True)
        for k, w in enumerate(workers)
    ]

    def outcomes() -> Iterator[Outcome]:
        for _ in pairs:
            outcome = done.get()
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome

    for thread in threads:
        thread.start()
    try:
        yield outcomes()
    finally:
        for worker in workers:
            worker.dismiss()
        for thread in threads:
            thread.join()


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        with suppress(BrokenPipeError):
            pipe.close()
