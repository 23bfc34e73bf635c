"""Differentiate: derivatives of functions, built on the graph."""
