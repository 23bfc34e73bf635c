"""Newton by Hessian-vector products, or L-BFGS? Five methods on one objective."""

import hessopt
import problems

problem = problems.get("extended-rosenbrock", n=1000)
comparison = hessopt.compare(problem.value, problem.start, max_time=1)
print(comparison)
comparison.plot("compare.png")
