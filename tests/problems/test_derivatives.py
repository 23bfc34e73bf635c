"""hessopt's derivatives of the collections' objectives, against differences at a small size."""

import numpy as np
import pytest

import hessopt
import problems

# The least size, or one of the few there are
SIZES = {
    "bdqrtic": 8, "brown-almost-linear": 6, "curly": 14, "eigenals": 12, "eigenbls": 12,
    "extended-powell-singular": 8, "fminsrf2": 16, "fminsurf": 16, "msqrtals": 9, "ncb20": 34,
    "ncb20b": 24, "noncvxu2": 11, "powell-singular": 4, "sparsine": 12, "sparsqur": 12,
    "vareigvl": 16, "woods": 8,
}  # fmt: skip
# Where a step of 1e-5 of the variables' size is a good part of a period
STEPS = {"humps": 1e-7, "loghairy": 1e-8, "scosine": 1e-8}
COLLECTED = sorted({*problems.names("mgh"), *problems.names("cutest")})


def small(name):
    if "n" not in problems.parameters(name):
        return problems.get(name)
    return problems.get(name, n=SIZES.get(name, 12 if name.startswith("dixmaan") else 6))


def somewhere(problem):
    """Near the start, not on it: there many terms are zero, and their derivatives with them."""
    rng = np.random.default_rng(7)
    return problem.start + 0.01 * (0.1 + np.abs(problem.start)) * rng.standard_normal(
        problem.dimension
    )


def slope_at_zero(function, step):
    """Return the derivative by the central formula of fourth order."""
    return (8 * (function(step) - function(-step)) - function(2 * step) + function(-2 * step)) / (
        12 * step
    )


@pytest.mark.parametrize("name", COLLECTED)
def test_gradient_and_hessian_vector_product(name):
    problem = small(name)
    x = somewhere(problem)
    v = np.random.default_rng(8).standard_normal(problem.dimension) * (0.1 + np.abs(x))
    value, gradient, times = hessopt.value_grad_hvp(problem.value)(x)
    assert value == pytest.approx(problem.value(x), rel=1e-12)

    step = STEPS.get(name, 1e-5)
    slope = slope_at_zero(lambda t: problem.value(x + t * v), step)
    rounding = 1e-10 * max(1, abs(value))
    assert gradient @ v == pytest.approx(slope, rel=1e-5, abs=rounding)

    exact_gradient = hessopt.grad(problem.value)
    change = slope_at_zero(lambda t: exact_gradient(x + t * v), step)
    size = np.linalg.norm(change)
    np.testing.assert_allclose(times(v), change, rtol=0, atol=1e-5 * size + 1e-9)


# Where a root or an angle of nothing has no derivative by its formula
SHARP = {"snail", "vareigvl"}


@pytest.mark.parametrize("name", [name for name in COLLECTED if name not in SHARP])
def test_gradient_is_zero_at_the_solutions(name):
    problem = small(name)
    for solution in problem.solutions:
        gradient = hessopt.grad(problem.value)(np.array(solution))
        # In units of what one rounding of the largest variable changes
        curvature = np.abs(np.diag(hessopt.hessian(problem.value)(np.array(solution))))
        unit = 1e-12 * max(1, np.max(np.abs(solution)))
        assert np.all(np.abs(gradient) <= 1e-10 + unit * np.max(curvature))
