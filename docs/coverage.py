"""Which public functions have a derivative: the tables of the page `coverage.md`.

What has a rule is read from the registry. What has none is placed, with the reason, by `WITHOUT`;
a test fails when NumPy has a function that is in neither, or when an entry here has become untrue.
"""

import importlib
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from typing import Any, NamedTuple

import numpy as np

from hessopt import Variable
from hessopt.autodiff.registry import KINDS
from hessopt.scipy.special_table import special_table

DERIVATIVE = "derivative"
CONSTANT = "constant almost everywhere"
NONE = "no derivative"
NOT_APPLICABLE = "not applicable"
NOT_YET = "not yet"
CATEGORIES = (DERIVATIVE, CONSTANT, NONE, NOT_APPLICABLE, NOT_YET)

NUMPY = ("numpy", "numpy.linalg", "numpy.fft", "numpy.emath")

DIFFERENTIATED = ("primitive", "derived")

OF_KIND = {
    "primitive": (DERIVATIVE, ""),
    "derived": (DERIVATIVE, ""),
    "assignment": (DERIVATIVE, "writes into a Variable"),
    "constant": (CONSTANT, "returns a plain array or number"),
}

# Where a function is not in the registry: its category, the reason, and the names.
WITHOUT: dict[str, list[tuple[str, str, str]]] = {
    "numpy": [
        (NONE, "counts, whose bins depend on the data", "histogram histogram2d histogramdd"),
        (NONE, "bins depend on the data", "histogram_bin_edges"),
        (
            NONE,
            "makes a plain array; use `hessopt.array`, `np.stack` or `np.copy`",
            "array asarray asanyarray asarray_chkfinite ascontiguousarray asfortranarray "
            "fromiter require",
        ),
        (NONE, "makes a plain array; use `np.full_like(x, value, shape=...)`", "full"),
        (NONE, "makes an `np.matrix`, which carries no derivative", "asmatrix bmat"),
        (NONE, "a length depends on the value; use `np.linspace`", "arange"),
        (NONE, "makes a plain array; write it with `np.i0`", "kaiser"),
        (NONE, "writes numbers to a file; pass `x.data`", "save savetxt savez savez_compressed"),
        (
            NONE,
            "makes text of one number; pass `x.data`",
            "format_float_positional format_float_scientific",
        ),
        (NONE, "calls a Python function on objects; call it on the Variable", "frompyfunc"),
        (NONE, "iterates over plain arrays", "nested_iters"),
        (NONE, "shares memory with others; pass `x.data`", "from_dlpack"),
        (DERIVATIVE, "calls your function, on plain arrays", "fromfunction"),
        (
            NOT_APPLICABLE,
            "creates an array from shapes and integers",
            "bartlett blackman hamming hanning diag_indices empty eye identity indices "
            "mask_indices ones tri tril_indices triu_indices zeros",
        ),
        (
            NOT_APPLICABLE,
            "operates on integers or bits",
            "base_repr binary_repr bitwise_count bitwise_left_shift bitwise_right_shift gcd lcm "
            "left_shift packbits ravel_multi_index right_shift unpackbits unravel_index",
        ),
        (
            NOT_APPLICABLE,
            "operates on dates",
            "busday_count busday_offset datetime_as_string datetime_data is_busday isnat",
        ),
        (
            NOT_APPLICABLE,
            "asks about shapes, types and layout",
            "broadcast_shapes isdtype isfortran isscalar issubdtype iterable mintypecode "
            "promote_types typename",
        ),
        (
            NOT_APPLICABLE,
            "reads",
            "frombuffer fromfile fromregex fromstring genfromtxt load loadtxt",
        ),
        (
            NOT_APPLICABLE,
            "is about NumPy itself",
            "get_include get_printoptions getbufsize geterr geterrcall info printoptions "
            "set_printoptions setbufsize seterr seterrcall show_config show_runtime test",
        ),
    ],
    "numpy.linalg": [(NOT_APPLICABLE, "is about NumPy itself", "test")],
    "numpy.fft": [
        (DERIVATIVE, "with respect to the spacing, in NumPy's own code", "fftfreq rfftfreq"),
        (NOT_APPLICABLE, "is about NumPy itself", "test"),
    ],
    "numpy.emath": [],
}

# What a derivative is taken with respect to, where that is not plain.
NOTES = {
    "bincount": "with respect to the weights",
    "choose": "with respect to the choices",
    "interp": "with respect to all arguments",
    "nextafter": "that of the first argument",
    "percentile": "with respect to the data, by each method",
    "quantile": "with respect to the data, by each method",
    "sign": "of complex numbers; constant where real",
}

