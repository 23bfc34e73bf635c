"""All ways to a derivative of one program, which must agree to rounding."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import hessopt
from tests.fuzz.generator import RandomProgram

TOLERANCE = 1e-9


def _container(f: Callable[..., Any], x: Any) -> Any:
    parameters = {"head": x[:1], "tail": (x[1:],)}
    found = hessopt.grad(lambda p: f(np.concatenate([p["head"], *p["tail"]])))(parameters)
    return np.concatenate([found["head"], *found["tail"]])


def _by_rows(f: Callable[..., Any], x: Any) -> Any:
    return hessopt.vmap(hessopt.grad(f))(np.stack([x, x]))[1]


def _batched(f: Callable[..., Any], x: Any) -> Any:
    return hessopt.grad(lambda z: np.sum(hessopt.vmap(f)(z)))(np.stack([x, x]))[0]


def _pulled(f: Callable[..., Any], x: Any) -> Any:
    return hessopt.vjp(lambda x: f(x) * np.ones(2))(x, np.array([0.25, 0.75]))


def _pushed(f: Callable[..., Any], x: Any) -> Any:
    return np.array([hessopt.jvp(f)(x, row) for row in np.eye(x.size)])


def _partial(f: Callable[..., Any], x: Any, v: Any) -> Any:
    product = hessopt.jit(hessopt.hvp(f), verify=False)
    product(0.999 * x, v)
    return product.partial(x)(v)


def _replayed(f: Callable[..., Any], x: Any, v: Any) -> Any:
    product = hessopt.jit(hessopt.hvp(f), verify=False)
    product(0.999 * x, 2 * v)
    return product(x, v)


def _through_program(f: Callable[..., Any], x: Any, v: Any) -> Any:
    return hessopt.hvp(hessopt.jit(f, verify=False))(x, v)


def _product_of_batch(f: Callable[..., Any], x: Any, v: Any) -> Any:
    return hessopt.vmap(hessopt.hvp(f), in_axes=(None, 0))(x, np.stack([v, 2 * v]))[1] / 2


FIRST: dict[str, Callable[..., Any]] = {
    "value_and_grad": lambda f, x: hessopt.value_and_grad(f)(x)[1],
    "value_grad_hvp": lambda f, x: hessopt.value_grad_hvp(f)(x)[1],
    "jacobian": lambda f, x: hessopt.jacobian(f)(x),
    "vjp": _pulled,
    "jvp": _pushed,
    "container": _container,
    "checkpoint": lambda f, x: hessopt.grad(hessopt.checkpoint(f))(x),
    "vmap of grad": _by_rows,
    "grad of vmap": _batched,
    "jit within": lambda f, x: hessopt.grad(hessopt.jit(f, verify=False))(x),
}

SECOND: dict[str, Callable[..., Any]] = {
    "value_grad_hvp": lambda f, x, v: hessopt.value_grad_hvp(f)(x)[2](v),
    "hessian": lambda f, x, v: hessopt.hessian(f)(x) @ v,
    "transposed hessian": lambda f, x, v: v @ hessopt.hessian(f)(x),
    "jvp of grad": lambda f, x, v: hessopt.jvp(hessopt.grad(f))(x, v),
    "grad of jvp": lambda f, x, v: hessopt.grad(lambda x: hessopt.jvp(f)(x, v))(x),
    "linearize": lambda f, x, v: hessopt.linearize(hessopt.grad(f), x)[1](v),
    "checkpoint": lambda f, x, v: hessopt.hvp(hessopt.checkpoint(f))(x, v),
    "vmap": _product_of_batch,
    "jit": _replayed,
    "partial": _partial,
    "jit within": _through_program,
}


def differing(program: RandomProgram) -> list[str]:
    """Return the ways that differ from `grad` and `hvp`; a change of x is one, too."""
    x = program.x.copy()
    v = np.random.default_rng(program.seed).standard_normal(x.shape)
    gradient, product = hessopt.grad(program.run)(x), hessopt.hvp(program.run)(x, v)
    calls = [(name, way, (x,), gradient) for name, way in FIRST.items()]
    calls += [(name, way, (x, v), product) for name, way in SECOND.items()]
    found = []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(jit|vmap): ", RuntimeWarning)  # slower, and as right
        for name, way, args, expected in calls:
            result = way(program.run, *args)
            gap = np.max(np.abs(result - expected)) / (1 + np.max(np.abs(expected)))
            if not gap < TOLERANCE:
                found.append(f"{name} off by {gap:.1e}, seed {program.seed}: {program.names}")
    if not np.array_equal(x, program.x):
        found.append(f"x was written into, seed {program.seed}: {program.names}")
    return found
