"""Every problem of the registry at several points at once: value, gradient, Hessian products."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import problems
from hessopt import grad, hvp, vmap


@pytest.mark.parametrize("name", problems.names())
def test_points_of_a_problem(name: str):
    problem = problems.get(name)
    random = np.random.default_rng(0)
    steps = random.uniform(-0.01, 0.01, (4, *problem.start.shape))
    X = problem.start + steps * np.where(problem.start == 0, 1.0, problem.start)
    V = random.standard_normal(X.shape)
    f = problem.value
    for function, arguments in ((f, (X,)), (grad(f), (X,)), (hvp(f), (X, V))):
        expected = np.stack([function(*row) for row in zip(*arguments, strict=True)])
        close(vmap(function)(*arguments), expected)  # warnings are errors, so none is called alone


def close(found: Any, expected: Any) -> None:
    scale = np.max(np.abs(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11 * scale)
