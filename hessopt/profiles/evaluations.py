"""The one place where evaluations are counted, whichever solver asks for them.

hessopt's own oracles compute every value and derivative here. A solver of others asks
`Evaluations`, which hands on what an oracle computes; the oracles that `hessopt.minimize` makes for
itself are seen by `witnessed`. Either way it is the same code that evaluates, and that counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import problems
from hessopt.optimize import minimize, objective
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.lsq import residuals
from hessopt.optimize.lsq.oracle import VectorOracle
from hessopt.optimize.objective import quiet
from hessopt.optimize.oracle import Curvature, Oracle
from hessopt.profiles.restrictions import restrictions

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """What was evaluated: of the objective or the residuals, and of the constraints.

    A Hessian counts as its n products. A Jacobian of residuals counts as its n products too; that
    of constraints as one gradient, which a solver needs as often as that of the objective.
    """

    nfev: int
    njev: int
    nhev: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.nfev + other.nfev, self.njev + other.njev, self.nhev + other.nhev)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(self.nfev - other.nfev, self.njev - other.njev, self.nhev - other.nhev)


class Ledger:
    """Everything that counts in one run.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.minimize import minimize
    >>> from hessopt.profiles.evaluations import witnessed
    >>> with witnessed() as ledger:
    ...     res = minimize(lambda x: np.sum(x**4), [1.0, 2.0])
    >>> counts = ledger.counts()
    >>> (counts.nfev, counts.njev, counts.nhev) == (res.nfev, res.njev, res.nhev)
    True
    """

    def __init__(self) -> None:
        self.oracles: list[Any] = []
        self.vectors: list[VectorOracle] = []

    def counts(self) -> Counts:
        """Return the sums."""
        each = [(o.nfev, o.njev, o.nhev) for o in self.oracles]
        each += [(v.nfev, v.n * v.njev, 0) for v in self.vectors]
        return Counts(*(sum(column) for column in zip((0, 0, 0), *each, strict=True)))


@contextmanager
def witnessed() -> Iterator[Ledger]:
    """See the oracles that are made in the meantime.

    A solver of ours makes its own, from a plain function. Counts that it reports would be its word
    only, and a run that raises reports none.
    """
    ledger = Ledger()

    class Witnessed(Oracle):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            ledger.oracles.append(self)

    class WitnessedSet(ConstraintSet):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            ledger.oracles.append(self)

    class WitnessedVector(VectorOracle):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            ledger.vectors.append(self)

    places: tuple[tuple[Any, str, Any], ...] = (
        (objective, "Oracle", Witnessed),
        (minimize, "ConstraintSet", WitnessedSet),
        (residuals, "VectorOracle", WitnessedVector),
    )
    kept = [(module, name, getattr(module, name)) for module, name, _ in places]
    for module, name, witness in places:
        setattr(module, name, witness)
    try:
        yield ledger
    finally:
        for module, name, original in kept:
            setattr(module, name, original)


@dataclass
class _Known:
    x: Array
    f: float | None = None
    g: Array | None = None
    curvature: Curvature | None = None


class Evaluations:
    """A problem's objective and constraints for the solvers of others, exact and counted.

    The last two points are remembered: what is asked for again there costs nothing, and a gradient
    asked for after the value counts as a gradient alone. The derivatives come from the programs
    that `hessopt.minimize` runs too, and are compiled before the clock starts by `compiled`.

    Parameters
    ----------
    problem : Problem
        The problem.
    start : ndarray
        Where it is compiled.

    Examples
    --------
    >>> import problems
    >>> from hessopt.profiles.evaluations import Evaluations
    >>> beale = problems.get("beale")
    >>> evaluations = Evaluations(beale, beale.start).compiled("gradient")
    >>> f, g = evaluations.value(beale.start), evaluations.gradient(beale.start)
    >>> evaluations.ledger.counts()
    Counts(nfev=1, njev=1, nhev=0)
    """

    def __init__(self, problem: problems.Problem, start: Array) -> None:
        self.n, self.start = start.size, start
        self.oracle = Oracle(problem.value, start.shape, jit=True)
        self.plain = Oracle(problem.value, start.shape)
        self.parts = parse_constraints(restrictions(problem).get("constraints"), start.shape)
        self._known: list[_Known] = []
        self.ledger = Ledger()
        self.constraints = ConstraintSet(self.parts, start) if self.parts else None
        self.ledger.oracles += [self.oracle, self.plain]
        if self.constraints is not None:
            self.ledger.oracles.append(self.constraints)

    def compiled(self, what: str) -> Evaluations:
        """Compile the ``"gradient"``, and the ``"product"`` or the ``"hessian"``; count nothing."""
        if what not in ("gradient", "product", "hessian"):
            raise ValueError(f"compiled takes 'gradient', 'product' or 'hessian', not {what!r}")
        for shift in (0.0, 1e-3, 2e-3):  # traced, compared with an eager call, settled
            x = self.start + shift
            if what == "gradient":
                self.gradient(x)
            elif what == "product":
                self.product(x, self.start)
            else:
                self.hessian(x)
        self._known.clear()
        self.oracle.nfev = self.oracle.njev = self.oracle.nhev = 0
        return self

    def value(self, x: Any) -> float:
        """Return f, by a call of the plain function."""
        known = self._at(x)
        if known.f is None:
            with quiet():
                known.f = self.plain.value(known.x)
        return known.f

    def gradient(self, x: Any) -> Array:
        """Return the gradient."""
        known = self._at(x)
        if known.g is None:
            self._paid(known, lambda: self.oracle.first(known.x))
        assert known.g is not None
        return known.g.copy()

    def value_and_gradient(self, x: Any) -> tuple[float, Array]:
        """Return both."""
        g = self.gradient(x)
        return self.value(x), g

    def product(self, x: Any, v: Any) -> Array:
        """Return the Hessian times v."""
        with quiet():
            return self._curvature(x).product(np.asarray(v, dtype=np.float64))

    def hessian(self, x: Any) -> Array:
        """Return the Hessian as an array: n products, made at once."""
        with quiet():
            return self._curvature(x).dense()

    def _curvature(self, x: Any) -> Curvature:
        known = self._at(x)
        if known.curvature is None:
            self._paid(known, lambda: self.oracle.second(known.x))
        assert known.curvature is not None
        return known.curvature

    def _paid(self, known: _Known, compute: Any) -> None:
        """Compute more at a point, and do not count again what is known there."""
        had_f, had_g = known.f is not None, known.g is not None
        with quiet():
            f, g, *curvature = compute()
        self.oracle.nfev -= had_f
        self.oracle.njev -= had_g
        known.f, known.g = known.f if had_f else f, g
        known.curvature = curvature[0] if curvature else known.curvature

    def _at(self, x: Any) -> _Known:
        x = np.array(x, dtype=np.float64).ravel()
        for known in self._known:
            if np.array_equal(known.x, x):
                return known
        self._known = [*self._known[-1:], _Known(x)]
        return self._known[-1]
