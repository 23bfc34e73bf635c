"""One operation at a time: what recording it and walking back through it cost."""

import numpy as np

import hessopt

rng = np.random.default_rng(0)
SIDES = [2, 200]  # of a square matrix: the cost of a node, and of its arithmetic
ROWS = np.arange(2)

OPERATIONS = {
    "add": lambda x: x + 1.5 * x,
    "multiply": lambda x: x * x,
    "divide": lambda x: x / (x + 3.0),
    "power": lambda x: x**3,
    "broadcast add": lambda x: x + x[0],
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "tanh": np.tanh,
    "maximum": lambda x: np.maximum(x, 0.7),
    "where": lambda x: np.where(x > 0.7, x, 0.0),
    "getitem slice": lambda x: x[1:],
    "getitem fancy": lambda x: x[ROWS],
    "reshape": lambda x: x.reshape(-1),
    "transpose": np.transpose,
    "concatenate": lambda x: np.concatenate([x, x]),
    "stack": lambda x: np.stack([x, x]),
    "sum": np.sum,
    "sum axis": lambda x: np.sum(x, axis=0),
    "mean": np.mean,
    "prod axis": lambda x: np.prod(x, axis=0),
    "max": np.max,
    "var": np.var,
    "cumsum": lambda x: np.cumsum(x, axis=0),
    "matmul": lambda x: x @ x,
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "norm": np.linalg.norm,
    "solve": lambda x: np.linalg.solve(x + 500.0 * np.eye(len(x)), x),
    "slogdet": lambda x: np.linalg.slogdet(x + 500.0 * np.eye(len(x)))[1],
}


class Operation:
    params = [list(OPERATIONS), SIDES]
    param_names = ["operation", "side"]

    def setup(self, operation, side):
        f = OPERATIONS[operation]
        self.x = 0.5 + rng.random((side, side))
        self.v = rng.standard_normal((side, side))
        self.seed = rng.standard_normal(np.shape(f(self.x)))

        def objective(x):
            return np.sum(f(x) * self.seed)

        self.gradient = hessopt.grad(objective)
        self.hvp = hessopt.hvp(objective)
        self.f = f

    def time_numpy(self, operation, side):
        self.f(self.x)

    def time_gradient(self, operation, side):
        self.gradient(self.x)

    def time_hvp(self, operation, side):
        self.hvp(self.x, self.v)
