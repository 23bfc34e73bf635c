"""What every record promises, at its default size and at others."""

import numpy as np
import pytest

import problems

BUILDS = [(name, {}) for name in problems.names()] + [
    ("rosenbrock", {"a": 2.0, "b": 5.0}),
    ("chained-rosenbrock", {"n": 2}),
    ("chained-rosenbrock", {"n": 3}),
    ("chained-rosenbrock", {"n": 1001}),
    ("extended-rosenbrock", {"n": 2}),
    ("powell-singular", {"n": 12}),
    ("sphere", {"n": 1}),
    ("dixon-price", {"n": 1}),
    ("dixon-price", {"n": 2}),
    ("dixon-price", {"n": 50}),
    ("styblinski-tang", {"n": 1}),
    ("styblinski-tang", {"n": 7}),
    ("rastrigin", {"n": 1}),
    ("rastrigin", {"n": 9}),
    ("ackley", {"n": 1}),
    ("ackley", {"n": 9}),
    ("quadratic", {"n": 1}),
    ("quadratic", {"n": 30, "condition": 1e6, "rotation": "none"}),
    ("quadratic", {"n": 30, "condition": 1.0, "rotation": "reflection", "seed": 3}),
    ("spectrum-quadratic", {"spectrum": [3.0], "rotation": "orthogonal"}),
    ("banded-quadratic", {"n": 2}),
    ("banded-quadratic", {"n": 9, "bandwidth": 8, "condition": 5.0}),
    ("logistic-regression", {"n": 1, "samples": 1}),
    ("logistic-regression", {"n": 50, "samples": 20, "l2": 1.0, "seed": 5}),
    *(("lennard-jones", {"n": n}) for n in range(2, 21)),
    ("lennard-jones", {"n": 38, "seed": 1}),
    ("extended-powell-singular", {"n": 8}),
    ("linear-full-rank", {"n": 3, "m": 3}),
    ("linear-rank-1", {"n": 1, "m": 2}),
    ("linear-rank-1-zero", {"n": 3, "m": 4}),
    ("penalty-1", {"n": 4}),
    ("trigonometric", {"n": 3}),
    ("variably-dimensioned", {"n": 1}),
    ("arwhead", {"n": 2}),
    ("nondia", {"n": 2}),
    ("eg2", {"n": 7}),
    ("cube", {"n": 5}),
    ("genrose", {"n": 2}),
    ("chainwoo", {"n": 4}),
    ("freuroth", {"n": 2}),
    ("cosine", {"n": 5}),
    ("schmvett", {"n": 3}),
    ("tointgss", {"n": 9}),
    ("curly", {"n": 31, "k": 20}),
    ("curly", {"n": 12, "k": 1}),
    ("dixmaanl", {"n": 3}),
    ("hilberta", {"n": 8}),
    ("vareigvl", {"n": 14}),
    ("eigenbls", {"n": 2}),
    ("msqrtals", {"n": 1}),
    ("fminsurf", {"n": 9}),
    ("fminsrf2", {"n": 16}),
    *((name, {"n": 100}) for name in ["torsion1", "nobndtor", "obstclbm", "jnlbrng1", "jnlbrngb"]),
    *((name, {"n": 33}) for name in ["linverse", "chenhark", "harkerp2", "expquad", "chebyqad"]),
]
ALL = {
    "-".join([name, *(f"{key}={entry}" for key, entry in given.items())]): (name, given)
    for name, given in BUILDS
}
RECORDS = {label: problems.get(name, **given) for label, (name, given) in ALL.items()}
SOLVED = {label: record for label, record in RECORDS.items() if record.solution is not None}
# The digits of certified parameters limit what these tests see: test_nist.py is theirs, and Meyer's
# data are NIST's MGH10. Those with bounds or constraints need not be stationary:
# test_every_constrained.py is theirs
EXACT = {
    label: record
    for label, record in SOLVED.items()
    if "nist" not in record.tags
    and record.name != "meyer"
    and not isinstance(record, problems.ConstrainedProblem)
}
# Narrower than the steps of the differences here; test_derivatives.py has their derivatives
NARROW = {"mexhat", "scosine"}

