"""Step 29: Newton's method on x^4 - 2 x^2 with the second derivative written by hand."""

import numpy as np

from hessopt import Variable


def f(x):
    return x**4 - 2 * x**2


def second_derivative(x):
    return 12 * x**2 - 4


x = Variable(np.array(2.0))
iterates = []
for i in range(10):
    print(i, x)
    iterates.append(float(x.data))
    x.cleargrad()
    f(x).backward()
    x.data -= x.grad / second_derivative(x.data)
