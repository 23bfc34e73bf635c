"""Problems of CUTEst, against values of its definition files and against published least values."""

import numpy as np
import pytest

import hessopt
import problems

# Values at the start. Those of the collection's definition files (SIF), evaluated by an independent
# decoder; where that has none, those of the Julia collection OptimizationProblems.jl
AT_START = [
    ("allinitu", {}, 13),
    ("arwhead", {"n": 10}, 27),
    ("bdqrtic", {"n": 12}, 1808),
    ("bratu1d", {"n": 11}, 8.68077370567008),
    ("brkmcc", {}, 5.99),
    ("broydn7d", {"n": 100}, 274.2039050428259),
    ("chainwoo", {"n": 100}, 371954.1),
    ("cliff", {}, 485165194.4106903),
    ("cosine", {"n": 10}, 7.898243057013355),
    ("cragglvy", {"n": 10}, 3303.566516699874),
    ("cube", {}, 749.0384),
    ("curly", {"n": 30}, -0.0017734312127819425),
    ("denschna", {}, 7.952492442012559),
    ("denschnb", {}, 6),
    ("denschnc", {}, 889.3031475218829),
    ("denschnd", {}, 83210000),
    ("denschne", {}, 148.99932918727936),
    ("denschnf", {}, 416),
    ("dixmaana", {"n": 15}, 143.5),
    ("dixmaanb", {"n": 15}, 228.25),
    ("dixmaanc", {"n": 15}, 395.5),
    ("dixmaand", {"n": 15}, 756.76),
    ("dixmaane", {"n": 15}, 113.5),
    ("dixmaanf", {"n": 15}, 199.25),
    ("dixmaang", {"n": 15}, 365.5),
    ("dixmaanh", {"n": 15}, 724.6),
    ("dixmaani", {"n": 15}, 103.16666666666667),
    ("dixmaanj", {"n": 15}, 189.10555555555555),
    ("dixmaank", {"n": 15}, 355.16666666666663),
    ("dixmaanl", {"n": 15}, 713.8586666666666),
    ("dixon3dq", {"n": 10}, 8),
    ("dqdrtic", {"n": 100}, 177282),
    ("edensch", {"n": 10}, 33145),
    ("eg2", {"n": 10}, -7.573238863271069),
    ("eigenals", {"n": 20}, 14),
    ("eigenbls", {"n": 20}, 7),
    ("engval1", {"n": 10}, 531),
    ("engval2", {}, 629),
    ("expfit", {}, 24.0625),
    ("extrosnb", {"n": 10}, 3604),
    ("fletcbv2", {"n": 10}, -0.6072698679464723),
    ("fletchcr", {"n": 10}, 9),
    ("fminsrf2", {"n": 16}, 16.907675092104533),
    ("fminsurf", {"n": 16}, 44.47017509210453),
    ("freuroth", {"n": 10}, 8656.5),
    ("genrose", {"n": 10}, 78.32975889625025),
    ("growthls", {}, 85962.42903046),
    ("hairy", {}, 700.8468104237188),
    ("hatfldd", {}, 25.243032319830704),
    ("hatflde", {}, 45.206495891388585),
    ("hatfldfl", {}, 0.0009441980441599993),
    ("heart6ls", {}, 564.813174),
    ("heart8ls", {}, 181.619936),
    ("hilberta", {"n": 6}, 35.27337662337663),
    ("hilbertb", {"n": 6}, 305.27337662337663),
    ("himmelbb", {}, 26656.13345574368),
    ("himmelbf", {}, 29053.00235662888),
    ("himmelbg", {}, 0.4598493014643029),
    ("himmelbh", {}, 2),
    ("humps", {}, 25614.334682417175),
    ("indefm", {"n": 10}, 8.661595359403972),
    ("judge", {}, 2959.9411880000007),
    ("liarwhd", {"n": 10}, 5850),
    ("loghairy", {}, 6.552519791934271),
    ("logros-free", {}, 7.5713912561676935),
    ("mancino", {"n": 10}, None),
    ("maratosb", {}, 48401.1),
    ("mexhat", {}, 1475481.7047999855),
    ("msqrtals", {"n": 25}, 32.03535289011633),
    ("ncb20", {"n": 40}, 62.002),
    ("ncb20b", {"n": 30}, 60),
    ("noncvxu2", {"n": 20}, 22352.949282026493),
    ("nondia", {"n": 10}, 3604),
    ("nondquar", {"n": 10}, 16),
    ("power", {"n": 10}, 3025),
    ("quartc", {"n": 10}, 8773),
    ("s308", {}, 87.68604814559544),
    ("schmvett", {"n": 10}, -22.880524841855536),
    ("scosine", {"n": 10}, 7.898243057013355),
    ("sineval", {}, 5.55165252183025),
    ("sinquad", {"n": 10}, 0.6561),
    ("sisser", {}, None),
    ("snail", {}, 17.15234673198885),
    ("sparsine", {"n": 20}, 868.828641909216),
    ("sparsqur", {"n": 20}, 59.0625),
    ("tointgss", {"n": 10}, 82),
    ("tquartic", {"n": 10}, 0.81),
    ("tridia", {"n": 10}, 54),
    ("vareigvl", {"n": 20}, 92.95857500854898),
    ("woods", {"n": 12}, 57576),
    ("zangwil2", {}, -16.6),
]

