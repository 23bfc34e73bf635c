"""Compiled derivatives of five other problems, hessopt against its peers in one run.

Run it with ``pip install -e ".[peers,jit]"`` and ``python asv_benchmarks/peers/others.py``. As in
replay.py: NumPy arrays in and out, CasADi through preallocated buffers, medians over rounds. A peer
is left out of a problem that it cannot hold, or whose closures it has no use for.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from timing import Call, medians  # beside this script

import hessopt
import problems

Case = tuple[str, dict[str, Call]]


def hessopt_calls(function: Callable[..., Any], *args: np.ndarray) -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for backend in ("numba", "numpy"):
        program = hessopt.jit(function, backend=backend)
        for shift in (0.0, 1e-3, 2e-3):  # traced, compared with an eager call, settled
            program(*(a + shift for a in args))
        calls[backend] = lambda program=program: program(*args)
    return calls


def jax_call(function: Callable[..., Any], *args: np.ndarray) -> Call:
    import jax

    jax.config.update("jax_enable_x64", True)
    program = jax.jit(function)
    return lambda: [np.asarray(y) for y in jax.tree.leaves(program(*args))]


def casadi_call(inputs: list[Any], arrays: list[np.ndarray], outputs: list[Any]) -> Call:
    import casadi

    function = casadi.Function("f", inputs, [casadi.densify(y) for y in outputs])
    buffer, run = function.buffer()
    taken = [np.zeros(a.size) for a in arrays]
    results = [np.zeros(y.numel()) for y in outputs]
    shaped = [r.reshape(y.shape, order="F") for r, y in zip(results, outputs, strict=True)]
    for k, a in enumerate(taken):
        buffer.set_arg(k, memoryview(a))
    for k, r in enumerate(results):
        buffer.set_res(k, memoryview(r))

    def call() -> list[np.ndarray]:
        for to, a in zip(taken, arrays, strict=True):
            to[:] = a
        run()
        return shaped

    call.kept = buffer  # type: ignore[attr-defined] - it must live as long as the call
    return call


def plainly(function: Any, *args: Any) -> Call:
    """Call a function of CasADi's as one does from Python, with NumPy arrays in and out."""
    return lambda: [np.asarray(y) for y in function(*args)]


def logistic_regression() -> Iterator[Case]:
    import jax
    import jax.numpy as jnp

    record = problems.get("logistic-regression", n=200, samples=20_000)
    w = record.start + 0.01
    v = np.linspace(-1, 1, w.size)
    X, l2 = signed_data(record)

    def value_and_gradient(w):
        z = X @ w
        e = np.exp(-np.abs(z))
        loss = np.mean(np.log1p(e) + np.maximum(-z, 0.0)) + l2 / 2 * (w @ w)
        weight = np.where(z > 0, e, 1.0) / (1 + e)
        return loss, l2 * w - X.T @ weight / z.size

    def product(w, v):
        s = 1 / (1 + np.exp(-(X @ w)))
        return X.T @ (s * (1 - s) * (X @ v)) / X.shape[0] + l2 * v

    def f(w):
        return jnp.mean(jnp.logaddexp(0.0, -(X @ w))) + l2 / 2 * (w @ w)

    yield (
        "logistic regression 20,000 x 200: value and gradient",
        hessopt_calls(hessopt.value_and_grad(record.value), w)
        | {"by hand": lambda: value_and_gradient(w), "JAX": jax_call(jax.value_and_grad(f), w)},
    )
    yield (
        "logistic regression 20,000 x 200: HVP",
        hessopt_calls(hessopt.hvp(record.value), w, v)
        | {
            "by hand": lambda: product(w, v),
            "JAX": jax_call(lambda w, v: jax.jvp(jax.grad(f), (w,), (v,))[1], w, v),
        },
    )


