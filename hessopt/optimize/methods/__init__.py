"""The methods of our own, one a file, by name."""

from .adam import Adam
from .base import Method
from .gradient_descent import GradientDescent
from .l_bfgs import LBFGS
from .momentum import Momentum
from .newton import Newton
from .newton_cg import NewtonCG
from .trust_ncg import TrustNCG

METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (GradientDescent, Momentum, Adam, Newton, NewtonCG, TrustNCG, LBFGS)
}
