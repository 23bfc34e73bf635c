"""The methods of our own, one a file, by name."""

from hessopt.optimize.methods.adam import Adam
from hessopt.optimize.methods.adaptive_newton import AdaptiveNewton
from hessopt.optimize.methods.arc import ARC
from hessopt.optimize.methods.augmented_lagrangian import AugmentedLagrangianMethod
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.bfgs import BFGS
from hessopt.optimize.methods.dogleg import Dogleg
from hessopt.optimize.methods.gradient_descent import GradientDescent
from hessopt.optimize.methods.l_bfgs import LBFGS
from hessopt.optimize.methods.momentum import Momentum
from hessopt.optimize.methods.nesterov import Nesterov
from hessopt.optimize.methods.newton import Newton
from hessopt.optimize.methods.newton_cg import NewtonCG
from hessopt.optimize.methods.nonlinear_cg import NonlinearCG
from hessopt.optimize.methods.sgd import SGD
from hessopt.optimize.methods.tron import TRON
from hessopt.optimize.methods.trust_exact import TrustExact
from hessopt.optimize.methods.trust_krylov import TrustKrylov
from hessopt.optimize.methods.trust_ncg import TrustNCG

METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (
        GradientDescent,
        Momentum,
        Nesterov,
        Adam,
        SGD,
        NonlinearCG,
        BFGS,
        LBFGS,
        Newton,
        NewtonCG,
        AdaptiveNewton,
        TrustNCG,
        TrustKrylov,
        TrustExact,
        Dogleg,
        ARC,
        TRON,
        AugmentedLagrangianMethod,
    )
}
