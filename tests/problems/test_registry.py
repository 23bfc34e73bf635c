import numpy as np
import pytest

import problems

# Besides the collections, which test_mgh.py, test_cutest.py and test_nist.py list
CONTENTS = [
    "ackley", "banded-quadratic", "beale", "booth", "chained-rosenbrock", "dixon-price",
    "extended-rosenbrock", "goldstein-price", "helical-valley", "himmelblau", "lennard-jones",
    "logistic-regression", "matyas", "powell-singular", "quadratic", "rastrigin", "rosenbrock",
    "spectrum-quadratic", "sphere", "styblinski-tang", "wood",
]  # fmt: skip


@pytest.fixture
def leave_no_trace():
    before = problems.names()
    yield
    for name in set(problems.names()) - set(before):
        problems.unregister(name)


def bowl(n=2):
    """Bowl to eat from."""
    return problems.Problem("bowl", lambda x: np.sum(x**2, axis=-1), start=np.ones(n))


def test_contents():
    collections = [set(problems.names(tag)) for tag in ("nist", "mgh", "cutest", "bounds", "hs")]
    assert [len(collection) for collection in collections] == [27, 35, 91, 68, 77]
    assert not set.intersection(*collections)
    assert set(problems.names()) == set(CONTENTS).union(*collections)


def test_selection_by_tag():
    convex = problems.all("convex")
    assert [problem.name for problem in convex] == problems.names("convex")
    assert all("convex" in problem.tags for problem in convex)
    assert 0 < len(convex) < len(problems.all())


@pytest.mark.parametrize("select", [problems.names, problems.all])
def test_unknown_tag_lists_the_known(select):
    with pytest.raises(ValueError, match=r"tag must be one of 'bounds', 'convex', .* got 'easy'"):
        select("easy")


def test_all_are_built_with_default_parameters():
    assert [problem.name for problem in problems.all()] == problems.names()
    for problem in problems.all():
        assert dict(problem.parameters) == problems.parameters(problem.name)


def test_public_names_exist():
    for name in problems.__all__:
        assert hasattr(problems, name)


@pytest.mark.usefixtures("leave_no_trace")
def test_register_derives_name_description_and_scalability():
    assert problems.register(bowl) is bowl
    record = problems.get("bowl", n=3)
    assert record.dimension == 3
    assert record.description == "Bowl to eat from."
    assert record.scalable
    assert dict(record.parameters) == {"n": 3}
    assert problems.parameters("bowl") == {"n": 2}


@pytest.mark.usefixtures("leave_no_trace")
def test_a_name_is_registered_once():
    problems.register(bowl)
    with pytest.raises(ValueError, match="name 'bowl' is already registered"):
        problems.register(bowl)
    problems.unregister("bowl")
    problems.register(bowl)


@pytest.mark.usefixtures("leave_no_trace")
def test_a_record_must_bear_the_name_it_is_registered_by():
    problems.register(bowl, name="dish")
    with pytest.raises(ValueError, match="registered as 'dish' calls itself 'bowl'"):
        problems.get("dish")


def test_a_factory_needs_defaults():
    with pytest.raises(ValueError, match="'cup' must have a default for its parameter 'n'"):
        problems.register(lambda n: bowl(n), name="cup")
    assert "cup" not in problems.names()


def test_unknown_name_suggests_close_ones():
    with pytest.raises(
        problems.UnknownProblemError, match="'himelblau'; did you mean 'himmelblau'"
    ):
        problems.get("himelblau")
    with pytest.raises(
        problems.UnknownProblemError, match=r"^no problem is called 'zzz'; problems"
    ):
        problems.parameters("zzz")
    with pytest.raises(problems.UnknownProblemError, match="no problem is called 3"):
        problems.get(3)
    assert issubclass(problems.UnknownProblemError, ValueError)


def test_unknown_parameter_lists_the_known():
    with pytest.raises(
        ValueError, match=r"'rosenbrock' has no parameter 'n'; it takes a=1.0, b=100.0"
    ):
        problems.get("rosenbrock", n=3)
    with pytest.raises(ValueError, match="'beale' has no parameter 'a'; it takes none"):
        problems.get("beale", a=1)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("rosenbrock", {"b": 0}, "b must be a finite number greater than 0, got 0"),
        ("rosenbrock", {"a": np.nan}, "a must be a finite number, got nan"),
        ("rosenbrock", {"a": "one"}, "a must be a finite number, got 'one'"),
        ("chained-rosenbrock", {"n": 1}, "n must be a whole number of at least 2, got 1"),
        ("chained-rosenbrock", {"n": 10.0}, "n must be a whole number of at least 2, got 10.0"),
        ("chained-rosenbrock", {"n": True}, "n must be a whole number of at least 2, got True"),
        ("extended-rosenbrock", {"n": 5}, "n must be a whole number, even, of at least 2, got 5"),
        (
            "powell-singular",
            {"n": 6},
            "n must be a whole number, divisible by 4, of at least 4, got 6",
        ),
        ("sphere", {"n": 0}, "n must be a whole number of at least 1, got 0"),
        (
            "quadratic",
            {"condition": 0.5},
            "condition must be a finite number of at least 1, got 0.5",
        ),
        ("quadratic", {"rotation": "some"}, "rotation must be one of 'none', .*, got 'some'"),
        ("quadratic", {"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ("quadratic", {"n": 5000}, "rotation 'orthogonal' .* 5000 by 5000 .* take 'reflection'"),
        ("spectrum-quadratic", {"spectrum": [1.0, 0.0]}, "spectrum must be .* greater than 0"),
        ("spectrum-quadratic", {"spectrum": [1.0, np.inf]}, "spectrum must be finite"),
        ("spectrum-quadratic", {"spectrum": []}, "spectrum must be .* got an array of shape"),
        ("spectrum-quadratic", {"spectrum": "wide"}, "spectrum must be a sequence of numbers"),
        ("banded-quadratic", {"n": 3, "bandwidth": 3}, "n must be a whole number of at least 4"),
        ("banded-quadratic", {"bandwidth": 0}, "bandwidth must be a whole number of at least 1"),
        ("banded-quadratic", {"condition": 1}, "condition must be a finite number greater than 1"),
        ("logistic-regression", {"l2": 0}, "l2 must be a finite number greater than 0, got 0"),
        ("logistic-regression", {"samples": 0}, "samples must be a whole number of at least 1"),
        (
            "logistic-regression",
            {"n": 10**5, "samples": 10**5},
            "n times samples must be at most 250000000, .* would take 80 GB",
        ),
        ("lennard-jones", {"n": 1}, "n must be a whole number from 2 to 5000, got 1"),
        ("lennard-jones", {"n": 5001}, "n must be a whole number from 2 to 5000, got 5001"),
    ],
)
def test_refused_parameters_are_named(name, given, message):
    with pytest.raises(ValueError, match=message):
        problems.get(name, **given)


def test_whole_numbers_of_numpy_are_whole_numbers():
    assert problems.get("sphere", n=np.int64(3)).dimension == 3
