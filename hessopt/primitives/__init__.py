"""Declare: one short class for each operation. Importing this package fills the registry."""

from hessopt.primitives import (
    arithmetic,
    constants,
    creation,
    einsum,
    elementary,
    fft,
    indexing,
    joining,
    linalg,
    norm,
    rearrange,
    reduce,
    selection,
    sets,
    sorting,
)

__all__ = [
    "arithmetic",
    "constants",
    "creation",
    "einsum",
    "elementary",
    "fft",
    "indexing",
    "joining",
    "linalg",
    "norm",
    "rearrange",
    "reduce",
    "selection",
    "sets",
    "sorting",
]
