import numpy as np
import pytest

from hessopt.optimize.methods.newton import Newton
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status


def saddle(x):
    """Return a function with a saddle at 0 and minima at (0, -1) and (0, 1)."""
    return x[0] ** 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2


def test_a_quadratic_takes_one_step():
    A = np.array([[4.0, 1.0], [1.0, 3.0]])
    res = minimize(lambda x: x @ A @ x / 2 - np.sum(x), [5.0, -7.0], method="newton")
    assert (res.nit, res.nfev) == (1, 2)
    np.testing.assert_allclose(A @ res.x, 1.0)


def test_convergence_is_quadratic(rosenbrock):
    seen = []
    options = {"gtol": 1e-13}
    minimize(rosenbrock, [-1.2, 1.0], method="newton", callback=seen.append, options=options)
    errors = np.array([np.linalg.norm(x - 1) for x in seen])
    close = errors[(errors < 1e-2) & (errors > 1e-7)]
    assert len(close) >= 2
    assert np.all(
        errors[-len(close) - 1 :][1:] <= 1e3 * errors[-len(close) - 1 :][:-1] ** 2 + 1e-15
    )


def test_pure_newton_goes_to_the_saddle_and_the_globalised_one_does_not():
    start = [1.0, 0.2]
    pure = minimize(saddle, start, method="newton", options={"globalize": False})
    np.testing.assert_allclose(pure.x, [0, 0], atol=1e-6)
    res = minimize(saddle, start, method="newton")
    np.testing.assert_allclose(res.x, [0, 1], atol=1e-6)


def test_pure_newton_diverges_where_the_globalised_one_does_not():
    def fun(x):
        return np.sum(np.sqrt(1 + x**2))

    pure = minimize(fun, [1.5], method="newton", options={"globalize": False, "maxiter": 8})
    assert not pure.success
    assert pure.history.f[-1] > pure.history.f[0]
    assert pure.x == [1.5]  # the best point
    res = minimize(fun, [1.5], method="newton")
    assert res.success
    np.testing.assert_allclose(res.x, 0.0, atol=1e-6)


def test_a_singular_hessian():
    def fun(x):
        return (x[0] + x[1] - 1) ** 2 + (x[0] + x[1] - 1) ** 4

    pure = minimize(fun, [3.0, 2.0], method="newton", options={"globalize": False})
    assert pure.status == Status.NO_DESCENT
    assert "The Hessian is singular, and with globalize=False there is no other" in pure.message
    res = minimize(fun, [3.0, 2.0], method="newton")
    assert res.success
    np.testing.assert_allclose(np.sum(res.x), 1.0)


def test_the_units_of_x_do_not_matter(rosenbrock):
    """The scaled problem takes the same steps, up to rounding."""
    D = 2.0 ** np.array([10, -12, 7])
    x0 = np.array([-1.2, 1.0, 0.5])
    plain = minimize(rosenbrock, x0, method="newton", options={"gtol": 1e-10})
    scaled = minimize(
        lambda x: rosenbrock(D * x), x0 / D, method="newton", options={"gtol": 1e-10 * D.min()}
    )
    n = min(plain.nit, scaled.nit)
    np.testing.assert_allclose(scaled.history.f[: n - 2], plain.history.f[: n - 2], rtol=1e-6)
    np.testing.assert_allclose(D * scaled.x, plain.x, rtol=1e-8)


def test_a_step_from_a_chosen_point(at):
    objective, _ = at(saddle, [1.0, 0.2])
    point = objective(np.array([0.5, 0.1]))
    new, memory = Newton().step(objective, point, None)
    assert memory is None
    assert new.f < point.f
    assert new.x[1] > 0.1  # away from the saddle


@pytest.mark.parametrize("n", [30_000])
def test_absurd_sizes_are_refused_with_advice(n):
    with pytest.raises(ValueError, match="use a method that needs only products"):
        minimize(lambda x: np.sum(x**2), np.ones(n), method="newton")
