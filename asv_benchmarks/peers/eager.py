"""Eager derivatives of the chained Rosenbrock function, hessopt against its peers in one run.

Run it with ``pip install -e ".[peers]"`` and ``python asv_benchmarks/peers/eager.py``. The
libraries take turns, round by round, so that a change of the machine's speed meets all of them; a
cell is the median over the rounds. PyTorch is held to one thread, as NumPy's elementwise loops are.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
from timing import Call, medians  # beside this script

import hessopt


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def hessopt_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call]:
    both, product = hessopt.value_and_grad(rosenbrock), hessopt.hvp(rosenbrock)
    return lambda: both(x), lambda: product(x, v)


def autograd_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call]:
    import autograd
    import autograd.numpy as anp

    def f(x):
        return anp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    both, product = autograd.value_and_grad(f), autograd.hessian_vector_product(f)
    return lambda: both(x), lambda: product(x, v)


def torch_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call]:
    import torch

    torch.set_num_threads(1)
    direction = torch.from_numpy(v)

    def f(t):
        return (100 * (t[1:] - t[:-1] ** 2) ** 2 + (1 - t[:-1]) ** 2).sum()

    def both():
        t = torch.from_numpy(x).requires_grad_()
        y = f(t)
        (g,) = torch.autograd.grad(y, t)
        return y.item(), g.numpy()

    def product():
        t = torch.from_numpy(x).requires_grad_()
        (g,) = torch.autograd.grad(f(t), t, create_graph=True)
        return torch.autograd.grad(g, t, direction)[0].numpy()

    return both, product


def dezero_calls(x: np.ndarray, v: np.ndarray) -> tuple[Call, Call]:
    import dezero
    import dezero.functions as F

    def f(t):
        return F.sum(100 * (t[1:] - t[:-1] ** 2) ** 2 + (1 - t[:-1]) ** 2)

    def both():
        t = dezero.Variable(x)
        y = f(t)
        y.backward()
        return y.data, t.grad.data

    def product():
        t = dezero.Variable(x)
        f(t).backward(create_graph=True)
        g = t.grad
        t.cleargrad()
        F.sum(g * v).backward()
        return t.grad.data

    return both, product


PEERS = {
    "hessopt": hessopt_calls,
    "PyTorch": torch_calls,
    "DeZero": dezero_calls,
    "autograd": autograd_calls,
}


def available() -> Iterator[str]:
    # DeZero 0.0.13 still reads np.int at import, which NumPy 1.24 removed
    setattr(np, "int", int)  # noqa: B010 - ruff takes the name itself for the removed alias
    for name, module in zip(PEERS, ("hessopt", "torch", "dezero", "autograd"), strict=True):
        try:
            __import__(module)
        except ImportError:
            print(f"{name}: not installed, left out")
            continue
        yield name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="2,100,10000,1000000")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.1, help="for one cell in one round")
    options = parser.parse_args()
    names = list(available())
    print(f"{'n':>8} {'':14}" + "".join(f"{name:>12}" for name in names) + f"{'f alone':>12}  (us)")
    for n in map(int, options.sizes.split(",")):
        random = np.random.default_rng(0)
        x, v = random.standard_normal(n), random.standard_normal(n)
        calls = {name: PEERS[name](x, v) for name in names}
        expected = [calls["hessopt"][0]()[1], calls["hessopt"][1]()]
        for name, (both, product) in calls.items():
            assert np.allclose(both()[1], expected[0]), name
            assert np.allclose(product(), expected[1]), name
        for k, label in enumerate(["value and grad", "HVP"]):
            cells = {name: calls[name][k] for name in names} | {"f": lambda x=x: rosenbrock(x)}
            found = medians(cells, options.rounds, options.seconds)
            print(f"{n:>8} {label:14}" + "".join(f"{m:12.1f}" for m in found.values()))
            ratios = (m / found["hessopt"] for m in found.values())
            print(f"{'':>8} {'  / hessopt':14}" + "".join(f"{r:12.2f}" for r in ratios))


if __name__ == "__main__":
    main()
