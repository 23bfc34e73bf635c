"""Show: the graph of a computation as a picture."""
