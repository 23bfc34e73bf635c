"""Record: Variables, the functions applied to them, and the walk back through the graph."""
