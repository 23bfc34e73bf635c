"""Step 28: the Rosenbrock function by gradient descent, slowly."""

import numpy as np

from hessopt import Variable


def rosenbrock(x0, x1, a=1.0, b=100.0):
    return b * (x1 - x0**2) ** 2 + (a - x0) ** 2


x0 = Variable(np.array(0.0))
x1 = Variable(np.array(2.0))
learning_rate = 0.001

y = rosenbrock(x0, x1)
y.backward()
first_gradient = (x0.grad, x1.grad)

for _ in range(10_000):
    x0.cleargrad()
    x1.cleargrad()
    rosenbrock(x0, x1).backward()
    x0.data -= learning_rate * x0.grad
    x1.data -= learning_rate * x1.grad

print(f"after 10,000 steps: {x0}, {x1}; the minimum is at 1, 1")
