"""Running methods one after the other: same terms for all, and no failure stops the others."""

import subprocess
import sys

import numpy as np
import pytest

import problems
from hessopt.comparison.side_by_side import TELLING, compare

rosenbrock = problems.get("rosenbrock")


def labels(comparison):
    return {run.method for run in comparison}


def test_the_default_set_solves_rosenbrock():
    comparison = compare(rosenbrock.value, rosenbrock.start, options={"maxiter": 40_000})
    assert labels(comparison) == set(TELLING)
    for run in comparison:
        assert run.solved
        assert run.grad_norm <= 1e-6
        assert run.fun < 1e-9
        assert run.time > 0
        assert run.nit > 0 < run.nfev
        assert np.array_equal(run.history.f[[0, -1]], [24.199999999999996, run.fun])
    assert comparison.solved


def test_a_large_problem_leaves_the_dense_hessian_out():
    def bowl(x):
        return np.sum(x**2)

    assert "newton" in labels(compare(bowl, np.ones(1000), options={"maxiter": 1}))
    large = compare(bowl, np.ones(1001), options={"maxiter": 1})
    assert labels(large) == set(TELLING) - {"newton"}


def test_names_in_any_spelling_and_options_of_ones_own():
    methods = ["Newton", "trust_ncg", ("l-bfgs", {"maxcor": 1}), ("L-BFGS", {"maxcor": 20})]
    comparison = compare(rosenbrock.value, rosenbrock.start, methods)
    assert labels(comparison) == {"newton", "trust-ncg", "l-bfgs maxcor=1", "l-bfgs maxcor=20"}
    one, other = comparison["l-bfgs maxcor=1"], comparison["l-bfgs maxcor=20"]
    assert one.result.x.tolist() != other.result.x.tolist()


def test_all_are_asked_for_gtol_and_nothing_less():
    methods = ["l-bfgs-b", "tnc", "bfgs", "cg", "trust-constr", "trust-exact", "newton-cg"]
    comparison = compare(rosenbrock.value, rosenbrock.start, methods, gtol=1e-7)
    assert all(run.grad_norm <= 1e-7 for run in comparison)


def test_an_option_of_ones_own_goes_before_one_for_all():
    comparison = compare(
        rosenbrock.value,
        rosenbrock.start,
        ["newton", ("l-bfgs", {"maxiter": 3})],
        options={"maxiter": 2},
    )
    assert comparison["newton"].nit == 2
    assert comparison["l-bfgs maxiter=3"].nit == 3
    assert not comparison.solved


def test_a_method_without_derivatives_is_judged_by_the_gradient_too():
    comparison = compare(rosenbrock.value, rosenbrock.start, ["nelder-mead", "newton"])
    run = comparison["nelder-mead"]
    assert run.njev == 0
    assert 1e-6 < run.grad_norm < 1e-1
    assert not run.solved
    assert run.result.success
    assert comparison.best is comparison["newton"]


def test_round_off_counts_as_solved():
    offset = 1e6

    def hill(x):
        return offset + np.sum((x - 1.0) ** 4) + np.sum(x**2)

    comparison = compare(hill, [3.0, -2.0], ["newton"], gtol=1e-300)
    run = comparison["newton"]
    assert run.solved == (run.result.success or run.grad_norm == 0.0)
    assert run.solved


def test_a_failing_method_does_not_stop_the_others():
    def fun(x):
        return np.sum(np.round(x, 0) * 0.0 + x**2) if isinstance(x, np.ndarray) else float(x)

    comparison = compare(fun, [1.0, 2.0], ["newton", "nelder-mead", "l-bfgs"])
    assert comparison["nelder-mead"].result.success
    for method in ("newton", "l-bfgs"):
        run = comparison[method]
        assert run.result is None
        assert not run.solved
        assert run.error.startswith("NoDerivativeError: float()")
        assert (run.nit, run.nfev, run.njev, run.nhev) == (0, 0, 0, 0)
        assert np.isnan(run.fun)
        assert run.history is None
    assert np.isnan(comparison["nelder-mead"].grad_norm)


def test_an_option_that_a_method_lacks_is_its_own_failure():
    comparison = compare(rosenbrock.value, rosenbrock.start, [("newton", {"maxcor": 3}), "l-bfgs"])
    assert "unknown option 'maxcor'" in comparison["newton maxcor=3"].message
    assert comparison["l-bfgs"].solved


@pytest.mark.usefixtures("eagerly")
def test_an_objective_that_fails_later_has_its_reason_in_the_table():
    calls = 0

    def fun(x):
        nonlocal calls
        calls += 1
        if calls > 5:
            raise RuntimeError("the licence server is down")
        return rosenbrock.value(x)

    comparison = compare(fun, rosenbrock.start, ["l-bfgs", "newton"])
    assert "licence server" in comparison["l-bfgs"].message
    assert "licence server" in comparison["newton"].message
    assert comparison["l-bfgs"].result is not None
    assert comparison["newton"].result is None


