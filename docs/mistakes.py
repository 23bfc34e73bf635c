"""Typical mistakes, run at each build of the site so that it shows the real messages.

Each is a title and code whose last statement raises.
"""

MISTAKES = [
    (
        "Integers to differentiate by",
        "hessopt.grad(lambda x: x @ x)(np.array([1, 2]))",
    ),
    (
        "An objective that returns an array",
        "hessopt.grad(lambda x: x**2)(np.array([1.0, 2.0]))",
    ),
    (
        "A missing return",
        "def f(x):\n    y = np.sum(x**2)\n\nhessopt.grad(f)(np.array([1.0, 2.0]))",
    ),
    (
        "An objective that returns a complex number",
        "hessopt.grad(lambda x: np.sum(np.exp(1j * x)))(np.array([1.0, 2.0]))",
    ),
    (
        "A function of the math module",
        "import math\nhessopt.grad(lambda x: math.sin(x))(1.0)",
    ),
    (
        "Conversion to a plain number",
        "hessopt.grad(lambda x: float(x) ** 2)(1.0)",
    ),
    (
        "Conversion to a plain array",
        "hessopt.grad(lambda x: np.sum(np.asarray(x) ** 2))(np.array([1.0, 2.0]))",
    ),
    (
        "A list of Variables in np.array",
        "hessopt.grad(lambda x: np.sum(np.array([x[0] ** 2, x[1]])))(np.array([1.0, 2.0]))",
    ),
    (
        "Assignment into a plain array",
        "def f(x):\n    out = np.zeros(2)\n    out[:] = x**2\n    return np.sum(out)\n\n"
        "hessopt.grad(f)(np.array([1.0, 2.0]))",
    ),
    (
        "Assignment of one element into a plain array",
        "def f(x):\n    out = np.zeros(2)\n    out[0] = x[0] ** 2\n    return np.sum(out)\n\n"
        "hessopt.grad(f)(np.array([1.0, 2.0]))",
    ),
    (
        "out= of a NumPy function",
        "def f(x):\n    out = np.empty(2)\n    np.exp(x, out=out)\n    return np.sum(out)\n\n"
        "hessopt.grad(f)(np.array([1.0, 2.0]))",
    ),
    (
        "A NumPy function that has no derivative",
        "hessopt.grad(lambda x: np.sum(np.histogram(x)[0]))(np.array([1.0, 2.0]))",
    ),
    (
        "A Python function of SciPy",
        "from scipy.special import logsumexp\nhessopt.grad(logsumexp)(np.array([1.0, 2.0]))",
    ),
    (
        "backward from an array without a seed",
        "x = hessopt.Variable(np.array([1.0, 2.0]))\nnp.cumsum(x).backward()",
    ),
    (
        "A second walk through a graph that was released",
        "x = hessopt.Variable(np.array(2.0))\ny = x**2\ny.backward(release=True)\ny.backward()",
    ),
    (
        "A derivative of each element of a function that mixes them",
        "hessopt.derivative(np.cumsum, 2)(np.array([1.0, 2.0]))",
    ),
    (
        "A Hessian that would not fit",
        "hessopt.hessian(lambda x: np.sum(x**2))(np.zeros(1_000_000))",
    ),
    (
        "A vector of the wrong shape",
        "hessopt.hvp(lambda x: np.sum(x**2))(np.zeros(3), np.ones(2))",
    ),
    (
        "A misspelt method",
        'hessopt.minimize(lambda x: np.sum(x**2), [1.0], method="newton-gc")',
    ),
    (
        "A misspelt option",
        'hessopt.minimize(lambda x: np.sum(x**2), [1.0], options={"maxit": 5})',
    ),
    (
        "A start that is not finite",
        "hessopt.minimize(lambda x: np.sum(x**2), [1.0, np.nan])",
    ),
    (
        "A function that is not the same twice, replayed",
        "noise = np.random.default_rng(0)\n"
        "f = hessopt.jit(lambda x: np.sum(x) + noise.normal())\n"
        "f(np.ones(2))\nf(np.ones(2))",
    ),
]


def message(code: str) -> str:
    """Run a mistake and return the error as a traceback would close with it."""
    names: dict[str, object] = {}
    exec("import numpy as np\nimport hessopt", names)
    try:
        exec(compile(code, "objective.py", "exec"), names)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError(f"this was to raise an error: {code}")
