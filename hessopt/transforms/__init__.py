"""Differentiate: derivatives of functions, built on the graph."""

from hessopt.transforms.check import DerivativeReport, check_derivatives
from hessopt.transforms.first_order import grad, jvp, value_and_grad, vjp
from hessopt.transforms.matrices import hessian, jacobian
from hessopt.transforms.orders import derivative, taylor
from hessopt.transforms.second_order import hvp, value_grad_hvp

__all__ = [
    "DerivativeReport",
    "check_derivatives",
    "derivative",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "taylor",
    "value_and_grad",
    "value_grad_hvp",
    "vjp",
]
