import numpy as np
import pytest
import scipy.sparse
from scipy.sparse.linalg import aslinearoperator

from hessopt.optimize.methods.metric import preconditioner
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.past_directions import AUTO, Pairs, PastCG
from hessopt.optimize.preconditioners import Diagonal, Given, Preconditioner, Scale, dual_norm
from hessopt.optimize.subproblems import steihaug, truncated_cg, two_loop

N = 60
SCALES = 10.0 ** np.linspace(-3, 3, N)


def badly_scaled(x):
    """Return a convex function whose Hessian is nearly diagonal, with condition 1e6 and more."""
    return np.sum(SCALES * (np.cosh(x) - x)) + 1e-4 * np.sum(x) ** 2


def at_start(spec, scale=None, fun=badly_scaled, n=N, **given):
    objective = Objective(fun, np.ones(n), **given)
    point = objective(objective.x0)
    B = objective.hvp(point.x)
    M, memory = preconditioner(spec, scale).at(objective, point, None, B)
    return objective, point, M, memory


def test_names():
    assert type(preconditioner(None)) is Preconditioner
    assert preconditioner("diagonal") == Diagonal()
    assert preconditioner("lbfgs") == PastCG()
    assert preconditioner(None, "auto") == preconditioner(None, True) == Scale()
    assert isinstance(preconditioner(np.eye(2)), Given)
    assert type(preconditioner(None, False)) is Preconditioner


@pytest.mark.parametrize(
    ("spec", "scale", "message"),
    [
        (
            "ilu",
            None,
            "option 'preconditioner' must be 'auto', 'diagonal', 'lbfgs', 'sparse', a",
        ),
        (3.0, None, "option 'preconditioner' must be"),
        (None, "typical", "option 'scale' must be 'auto' or positive sizes"),
        (None, [1.0, 0.0], "option 'scale' must be 'auto' or positive sizes"),
        ("diagonal", "auto", "both set the metric of the step; give one"),
    ],
)
def test_what_is_refused(spec, scale, message):
    with pytest.raises(ValueError, match=message):
        preconditioner(spec, scale)


def test_shapes_are_checked():
    options = {"preconditioner": np.eye(2)}
    with pytest.raises(ValueError, match=r"must be of shape \(60, 60\), not \(2, 2\)"):
        minimize(badly_scaled, np.ones(N), method="trust-ncg", options=options)
    with pytest.raises(ValueError, match="option 'scale' must hold 60 sizes"):
        minimize(badly_scaled, np.ones(N), method="trust-ncg", options={"scale": [1.0, 2.0]})


@pytest.mark.parametrize("method", ["trust-ncg", "trust-krylov", "newton-cg", "arc"])
def test_an_indefinite_one_is_refused(method):
    with pytest.raises(ValueError, match="must be positive definite, but g'Mg = -"):
        minimize(badly_scaled, np.ones(N), method=method, options={"preconditioner": -np.eye(N)})


@pytest.mark.parametrize("method", ["trust-ncg", "trust-krylov", "newton-cg", "arc"])
def test_the_forms_of_a_given_one(method):
    def exact(x):
        return SCALES * np.cosh(x.ravel()) + 2e-4

    inverse = 1 / exact(np.ones(N))
    forms = [
        np.diag(inverse),
        scipy.sparse.diags_array(inverse).tocsr(),
        aslinearoperator(np.diag(inverse)),
        lambda x: np.diag(1 / exact(x)),
        lambda x: aslinearoperator(np.diag(1 / exact(x))),
    ]
    none = {"preconditioner": None}
    plain = minimize(badly_scaled, np.ones(N), method=method, options=none)
    for form in forms:
        res = minimize(
            badly_scaled, np.ones((N, 1))[:, 0], method=method, options={"preconditioner": form}
        )
        assert res.success, res.message
        np.testing.assert_allclose(res.fun, plain.fun, rtol=1e-8)
        assert res.nhev < plain.nhev / 2


@pytest.mark.parametrize("method", ["trust-ncg", "trust-krylov", "newton-cg", "arc"])
@pytest.mark.parametrize("options", [{"preconditioner": "diagonal"}, {"scale": "auto"}])
def test_what_is_found_saves_products(method, options):
    none = {"preconditioner": None}
    plain = minimize(badly_scaled, np.ones(N), method=method, options=none)
    res = minimize(badly_scaled, np.ones(N), method=method, options=options)
    assert res.success
    np.testing.assert_allclose(res.fun, plain.fun, rtol=1e-8)
    assert res.nhev < plain.nhev


@pytest.mark.parametrize("method", ["trust-ncg", "newton-cg"])
def test_past_directions_save_products(method, rosenbrock):
    x0 = np.tile([-1.2, 1.0], 30)
    plain = minimize(rosenbrock, x0, method=method, options={"preconditioner": None})
    res = minimize(rosenbrock, x0, method=method, options={"preconditioner": "lbfgs"})
    assert res.success
    assert res.nhev < 0.8 * plain.nhev


