"""What all distributions of `scipy.stats` share: location, scale, support, freezing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hessopt.autodiff.constants import detached
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.scipy.mirror import holds_variables

Rule = Callable[..., Any]


@dataclass(frozen=True)
class Law:
    """A distribution: SciPy's own for plain arrays, rules in plain NumPy for Variables.

    Attributes
    ----------
    original : object
        SciPy's distribution.
    log_density : callable
        Of the standardised variable and the shapes; it may assume that it is inside the support.
    rules : dict
        ``cdf``, ``sf``, ``ppf`` and others of the standardised variable, as far as they are known.
    support : callable
        From the shapes to the ends of the support.
    inside : float
        A point of every support, which stands in for those outside.
    """

    original: Any
    log_density: Rule
    rules: dict[str, Rule] = field(default_factory=dict)
    support: Rule = lambda *shapes: (-np.inf, np.inf)
    inside: float = 0.5

    _names = ("loc", "scale")

    def __call__(self, *args: Any, **kwargs: Any) -> Frozen:
        """Fix the parameters."""
        return Frozen(self, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.original, name)

    def logpdf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the density at `x`."""
        if not holds_variables((x, args, kwargs)):
            return self.original.logpdf(x, *args, **kwargs)
        return self._log_density(x, *args, **kwargs)

    def pdf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the density at `x`."""
        if not holds_variables((x, args, kwargs)):
            return self.original.pdf(x, *args, **kwargs)
        return np.exp(self._log_density(x, *args, **kwargs))

    def cdf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the distribution function at `x`."""
        return self._of_x("cdf", (0.0, 1.0), x, *args, **kwargs)

    def sf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return 1 - cdf at `x`."""
        return self._of_x("sf", (1.0, 0.0), x, *args, **kwargs)

    def logcdf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the distribution function at `x`."""
        return self._of_x("logcdf", (-np.inf, 0.0), x, *args, **kwargs)

    def logsf(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of 1 - cdf at `x`."""
        return self._of_x("logsf", (0.0, -np.inf), x, *args, **kwargs)

    def ppf(self, q: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the quantile of `q`."""
        return self._of_probability("ppf", q, *args, **kwargs)

    def isf(self, q: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the quantile of 1 - `q`."""
        return self._of_probability("isf", q, *args, **kwargs)

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], Any, Any]:
        shapes = self.original.shapes.split(", ") if self.original.shapes else []
        names = [*shapes, *self._names]
        if len(args) > len(names) or any(k not in names[len(args) :] for k in kwargs):
            raise TypeError(
                f"{self.original.name}: parameters are {', '.join(names)}; "
                f"got {len(args)} of them by position and {list(kwargs)} by name"
            )
        given = {"loc": 0.0, "scale": 1.0, **dict(zip(names, args, strict=False)), **kwargs}
        missing = [name for name in shapes if name not in given]
        if missing:
            raise TypeError(f"{self.original.name}: parameter {missing[0]} is missing")
        return [given[name] for name in shapes], given["loc"], given["scale"]

    def _log_density(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        shapes, loc, scale = self._bind(args, kwargs)
        z = (x - loc) / scale
        low, high = self.support(*shapes)
        within = self._possible(z, low, high)
        value = self.log_density(np.where(within, z, self.inside), *shapes) - np.log(scale)
        return np.where(within, value, -np.inf)

    def _possible(self, z: Any, low: Any, high: Any) -> Any:
        return np.greater_equal(z, low) & np.less_equal(z, high)

    def _of_x(self, name: str, ends: tuple[float, float], x: Any, *args: Any, **kwargs: Any) -> Any:
        if not holds_variables((x, args, kwargs)):
            return getattr(self.original, name)(x, *args, **kwargs)
        shapes, loc, scale = self._bind(args, kwargs)
        z = self._argument((x - loc) / scale)
        low, high = self.support(*shapes)
        below, above = np.less(z, low), np.greater(z, high)
        z = np.where(below | above, self.inside, z)
        value = self._rule(name)(z, *shapes)
        return np.where(below, ends[0], np.where(above, ends[1], value))

    def _argument(self, z: Any) -> Any:
        return z

    def _of_probability(self, name: str, q: Any, *args: Any, **kwargs: Any) -> Any:
        if not holds_variables((q, args, kwargs)):
            return getattr(self.original, name)(q, *args, **kwargs)
        shapes, loc, scale = self._bind(args, kwargs)
        return loc + scale * self._rule(name)(q, *shapes)

    def _rule(self, name: str) -> Rule:
        if name in self.rules:
            return self.rules[name]
        if name.startswith("log") and name[3:] in self.rules:
            plain = self.rules[name[3:]]
            return lambda *args: np.log(plain(*args))
        if name == "isf" and "ppf" in self.rules:
            return lambda q, *shapes: self.rules["ppf"](1 - q, *shapes)
        raise NoDerivativeError(
            f"{self.original.name}.{name}: no derivative is known; known are "
            f"{', '.join(['pdf', 'logpdf', *self.rules])}"
        )


class DiscreteLaw(Law):
    """A distribution on the integers: its parameters vary, its argument does not."""

    _names = ("loc",)

    def logpmf(self, k: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the logarithm of the probability of `k`."""
        if not holds_variables((k, args, kwargs)):
            return self.original.logpmf(k, *args, **kwargs)
        return self._log_density(k, *args, **kwargs)

    def pmf(self, k: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the probability of `k`."""
        if not holds_variables((k, args, kwargs)):
            return self.original.pmf(k, *args, **kwargs)
        return np.exp(self._log_density(k, *args, **kwargs))

    def _possible(self, z: Any, low: Any, high: Any) -> Any:
        return super()._possible(z, low, high) & np.equal(np.floor(detached(z)), z)

    def _argument(self, z: Any) -> Any:
        return np.floor(detached(z))


class Frozen:
    """A distribution with its parameters fixed."""

    def __init__(self, law: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.law, self.args, self.kwargs = law, args, kwargs

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.law, name)
        if not callable(method):
            return method
        return lambda x, *args: method(x, *args, *self.args, **self.kwargs)
