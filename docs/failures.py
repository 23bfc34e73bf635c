"""Every way in which a run may end, run at each build of the site to show the real messages.

Each is a status, what it means, and code whose last statement sets ``res``.
"""

FAILURES = [
    (
        "GRADIENT_CONVERGED",
        "The gradient is small: what was asked for.",
        "res = hessopt.minimize(lambda x: np.sum((x - 1) ** 4 + x**2), [3.0, 5.0])",
    ),
    (
        "VALUE_CONVERGED",
        "The last step changed f by less than the `ftol` that was given.",
        "def f(x):\n    return np.sum((x - 1) ** 4 + x**2)\n\n"
        'res = hessopt.minimize(f, [3.0, 5.0], options={"ftol": 0.1, "gtol": 0})',
    ),
    (
        "STEP_CONVERGED",
        "The last step moved x by less than the `xtol` that was given.",
        "def f(x):\n    return np.sum((x - 1) ** 4 + x**2)\n\n"
        'res = hessopt.minimize(f, [3.0, 5.0], options={"xtol": 0.1, "gtol": 0})',
    ),
    (
        "NOT_FINITE",
        "At the start fun is not finite, or a run is shut in by points where it is not. A trial "
        "that is not finite does not end a run by itself: its step is shortened.",
        "def f(x):\n    return np.sum(x**2) if x[0] > 0 else np.nan\n\n"
        "res = hessopt.minimize(f, [-1.0, 2.0])",
    ),
    (
        "FLAT",
        "The gradient is exactly zero all around the start. Often fun rounds x, only compares it, "
        "or takes `x.data`.",
        "def f(x):\n    return np.sum(np.round(x) ** 2)\n\nres = hessopt.minimize(f, [3.1, 4.2])",
    ),
    (
        "UNBOUNDED",
        "There is no minimum. `res.witness` holds a point `x` and a `direction` in which f falls.",
        "res = hessopt.minimize(lambda x: x[0] ** 2 - x[1] ** 4, [1.0, 1.0])",
    ),
    (
        "ROUNDOFF_LIMIT",
        "f cannot be lowered, because it is as low as its rounding errors let it be. At a minimum "
        "this is a success, and the message says how accurate f and x are.",
        "def f(x):\n    return 1e4 + np.sum(np.cosh(x - 0.3)) + np.sum(x) ** 2\n\n"
        'res = hessopt.minimize(f, np.linspace(1, 2, 10), options={"gtol": 0})',
    ),
    (
        "WRONG_DERIVATIVE",
        "Looked for when a run gets stuck on a derivative that you gave, and before the run on "
        'request, `options={"check_derivatives": True}`, then exact ones with rules of your own '
        "included.",
        "def f(x):\n    return np.sum(x**2)\n\n"
        "def jac(x):\n    return np.array([2 * x[0], -2 * x[1]])\n\n"
        "res = hessopt.minimize(f, [1.0, 2.0], jac=jac)",
    ),
    (
        "NO_DESCENT",
        "No step lowers f, although its derivative says that one should: f has jumps, or noise.",
        "def f(x):\n    return np.sum(x % 0.01)  # teeth of a saw\n\n"
        "res = hessopt.minimize(f, [2.03, 1.53])",
    ),
    (
        "BAD_SCALING",
        "No step lowers f, and the variables have units so different that this is the cause. Where "
        "a run ends at a limit, the same sentence is added to its message.",
        "def f(x):\n    return 1e10 + 1e5 * x[0] ** 2 + 1e-4 * x[1] ** 2\n\n"
        'res = hessopt.minimize(f, [1.0, 10.0], method="gradient-descent", options={"gtol": 0})',
    ),
    (
        "SADDLE",
        'With `options={"certify": True}` the least eigenvalue of the Hessian at the end is '
        "reported, as `res.least_eigenvalue` too, and a run leaves a saddle point and goes on. It "
        "ends there if nothing is lower, as with a `hess` of yours that is wrong, or after twenty.",
        "def f(x):\n    return np.sum(x**2)\n\n"
        "def hess(x):\n    return np.diag([2.0, -2.0])\n\n"
        'res = hessopt.minimize(f, [0.0, 0.0], hess=hess, options={"certify": True})',
    ),
    (
        "INFEASIBLE",
        "No point was found that keeps the constraints; the point that breaks them least is "
        "returned.",
        "apart = [{'type': 'ineq', 'fun': lambda x: x[0] - 1}, "
        "{'type': 'ineq', 'fun': lambda x: -1 - x[0]}]\n"
        "res = hessopt.minimize(lambda x: np.sum(x**2), [0.5, 1.0], constraints=apart,\n"
        '                       method="augmented-lagrangian")',
    ),
    (
        "DIVERGED",
        "A method without a line search has gone up: its learning rate is too large.",
        "def f(x):\n    return np.sum(x**2)\n\n"
        'options = {"learning_rate": 2.0}\n'
        'res = hessopt.minimize(f, [1.0], method="gradient-descent", options=options)',
    ),
    (
        "ITERATION_LIMIT",
        "`maxiter` steps were made.",
        "def f(x):\n    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2\n\n"
        'res = hessopt.minimize(f, [-1.2, 1.0], options={"maxiter": 5})',
    ),
    (
        "EVALUATION_LIMIT",
        "`maxfun` calls of fun were made.",
        "def f(x):\n    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2\n\n"
        'res = hessopt.minimize(f, [-1.2, 1.0], options={"maxfun": 5})',
    ),
    (
        "TIME_LIMIT",
        "`maxtime` seconds have passed.",
        "def f(x):\n    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2\n\n"
        'res = hessopt.minimize(f, [-1.2, 1.0], options={"maxtime": 0})',
    ),
    (
        "OBJECTIVE_FAILED",
        "fun raised an exception after its first evaluation. At the first one it is passed on.",
        "def f(x):\n    if x[0] < 0.5:\n"
        '        raise OSError("the licence server is gone")\n    return np.sum(x**4)\n\n'
        "res = hessopt.minimize(f, [1.0, 2.0])",
    ),
    (
        "INTERRUPTED",
        "Ctrl-C was pressed, here by fun itself.",
        "def f(x):\n    if x[0] < 0.5:\n        raise KeyboardInterrupt\n"
        "    return np.sum(x**4)\n\n"
        "res = hessopt.minimize(f, [1.0, 2.0])",
    ),
    (
        "CALLBACK_STOPPED",
        "The callback raised StopIteration.",
        "def callback(x):\n    raise StopIteration\n\n"
        "res = hessopt.minimize(lambda x: np.sum(x**4), [1.0, 2.0], callback=callback)",
    ),
]


def ending(code: str):
    """Run the code and return the result."""
    names: dict = {}
    exec("import numpy as np\nimport hessopt", names)
    exec(compile(code, "objective.py", "exec"), names)
    return names["res"]