@pytest.mark.parametrize("method", ["trust-krylov", "arc"])
def test_past_directions_are_for_conjugate_gradients(method):
    with pytest.raises(
        ValueError, match="may not be 'lbfgs' here: 'lbfgs' lives on the directions"
    ):
        minimize(badly_scaled, np.ones(N), method=method, options={"preconditioner": "lbfgs"})


def test_a_function_sees_x_in_its_shape():
    seen = []

    def M(x):
        seen.append(x.shape)
        return np.eye(4)

    options = {"preconditioner": M}
    minimize(lambda x: np.sum(x**4), np.ones((2, 2)), method="trust-ncg", options=options)
    assert set(seen) == {(2, 2)}


def test_the_diagonal_of_few_variables_is_exact():
    objective, _, M, _ = at_start("diagonal", fun=lambda x: np.sum(x**4 + x) + x[0] * x[1], n=5)
    np.testing.assert_allclose(M(np.ones(5)), 1 / 12)
    assert objective.nhev == 5


def test_a_given_hessian_has_an_exact_diagonal():
    objective, _, M, _ = at_start(
        "diagonal", jac=lambda x: SCALES * x, hess=lambda x: scipy.sparse.diags_array(SCALES)
    )
    np.testing.assert_allclose(M(SCALES), 1.0)
    assert objective.nhev == 1


def test_the_diagonal_of_a_sparse_hessian_is_exact():
    def chain(x):
        return np.sum(SCALES * x**4) + np.sum(np.cosh(x[1:] + x[:-1]))

    objective, point, M, _ = at_start("diagonal", fun=chain, jit=True)
    inside = np.full(N - 1, np.cosh(2.0))
    expected = 12 * SCALES + np.r_[inside, 0] + np.r_[0, inside]
    np.testing.assert_allclose(M(expected), 1.0)
    assert objective.nhev == 4  # three colours, and one product to compare
    assert objective.hessian_diagonal(point.x, most=2) is None  # not worth so much
    assert objective.hessian_diagonal(point.x) is None
    objective = at_start("diagonal", jit=True)[0]  # every variable has to do with every other
    assert objective.nhev == 2


def test_the_estimate_of_the_diagonal_is_unbiased():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(N, N)) / np.sqrt(N)
    B = A @ A.T + np.diag(np.linspace(1, 5, N))
    objective = Objective(lambda x: x @ B @ x / 2, np.ones(N))
    point = objective(objective.x0)
    _, (k, mean) = Diagonal(probes=400).at(objective, point, None, B.dot)
    np.testing.assert_allclose(mean, np.diagonal(B), rtol=0.25)
    # A diagonal matrix is found by one product
    _, (_, mean) = Diagonal(probes=1).at(objective, point, None, lambda v: SCALES * v)
    np.testing.assert_allclose(mean, SCALES)
    assert k == 1


def test_the_estimate_is_averaged_over_points():
    objective = Objective(lambda x: np.sum(x**2), np.ones(N))
    point = objective(objective.x0)
    _, (k, mean) = Diagonal().at(objective, point, (1, np.full(N, 4.0)), lambda v: 2 * v)
    assert k == 2
    np.testing.assert_allclose(mean, 3.0)
    _, (_, mean) = Diagonal().at(objective, point, (1, np.full(N, 4.0)), lambda v: v * np.nan)
    np.testing.assert_allclose(mean, 4.0)  # what is not finite tells nothing


def test_a_diagonal_without_scale_is_the_identity():
    _, _, M, _ = at_start("diagonal", fun=lambda x: np.sum(x), n=3)
    np.testing.assert_array_equal(M(np.ones(3)), 1)


def test_past_directions_are_conjugate_and_so_exact():
    """With all the directions of conjugate gradients the quasi-Newton matrix is the inverse."""
    rng = np.random.default_rng(3)
    n = 5
    A = rng.normal(size=(n, n))
    B, g = A @ A.T + np.eye(n), rng.normal(size=n)
    pairs = []

    def noted(d):
        pairs.append((d, B @ d))
        return B @ d

    truncated_cg(noted, g, 1e-12, 20)
    seen = Pairs(maxcor=20)
    for d, Bd in pairs[:n]:
        seen.note(d, Bd)
    kept = PastCG().after(None, seen)
    objective = Objective(lambda x: x @ B @ x / 2 + g @ x, np.zeros(n))
    point = objective(objective.x0)
    M, _ = PastCG().at(objective, point, kept, B.dot)
    v = M(g)
    np.testing.assert_allclose(v / v[0], np.linalg.solve(B, g) / np.linalg.solve(B, g)[0])
    # Its lengths are those of x along the first direction
    np.testing.assert_allclose(g @ v, v @ v)


def test_past_directions_give_the_matrix_of_l_bfgs():
    rng = np.random.default_rng(3)
    n = 8
    A = rng.normal(size=(n, n))
    B, g = A @ A.T + np.eye(n), rng.normal(size=n)
    seen = Pairs(maxcor=4)

    def noted(d):
        seen.note(d, B @ d)
        return B @ d

    truncated_cg(noted, g, 1e-12, 4)
    objective = Objective(lambda x: x @ B @ x / 2 + g @ x, np.zeros(n))
    point = objective(objective.x0)
    M, _ = PastCG().at(objective, point, PastCG().after(None, seen), B.dot)
    pairs = [(d, Bd, 1 / (d @ Bd)) for d, Bd in seen.kept]
    for r in np.eye(n):
        expected = two_loop(pairs, r)
        np.testing.assert_allclose(M(r) * (expected @ expected), expected * (M(r) @ expected))


