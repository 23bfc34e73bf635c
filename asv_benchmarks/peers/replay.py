"""Compiled derivatives of the chained Rosenbrock function, hessopt against its peers in one run.

Run it with ``pip install -e ".[peers,jit]"`` and ``python asv_benchmarks/peers/replay.py``. Every
call takes NumPy arrays and gives NumPy arrays, as a SciPy optimiser would call it. CasADi is called
through preallocated buffers, its fastest way. A cell is the median over rounds.

With ``--threads K`` the NumPy backend has K threads, PyTorch too, and, where the system allows it,
the process has K processors, which is how many threads JAX then starts. The others use one.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from timing import Call, geometric_mean, medians  # beside this script

import hessopt

LABELS = ("value and grad", "HVP", "HVP, x fixed")


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def hessopt_by(backend: str) -> Callable[..., tuple[Call, Call, Call]]:
    def calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call, Call]:
        both = hessopt.jit(hessopt.value_and_grad(rosenbrock), backend=backend)
        product = hessopt.jit(hessopt.hvp(rosenbrock), backend=backend)
        for shift in range(3):  # traced, compared with an eager call, settled
            both(x + shift), product(x + shift, v + shift)
        fixed = product.partial(x)
        return lambda: both(x), lambda: product(x, v), lambda: fixed(v)

    return calls


def numpy_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call, Call]:
    """Derivatives as one writes them down by hand."""

    def both(x):
        a = x[:-1]
        t, u = x[1:] - a * a, 1 - a
        g = np.zeros_like(x)
        g[:-1] = -400 * a * t - 2 * u
        g[1:] += 200 * t
        return 100 * (t @ t) + u @ u, g

    def diagonals(x):
        a = x[:-1]
        d = np.zeros_like(x)
        d[:-1] = 1200 * a * a - 400 * x[1:] + 2
        d[1:] += 200
        return d, -400 * a

    def banded(d, e, v):
        y = d * v
        y[:-1] += e * v[1:]
        y[1:] += e * v[:-1]
        return y

    held = diagonals(x)
    return lambda: both(x), lambda: banded(*diagonals(x), v), lambda: banded(*held, v)


def jax_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call, Call]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def f(x):
        return jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    both = jax.jit(jax.value_and_grad(f))
    product = jax.jit(lambda x, v: jax.jvp(jax.grad(f), (x,), (v,))[1])
    fixed = jax.jit(jax.linearize(jax.grad(f), jnp.asarray(x))[1])

    def value_and_gradient():
        value, gradient = both(x)
        return float(value), np.asarray(gradient)

    return (
        value_and_gradient,
        lambda: np.asarray(product(x, v)),
        lambda: np.asarray(fixed(v)),
    )


def torch_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call, Call]:
    import torch

    direction = torch.from_numpy(v)

    def gradient(create: bool):
        t = torch.from_numpy(x).requires_grad_()
        y = (100 * (t[1:] - t[:-1] ** 2) ** 2 + (1 - t[:-1]) ** 2).sum()
        return t, y, torch.autograd.grad(y, t, create_graph=create)[0]

    def both():
        _, y, g = gradient(False)
        return y.item(), g.numpy()

    def product():
        t, _, g = gradient(True)
        return torch.autograd.grad(g, t, direction)[0].numpy()

    t, _, g = gradient(True)
    return both, product, lambda: torch.autograd.grad(g, t, direction, retain_graph=True)[0].numpy()


def casadi_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call, Call]:
    import casadi

    symbol = (casadi.SX if x.size <= 1000 else casadi.MX).sym
    s, w = symbol("x", x.size), symbol("v", x.size)
    f = casadi.sum1(100 * (s[1:] - s[:-1] ** 2) ** 2 + (1 - s[:-1]) ** 2)
    g = casadi.gradient(f, s)
    hv = casadi.jtimes(g, s, w)

    def buffered(inputs: list[Any], arrays: list[np.ndarray], outputs: list[Any]) -> Call:
        function = casadi.Function("f", inputs, [casadi.densify(y) for y in outputs])
        buffer, run = function.buffer()
        results = [np.zeros(y.numel()) for y in outputs]
        taken = [np.zeros_like(a) for a in arrays]
        for k, a in enumerate(taken):
            buffer.set_arg(k, memoryview(a))
        for k, r in enumerate(results):
            buffer.set_res(k, memoryview(r))

        def call() -> Any:
            for to, a in zip(taken, arrays, strict=True):
                to[:] = a
            run()
            return results if len(results) > 1 else results[0]

        call.kept = buffer  # type: ignore[attr-defined] - it must live as long as the call
        return call

    product = buffered([s, w], [x, v], [hv])
    return buffered([s], [x], [f, g]), product, product


def autograd_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call, Call]:
    import autograd
    import autograd.numpy as anp

    def f(x):
        return anp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    both, product = autograd.value_and_grad(f), autograd.hessian_vector_product(f)
    fixed = autograd.make_hvp(f)(x)[0]
    return lambda: both(x), lambda: product(x, v), lambda: fixed(v)


PEERS = {
    "numba": hessopt_by("numba"),
    "numpy": hessopt_by("numpy"),
    "by hand": numpy_calls,
    "JAX": jax_calls,
    "PyTorch": torch_calls,
    "CasADi": casadi_calls,
    "autograd": autograd_calls,
}
OWN = ("numba", "numpy")


def limit(threads: int) -> None:
    """Give the process so many processors and PyTorch so many threads, before any is started."""
    if hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        if len(processors) < threads:
            raise SystemExit(f"--threads {threads}: there are {len(processors)} processors")
        os.sched_setaffinity(0, processors[:threads])
    import torch

    torch.set_num_threads(threads)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="2,10,100,1000,10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.1, help="for one cell in one round")
    parser.add_argument("--threads", type=int, help="for all that can use them; else as they are")
    options = parser.parse_args()
    if options.threads is None:
        compare(options)
        return
    limit(options.threads)
    with hessopt.using_config("threads", options.threads):
        compare(options)


def compare(options: argparse.Namespace) -> None:
    """Print the table, and ratios over all of it."""
    print(f"{'n':>8} {'':14}" + "".join(f"{name:>10}" for name in PEERS) + "  (us)")
    best: list[float] = []
    to_jax: list[float] = []
    to_hand: list[float] = []
    for n in map(int, options.sizes.split(",")):
        random = np.random.default_rng(0)
        x, v = random.standard_normal(n), random.standard_normal(n)
        calls = {name: make(x, v) for name, make in PEERS.items()}
        expected = [numpy_calls(x, v)[k]() for k in range(3)]
        for name, three in calls.items():
            assert np.allclose(three[0]()[1], expected[0][1]), name
            assert np.allclose(three[1](), expected[1]), name
            assert np.allclose(three[2](), expected[2]), name
        for k, label in enumerate(LABELS):
            cells = {name: three[k] for name, three in calls.items()}
            found = medians(cells, options.rounds, options.seconds)
            print(f"{n:>8} {label:14}" + "".join(f"{m:10.2f}" for m in found.values()))
            best.append(min(m for name, m in found.items() if name not in OWN) / found["numba"])
            to_jax.append(found["JAX"] / found["numpy"])
            to_hand.append(found["by hand"] / found["numpy"])
    print(
        f"\nnumba: {min(best):.2f} times as fast as the best peer at least, "
        f"{geometric_mean(best):.2f} in geometric mean over {len(best)} cells\n"
        f"numpy: {geometric_mean(to_jax):.2f} times as fast as JAX in geometric mean, at least "
        f"{min(to_jax):.2f}; at least {min(to_hand):.2f} times as fast as NumPy by hand"
    )


if __name__ == "__main__":
    main()
