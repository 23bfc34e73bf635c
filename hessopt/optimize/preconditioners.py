"""What makes conjugate gradients short: an approximate inverse M of the Hessian.

A preconditioner is an object without state; what it remembers from step to step is part of the
method's memory, so that a run can be resumed.

References
----------
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, sections 5.1 and 7.1;
C. Bekas, E. Kokiopoulou and Y. Saad, Appl. Numer. Math. 57 (2007) 1214-1229;
J. L. Morales and J. Nocedal, SIAM J. Optim. 10 (2000) 1079-1096.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.subproblems import Product

Array = NDArray[np.float64]

# Up to here the diagonal of the Hessian is taken from the Hessian itself
EXACT = 20
# Up to here 'auto' takes 'lbfgs': beyond, its passes over memory cost more than a cheap product
AUTO = 2000
# Entries of a diagonal that are smaller than this part of the largest are raised to it
FLOOR = 1e-8

WHAT = (
    "option 'preconditioner' must be 'auto', 'diagonal', 'lbfgs', a matrix, a LinearOperator, or a "
    "function of x that returns one, which approximates the inverse of the Hessian"
)


class Pairs:
    """Some of the pairs ``(d, Bd)`` that a process makes, evenly spread over all of them.

    When there are `maxcor` of them every second one is dropped, and from then on only every second
    one is taken (the cyclic storage of Morales and Nocedal, section 2.1).
    """

    def __init__(self, maxcor: int) -> None:
        self.maxcor, self.stride, self.seen = maxcor, 1, 0
        self.kept: list[tuple[Array, Array]] = []

    def note(self, d: Array, Bd: Array) -> None:
        """Keep a pair, or not."""
        if self.seen % self.stride == 0:
            if len(self.kept) == self.maxcor:
                self.kept, self.stride = self.kept[::2], 2 * self.stride
            if self.seen % self.stride == 0:
                self.kept.append((d, Bd))
        self.seen += 1


class Preconditioner:
    """None at all, and the base of the others."""

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Return the product with M at `point`, and what is to be remembered.

        Parameters
        ----------
        objective : Objective
            The objective.
        point : Point
            Where the Newton equation is to be solved.
        memory : object
            What was remembered at the last point, None at the first.
        B : callable
            The product with the Hessian at `point`.
        """
        return None, memory

    def after(self, memory: Any, pairs: Pairs | None) -> Any:
        """Return what is to be remembered, having seen pairs ``(d, Bd)`` of a step."""
        return memory

    def pairs(self) -> Pairs | None:
        """Return where to note the pairs, if they are wanted."""
        return None


@dataclass(frozen=True)
class Given(Preconditioner):
    """The user's."""

    M: Any

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Call the user's function, if it is one."""
        M, n = self.M, objective.n
        if callable(M) and not hasattr(M, "matvec"):
            M = M(point.x.reshape(objective.shape).copy())
        M = _matrix(M)
        if M.shape != (n, n):
            raise ValueError(
                f"option 'preconditioner' must be of shape ({n}, {n}), not {M.shape}: it "
                "approximates the inverse of the Hessian"
            )
        return lambda r: np.asarray(M @ r, dtype=np.float64).ravel(), None


@dataclass(frozen=True)
class Diagonal(Preconditioner):
    """The inverse of the absolute diagonal of the Hessian.

    Up to 20 variables, or where the user gives the Hessian, the diagonal is exact. Else it is
    estimated from products with random signs v, as the mean of ``v * Bv`` (Bekas, Kokiopoulou and
    Saad), and averaged over the points: with weight ``1/k`` at first and not less
    than a fifth.

    Parameters
    ----------
    probes : int
        How many products are spent at a point.
    seed : int
        Of the random signs.
    """

    probes: int = 2
    seed: int = 0

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Look at the diagonal."""
        k, mean = memory or (0, 0.0)
        if objective.n <= EXACT or objective.oracle.has_matrix:
            mean = np.diagonal(objective.hessian(point.x)).copy()
        else:
            rng = np.random.default_rng((self.seed, k))
            seen = np.zeros(objective.n)
            for _ in range(self.probes):
                v = rng.integers(0, 2, objective.n) * 2.0 - 1.0
                seen = seen + v * B(v) / self.probes
            if np.isfinite(seen).all():
                mean = mean + max(1 / (k + 1), 1 / 5) * (seen - mean)
        diagonal = _positive(np.abs(mean) * np.ones(objective.n))
        return lambda r: r / diagonal, (k + 1, mean)


@dataclass(frozen=True)
class PastCG(Preconditioner):
    """L-BFGS' inverse Hessian from directions of conjugate gradients at the last point.

    The directions d are conjugate, ``d_i'B d_j = 0``, so that the formula of L-BFGS is, with
    ``S = [d_i]``, ``Y = [B d_i]`` and the diagonal D of ``S'Y``, ::

        M = gamma (I - S D^-1 Y') (I - Y D^-1 S') + S D^-1 S'

    Parameters
    ----------
    maxcor : int
        How many directions are kept (m of the paper).
    """

    maxcor: int = 8

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Use what was seen last."""
        if memory is None:
            return None, None
        S, Y, D, gamma = memory

        def product(r: Array) -> Array:
            a = (S @ r) / D
            q = gamma * (r - a @ Y)
            return q + (a - (Y @ q) / D) @ S

        # This metric is another one at each point: along the first direction all agree on lengths
        v = product(point.g)
        unit = float(point.g @ v) / float(v @ v)
        return lambda r: unit * product(r), memory

    def pairs(self) -> Pairs:
        """Return where to note them."""
        return Pairs(self.maxcor)

    def after(self, memory: Any, pairs: Pairs | None) -> Any:
        """Keep directions of positive curvature."""
        good = [
            (d / size, Bd / size)
            for d, Bd in (pairs.kept if pairs else ())
            if (size := float(np.linalg.norm(d))) > 0
            and float(d @ Bd) > FLOOR * size * float(np.linalg.norm(Bd))
        ]
        if not good:
            return memory
        S, Y = (np.array(rows) for rows in zip(*good, strict=True))
        D = np.sum(S * Y, axis=1)
        return S, Y, D, float(D[-1] / (Y[-1] @ Y[-1]))


