"""Step 34: the sine and its first three derivatives, plotted."""

import matplotlib.pyplot as plt
import numpy as np

import hessopt.functions as F
from hessopt import Variable

x = Variable(np.linspace(-7, 7, 200))
y = F.sin(x)
y.backward(create_graph=True)

curves = [y.data]
for _ in range(3):
    curves.append(x.grad.data)
    gx = x.grad
    x.cleargrad()
    gx.backward(create_graph=True)

for curve, label in zip(curves, ["y = sin(x)", "y'", "y''", "y'''"], strict=True):
    plt.plot(x.data, curve, label=label)
plt.legend(loc="lower right")
plt.savefig("sine.png")
