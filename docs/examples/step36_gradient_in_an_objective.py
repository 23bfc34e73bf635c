"""Step 36: an expression that holds a gradient, differentiated."""

import numpy as np

from hessopt import Variable

x = Variable(np.array(2.0))
y = x**2
y.backward(create_graph=True)
gx = x.grad
x.cleargrad()

z = gx**3 + y
z.backward()
print(x.grad)  # z = 8 x^3 + x^2, so dz/dx = 24 x^2 + 2 x = 100
