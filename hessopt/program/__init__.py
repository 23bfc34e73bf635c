"""Simplify: a recorded computation as a straight-line program, and passes over it."""