TAGS = {
    "bounds", "convex", "cusp", "cutest", "hs", "ill-conditioned", "kink", "mgh", "multimodal",
    "nist", "quadratic", "scalable", "singular", "sum-of-squares", "unimodal",
}  # fmt: skip


def records(choice):
    return pytest.mark.parametrize("problem", choice.values(), ids=choice.keys())


def tagged(tag):
    return {label: record for label, record in EXACT.items() if tag in record.tags}


def gradient(f, x, step=1e-6):
    """Central differences, in one call on a batch."""
    steps = step * np.diag(np.maximum(1, np.abs(x)))
    return (f(x + steps) - f(x - steps)) / (2 * np.diag(steps))


def hessian(f, x, step=1e-4):
    n = x.size
    e = step * np.eye(n)
    corners = [
        f(x + s * e[:, None, :] + t * e[None, :, :])
        for s, t in [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    ]
    return (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step**2)


class ProtocolsOnly(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that can be computed with only as a differentiable array can."""

    def __init__(self, data):
        self.data = data
        self.shape = data.shape
        self.ndim = data.ndim

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        assert method == "__call__", f"{ufunc.__name__}.{method} is not a plain call"
        assert not kwargs, f"{ufunc.__name__} with {kwargs}"
        return wrapped(ufunc(*(bare(argument) for argument in inputs)))

    def __array_function__(self, function, types, args, kwargs):
        assert "out" not in kwargs
        return wrapped(
            function(*map(bare, args), **{key: bare(entry) for key, entry in kwargs.items()})
        )

    def __getitem__(self, key):
        return wrapped(self.data[key])

    def refuse(self, *_, **__):
        raise AssertionError("left NumPy's protocols")

    __array__ = __float__ = __int__ = __bool__ = __iter__ = __setitem__ = refuse


def bare(argument):
    if isinstance(argument, list | tuple):  # of arrays to join
        return type(argument)(map(bare, argument))
    return argument.data if isinstance(argument, ProtocolsOnly) else argument


def wrapped(result):
    return ProtocolsOnly(np.asarray(result))


def test_only_these_come_without_a_solution():
    without = {
        record.name
        for record in RECORDS.values()
        if record.solution is None and not isinstance(record, problems.ConstrainedProblem)
    }
    collected = {*problems.names("mgh"), *problems.names("cutest")}
    assert without - collected == {"logistic-regression", "lennard-jones"}
    assert "lennard-jones" not in {
        problem.name for problem in problems.all() if not problem.solutions
    }


@pytest.mark.parametrize("label", ALL)
def test_says_what_it_is(label):
    (name, given), problem = ALL[label], RECORDS[label]
    assert problem.name == name
    assert {key: problem.parameters[key] for key in given} == given
    assert problem.parameters.keys() == problems.parameters(name).keys()
    assert len(problem.source) > 30
    assert len(problem.description) > 20
    assert "\n" not in problem.description
    assert problem.tags <= TAGS
    assert not {"unimodal", "multimodal"} <= problem.tags
    assert problem.scalable == ("n" in problem.parameters)


@records(RECORDS)
def test_starts(problem):
    assert problem.start.dtype == float
    assert problem.start.shape == (problem.dimension,)
    assert problem.start is problem.starts[0]
    for start in problem.starts:
        value = problem.value(start)
        assert np.ndim(value) == 0
        assert np.isfinite(value)
        # What starts outside of its limits may start lower than it may end
        outside = isinstance(problem, problems.ConstrainedProblem) and problem.violation(start) > 0
        if problem.least_value is not None and not outside:
            assert value > problem.least_value + 1e-3 * abs(problem.least_value)


@records(RECORDS)
def test_rows_of_a_batch_are_evaluated_like_single_points(problem):
    rng = np.random.default_rng(0)
    near = problem.start * (1 + 1e-3 * rng.standard_normal((2, 3, problem.dimension)))
    together = problem.value(near)
    assert together.shape == (2, 3)
    one_by_one = [[problem.value(point) for point in row] for row in near]
    np.testing.assert_allclose(together, one_by_one, rtol=1e-12)


@records(RECORDS)
def test_value_keeps_to_the_protocols(problem):
    result = problem.value(ProtocolsOnly(problem.start))
    assert isinstance(result, ProtocolsOnly)
    assert result.data == problem.value(problem.start)
    if getattr(problem, "constraints", None) is not None:
        result = problem.constraints(ProtocolsOnly(problem.start))
        assert isinstance(result, ProtocolsOnly)
        np.testing.assert_array_equal(result.data, problem.constraints(problem.start))


@records(RECORDS)
def test_value_leaves_its_argument_alone(problem):
    x = problem.start.copy()
    problem.value(x)
    np.testing.assert_array_equal(x, problem.start)


@records(EXACT)
def test_value_at_each_solution_is_the_least(problem):
    for solution in problem.solutions:
        error = abs(problem.value(solution) - problem.least_value)
        assert error <= 1e-15 * max(1, abs(problem.least_value)) * problem.dimension


@records({label: record for label, record in EXACT.items() if record.name not in NARROW})
def test_gradient_vanishes_at_each_solution(problem):
    for solution in problem.solutions:
        np.testing.assert_allclose(gradient(problem.value, solution), 0, atol=2e-5)


@records(EXACT)
def test_no_neighbour_is_lower(problem):
    rng = np.random.default_rng(1)
    for solution in problem.solutions:
        for size in [1e-6, 1e-4, 1e-2, 1.0]:
            neighbours = solution + size * rng.standard_normal((20, problem.dimension))
            with np.errstate(over="ignore", invalid="ignore"):  # far out, exponentials overflow
                least = np.nanmin(problem.value(neighbours))
            assert least >= problem.least_value - 1e-13 * max(1, abs(problem.least_value))


@records({label: record for label, record in EXACT.items() if record.bounds is not None})
def test_bounds_contain_the_solutions_and_nothing_lower(problem):
    low, high = problem.bounds.T
    assert problem.bounds.shape == (problem.dimension, 2)
    # The farther starts of a collection are meant to be far out
    starts = problem.starts[:1] if "mgh" in problem.tags else problem.starts
    for point in (*starts, *problem.solutions):
        assert np.all((low < point) & (point < high))
    inside = np.random.default_rng(2).uniform(low, high, (2000, problem.dimension))
    assert np.min(problem.value(inside)) >= problem.least_value


@records({label: record for label, record in RECORDS.items() if record.residual is not None})
def test_value_is_the_sum_of_the_squares_of_the_residual(problem):
    together = np.stack(problem.starts)
    terms = problem.residual(together)
    assert terms.shape[:-1] == (len(problem.starts),)
    np.testing.assert_allclose(np.sum(terms**2, axis=-1), problem.value(together), rtol=1e-12)


@records(tagged("convex"))
def test_convex(problem):
    rng = np.random.default_rng(3)
    a, b = problem.solution + 3 * rng.standard_normal((2, 200, problem.dimension))
    f = problem.value
    assert np.all(f((a + b) / 2) <= (f(a) + f(b)) / 2)


@records(tagged("quadratic"))
def test_quadratic(problem):
    rng = np.random.default_rng(4)
    x, d = rng.standard_normal((2, problem.dimension))
    f = [problem.value(x + t * d) for t in range(4)]
    assert abs(f[3] - 3 * f[2] + 3 * f[1] - f[0]) < 1e-13 * sum(f)


@records(
    {
        label: record
        for label, record in EXACT.items()
        if record.dimension <= 100 and "kink" not in record.tags and record.name not in NARROW
    }
)
def test_hessian_is_singular_where_it_says_so_and_definite_elsewhere(problem):
    least, *_, most = np.linalg.eigvalsh(hessian(problem.value, problem.solution))[[0, -1]]
    if problem.tags & {"singular", "ill-conditioned"}:
        assert abs(least) < 1e-5 * max(most, 1)  # all of it may be zero
    else:
        assert least > 1e-7 * most


@records(tagged("kink"))
def test_kink(problem):
    """The slopes on the two sides of the solution differ."""
    step = 1e-7 * np.eye(problem.dimension)[0]
    f = problem.value
    rise = f(problem.solution + step) - f(problem.solution)
    fall = f(problem.solution) - f(problem.solution - step)
    assert (rise - fall) / 1e-7 > 1


def test_arrays_of_a_record_are_read_only():
    for problem in problems.all():
        for array in (*problem.starts, *problem.solutions):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1.0
