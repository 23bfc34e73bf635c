"""Which problems a set has, and from where each is started."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import problems
from hessopt.profiles.solvers.solver import Task

# The sets are tags of the registry; those that come with several starts are run from each
SETS = {"mgh": False, "cutest": False, "bounds": False, "hs": False, "nist": True}


@dataclass(frozen=True)
class Instance:
    """A problem from one of its starts, or from a point near it.

    Attributes
    ----------
    problem : str
        Its name.
    start : int
        Which of its starts.
    perturb : float
        By how much its entries are changed, relative to their size.
    trial : int
        Which of the points that are that far away: the seed of the change.
    """

    problem: str
    start: int = 0
    perturb: float = 0.0
    trial: int = 0

    def task(self) -> Task:
        """Build what solvers take."""
        record = problems.get(self.problem)
        start = record.starts[self.start]
        return Task(record, self._near(start) if self.perturb else start)

    def _near(self, start: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add to each entry normal noise of its own size, of the mean size where it is zero."""
        # The name is in the seed, lest all problems of one dimension be moved the same way
        seed = [zlib.crc32(self.problem.encode()), self.start, self.trial]
        noise = np.random.default_rng(seed).standard_normal(start.shape)
        size = np.abs(start)
        mean = size[size > 0].mean() if size.any() else 1.0
        return start + self.perturb * np.where(size > 0, size, mean) * noise

    @property
    def label(self) -> str:
        """What tables call it."""
        label = f"{self.problem} from start {self.start + 1}" if self.start else self.problem
        return f"{label}, {self.perturb:g} off (trial {self.trial + 1})" if self.perturb else label


def instances(
    set: str | Iterable[str], max_n: int | None = None, perturb: float = 0.0, trials: int = 1
) -> list[Instance]:
    """Return the instances of a set.

    Parameters
    ----------
    set : str or iterable of str
        The name of a set, or of problems.
    max_n : int, optional
        Leave out problems of more variables.
    perturb : float
        Start near the start instead, see `Instance`.
    trials : int
        From so many points near it.

    Raises
    ------
    ValueError
        If it names neither, or nothing is left.

    Examples
    --------
    >>> from hessopt.profiles.instances import instances
    >>> len(instances("mgh")), len(instances("nist"))
    (35, 54)
    >>> instances(["beale"])
    [Instance(problem='beale', start=0, perturb=0.0, trial=0)]
    """
    if isinstance(set, str) and set in SETS:
        records = problems.all(set)
    else:
        names = set.split(",") if isinstance(set, str) else list(set)
        try:
            records = [problems.get(name) for name in names]
        except problems.UnknownProblemError as error:
            raise ValueError(
                f"set must be one of {', '.join(SETS)}, or problems: {error}"
            ) from None
    small = [record for record in records if max_n is None or record.dimension <= max_n]
    if not small:
        raise ValueError(f"max_n = {max_n} leaves no problem of the set; take a larger one")
    return [
        Instance(record.name, k, perturb, trial)
        for record in small
        for k in range(len(record.starts) if "nist" in record.tags else 1)
        for trial in range(trials)
    ]
