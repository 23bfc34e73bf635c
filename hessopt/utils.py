"""The import path of the book's helpers: ``from hessopt.utils import plot_dot_graph``."""

from hessopt.autodiff.adjoints import sum_to
from hessopt.pictures.dot import get_dot_graph
from hessopt.pictures.draw import plot_dot_graph

__all__ = ["get_dot_graph", "plot_dot_graph", "sum_to"]
