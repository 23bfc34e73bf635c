import numpy as np

from hessopt.optimize.methods.nesterov import Nesterov, Sequence
from hessopt.optimize.minimize import minimize

SCALES = np.array([1.0, 10.0])


def bowl(x):
    return np.sum(SCALES * x**2) / 2


def test_the_papers_formula():
    x = y = np.array([3.0, -1.0])
    t, seen = 1.0, []
    options = {"learning_rate": 0.05, "maxiter": 8}
    minimize(bowl, y, method="nesterov", callback=seen.append, options=options)
    for found in seen:
        x_new = y - 0.05 * SCALES * y
        t_new = (1 + np.sqrt(1 + 4 * t**2)) / 2
        y = x_new + (t - 1) / t_new * (x_new - x)
        x, t = x_new, t_new
        np.testing.assert_allclose(found, y, rtol=1e-12)


def test_the_bound_of_beck_and_teboulle():
    """Theorem 4.4: ``f(x_k) - f* <= 2 |x_0 - x*|^2 / (alpha (k + 1)^2)``, here for the x."""
    scales = np.linspace(1e-4, 1.0, 40)

    def flat(x):
        return np.sum(scales * x**2) / 2

    x0 = np.ones(40)
    res = minimize(flat, x0, method="nesterov", options={"learning_rate": 1.0, "maxiter": 100})
    assert flat(res.state.memory.x) <= 2 * (x0 @ x0) / 101**2


def test_it_is_faster_than_gradient_descent():
    scales = np.linspace(1e-3, 1.0, 40)

    def fun(x):
        return np.sum(scales * np.cosh(x))

    runs = {
        method: minimize(
            fun, np.ones(40), method=method, options={"learning_rate": 0.6, "gtol": 1e-4}
        )
        for method in ("nesterov", "gradient-descent")
    }
    assert runs["nesterov"].nit < runs["gradient-descent"].nit / 4


def test_the_adaptive_rate(at):
    objective, point = at(bowl, [3.0, -1.0], order=1)
    method = Nesterov()
    good, memory = method.step(objective, point, Sequence(point.x, 1.0, 0.05))
    assert good.f < point.f
    np.testing.assert_allclose(memory.alpha, 0.055)
    # Too fast: the acceleration ends first, then the rate is halved
    refused, memory = method.step(objective, point, Sequence(point.x + 9.0, 5.0, 0.05))
    assert refused is point
    assert (memory.t, memory.alpha) == (1.0, 0.05)
    refused, memory = method.step(objective, point, Sequence(point.x, 1.0, 10.0))
    assert refused is point
    assert (memory.t, memory.alpha) == (1.0, 5.0)
    assert method.descends()
    assert not Nesterov(learning_rate=0.1).descends()
