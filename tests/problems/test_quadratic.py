import numpy as np
import pytest

import problems


def hessian(problem):
    """Exact but for rounding, since a second difference of a quadratic is its second derivative."""
    n, x, f = problem.dimension, problem.solution, problem.value
    e = np.eye(n)
    single = f(x + e)
    return f(x + e[:, None, :] + e[None, :, :]) - single[:, None] - single[None, :]


@pytest.mark.parametrize("rotation", ["none", "reflection", "orthogonal"])
def test_spectrum_is_geometric(rotation):
    H = hessian(problems.get("quadratic", n=8, condition=1e4, rotation=rotation))
    np.testing.assert_allclose(np.linalg.eigvalsh(H), np.geomspace(1, 1e4, 8), rtol=1e-9)


@pytest.mark.parametrize("rotation", ["none", "reflection", "orthogonal"])
def test_spectrum_is_the_given_one(rotation):
    spectrum = [5.0, 0.25, 0.25, 100.0]
    H = hessian(problems.get("spectrum-quadratic", spectrum=spectrum, rotation=rotation, seed=9))
    np.testing.assert_allclose(np.linalg.eigvalsh(H), sorted(spectrum), rtol=1e-12)


@pytest.mark.parametrize("rotation", ["reflection", "orthogonal"])
def test_rotation_fills_the_hessian(rotation):
    H = hessian(problems.get("quadratic", n=6, rotation=rotation))
    assert np.all(np.abs(H) > 1e-4)
    axes = hessian(problems.get("quadratic", n=6, rotation="none"))
    np.testing.assert_allclose(axes, np.diag(np.diag(axes)), atol=1e-12)


def test_rotation_follows_its_seed():
    first, again, other = (
        problems.get("quadratic", seed=seed).value(np.arange(10.0)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("bandwidth", [1, 2, 5])
def test_band(bandwidth):
    H = hessian(problems.get("banded-quadratic", n=12, bandwidth=bandwidth, condition=50.0))
    rows, columns = np.indices(H.shape)
    outside = np.abs(rows - columns) > bandwidth
    assert np.all(np.abs(H[outside]) < 1e-12)
    near = (np.abs(rows - columns) <= bandwidth) & (rows != columns)
    np.testing.assert_allclose(H[near], -1, rtol=1e-11)


@pytest.mark.parametrize("bandwidth", [1, 3])
def test_condition_of_the_band_is_bounded_and_reached(bandwidth):
    eigenvalues = np.linalg.eigvalsh(
        hessian(problems.get("banded-quadratic", n=150, bandwidth=bandwidth, condition=50.0))
    )
    condition = eigenvalues[-1] / eigenvalues[0]
    assert condition <= 50
    assert bandwidth > 1 or condition > 49


def test_millions_of_variables():
    for problem in [
        problems.get("quadratic", n=10**6, rotation="reflection"),
        problems.get("banded-quadratic", n=10**6, bandwidth=2),
    ]:
        assert problem.value(problem.start) > 1
        assert problem.value(problem.solution) == 0
