"""Step 35: the graph of the n-th derivative of tanh; change `order` and watch it grow."""

import numpy as np

import hessopt.functions as F
from hessopt import Variable
from hessopt.utils import plot_dot_graph

order = 3

x = Variable(np.array(1.0), name="x")
y = F.tanh(x)
y.name = "y"
y.backward(create_graph=True)

for _ in range(order - 1):
    gx = x.grad
    x.cleargrad()
    gx.backward(create_graph=True)

gx = x.grad
gx.name = f"gx{order}"
print(gx)
plot_dot_graph(gx, verbose=False, to_file=f"tanh_{order}.png")
