"""Programs of chained Rosenbrock: what tracing costs once, and a replay each time, by backend.

A replay is timed as it is met in a loop: traced, compared with the function and settled before.
"""

import os
import tracemalloc
from importlib.util import find_spec

import numpy as np

import hessopt
from asv_benchmarks.backward import SIZES, point_and_direction, rosenbrock, seconds
from hessopt.program.simplify import simplify
from hessopt.program.trace import trace

BACKENDS = ["numpy", "numba"]

value_and_gradient = hessopt.value_and_grad(rosenbrock)
hvp = hessopt.hvp(rosenbrock)


def settled(f, backend, *arrays, threads=None):
    """Return `f` as a program that has nothing left to compare."""
    if backend == "numba" and find_spec("numba") is None:
        raise NotImplementedError  # asv then leaves the benchmark out
    program = hessopt.jit(f, backend=backend, threads=threads)
    for shift in range(3):
        program(*(x + shift for x in arrays))
    return program


class Replay:
    params = [list(SIZES), BACKENDS]
    param_names = ["n", "backend"]

    def setup(self, n, backend):
        self.x, self.v = point_and_direction(n)
        self.both = settled(value_and_gradient, backend, self.x)
        self.product = settled(hvp, backend, self.x, self.v)
        self.at_x = self.product.partial(self.x)
        self.at_x(self.v)

    def time_value_and_gradient(self, n, backend):
        self.both(self.x)

    def time_hvp(self, n, backend):
        self.product(self.x, self.v)

    def time_hvp_at_one_point(self, n, backend):
        self.at_x(self.v)

    def track_value_and_gradient_in_values(self, n, backend):
        return seconds(self.both, self.x) / seconds(rosenbrock, self.x)

    def track_hvp_in_values(self, n, backend):
        return seconds(self.product, self.x, self.v) / seconds(rosenbrock, self.x)


class MemoryBound:
    """HVP with a million variables, over the time in which memory moves x, v and the result."""

    params = BACKENDS
    param_names = ["backend"]
    unit = "times as long"

    def setup(self, backend):
        self.x, self.v = point_and_direction("1e6")
        self.product = settled(hvp, backend, self.x, self.v)

    def track_hvp(self, backend):
        copy = seconds(np.copyto, np.empty_like(self.x), self.x)  # moves two vectors
        return seconds(self.product, self.x, self.v) / (3 / 2 * copy)


class Threads:
    """Two threads in times of one: 0.5 at best; what NumPy computes slowly comes closer to that."""

    params = ["1e5", "1e6"]
    param_names = ["n"]
    unit = "ratio"

    def setup(self, n):
        if len(os.sched_getaffinity(0)) < 2:
            raise NotImplementedError
        self.x, self.v = point_and_direction(n)

    def ratio(self, f, *arrays):
        one, two = (settled(f, "numpy", *arrays, threads=k) for k in (1, 2))
        return seconds(two, *arrays) / seconds(one, *arrays)

    def track_value_and_gradient(self, n):
        return self.ratio(value_and_gradient, self.x)

    def track_hvp(self, n):
        return self.ratio(hvp, self.x, self.v)

    def track_gradient_of_exponentials(self, n):
        return self.ratio(hessopt.grad(lambda x: np.sum(np.exp(np.sin(x) * x))), self.x)


class Scalar:
    """A function of one number, where the way in is all there is."""

    params = ["scalar", "numpy", "numba"]
    param_names = ["backend"]

    def setup(self, backend):
        self.x = 1.5
        self.second = settled(hessopt.derivative(lambda x: x**4 - 2 * x**2, 2), backend, self.x)

    def time_second_derivative(self, backend):
        self.second(self.x)


class Trace:
    """What is paid once: running the function on Variables, and the passes."""

    def setup(self):
        self.arrays = list(point_and_direction("1e4"))

    def record(self):
        return trace(lambda x, v: [hvp(x, v)], self.arrays)[0]

    def time_trace_of_hvp(self):
        self.record()

    def time_trace_and_simplify_of_hvp(self):
        simplify(self.record())

    def track_instructions_of_hvp(self):
        return len(simplify(self.record()).instructions)

    track_instructions_of_hvp.unit = "instructions"


class LongTrace:
    """A program of 5000 operations, none of which can be left out."""

    def setup(self):
        self.arrays = [np.linspace(0.1, 1.0, 10)]

    def record(self):
        def chain(x):
            for _ in range(2500):
                x = 0.5 * np.sin(x)
            return [x]

        return trace(chain, self.arrays)[0]

    def time_trace_and_simplify(self):
        simplify(self.record())


class Memory:
    """The most that one call allocates, its result included, in vectors as long as x."""

    params = [*BACKENDS, "numpy, 4 threads"]
    param_names = ["backend"]
    unit = "vectors"

    def setup(self, backend):
        self.x, self.v = point_and_direction("1e6")
        backend, *rest = backend.split(", ")
        threads = 4 if rest else None
        self.both = settled(value_and_gradient, backend, self.x, threads=threads)
        self.product = settled(hvp, backend, self.x, self.v, threads=threads)

    def peak(self, function, *arrays):
        tracemalloc.start()
        try:
            function(*arrays)
            return tracemalloc.get_traced_memory()[1] / self.x.nbytes
        finally:
            tracemalloc.stop()

    def track_value_and_gradient(self, backend):
        return self.peak(self.both, self.x)

    def track_hvp(self, backend):
        return self.peak(self.product, self.x, self.v)
