"""Step 26: the computation graph of the Goldstein-Price function, drawn by Graphviz."""

import numpy as np

from hessopt import Variable
from hessopt.utils import plot_dot_graph


def goldstein_price(x, y):
    left = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    right = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return left * right


x = Variable(np.array(1.0), name="x")
y = Variable(np.array(1.0), name="y")
z = goldstein_price(x, y)
z.name = "z"
z.backward()

print(f"z = {z}, dz/dx = {x.grad}, dz/dy = {y.grad}")
plot_dot_graph(z, verbose=False, to_file="goldstein.png")
