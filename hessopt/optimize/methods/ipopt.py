"""IPOPT among the methods: what it takes, and the package that brings it."""

from __future__ import annotations

from functools import cache
from typing import Any

from hessopt.optimize.methods.scipy_methods import SciPyMethod


@cache
def ipyopt() -> Any:
    """Import the package, or say how to get it."""
    try:
        import ipyopt as package
    except ImportError as error:
        message = "method 'ipopt' needs the package ipyopt: pip install \"hessopt[ipopt]\""
        raise ImportError(message) from error
    return package


class IpoptMethod(SciPyMethod):
    """IPOPT's row; its options are those that the installed version knows."""

    def takes(self) -> frozenset[str]:
        """Return IPOPT's names of the options."""
        return frozenset(option["name"] for option in ipyopt().get_ipopt_options())


IPOPT = IpoptMethod(
    "ipopt",
    2,
    "",
    curvature="hess",
    bounds=True,
    constraints=True,
    translated={"gtol": "tol", "maxiter": "max_iter"},
)
