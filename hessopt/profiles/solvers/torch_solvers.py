"""torchmin (PyPI: pytorch-minimize), given our exact derivatives as a torch function."""

# Nobody needs the peers to develop hessopt
# pyright: reportMissingImports=false

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np

from hessopt.profiles.evaluations import Evaluations
from hessopt.profiles.solvers.solver import GTOL, MANY, Answer, Solve, Solver, Task

# Tolerances other than the gradient's are set so that they do not end a run before it
SEARCHES = {"gtol": GTOL, "xtol": 1e-14, "gtd_tol": 1e-20}
METHODS: dict[str, dict[str, Any]] = {
    "bfgs": SEARCHES,
    "l-bfgs": SEARCHES,
    "cg": {"gtol": GTOL},
    "newton-cg": {"xtol": 1e-10},
    "newton-exact": {"xtol": 1e-10},
    "trust-ncg": {"gtol": GTOL},
    "trust-krylov": {"gtol": GTOL},
    "trust-exact": {"gtol": GTOL},
    "dogleg": {"gtol": GTOL},
}
DENSE = ("newton-exact", "trust-exact", "dogleg", "bfgs")
FIRST_ORDER = ("bfgs", "l-bfgs", "cg")
FORM_HESSIAN = ("newton-exact", "trust-exact", "dogleg")


def differentiable(evaluations: Evaluations, dense: bool) -> Any:
    """Return f as a function of a tensor which torch differentiates twice, by our derivatives.

    torchmin makes a dense Hessian from products with all unit vectors at once; `dense` says that
    it is to be evaluated as a matrix.
    """
    import torch

    class Gradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            ctx.x = x.numpy().copy()
            return torch.from_numpy(evaluations.gradient(ctx.x))

        @staticmethod
        def backward(ctx: Any, v: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            if dense:
                return torch.from_numpy(evaluations.hessian(ctx.x)) @ v
            return torch.from_numpy(evaluations.product(ctx.x, v.numpy()))

    class Value(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            ctx.save_for_backward(x)
            f, _ = evaluations.value_and_gradient(x.detach().numpy())
            return torch.tensor(f, dtype=torch.float64)

        @staticmethod
        def backward(ctx: Any, v: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            return v * Gradient.apply(ctx.saved_tensors[0])

    return Value.apply


def prepare(method: str, task: Task) -> Solve:
    """Minimise by torchmin."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from torchmin import minimize

    torch.set_num_threads(1)
    evaluations = task.evaluations.compiled(
        "gradient" if method in FIRST_ORDER else "hessian" if method in FORM_HESSIAN else "product"
    )
    fun = differentiable(evaluations, method in FORM_HESSIAN)
    start = torch.from_numpy(task.start.copy())
    options = dict(METHODS[method])

    def solve() -> Answer:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it calls what torch has given up
            result = minimize(fun, start, method, max_iter=MANY, options=options)
        return Answer.of({**result, "x": result.x.detach().numpy()})

    return solve


SOLVERS = [
    Solver(
        f"torchmin:{name}",
        partial(prepare, name),
        needs=("torch", "torchmin"),
        largest=2000 if name in DENSE else np.inf,
    )
    for name in METHODS
]