@dataclass(frozen=True)
class Scale(Preconditioner):
    """Typical sizes D of the variables, which is M = D^2: the same as minimising over x / D.

    Parameters
    ----------
    sizes : ndarray, optional
        By default the square roots of the inverse diagonal of the Hessian at the start.
    """

    sizes: Array | None = None

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Measure at the start, and keep to it."""
        if memory is None:
            if self.sizes is None:
                _, (_, diagonal) = Diagonal(probes=10).at(objective, point, None, B)
                memory = 1 / _positive(np.abs(diagonal) * np.ones(objective.n))
            else:
                if self.sizes.size not in (1, objective.n):
                    raise ValueError(
                        f"option 'scale' must hold {objective.n} sizes, one for each entry of x0, "
                        f"not {self.sizes.size}"
                    )
                memory = np.broadcast_to(self.sizes.ravel() ** 2, (objective.n,)).copy()
        return lambda r: memory * r, memory


def _matrix(M: Any) -> Any:
    return M if hasattr(M, "shape") else np.asarray(M)


def _positive(diagonal: Any) -> Array:
    """Raise what is too small; where everything is, there is no scale."""
    largest = float(np.max(diagonal))
    return np.maximum(diagonal, FLOOR * largest) if largest > 0 else np.ones_like(diagonal)


@dataclass(frozen=True)
class Auto(PastCG):
    """The preconditioner of past directions where the problem is small, else none."""

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Look at the size."""
        if objective.n > AUTO:
            return None, None
        return super().at(objective, point, memory, B)


def preconditioner(spec: Any, scale: Any = None) -> Preconditioner:
    """Return the preconditioner that is meant by the options of these names.

    Parameters
    ----------
    spec : object
        ``"auto"``, ``"diagonal"``, ``"lbfgs"``, a matrix, an operator, a function of x, or None.
    scale : object
        ``"auto"`` or True, typical sizes of the variables, or None.

    Returns
    -------
    Preconditioner
        The one that is meant.

    Raises
    ------
    ValueError
        If it is none of these, or both are given.

    Examples
    --------
    >>> from hessopt.optimize.preconditioners import preconditioner
    >>> preconditioner("diagonal")
    Diagonal(probes=2, seed=0)
    """
    automatic = isinstance(spec, str) and spec == "auto"
    if spec is not None and not automatic and scale is not None:
        raise ValueError(
            "options 'preconditioner' and 'scale' both set the metric of the step; give one"
        )
    if scale is not None and scale is not False:
        if scale is True or (isinstance(scale, str) and scale == "auto"):
            return Scale()
        try:
            sizes = np.asarray(scale, dtype=np.float64)
        except (TypeError, ValueError):
            sizes = np.array(np.nan)
        if not (np.isfinite(sizes).all() and (sizes > 0).all()):
            raise ValueError(
                f"option 'scale' must be 'auto' or positive sizes of the variables, not {scale!r}"
            )
        return Scale(sizes)
    if spec is None:
        return Preconditioner()
    if isinstance(spec, str):
        kinds = {"auto": Auto, "diagonal": Diagonal, "lbfgs": PastCG}
        if spec not in kinds:
            raise ValueError(f"{WHAT}; not {spec!r}")
        return kinds[spec]()
    if not (callable(spec) or hasattr(spec, "shape") or isinstance(spec, list | tuple)):
        raise ValueError(f"{WHAT}; not {spec!r}")
    return Given(spec)


def for_krylov(spec: Any, scale: Any) -> Preconditioner:
    """Return the preconditioner for a method of Lanczos, whose directions are not conjugate."""
    chosen = preconditioner(spec, scale)
    if isinstance(chosen, PastCG):
        raise ValueError(
            "option 'preconditioner' may not be 'lbfgs' here: it lives on the directions of "
            "conjugate gradients, which 'trust-ncg' and 'newton-cg' have"
        )
    return chosen


def dual_norm(M: Product | None, g: Array) -> float:
    """Return the norm of a gradient that belongs to the metric: the root of ``g'Mg``."""
    if M is None:
        return float(np.linalg.norm(g))
    square = float(g @ M(g))
    if not square > 0 and g.any():
        raise ValueError(
            f"option 'preconditioner' must be positive definite, but g'Mg = {square:.3g}"
        )
    return float(np.sqrt(square))
