"""Instructions of ten reference programs: a lost simplification fails here.

A smaller count is an improvement: write it down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hessopt
import problems
from hessopt import grad, hvp, value_and_grad

random = np.random.default_rng(0)
FEATURES = random.standard_normal((30, 4))
TRUTH = np.sign(random.standard_normal(30))
LAYERS = {"a": random.standard_normal((4, 3)), "b": np.ones(3), "c": np.full(3, 0.5)}


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def goldstein_price(z: Any) -> Any:
    x, y = z[0], z[1]
    return (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)) * (
        30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    )


def everything(x: Any) -> Any:
    return (*value_and_grad(goldstein_price)(x), hessopt.hessian(goldstein_price)(x))


def logistic(w: Any) -> Any:
    return np.mean(np.log1p(np.exp(-TRUTH * (FEATURES @ w)))) + 0.1 * np.sum(w**2)


def network(p: Any) -> Any:
    hidden = np.tanh(FEATURES @ p["a"] + p["b"])
    return np.mean((hidden @ p["c"] - TRUTH) ** 2)


def penalised(p: Any) -> Any:
    slopes = grad(network)(p)
    return network(p) + sum(np.sum(slope**2) for slope in slopes.values())


def lennard_jones(r: Any) -> Any:
    difference = r[:, None, :] - r[None, :, :]
    inverse = 1 / (np.sum(difference * difference, axis=-1) + np.eye(len(r))) ** 3
    return 2 * np.sum((inverse * inverse - inverse) * (1 - np.eye(len(r))))


X = np.linspace(0.1, 1.0, 6)
W = np.linspace(-1.0, 1.0, 4)
ATOMS = random.standard_normal((5, 3))
MISRA = problems.get("nist-misra1a")

PROGRAMS: list[tuple[str, Callable[..., Any], tuple[Any, ...], int, int]] = [
    ("rosenbrock, value and gradient", value_and_grad(rosenbrock), (X,), 19, 15),
    ("rosenbrock, HVP", hvp(rosenbrock), (X, np.ones(6)), 25, 16),
    ("goldstein-price, all", everything, (np.array([0.3, 0.4]),), 394, 238),
    ("logistic, HVP", hvp(logistic), (W, np.ones(4)), 30, 18),
    ("network, value and gradient", value_and_grad(network), (LAYERS,), 28, 18),
    ("network with gradient penalty", grad(penalised), (LAYERS,), 99, 46),
    ("lennard-jones, HVP", hvp(lennard_jones), (ATOMS, ATOMS + 1), 76, 47),
    ("tanh, third derivative", hessopt.derivative(np.tanh, 3), (0.3,), 20, 7),
    ("misra1a, Jacobian", hessopt.jacobian(MISRA.residual), (MISRA.certified_parameters,), 23, 16),
    ("x^4 - 2x^2, second", hessopt.derivative(lambda x: x**4 - 2 * x**2, 2), (1.5,), 5, 3),
]


@pytest.mark.parametrize(
    ("f", "arguments", "recorded", "left"),
    [pytest.param(*row[1:], id=row[0]) for row in PROGRAMS],
)
def test_instructions(f: Any, arguments: Any, recorded: int, left: int):
    jitted = hessopt.jit(f)
    program = jitted.program(*arguments)
    before = program.passes[0][1] if program.passes else len(program.instructions)
    assert (before, len(program.instructions)) == (recorded, left), str(program)
    flat = hessopt.ravel(list(arguments))[0]
    assert np.all(np.isfinite(flat))
    for _ in range(2):  # the second one is compared with the function
        jitted(*arguments)
