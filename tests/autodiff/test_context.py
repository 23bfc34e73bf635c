"""Graph state belongs to a thread, and to a task."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import hessopt
from hessopt import Variable, no_grad


def test_no_grad_in_one_thread_does_not_reach_another():
    inside, leave = threading.Event(), threading.Event()
    seen = {}

    def quiet() -> None:
        with no_grad():
            inside.set()
            leave.wait(10)
            seen["quiet"] = (Variable(np.array(1.0)) * 2).creator

    thread = threading.Thread(target=quiet)
    thread.start()
    assert inside.wait(10)
    seen["main"] = (Variable(np.array(1.0)) * 2).creator
    leave.set()
    thread.join()
    assert seen["quiet"] is None
    assert seen["main"] is not None


def test_a_new_thread_records():
    with no_grad(), ThreadPoolExecutor(1) as pool:
        y = pool.submit(lambda: Variable(np.array(1.0)) * 2).result()
        assert (Variable(np.array(1.0)) * 2).creator is None
    assert y.creator is not None


def test_no_grad_in_one_task_does_not_reach_another():
    async def quiet(entered: asyncio.Event, leave: asyncio.Event) -> bool:
        with no_grad():
            entered.set()
            await leave.wait()
            return (Variable(np.array(1.0)) * 2).creator is None

    async def main() -> None:
        entered, leave = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(quiet(entered, leave))
        await entered.wait()
        assert (Variable(np.array(1.0)) * 2).creator is not None
        leave.set()
        assert await task

    asyncio.run(main())


def test_gradients_in_many_threads_at_once():
    def f(x):
        y = x
        for _ in range(20):
            y = np.sin(y) * x + np.tanh(np.sum(y**2)) / 10
        return np.sum(y)

    xs = [np.linspace(0, 1, 5) + k for k in range(16)]
    one_by_one = [hessopt.hvp(f)(x, x) for x in xs]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda x: hessopt.hvp(f)(x, x), xs * 4))
    for k, found in enumerate(together):
        np.testing.assert_array_equal(found, one_by_one[k % 16])


def test_an_error_inside_a_block_restores_the_setting():
    x = Variable(np.array(1.0))
    with pytest.raises(ZeroDivisionError):
        hessopt.grad(lambda x: 1 / 0)(1.0)
    with pytest.raises(ValueError, match="seed"):
        x.backward(seed=np.ones(3))
    assert (x * 2).creator is not None
    with no_grad():
        with pytest.raises(ZeroDivisionError):
            hessopt.grad(lambda x: 1 / 0)(1.0)
        assert (x * 2).creator is None