# A call of each function that refuses.
REFUSED: dict[str, Callable[[Any], Any]] = {
    "histogram": lambda x: np.histogram(x),
    "histogram2d": lambda x: np.histogram2d(x, x),
    "histogramdd": lambda x: np.histogramdd([x, x]),
    "histogram_bin_edges": lambda x: np.histogram_bin_edges(x),
    "array": lambda x: np.array([x[0], 1.0]),
    "asarray": lambda x: np.asarray(x),
    "asanyarray": lambda x: np.asanyarray(x),
    "asarray_chkfinite": lambda x: np.asarray_chkfinite(x),
    "ascontiguousarray": lambda x: np.ascontiguousarray(x),
    "asfortranarray": lambda x: np.asfortranarray(x),
    "fromiter": lambda x: np.fromiter(x, float),
    "require": lambda x: np.require(x),
    "full": lambda x: np.full(2, x[0]),
    "asmatrix": lambda x: np.asmatrix(x),
    "bmat": lambda x: np.bmat([[x, x]]),
    "arange": lambda x: np.arange(x[0]),
    "kaiser": lambda x: np.kaiser(5, x[0]),
    "save": lambda x: np.save(BytesIO(), x),
    "savetxt": lambda x: np.savetxt(StringIO(), x),
    "savez": lambda x: np.savez(BytesIO(), x),
    "savez_compressed": lambda x: np.savez_compressed(BytesIO(), x),
    "format_float_positional": lambda x: np.format_float_positional(x[0]),
    "format_float_scientific": lambda x: np.format_float_scientific(x[0]),
    "frompyfunc": lambda x: np.frompyfunc(float, 1, 1)(x),
    "nested_iters": lambda x: np.nested_iters(np.outer(x, x), [[0], [1]]),
    "from_dlpack": lambda x: np.from_dlpack(x),
}


def error_of(name: str) -> Exception:
    """Return the error that a function without derivative raises on a Variable."""
    try:
        REFUSED[name](Variable(np.array([0.5, 1.0, 2.0])))
    except Exception as error:
        return error
    raise AssertionError(f"{name} was to refuse a Variable")


# Names that some supported release has and warns of.
DEPRECATED = {"numpy": {"in1d", "row_stack", "trapz"}}


class Row(NamedTuple):
    """Where a function stands."""

    name: str
    category: str
    note: str


def public_functions(module: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Return the public callables of a module that are no types and not on their way out."""
    home = np.emath if module == "numpy.emath" else importlib.import_module(module)
    for name in dir(home):
        if name.startswith("_") or name in DEPRECATED.get(module, ()):
            continue
        function = getattr(home, name)
        if callable(function) and not isinstance(function, type):
            yield name, function


def placed(module: str) -> dict[str, tuple[str, str]]:
    """Return category and reason of the functions that `WITHOUT` names."""
    return {
        name: (category, reason)
        for category, reason, names in WITHOUT[module]
        for name in names.split()
    }


def rows(module: str) -> list[Row]:
    """Return where each public function of a module stands."""
    without = placed(module)
    found = []
    for name, function in public_functions(module):
        if function in KINDS:
            category, note = OF_KIND[KINDS[function]]
            note = NOTES.get(name, note)
        else:
            category, note = without.get(name, (NOT_YET, ""))
        if category == NONE and name in REFUSED:
            note = f"{type(error_of(name)).__name__}: {note}"
        found.append(Row(name, category, note))
    return found


def special_rows() -> list[Row]:
    """Return where each public function of `scipy.special` stands."""
    return [
        Row(row.name, DERIVATIVE, row.note)
        if row.kind.startswith(DERIVATIVE)
        else Row(row.name, row.kind, row.note)
        for row in special_table()
    ]


def stale(module: str) -> list[str]:
    """Return the entries of `WITHOUT` that the module has not, or that have a rule by now."""
    functions = dict(public_functions(module))
    return [name for name in placed(module) if functions.get(name) in (None, *KINDS)]


METHODS = ("outer", "reduce", "accumulate", "reduceat")


def ufunc_method_rows() -> Iterator[list[str]]:
    """Return, for each ufunc of two operands, which of its methods have a derivative."""
    for name, f in public_functions("numpy"):
        if not isinstance(f, np.ufunc) or f.__name__ != name or f.nin != 2:
            continue  # an alias has the methods of what it stands for
        marks = ["yes" if KINDS.get(getattr(f, m, None)) in DIFFERENTIATED else "" for m in METHODS]
        if any(marks):
            yield [f"`{name}`", *marks]


# Attributes of ndarray that a Variable does without.
NOT_OF_A_VARIABLE = {
    "base": "says which array a view belongs to",
    "choose": "takes integers",
    "ctypes": "gives a pointer",
    "device": "says where the memory is",
    "getfield": "looks at bytes",
    "resize": "changes the shape in place; use `np.resize`",
    "setfield": "writes bytes",
    "setflags": "changes what may be written",
    "to_device": "moves memory",
}


def tables() -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Return the name, head and rows of each table on the page."""
    found = {module: rows(module) for module in NUMPY} | {"scipy.special": special_rows()}
    counts = []
    for module, table in found.items():
        categories = [row.category for row in table]
        counts.append([f"`{module}`", *(str(categories.count(c)) for c in CATEGORIES)])
        lines = [[f"`{row.name}`", row.category, row.note] for row in table]
        yield f"coverage-{module}", ["function", "stands under", "note"], lines
    yield "coverage", ["module", *CATEGORIES], counts
    yield "coverage-ufuncs", ["ufunc", *METHODS], list(ufunc_method_rows())
    absent = [[f"`{name}`", reason] for name, reason in NOT_OF_A_VARIABLE.items()]
    yield "coverage-methods", ["attribute", "because it"], absent
