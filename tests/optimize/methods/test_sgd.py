import numpy as np
import pytest

from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status

RNG = np.random.default_rng(0)
A = RNG.normal(size=(60, 3))
TRUE = np.array([1.0, -2.0, 3.0])
B = A @ TRUE


def loss(x, A, b):
    return np.mean((A @ x - b) ** 2)


def run(args=(A, B), fun=loss, callback=None, **options):
    options = {"learning_rate": 0.05, **options}
    return minimize(fun, np.zeros(3), args=args, method="sgd", callback=callback, options=options)


def test_one_part_is_gradient_descent():
    one, other = [], []
    run(callback=one.append, maxiter=5)
    minimize(
        loss,
        np.zeros(3),
        args=(A, B),
        method="gradient-descent",
        callback=other.append,
        options={"learning_rate": 0.05, "maxiter": 5},
    )
    np.testing.assert_array_equal(one, other)


def test_an_epoch_by_hand():
    res = run(minibatches=4, momentum=0.5, decay=0.1, maxiter=2)
    x, v = np.zeros(3), np.zeros(3)
    for k in range(2):
        for chosen in np.array_split(np.random.default_rng((0, k)).permutation(60), 4):
            g = 2 * A[chosen].T @ (A[chosen] @ x - B[chosen]) / len(chosen)
            v = 0.5 * v - 0.05 / (1 + 0.1 * k) * g
            x = x + v
    np.testing.assert_allclose(res.x, x, rtol=1e-12)
    np.testing.assert_allclose(res.fun, loss(x, A, B))


@pytest.mark.usefixtures("eagerly")
def test_every_part_counts(counted):
    fun = counted(loss)
    res = run(fun=fun, minibatches=6, maxiter=3)
    assert res.nfev == res.njev == fun.calls == 1 + 3 * (6 + 1)


def test_noise_free_data_are_fitted():
    res = run(minibatches=10)
    assert res.status == Status.GRADIENT_CONVERGED
    np.testing.assert_allclose(res.x, TRUE, atol=1e-5)


def test_decay_beats_noise():
    """With noisy data a fixed rate walks about; a falling one converges."""
    b = B + RNG.normal(size=60)
    best = np.linalg.lstsq(A, b)[0]
    fixed = run((A, b), minibatches=30, maxiter=200)
    falling = run((A, b), minibatches=30, maxiter=200, decay=1.0)
    assert np.linalg.norm(falling.x - best) < 0.2 * np.linalg.norm(fixed.state.point.x - best)


def test_given_parts():
    parts = [(A[i::5], B[i::5]) for i in range(5)]
    res = run(minibatches=parts)
    np.testing.assert_allclose(res.x, TRUE, atol=1e-5)
    assert res.success


def test_other_args_stay_whole():
    def regularised(x, A, b, weight, names):
        assert names.shape == (2,)
        return np.mean((A @ x - b) ** 2) + weight * np.sum(x**2)

    res = run((A, B, 0.1, np.zeros(2)), regularised, minibatches=6, decay=0.5, maxiter=300)
    best = np.linalg.solve(A.T @ A / 60 + 0.1 * np.eye(3), A.T @ B / 60)
    np.testing.assert_allclose(res.x, best, atol=0.03)


def test_the_seed_is_the_run():
    one, same, other = (run(minibatches=6, maxiter=3, seed=s).x for s in (1, 1, 2))
    assert one.tobytes() == same.tobytes() != other.tobytes()


def test_a_resumed_run_is_the_same_run():
    whole = run(minibatches=6, momentum=0.3, maxiter=6)
    first = run(minibatches=6, momentum=0.3, maxiter=2)
    second = run(minibatches=6, momentum=0.3, maxiter=4, resume=first)
    assert second.x.tobytes() == whole.x.tobytes()
    assert second.nfev == whole.nfev


def test_a_rate_that_leads_out_of_the_domain_is_halved():
    def fun(x, data):
        return np.mean(np.sum(x - np.log(x)) * data)

    res = minimize(
        fun,
        [3.0],
        args=(np.ones(4),),
        method="sgd",
        options={"learning_rate": 100.0, "minibatches": 2, "maxiter": 30},
    )
    assert res.state.memory.halvings > 0
    assert np.isfinite(res.history.f).all()


def test_derivatives_by_hand():
    def grad(x, A, b):
        return 2 * A.T @ (A @ x - b) / len(b)

    res = minimize(
        loss,
        np.zeros(3),
        args=(A, B),
        jac=grad,
        method="sgd",
        options={"learning_rate": 0.05, "minibatches": 6, "maxiter": 5},
    )
    np.testing.assert_allclose(res.x, run(minibatches=6, maxiter=5).x, rtol=1e-10)

    def both(x, A, b):
        return loss(x, A, b), grad(x, A, b)

    pair = minimize(
        both,
        np.zeros(3),
        args=(A, B),
        jac=True,
        method="sgd",
        options={"learning_rate": 0.05, "minibatches": 6, "maxiter": 5},
    )
    np.testing.assert_allclose(pair.x, res.x, rtol=1e-10)


@pytest.mark.parametrize(
    ("args", "parts", "message"),
    [
        ((), 3, "needs the data in args"),
        ((2.0,), 3, "needs the data in args"),
        ((A, B), 61, "must be at most 60, the number of data"),
        ((A, B), [], "must be a number, or a sequence of tuples"),
        ((A, B), [A], "must be a number, or a sequence of tuples"),
        ((A, B), "many", "'minibatches' must be an integer at least 1"),
    ],
)
def test_what_is_refused(args, parts, message):
    def fun(x, *args):
        return np.sum(x**2)

    with pytest.raises(ValueError, match=message):
        run(args, fun, minibatches=parts)