def test_past_directions_are_sampled_and_curved():
    seen = Pairs(maxcor=4)
    for i in range(30):
        seen.note(np.eye(30)[i], (i - 5.0) * np.eye(30)[i])
    assert [int(np.argmax(d)) for d, _ in seen.kept] == [0, 8, 16, 24]
    S, _, S_D, Y_D, gamma = PastCG().after(None, seen)
    assert np.argmax(S, axis=1).tolist() == [8, 16, 24]
    np.testing.assert_allclose(S_D * [[3], [11], [19]], S)
    np.testing.assert_allclose(Y_D, S)
    np.testing.assert_allclose(gamma, 1 / 19)
    flat = Pairs(maxcor=4)
    flat.note(np.ones(2), np.zeros(2))
    assert PastCG().after("old", flat) == "old"


@pytest.mark.parametrize("method", ["trust-ncg", "newton-cg"])
def test_the_default_is_a_matter_of_size(method, rosenbrock):
    def dense(x):
        return rosenbrock(x) + np.sum(x) ** 2 / 1e4

    runs = [
        minimize(rosenbrock, np.full(50, 1.3), method=method, options=options).x.tobytes()
        for options in ({}, {"preconditioner": "lbfgs"}, {"preconditioner": None})
    ]
    assert runs[0] == runs[1] != runs[2]
    large = [
        minimize(dense, np.full(AUTO + 1, 1.3), method=method, options={**options, "maxiter": 3})
        for options in ({}, {"preconditioner": None})
    ]
    assert large[0].x.tobytes() == large[1].x.tobytes()


def test_dual_norm():
    assert dual_norm(None, np.array([3.0, 4.0])) == 5
    assert dual_norm(lambda r: 4 * r, np.array([3.0, 4.0])) == 10
    assert dual_norm(lambda r: 4 * r, np.zeros(2)) == 0


@pytest.mark.parametrize("indefinite", [False, True])
@pytest.mark.parametrize("radius", [0.05, 0.5, 50.0])
def test_preconditioned_steihaug_is_steihaug_in_other_variables(
    indefinite, radius, quadratic_model
):
    """Conn, Gould and Toint, Algorithm 7.5.1: with ``M = C C'``, in the variables ``C^-1 p``."""
    B, g, _ = quadratic_model(4, [-1.0 if indefinite else 1.0, 2, 3, 4, 5, 6])
    C = np.tril(np.random.default_rng(7).normal(size=(6, 6))) + 3 * np.eye(6)
    M = C @ C.T
    step = steihaug(B.dot, g, radius, 1e-9, 20, M.dot)
    plain = steihaug((C.T @ B @ C).dot, C.T @ g, radius, 1e-9, 20)
    np.testing.assert_allclose(step.p, C @ plain.p, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(step.length, np.linalg.norm(np.linalg.solve(C, step.p)), rtol=1e-6)
    assert step.at_edge == plain.at_edge
    one = truncated_cg(B.dot, g, 1e-9, 20, M.dot)
    other = truncated_cg((C.T @ B @ C).dot, C.T @ g, 1e-9, 20)
    np.testing.assert_allclose(one.p, C @ other.p, rtol=1e-6, atol=1e-10)


def test_nonlinear_cg_takes_what_needs_no_second_derivatives():
    inverse = 1 / (SCALES * np.cosh(1) + 2e-4)
    plain = minimize(badly_scaled, np.ones(N), method="nonlinear-cg")
    for options in ({"preconditioner": np.diag(inverse)}, {"scale": np.sqrt(inverse)}):
        res = minimize(badly_scaled, np.ones(N), method="nonlinear-cg", options=options)
        assert res.success
        assert res.nfev < plain.nfev / 2
    for options in ({"preconditioner": "diagonal"}, {"preconditioner": "lbfgs"}, {"scale": "auto"}):
        with pytest.raises(ValueError, match="of 'nonlinear-cg' must be given in numbers"):
            minimize(badly_scaled, np.ones(N), method="nonlinear-cg", options=options)


def test_a_hessian_given_as_an_operator_has_no_diagonal_at_hand():
    objective, _, M, _ = at_start(
        "diagonal", jac=lambda x: SCALES * x, hess=lambda x: aslinearoperator(np.diag(SCALES))
    )
    np.testing.assert_allclose(M(SCALES), 1.0)
    assert objective.hessian_diagonal(objective.x0) is None


def test_the_length_of_a_tiny_gradient_does_not_underflow():
    assert dual_norm(lambda r: 4 * r, np.array([3e-170, 4e-170])) == pytest.approx(1e-169)
    assert dual_norm(lambda r: 4 * r, np.zeros(2)) == 0
