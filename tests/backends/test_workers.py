"""The threads themselves: who runs what, errors, forks, and the end of the interpreter."""

from __future__ import annotations

import contextvars
import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hessopt.backends import workers
from hessopt.backends.workers import in_threads

SIZE, ROWS = 37, 4


def ranges_of(threads: int, size: int = SIZE, rows: int = ROWS) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    in_threads(lambda first, last: seen.append((first, last)), size, rows, threads)
    return sorted(seen)


@pytest.mark.parametrize("size", [1, 4, 5, 8, 36, 37])
@pytest.mark.parametrize("threads", [1, 2, 3, 5, 100])
def test_ranges_of_whole_blocks(threads: int, size: int):
    found = ranges_of(threads, size)
    assert len(found) == min(threads, -(-size // ROWS))
    assert [first for first, _ in found] == [0, *(last for _, last in found[:-1])]
    assert found[-1][1] == size
    assert all(first % ROWS == 0 for first, _ in found)
    blocks = [-(-(last - first) // ROWS) for first, last in found]
    assert max(blocks) - min(blocks) <= 1


def test_as_many_threads_at_once():
    meeting = threading.Barrier(5, timeout=60)  # breaks, with an error, if one of them is missing
    names: list[str] = []

    def blocks(first: int, last: int) -> None:
        meeting.wait()
        names.append(threading.current_thread().name)

    in_threads(blocks, SIZE, ROWS, 5)
    assert len(set(names)) == 5
    assert threading.current_thread().name in names
    assert sum(name.startswith("hessopt-blocks") for name in names) == 4


def test_the_first_error_of_all_is_raised_once_all_have_ended():
    running: list[int] = []
    meeting = threading.Barrier(5, timeout=60)

    def blocks(first: int, last: int) -> None:
        meeting.wait()
        if first == 0:
            return
        time.sleep(0.01 if first > 20 else 0.05)
        running.append(first)
        raise KeyError(first)

    for _ in range(3):
        running.clear()
        with pytest.raises(KeyError) as caught:
            in_threads(blocks, SIZE, ROWS, 5)
        assert len(running) == 4
        assert caught.value.args == (min(running),)


def test_an_interrupt_comes_before_errors():
    def blocks(first: int, last: int) -> None:
        raise KeyboardInterrupt if last == SIZE else KeyError(first)

    with pytest.raises(KeyboardInterrupt):
        in_threads(blocks, SIZE, ROWS, 3)


def test_an_error_is_freed_with_all_that_its_frames_hold():
    class Held:
        pass

    def fail() -> weakref.ref[Held]:
        held = Held()
        kept = weakref.ref(held)

        def blocks(first: int, last: int) -> None:
            local = held
            raise KeyError(local is held)

        with pytest.raises(KeyError):
            in_threads(blocks, SIZE, ROWS, 3)
        return kept

    gc.collect()
    gc.disable()
    try:
        kept = fail()
        for _ in range(100):  # a worker may still be on its way back
            if kept() is None:
                break
            time.sleep(0.01)
        assert kept() is None
    finally:
        gc.enable()


def test_the_context_is_that_of_the_caller():
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")
    seen: list[str] = []
    meeting = threading.Barrier(5, timeout=60)

    def blocks(first: int, last: int) -> None:
        meeting.wait()
        seen.append(variable.get())
        variable.set("changed")

    for value in ("one", "another"):
        variable.set(value)
        in_threads(blocks, SIZE, ROWS, 5)
        assert seen == [value] * 5
        seen.clear()


def test_without_workers_the_caller_does_it(monkeypatch: pytest.MonkeyPatch):
    class Refusing:
        def submit(self, *args: Any) -> None:
            raise RuntimeError("can't start new thread")

    expected = ranges_of(5)
    monkeypatch.setattr(workers, "_executor", Refusing)
    assert ranges_of(5) == expected


def test_more_is_asked_for_than_there_are_workers(monkeypatch: pytest.MonkeyPatch):
    """Callers do the rest themselves; none waits for work that has not begun."""
    pool = ThreadPoolExecutor(1)
    busy = threading.Event()
    pool.submit(busy.wait)
    monkeypatch.setattr(workers, "_executor", lambda: pool)
    try:
        assert len(ranges_of(5)) == 5
    finally:
        busy.set()
        pool.shutdown()


def test_the_pool_is_made_once():
    in_threads(lambda first, last: None, SIZE, ROWS, 2)
    pool = workers._pool
    in_threads(lambda first, last: None, SIZE, ROWS, 5)
    assert workers._pool is pool is not None


CHILD = """
import os, sys, threading, warnings
import numpy as np
warnings.simplefilter("error")  # CPython warns of a fork beside other threads
from hessopt.backends import numpy_backend, threaded, workers
from hessopt.backends.workers import in_threads

def total(threads=4):
    parts = [0.0] * 10
    def blocks(first, last):
        for k in range(first, last):
            parts[k] = float(np.sum(np.arange(100_000.0) * k))
    in_threads(blocks, 10, 1, threads)
    return sum(parts)
"""


def run(text: str) -> str:
    """Run a script in a process of its own; return what it printed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", CHILD + text],
        capture_output=True, text=True, timeout=100, env=environment, cwd=Path.cwd(), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_after_a_fork_both_go_on():
    text = """
expected = total()
for _ in range(3):
    child = os.fork()
    if child == 0:
        os._exit(0 if total() == expected and workers._pool is not None else 1)
    assert total() == expected
    assert os.waitpid(child, 0)[1] == 0
print("ended")
"""
    assert run(text) == "ended\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_fork_in_the_middle_of_other_calls():
    text = """
warnings.simplefilter("ignore")  # there are threads, our own, at these forks
expected = total()
going = True
wrong = []
def work():
    while going:
        if total() != expected:
            wrong.append(1)
callers = [threading.Thread(target=work) for _ in range(3)]
for caller in callers:
    caller.start()
for _ in range(10):
    child = os.fork()
    if child == 0:
        os._exit(0 if total() == expected else 1)
    assert os.waitpid(child, 0)[1] == 0
going = False
for caller in callers:
    caller.join()
assert not wrong
print("ended")
"""
    assert run(text) == "ended\n"


def test_at_the_end_of_the_interpreter():
    """What runs when no thread can be started any more runs in the thread that calls it."""
    text = """
import atexit
expected = total()
atexit.register(lambda: print(total() == expected))
def late():
    threading.main_thread().join()
    print(total() == expected)
threading.Thread(target=late).start()
"""
    assert run(text) == "True\nTrue\n"


def test_one_thread_imports_no_pool():
    text = """
x = np.linspace(0, 1, 100_000)
import hessopt
f = hessopt.jit(hessopt.grad(lambda x: np.sum(np.exp(np.sin(x)))), backend="numpy", verify=False)
for _ in range(3):
    f(x)
print(workers._pool, any("hessopt" in t.name for t in threading.enumerate()))
"""
    assert run(text) == "None False\n"
