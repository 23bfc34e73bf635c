"""Functions that are constant almost everywhere, or that ask about data, shapes and types."""

from __future__ import annotations

import numpy as np

from hessopt.autodiff.constants import constant_functions

constant_functions(
    # steps: derivative zero almost everywhere
    np.floor,
    np.ceil,
    np.trunc,
    np.rint,
    np.floor_divide,
    np.heaviside,
    np.spacing,
    np.signbit,
    # comparisons and logic
    np.less,
    np.less_equal,
    np.greater,
    np.greater_equal,
    np.equal,
    np.not_equal,
    np.logical_and,
    np.logical_or,
    np.logical_xor,
    np.logical_not,
    np.bitwise_and,
    np.bitwise_or,
    np.bitwise_xor,
    np.invert,
    np.isnan,
    np.isinf,
    np.isfinite,
    np.isrealobj,
    np.iscomplexobj,
    np.allclose,
    np.array_equal,
    np.array_equiv,
    np.all,
    np.any,
    np.isin,
    np.linalg.matrix_rank,
    # positions and counts
    np.argmax,
    np.argmin,
    np.nanargmax,
    np.nanargmin,
    np.argsort,
    np.argwhere,
    np.nonzero,
    np.flatnonzero,
    np.count_nonzero,
    np.searchsorted,
    np.lexsort,
    np.argpartition,
    np.digitize,
    # what they look like
    np.min_scalar_type,
    np.array_repr,
    np.array_str,
    np.array2string,
)

constant_functions(
    np.fix,
    np.round,
    np.around,
    np.isneginf,
    np.isposinf,
    np.isreal,
    np.iscomplex,
    np.isclose,
    elementwise=True,
)

constant_functions(  # these look at shapes and types alone
    np.shape,
    np.ndim,
    np.size,
    np.result_type,
    np.common_type,
    np.can_cast,
    np.may_share_memory,
    np.shares_memory,
    np.diag_indices_from,
    np.tril_indices_from,
    np.triu_indices_from,
    np.einsum_path,
    static=True,
)
