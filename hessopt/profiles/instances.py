"""Which problems a set has, and from where each is started."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import problems
from hessopt.profiles.solvers.solver import Task

# The sets are tags of the registry; those that come with several starts are run from each
SETS = {"mgh": False, "cutest": False, "bounds": False, "hs": False, "nist": True}


@dataclass(frozen=True)
class Instance:
    """A problem from one of its starts.

    Attributes
    ----------
    problem : str
        Its name.
    start : int
        Which of its starts.
    """

    problem: str
    start: int = 0

    def task(self) -> Task:
        """Build what solvers take."""
        record = problems.get(self.problem)
        return Task(record, record.starts[self.start])

    @property
    def label(self) -> str:
        """What tables call it."""
        return f"{self.problem} from start {self.start + 1}" if self.start else self.problem


def instances(set: str | Iterable[str], max_n: int | None = None) -> list[Instance]:
    """Return the instances of a set.

    Parameters
    ----------
    set : str or iterable of str
        The name of a set, or of problems.
    max_n : int, optional
        Leave out problems of more variables.

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
    [Instance(problem='beale', start=0)]
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
        Instance(record.name, k)
        for record in small
        for k in range(len(record.starts) if "nist" in record.tags else 1)
    ]
