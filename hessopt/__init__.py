"""hessopt: second-order optimization of plain NumPy functions, on exact derivatives."""

from hessopt import primitives as _primitives  # noqa: F401 - fills the registry
from hessopt.autodiff.backprop import GraphReleasedError
from hessopt.autodiff.config import no_grad, using_config
from hessopt.autodiff.function import Function
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.autodiff.variable import Variable
from hessopt.transforms.check import DerivativeReport, check_derivatives
from hessopt.transforms.first_order import grad, jvp, value_and_grad, vjp
from hessopt.transforms.matrices import hessian, jacobian
from hessopt.transforms.orders import derivative, taylor
from hessopt.transforms.second_order import hvp, value_grad_hvp

__version__ = "0.1.0"

__all__ = [
    "DerivativeReport",
    "Function",
    "GraphReleasedError",
    "NoDerivativeError",
    "Variable",
    "check_derivatives",
    "derivative",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "taylor",
    "using_config",
    "value_and_grad",
    "value_grad_hvp",
    "vjp",
]
