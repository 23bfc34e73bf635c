"""The registry: names, and the functions that build the records behind them."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from problems._problem import Problem

Factory = TypeVar("Factory", bound=Callable[..., Problem])

_factories: dict[str, Callable[..., Problem]] = {}


class UnknownProblemError(ValueError):
    """No problem is registered under that name; the message has the names closest to it.

    Examples
    --------
    >>> import problems
    >>> problems.get("rosenbrok")
    Traceback (most recent call last):
    ...
    problems._registry.UnknownProblemError: no problem is called 'rosenbrok'; \
did you mean 'rosenbrock', 'chained-rosenbrock', 'extended-rosenbrock'? \
problems.names() lists them all
    """


def register(factory: Factory, *, name: str | None = None) -> Factory:
    """Put the function that builds a record into the registry; a decorator.

    Parameters
    ----------
    factory : callable
        Returns a `Problem`. Its parameters are the problem's: each needs a default, and ``n`` is
        the one that sets the size. The first line of its docstring describes the problem, unless
        the record says otherwise.
    name : str, optional
        The name to register; that of the function, with hyphens, unless given.

    Returns
    -------
    callable
        `factory`, unchanged.

    Raises
    ------
    ValueError
        If the name is taken, or a parameter has no default.

    Examples
    --------
    >>> import numpy as np
    >>> import problems
    >>> @problems.register
    ... def quartic(n=3):
    ...     '''Sum of fourth powers.'''
    ...     return problems.Problem("quartic", lambda x: np.sum(x**4, axis=-1), start=np.ones(n))
    >>> problems.get("quartic", n=5)
    Problem('quartic', dimension=5)

    >>> problems.unregister("quartic")
    """
    if name is None:
        name = factory.__name__.replace("_", "-")
    if name in _factories:
        raise ValueError(f"name {name!r} is already registered: choose another name")
    for parameter in inspect.signature(factory).parameters.values():
        if parameter.default is parameter.empty:
            raise ValueError(
                f"factory of {name!r} must have a default for its parameter "
                f"{parameter.name!r}, so that the problem can be built without being told"
            )
    _factories[name] = factory
    return factory


def unregister(name: str) -> None:
    """Take a problem out of the registry.

    Parameters
    ----------
    name : str
        A registered name.

    Raises
    ------
    UnknownProblemError
        If no problem has that name.

    Examples
    --------
    >>> import problems
    >>> problems.unregister("no-such-problem")
    Traceback (most recent call last):
    ...
    problems._registry.UnknownProblemError: no problem is called 'no-such-problem'; \
problems.names() lists them all
    """
    _factory(name)
    del _factories[name]


def names(tag: str | None = None) -> list[str]:
    """Return all registered names, or those of the problems with a tag, in alphabetical order.

    Parameters
    ----------
    tag : str, optional
        One of those that are listed at `Problem`; all problems unless given.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If no problem has that tag; the message has those there are.

    Examples
    --------
    >>> import problems
    >>> problems.names()[:3]
    ['ackley', 'allinitu', 'arwhead']
    >>> len(problems.names("mgh"))
    35
    """
    if tag is None:
        return sorted(_factories)
    return [problem.name for problem in all(tag)]


def parameters(name: str) -> dict[str, Any]:
    """Return the parameters that a problem takes, with their defaults.

    Parameters
    ----------
    name : str
        A registered name.

    Returns
    -------
    dict
        Empty for a problem that comes in one form only.

    Raises
    ------
    UnknownProblemError
        If no problem has that name.

    Examples
    --------
    >>> import problems
    >>> problems.parameters("rosenbrock")
    {'a': 1.0, 'b': 100.0}
    """
    signature = inspect.signature(_factory(name))
    return {parameter.name: parameter.default for parameter in signature.parameters.values()}


def get(name: str, **parameters: Any) -> Problem:
    """Build a problem by its name.

    Parameters
    ----------
    name : str
        A registered name, see `names`.
    **parameters
        The problem's own parameters, see `problems.parameters`; the size is always ``n``.

    Returns
    -------
    Problem

    Raises
    ------
    UnknownProblemError
        If no problem has that name.
    ValueError
        If the problem has no such parameter, or refuses its value; the message names it.

    Examples
    --------
    >>> import problems
    >>> problems.get("chained-rosenbrock", n=1000)
    Problem('chained-rosenbrock', dimension=1000)
    """
    factory = _factory(name)
    signature = inspect.signature(factory)
    for parameter in parameters:
        if parameter not in signature.parameters:
            takes = ", ".join(f"{p.name}={p.default!r}" for p in signature.parameters.values())
            raise ValueError(
                f"problem {name!r} has no parameter {parameter!r}; "
                + (f"it takes {takes}" if takes else "it takes none")
            )
    problem = factory(**parameters)
    if problem.name != name:
        raise ValueError(f"the record registered as {name!r} calls itself {problem.name!r}")
    bound = signature.bind(**parameters)
    bound.apply_defaults()
    summary = (inspect.getdoc(factory) or "").partition("\n")[0]
    return replace(
        problem,
        description=problem.description or summary,
        tags=problem.tags | ({"scalable"} if "n" in signature.parameters else set()),
        parameters=bound.arguments,
    )


def all(tag: str | None = None) -> list[Problem]:
    """Build every registered problem, or those with a tag, with their default parameters.

    Parameters
    ----------
    tag : str, optional
        One of those that are listed at `Problem`; all problems unless given.

    Returns
    -------
    list of Problem
        In the order of `names`.

    Raises
    ------
    ValueError
        If no problem has that tag; the message has those there are.

    Examples
    --------
    >>> import problems
    >>> [problem.name for problem in problems.all("cutest")][:3]
    ['allinitu', 'arwhead', 'bdqrtic']
    """
    built = [get(name) for name in names()]
    if tag is None:
        return built
    tags = sorted({tag for problem in built for tag in problem.tags})
    if tag not in tags:
        raise ValueError(f"tag must be one of {', '.join(map(repr, tags))}, got {tag!r}")
    return [problem for problem in built if tag in problem.tags]


def _factory(name: str) -> Callable[..., Problem]:
    if name not in _factories:
        close = difflib.get_close_matches(str(name), _factories)
        hint = f"did you mean {', '.join(map(repr, close))}? " if close else ""
        raise UnknownProblemError(
            f"no problem is called {name!r}; {hint}problems.names() lists them all"
        )
    return _factories[name]
