"""Step 27: the sine by a Function of one's own, and by a Taylor series up to a threshold."""

import math

import numpy as np

from hessopt import Function, Variable
from hessopt.utils import plot_dot_graph


class Sin(Function):
    def forward(self, x):
        return np.sin(x)

    def backward(self, gy):
        (x,) = self.inputs
        return gy * np.cos(x)


def taylor_sine(x, threshold=1e-4):
    total = 0
    for i in range(100_000):
        term = (-1) ** i * x ** (2 * i + 1) / math.factorial(2 * i + 1)
        total = total + term
        if abs(term.data) < threshold:
            break
    return total


x = Variable(np.array(np.pi / 4), name="x")
y = Sin()(x)
y.backward()
own, own_grad = y, x.grad

x.cleargrad()
y = taylor_sine(x)
y.name = "y"
y.backward()

print(f"Function: sin = {own.data:.6f}, derivative = {own_grad.data:.6f}")
print(f"series:   sin = {y.data:.6f}, derivative = {x.grad.data:.6f}")
plot_dot_graph(y, verbose=False, to_file="taylor_sine.png")
