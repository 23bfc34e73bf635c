"""Steps 30 to 33: Newton's method on x^4 - 2 x^2, the second derivative by double backprop."""

import numpy as np

from hessopt import Variable


def f(x):
    return x**4 - 2 * x**2


x = Variable(np.array(2.0))
iterates = []
for i in range(10):
    print(i, x)
    iterates.append(float(x.data))
    x.cleargrad()
    f(x).backward(create_graph=True)
    gx = x.grad
    x.cleargrad()
    gx.backward()
    gx2 = x.grad
    x.data -= gx.data / gx2.data