PUBLISHED = [
    ("allinitu", {}, 5.74438, 6),
    ("bdqrtic", {"n": 100}, 378.769, 6),
    ("bdqrtic", {"n": 500}, 1981.01, 6),
    ("bdqrtic", {"n": 1000}, 3983.82, 6),
    ("bratu1d", {"n": 75}, -8.51831187, 8),
    ("bratu1d", {"n": 101}, -8.51859, 6),
    ("bratu1d", {"n": 501}, -8.51892, 6),
    ("brkmcc", {}, 0.16904, 5),
    ("cliff", {}, 0.199786613, 8),
    ("cragglvy", {"n": 10}, 1.886566, 6),
    ("cragglvy", {"n": 500}, 167.45, 5),
    ("cragglvy", {"n": 1000}, 336.42, 5),
    ("curly", {"n": 1000}, -1.003163e5, 6),
    ("dixmaanl", {"n": 15}, 1, 9),
    ("edensch", {"n": 36}, 219.28, 5),
    ("edensch", {"n": 2000}, 12003.2, 5),
    ("expfit", {}, 0.24051, 5),
    ("freuroth", {"n": 10}, 1014.1, 5),
    ("freuroth", {"n": 1000}, 121470, 5),
    ("freuroth", {"n": 5000}, 608160, 5),
    ("genrose", {"n": 10}, 1, 9),
    ("hairy", {}, 20, 9),
    ("hatfldd", {}, 6.615114e-8, 7),
    ("hatflde", {}, 5.120377e-7, 7),
    ("himmelbf", {}, 318.572, 6),
    ("himmelbh", {}, -1, 9),
    ("judge", {}, 16.0817307, 8),
    ("loghairy", {}, 0.1823216, 7),
    ("maratosb", {}, -1.00000006, 9),
    ("noncvxu2", {"n": 10}, 23.168084, 7),
    ("noncvxu2", {"n": 1000}, 2316.8084, 7),
    ("s308", {}, 0.773199, 6),
    ("schmvett", {"n": 100}, -294, 9),
    ("zangwil2", {}, -18.2, 9),
]


def test_all_are_there():
    assert [name for name, *_ in AT_START] == problems.names("cutest")
    assert len(AT_START) > 60
    for problem in problems.all("cutest"):
        assert "CUTEst, " in problem.source


