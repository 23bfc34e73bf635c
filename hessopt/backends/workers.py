"""Several threads for the blocks of a loop: NumPy lets others run while it computes one."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import cache
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

MOST_WORKERS = 64  # of all calls together; what they have no time for, a call does itself

Range = tuple[int, int, int]  # its number, its first entry, and where it ends

_pool: ThreadPoolExecutor | None = None
_lock = threading.Lock()


def in_threads(blocks: Callable[[int, int], None], size: int, rows: int, threads: int) -> None:
    """Run the blocks of a loop on the calling thread and others, a range of blocks each.

    Which thread runs a range makes no difference to what it computes: each runs with the caller's
    context, hence with its ``np.errstate``.

    Parameters
    ----------
    blocks : callable
        ``blocks(first, last)`` runs the blocks from entry `first` up to `last`. Ranges may not
        write what others read or write.
    size : int
        How many entries there are.
    rows : int
        How many of them are a block; the last one may have fewer.
    threads : int
        How many there are, with the calling one.

    Raises
    ------
    BaseException
        What `blocks` raised for the first range that failed, after all have ended.
    """
    whole = -(-size // rows)
    count = min(threads, whole)
    starts = [k * whole // count * rows for k in range(count)]
    waiting = deque(zip(range(count), starts, [*starts[1:], size], strict=True))
    ended: SimpleQueue[tuple[int, BaseException | None]] = SimpleQueue()
    for _ in range(count - 1):
        try:
            # A context can be entered once at a time: each thread has its copy
            _executor().submit(copy_context().run, _take, blocks, waiting, ended)
        except RuntimeError:  # the interpreter exits, a fork is near, or there are no more threads
            break
    _take(blocks, waiting, ended)
    # Nothing is waiting any more; nobody is waited for who has not begun
    failed = [(k, error) for k, error in (ended.get() for _ in range(count)) if error is not None]
    if failed:
        try:
            raise min(failed, key=lambda one: (isinstance(one[1], Exception), one[0]))[1]
        finally:
            failed.clear()  # else the error would hold this frame, which holds the error


class Scratch:
    """Memory for buffers of blocks, which a thread takes, puts back, and others take again.

    Were it allocated anew each time, the system would have to clear it, and as often.

    Attributes
    ----------
    size : int
        How many bytes a thread needs.
    """

    def __init__(self) -> None:
        self.size = 0
        self._free: list[np.ndarray] = []

    def take(self) -> np.ndarray:
        """Return memory that nobody uses."""
        try:
            return self._free.pop()
        except IndexError:
            return np.empty(self.size, np.uint8)

    def put(self, memory: np.ndarray) -> None:
        """Let others use it."""
        self._free.append(memory)


def _take(
    blocks: Callable[[int, int], None],
    waiting: deque[Range],
    ended: SimpleQueue[tuple[int, BaseException | None]],
) -> None:
    """Run ranges until none is waiting."""
    while True:
        try:
            number, first, last = waiting.popleft()
        except IndexError:
            return
        failure = None
        try:
            blocks(first, last)
        except BaseException as error:
            failure = error
        ended.put((number, failure))
        del failure


def _executor() -> ThreadPoolExecutor:
    """Return the pool, which is made by the first who needs it."""
    global _pool
    with _lock:
        if _pool is None:
            # Not before it is needed: most programs never are so large
            from concurrent.futures import ThreadPoolExecutor

            _watch_forks()
            _pool = ThreadPoolExecutor(MOST_WORKERS, thread_name_prefix="hessopt-blocks")
        return _pool


@cache
def _watch_forks() -> None:
    """Let the pool end before a fork; a child process would not have its threads.

    Not before `concurrent.futures` is imported: what comes last is called first, and its own hook
    takes a lock on which who is just asking the pool would wait, while the pool waits for him.
    """
    if hasattr(os, "register_at_fork"):  # there is no fork on Windows
        os.register_at_fork(before=_end_pool, after_in_child=_begin_anew)


def _end_pool() -> None:
    """Let the workers do what they have begun and end; what waits is left to the callers."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.shutdown(cancel_futures=True)


def _begin_anew() -> None:
    """Forget, in a child process, what another thread of the parent held or made meanwhile."""
    global _pool, _lock
    _pool, _lock = None, threading.Lock()
