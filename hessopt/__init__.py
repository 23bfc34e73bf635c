"""hessopt: second-order optimization of plain NumPy functions, on exact derivatives."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from hessopt import primitives as _primitives  # noqa: F401 - fills the registry
from hessopt._lazy import attach as _attach
from hessopt.autodiff.backprop import GraphReleasedError
from hessopt.autodiff.config import no_grad, using_config
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.autodiff.user_function import Function
from hessopt.autodiff.variable import Variable
from hessopt.primitives.creation import array, zeros
from hessopt.transforms.custom import (
    checkpoint,
    custom_derivative,
    external,
    primitive,
    stop_gradient,
)
from hessopt.transforms.first_order import grad, jvp, value_and_grad, vjp
from hessopt.transforms.matrices import hessian, jacobian
from hessopt.transforms.orders import derivative, taylor
from hessopt.transforms.second_order import hvp, value_grad_hvp
from hessopt.transforms.trees import ravel

if _TYPE_CHECKING:  # imported when first asked for, see hessopt/_lazy.py
    from hessopt.comparison.comparison import Comparison
    from hessopt.comparison.side_by_side import compare
    from hessopt.optimize.argmin import argmin
    from hessopt.optimize.covariance import Uncertainty
    from hessopt.optimize.curve_fit import curve_fit
    from hessopt.optimize.implicit import ArgminError
    from hessopt.optimize.least_squares import least_squares
    from hessopt.optimize.minimize import minimize
    from hessopt.optimize.newton_scalar import newton_scalar
    from hessopt.optimize.root import root
    from hessopt.optimize.stopping import Status
    from hessopt.optimize.uncertainty import uncertainty
    from hessopt.pictures.dot import get_dot_graph
    from hessopt.pictures.draw import plot_dot_graph
    from hessopt.profiles.profile import Profile
    from hessopt.profiles.running import profile
    from hessopt.transforms.check import DerivativeReport, check_derivatives
    from hessopt.transforms.jit import ReplayError, jit
    from hessopt.transforms.linearize import linearize
    from hessopt.transforms.sparse import (
        hessian_sparsity,
        jacobian_sparsity,
        sparse_hessian,
        sparse_jacobian,
    )
    from hessopt.transforms.vmap import vmap

__getattr__, __dir__ = _attach(__name__)

__version__ = "0.1.0"

__all__ = [
    "ArgminError",
    "Comparison",
    "DerivativeReport",
    "Function",
    "GraphReleasedError",
    "NoDerivativeError",
    "Profile",
    "ReplayError",
    "Status",
    "Uncertainty",
    "Variable",
    "argmin",
    "array",
    "check_derivatives",
    "checkpoint",
    "compare",
    "curve_fit",
    "custom_derivative",
    "derivative",
    "external",
    "get_dot_graph",
    "grad",
    "hessian",
    "hessian_sparsity",
    "hvp",
    "jacobian",
    "jacobian_sparsity",
    "jit",
    "jvp",
    "least_squares",
    "linearize",
    "minimize",
    "newton_scalar",
    "no_grad",
    "plot_dot_graph",
    "primitive",
    "profile",
    "ravel",
    "root",
    "sparse_hessian",
    "sparse_jacobian",
    "stop_gradient",
    "taylor",
    "uncertainty",
    "using_config",
    "value_and_grad",
    "value_grad_hvp",
    "vjp",
    "vmap",
    "zeros",
]
