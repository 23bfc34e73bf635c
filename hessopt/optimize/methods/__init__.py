"""The methods of our own, one a file, by name; a file is imported when its method is asked for."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from hessopt.optimize.methods.base import Method


class Methods(Mapping[str, type[Method]]):
    """The classes by the names of the methods.

    Parameters
    ----------
    places : dict
        For each name the module in this package and the class in it.

    Examples
    --------
    >>> from hessopt.optimize.methods import METHODS
    >>> METHODS["trust-ncg"]().eta
    0.1
    """

    def __init__(self, places: dict[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> type[Method]:
        module, kind = self._places[name].split(".")
        return getattr(import_module(f"{__name__}.{module}"), kind)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


METHODS = Methods(
    {
        "gradient-descent": "gradient_descent.GradientDescent",
        "momentum": "momentum.Momentum",
        "nesterov": "nesterov.Nesterov",
        "adam": "adam.Adam",
        "sgd": "sgd.SGD",
        "nonlinear-cg": "nonlinear_cg.NonlinearCG",
        "bfgs": "bfgs.BFGS",
        "l-bfgs": "l_bfgs.LBFGS",
        "newton": "newton.Newton",
        "newton-cg": "newton_cg.NewtonCG",
        "adaptive-newton": "adaptive_newton.AdaptiveNewton",
        "trust-ncg": "trust_ncg.TrustNCG",
        "trust-krylov": "trust_krylov.TrustKrylov",
        "trust-exact": "trust_exact.TrustExact",
        "dogleg": "dogleg.Dogleg",
        "arc": "arc.ARC",
        "tron": "tron.TRON",
        "adaptive-tron": "adaptive_tron.AdaptiveTRON",
        "augmented-lagrangian": "augmented_lagrangian.AugmentedLagrangianMethod",
    }
)