@pytest.mark.parametrize(
    ("name", "given", "expected"), [entry for entry in AT_START if entry[2] is not None]
)
def test_value_at_the_start(name, given, expected):
    problem = problems.get(name, **given)
    # CUTEst's SCHMVETT has pi to ten digits
    assert problem.value(problem.start) == pytest.approx(expected, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize(("name", "given", "published", "digits"), PUBLISHED)
def test_published_least_value(name, given, published, digits):
    problem = problems.get(name, **given)
    assert problem.least_value == pytest.approx(published, rel=10.0 ** (1 - digits))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        (name, {})
        for name in problems.names("cutest")
        if (problem := problems.get(name)).solution is None
        and problem.least_value is not None
        and name != "heart6ls"  # hundreds of iterations
    ]
    + [("bratu1d", {"n": 11}), ("cragglvy", {"n": 10}), ("freuroth", {"n": 10})]
    + [("engval1", {"n": 50}), ("edensch", {"n": 36}), ("fletcbv2", {"n": 10})],
)
def test_least_value_without_a_solution_is_reached(name, given):
    problem = problems.get(name, **given)
    result = hessopt.minimize(
        problem.value, problem.start.copy(), method="trust-ncg", options={"gtol": 1e-8}
    )
    assert result.fun == pytest.approx(problem.least_value, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize(
    ("name", "end"), [("hatfldfl", 6.0168e-5), ("eg2", -998.947393), ("tointgss", 10 + 10 / 998)]
)
def test_starts_that_lead_elsewhere(name, end):
    problem = problems.get(name)
    result = hessopt.minimize(
        problem.value, problem.start.copy(), method="l-bfgs", options={"maxiter": 1500}
    )
    assert result.fun == pytest.approx(end, rel=5e-2 if name == "hatfldfl" else 1e-6)
    assert result.fun > problem.least_value + 1e-6


@pytest.mark.parametrize(
    "name", [name for name in problems.names("cutest") if "n" in problems.parameters(name)]
)
def test_hundred_thousand_variables(name):
    greatest = {"hilberta": 2000, "hilbertb": 2000, "mancino": 600}
    n = {
        "eigenals": 316 * 317, "eigenbls": 316 * 317, "fminsurf": 316**2, "fminsrf2": 316**2,
        "msqrtals": 316**2,
    }.get(name, 99_996)  # fmt: skip
    problem = problems.get(name, n=greatest.get(name, n))
    assert np.isfinite(problem.value(problem.start))


@pytest.mark.parametrize(
    ("name", "n", "message"),
    [
        ("eigenals", 7, r"n must be p \(p \+ 1\) for a whole p, got 7: take 6 or 12"),
        ("msqrtals", 10, "n must be the square of a whole number, got 10: take 9 or 16"),
        ("fminsurf", 10, "n must be the square of a whole number, got 10: take 9 or 16"),
        ("dixmaana", 10, "n must be a whole number, divisible by 3, of at least 3, got 10"),
        ("woods", 6, "n must be a whole number, divisible by 4, of at least 4, got 6"),
        ("curly", 5, "n must be a whole number of at least 11, got 5"),
        ("hilberta", 10**5, "n must be a whole number from 1 to 5000, got 100000"),
        ("ncb20", 30, "n must be a whole number of at least 31, got 30"),
    ],
)
def test_sizes_that_do_not_exist(name, n, message):
    with pytest.raises(ValueError, match=message):
        problems.get(name, n=n)


def test_indefinite_alpha_is_positive():
    with pytest.raises(ValueError, match="alpha must be a finite number greater than 0, got 0"):
        problems.get("indefm", alpha=0)


def test_mancino_is_the_printed_sum():
    n = 6
    problem = problems.get("mancino", n=n)
    x = problem.start + np.random.default_rng(0).standard_normal(n)
    total = 0.0
    for i in range(1, n + 1):
        inner = 0.0
        for j in range(1, n + 1):
            if j != i:
                v = np.sqrt(x[j - 1] ** 2 + i / j)
                inner += v * (np.sin(np.log(v)) ** 5 + np.cos(np.log(v)) ** 5)
        total += (14 * n * x[i - 1] + (i - n / 2) ** 3 + inner) ** 2
    assert problem.value(x) == pytest.approx(total, rel=1e-12)


def test_sisser_has_one_minus():
    assert problems.get("sisser").value(np.array([1.0, 0.1])) == pytest.approx(2.9803)


def test_bratus_published_value_of_eleven_points_has_a_wrong_digit():
    problem = problems.get("bratu1d", n=11)
    assert abs(problem.least_value - -8.49454553) > 2e-5
    assert "-8.49454553" in problem.note
    assert f"{problem.least_value:.8f}"[:-1] in problem.note


def test_minimisers_of_the_cosines_are_curves():
    """Any first variable will do: each next one follows."""
    x = np.full(4, 0.3)
    for i in range(3):
        x[i + 1] = 2 * (x[i] ** 2 - np.pi)
    assert problems.get("cosine", n=4).value(x) == pytest.approx(-3, abs=1e-9)
