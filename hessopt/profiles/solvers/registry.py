"""The solvers by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from importlib import import_module

from hessopt.profiles.solvers import jax_solvers, own, scipy_solvers, torch_solvers
from hessopt.profiles.solvers.solver import Solver

SOLVERS: dict[str, Solver] = {
    solver.name: solver
    for module in (own, scipy_solvers, torch_solvers, jax_solvers)
    for solver in module.SOLVERS
}


def solver(name: str) -> Solver:
    """Return the solver of that name; ``module:NAME`` is one of the user's, which is imported.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> from hessopt.profiles.solvers.registry import solver
    >>> solver("scipy:bfgs").kinds
    ('free',)
    """
    if name in SOLVERS:
        return SOLVERS[name]
    module, colon, attribute = name.partition(":")
    if colon:
        try:
            found = getattr(import_module(module), attribute, None)
        except ImportError:
            found = None
        if isinstance(found, Solver):
            return found
    close = difflib.get_close_matches(name, SOLVERS)
    hint = f"did you mean {', '.join(map(repr, close))}? " if close else ""
    raise ValueError(
        f"solvers: no solver is called {name!r}; {hint}There are {', '.join(SOLVERS)}; one of your "
        "own is 'module:NAME', a Solver in a module that can be imported"
    )


def chosen(names: Iterable[str] | None, kind: str) -> list[str]:
    """Return the names of the solvers that can handle a kind of problem, patterns resolved.

    Parameters
    ----------
    names : iterable of str, optional
        Names and patterns such as ``"scipy:*"``; all that are installed unless given.
    kind : str
        As in `Task`.

    Raises
    ------
    ValueError
        If a name is unknown, or no solver is left.
    ImportError
        If one that was named is not installed.

    Examples
    --------
    >>> from hessopt.profiles.solvers.registry import chosen
    >>> chosen(["hessopt", "scipy:trust-*"], "bounds")
    ['hessopt', 'scipy:trust-constr']
    """
    able = {name: s for name, s in SOLVERS.items() if kind in s.kinds}
    found: dict[str, None] = {}
    for name in ["*"] if names is None else names:
        if any(mark in name for mark in "*?["):
            matching = [other for other in SOLVERS if fnmatchcase(other, name)]
            if not matching:
                raise ValueError(
                    f"solvers: no solver matches {name!r}; there are {', '.join(SOLVERS)}"
                )
            found.update(dict.fromkeys(o for o in matching if o in able and able[o].installed))
            continue
        named = solver(name)
        if not named.installed:
            raise ImportError(
                f"solver {name!r} needs {' and '.join(named.needs)}, which must be installed"
            )
        if kind in named.kinds:
            found[name] = None
    if not found:
        raise ValueError(
            f"solvers: none of them handles {kind!r} problems; these do: {', '.join(able)}"
        )
    return list(found)