def signed_data(record: Any) -> tuple[np.ndarray, float]:
    """Return the rows of the data times their labels, and the weight of the penalty.

    The record does not show its data; they are in the closure of its value.
    """
    cells = dict(
        zip(
            record.value.__code__.co_freevars,
            (cell.cell_contents for cell in record.value.__closure__),
            strict=True,
        )
    )
    (X,) = [a for a in cells.values() if getattr(a, "ndim", 0) == 2]
    X = X if X.shape[1] == record.dimension else X.T
    return np.ascontiguousarray(X), record.parameters["l2"]


def network() -> Iterator[Case]:
    import jax
    import jax.numpy as jnp
    import torch

    random = np.random.default_rng(0)
    X, y = random.standard_normal((256, 20)), random.standard_normal(256)
    w = 0.3 * random.standard_normal(20 * 32 + 32 + 32)

    def of(xp: Any, w: Any, X: Any) -> Any:
        return xp.tanh(X @ w[:640].reshape(20, 32) + w[640:672]) @ w[672:]

    def loss(w):  # with a penalty on the length of the gradient by the data, as in WGAN-GP
        slope = hessopt.grad(lambda X: np.sum(of(np, w, X)))(X)
        return np.mean((of(np, w, X) - y) ** 2) + 0.1 * np.mean(
            (np.sqrt(np.sum(slope**2, axis=1)) - 1) ** 2
        )

    def jax_loss(w):
        slope = jax.grad(lambda X: jnp.sum(of(jnp, w, X)))(X)
        return jnp.mean((of(jnp, w, X) - y) ** 2) + 0.1 * jnp.mean(
            (jnp.sqrt(jnp.sum(slope**2, axis=1)) - 1) ** 2
        )

    data, target = torch.from_numpy(X).requires_grad_(), torch.from_numpy(y)

    def by_torch():
        t = torch.from_numpy(w).requires_grad_()
        out = of(torch, t, data)
        (slope,) = torch.autograd.grad(out.sum(), data, create_graph=True)
        total = ((out - target) ** 2).mean() + 0.1 * (
            (slope.pow(2).sum(dim=1).sqrt() - 1) ** 2
        ).mean()
        (g,) = torch.autograd.grad(total, t)
        return total.item(), g.numpy()

    yield (
        "tanh network with gradient penalty: value and gradient",
        hessopt_calls(hessopt.value_and_grad(loss), w)
        | {"JAX": jax_call(jax.value_and_grad(jax_loss), w), "PyTorch": by_torch},
    )


def lennard_jones() -> Iterator[Case]:
    import casadi
    import jax
    import jax.numpy as jnp

    record = problems.get("lennard-jones", n=100)
    x = record.start.copy()
    v = np.linspace(-1, 1, x.size)
    first, second = np.triu_indices(100, 1)

    def f(x):
        atoms = x.reshape(100, 3)
        difference = atoms[first] - atoms[second]
        attraction = 1 / jnp.sum(difference**2, axis=-1) ** 3
        return 4 * jnp.sum(attraction**2 - attraction)

    s, w = casadi.SX.sym("x", 300), casadi.SX.sym("v", 300)
    atoms = casadi.reshape(s, 3, 100)
    difference = atoms[:, first.tolist()] - atoms[:, second.tolist()]
    attraction = 1 / casadi.sum1(difference**2) ** 3
    energy = 4 * casadi.sum2(attraction**2 - attraction)
    g = casadi.gradient(energy, s)
    yield (
        "Lennard-Jones, 100 atoms: value and gradient",
        hessopt_calls(hessopt.value_and_grad(record.value), x)
        | {
            "JAX": jax_call(jax.value_and_grad(f), x),
            "CasADi": casadi_call([s], [x], [energy, g]),
        },
    )
    yield (
        "Lennard-Jones, 100 atoms: HVP",
        hessopt_calls(hessopt.hvp(record.value), x, v)
        | {
            "JAX": jax_call(lambda x, v: jax.jvp(jax.grad(f), (x,), (v,))[1], x, v),
            "CasADi": casadi_call([s, w], [x, v], [casadi.jtimes(g, s, w)]),
        },
    )