@pytest.mark.usefixtures("eagerly")
def test_an_interrupt_ends_the_comparison_with_what_there_is():
    calls = 0

    def fun(x):
        nonlocal calls
        calls += 1
        if calls == 30:
            raise KeyboardInterrupt
        return rosenbrock.value(x)

    comparison = compare(fun, rosenbrock.start, ["gradient-descent", "newton", "l-bfgs"])
    assert comparison["gradient-descent"].message.startswith("Interrupted")
    for method in ("newton", "l-bfgs"):
        assert comparison[method].error == "not run: the comparison was interrupted"
    assert calls == 30


def test_no_time_is_no_iteration():
    comparison = compare(rosenbrock.value, rosenbrock.start, ["newton", "bfgs"], max_time=0)
    for run in comparison:
        assert "time" in run.message
        assert run.fun == rosenbrock.value(rosenbrock.start)


def test_derivatives_of_the_user_are_used_where_they_can_be():
    asked = []

    def jac(x):
        asked.append("jac")
        return 2 * x

    def hessp(x, p):
        asked.append("hessp")
        return 2 * p

    methods = ["nelder-mead", "l-bfgs", "newton-cg"]
    comparison = compare(lambda x: x @ x, [1.0, 2.0], methods, jac=jac, hessp=hessp)
    assert comparison["l-bfgs"].solved
    assert comparison["newton-cg"].solved
    assert set(asked) == {"jac", "hessp"}


def test_arguments_and_shapes_go_through():
    comparison = compare(
        lambda x, a: np.sum((x - a) ** 2), np.zeros((2, 2)), ["newton"], args=(3.0,)
    )
    assert np.allclose(comparison["newton"].result.x, np.full((2, 2), 3.0))
    pair = compare(lambda x: (x @ x, 2 * x), [1.0], ["l-bfgs", "nelder-mead"], jac=True)
    assert pair["l-bfgs"].solved


@pytest.mark.parametrize(("n", "method"), [(2, "l-bfgs"), (200, "newton")])
def test_no_run_pays_for_what_it_is_the_first_to_import(n, method):
    program = (
        "import sys, hessopt, problems\n"
        f"p = problems.get('chained-rosenbrock', n={n})\n"
        "seen = []\n"
        "see = lambda run: seen.append({m for m in sys.modules if m.startswith('hessopt.')})\n"
        f"short, long = ('gradient-descent', {{'maxiter': 1}}), ('{method}', {{'maxiter': 40}})\n"
        "hessopt.compare(p.value, p.start, [short, long], callback=see)\n"
        "print(*sorted(seen[1] - seen[0]))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("\n", "")


def test_the_callback_sees_each_run_as_it_ends():
    seen = []
    compare(rosenbrock.value, rosenbrock.start, ["l-bfgs", "newton"], callback=seen.append)
    assert [run.method for run in seen] == ["l-bfgs", "newton"]
    assert all(run.solved for run in seen)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"methods": "newton"}, TypeError, r"methods must be a list .*write methods=\["),
        ({"methods": {"newton": {}}}, TypeError, "methods must be a list"),
        ({"methods": 3}, TypeError, "methods must be a list"),
        ({"methods": [3]}, TypeError, "methods must hold names or"),
        ({"methods": [("newton", 3)]}, TypeError, r"got|not \('newton', 3\)"),
        ({"methods": []}, ValueError, "methods is empty; name at least one"),
        ({"methods": ["newton", "Newton"]}, ValueError, "methods lists 'newton' twice"),
        ({"methods": ["newtn"]}, ValueError, "unknown method 'newtn'; did you mean 'newton'"),
        ({"gtol": 0}, ValueError, "gtol must be a positive number, got 0"),
        ({"gtol": "small"}, ValueError, "gtol must be a positive number, got 'small'"),
        ({"gtol": float("nan")}, ValueError, "gtol must be a positive number, got nan"),
        ({"max_time": -1}, ValueError, "max_time must be a number at least 0, got -1"),
        ({"max_time": "long"}, ValueError, "max_time must be a number at least 0, got 'long'"),
        ({"max_time": np.nan}, ValueError, "max_time must be a number at least 0, got nan"),
        ({"x0": {"a": np.ones(2)}}, TypeError, "x0 is a dict; compare takes a vector: .*ravel"),
        ({"x0": [np.nan, 1.0]}, ValueError, "x0 must be finite"),
        ({"fun": lambda x: x}, ValueError, "fun must return one number"),
        ({"fun": lambda x: np.inf * np.sum(x)}, ValueError, "fun is inf at the start"),
    ],
)
def test_bad_arguments_are_refused_at_once(arguments, error, said):
    with pytest.raises(error, match=said):
        compare(**{"fun": rosenbrock.value, "x0": [1.5, 2.0], **arguments})
