"""Declare: one short class for each operation. Importing this package fills the registry."""

from hessopt.primitives import (
    arithmetic,
    constants,
    einsum,
    elementary,
    indexing,
    joining,
    linalg,
    norm,
    rearrange,
    reduce,
    selection,
)

__all__ = [
    "arithmetic",
    "constants",
    "einsum",
    "elementary",
    "indexing",
    "joining",
    "linalg",
    "norm",
    "rearrange",
    "reduce",
    "selection",
]
