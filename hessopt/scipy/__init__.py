"""SciPy's Python functions, under their own names and signatures, for Variables too.

The ufuncs of `scipy.special` and products with sparse matrices take Variables as they are. SciPy's
other functions turn what they are given into plain arrays first; where one of them is needed in an
objective, import it from here: ``from hessopt.scipy import linalg`` in place of
``from scipy import linalg``.
"""