def goldstein_price() -> Iterator[Case]:
    import casadi
    import jax

    record = problems.get("goldstein-price")
    f, x = record.value, record.start.copy()

    def by_hessopt(x):
        return f(x), hessopt.grad(f)(x), hessopt.hessian(f)(x)

    # CasADi's vectors know no `...` index
    s = casadi.SX.sym("x", 2)
    value = f(np.array([s[0], s[1]]))
    hessian, gradient = casadi.hessian(value, s)
    called = casadi.Function("f", [s], [value, gradient, hessian])
    yield (
        "Goldstein-Price: value, gradient and Hessian",
        hessopt_calls(by_hessopt, x)
        | {
            "JAX": jax_call(lambda x: (f(x), jax.grad(f)(x), jax.hessian(f)(x)), x),
            "CasADi": casadi_call([s], [x], [value, gradient, hessian]),
            "CasADi, called plainly": plainly(called, x),
        },
    )


def regression() -> Iterator[Case]:
    import casadi
    import jax

    record = problems.get("nist-thurber")
    b = record.start.copy()
    s = casadi.SX.sym("b", b.size)
    x, y = record.x, record.y
    cubic = [s[0] + s[1] * t + s[2] * t**2 + s[3] * t**3 for t in x]
    model = [c / (1 + s[4] * t + s[5] * t**2 + s[6] * t**3) for c, t in zip(cubic, x, strict=True)]
    residual = casadi.vertcat(*model) - y
    yield (
        "Jacobian of the residuals of NIST's Thurber",
        hessopt_calls(hessopt.jacobian(record.residual), b)
        | {
            "JAX": jax_call(jax.jacfwd(record.residual), b),
            "CasADi": casadi_call([s], [b], [casadi.jacobian(residual, s)]),
        },
    )


def scalar_function() -> Iterator[Case]:
    import casadi
    import jax

    def f(x):
        return x**4 - 2 * x**2

    def step(x):  # one step of Newton's method
        slope = hessopt.grad(f)
        return x - slope(x) / hessopt.grad(slope)(x)

    def jax_step(x):
        return x - jax.grad(f)(x) / jax.grad(jax.grad(f))(x)

    jax.config.update("jax_enable_x64", True)
    by_jax = jax.jit(jax_step)
    s = casadi.SX.sym("x")
    g = casadi.gradient(f(s), s)
    by_casadi = casadi.Function("f", [s], [s - g / casadi.gradient(g, s)])
    program = hessopt.jit(step)
    for x in (2.0, 2.5, 3.0):
        program(x)
    numba = hessopt.jit(step, backend="numba")
    for x in (2.0, 2.5, 3.0):
        numba(x)
    yield (
        "a Newton step on x^4 - 2x^2, a float in and out",
        {
            "numba": lambda: numba(2.0),
            "scalar": lambda: program(2.0),
            "JAX": lambda: float(by_jax(2.0)),
            "CasADi": lambda: float(by_casadi(2.0)),
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.1, help="for one cell in one round")
    options = parser.parse_args()
    kinds = (
        logistic_regression,
        network,
        lennard_jones,
        goldstein_price,
        regression,
        scalar_function,
    )
    for kind in kinds:
        for label, calls in kind():
            agree(label, calls)
            found = medians(calls, options.rounds, options.seconds)
            best = min(t for name, t in found.items() if name not in ("numba", "numpy", "scalar"))
            print(f"{label} (us); numba {best / found['numba']:.2f} times as fast as the best peer")
            print("    " + "  ".join(f"{name} {t:.2f}" for name, t in found.items()))


def agree(label: str, calls: dict[str, Call]) -> None:
    """Insist that all compute the same."""
    results = {name: call() for name, call in calls.items()}
    flat = {
        name: np.concatenate(
            [np.ravel(part) for part in (r if isinstance(r, (tuple, list)) else [r])]
        )
        for name, r in results.items()
    }
    for name, r in flat.items():
        assert np.allclose(r, flat["numba"], rtol=1e-6, atol=1e-8), (label, name)


if __name__ == "__main__":
    main()
