"""Nonlinear least squares: what `least_squares`, `curve_fit` and `root` are made of."""
