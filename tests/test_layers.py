"""The shape of the house: imports point down, files are short, the public names have one home.

Each rule is a function from a source tree to the sentences that say what breaks it. The rules are
applied to this repository, and to small bad trees that show that each of them can fail.
"""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
LONGEST_FILE = 400

# A room may import from its own layer and from those above it in this list. A room that is not
# listed (a new folder) is an error: say where it belongs.
LAYERS = (
    ("_lazy",),
    ("autodiff",),
    ("primitives",),
    ("functions", "scipy"),
    ("program", "pictures"),  # a program draws itself
    ("backends",),
    ("transforms",),
    ("optimize",),
    ("comparison", "profiles", "cli", "utils", "__main__"),
)
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}

EXTRAS = {"ipyopt", "matplotlib", "numba", "rich"}
# Those that hessopt is measured against
EXTRAS |= {"jax", "jaxopt", "optimistix", "torch", "torchmin"}
PROBLEMS_MAY_IMPORT = {"numpy", "problems"} | set(sys.stdlib_module_names)

Rule = Callable[[Path], Iterator[str]]


def sources(root: Path, package: str) -> list[Path]:
    return sorted((root / package).rglob("*.py"))


def module_name(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path, path: Path, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of everything that is imported anywhere below `tree`."""
    package = module_name(root, path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{prefix}.{alias.name}") for alias in node.names)


def module_level(tree: ast.Module) -> ast.Module:
    """Keep what runs on import: all but the bodies of functions and of `if TYPE_CHECKING:`."""

    class Strip(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
            return None

        def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
            return None

        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)

    return Strip().visit(tree)


def parsed(root: Path, *packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sources(root, package):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def imports_point_down(root: Path) -> Iterator[str]:
    for path, tree in parsed(root, "hessopt"):
        here = module_name(root, path).split(".")
        if here == ["hessopt"]:
            continue
        if here[1] not in RANK:
            yield f"{path.relative_to(root)}: no layer is given for {here[1]!r}"
            continue
        for line, name in imports(root, path, tree):
            there = name.split(".")
            if there[0] != "hessopt":
                continue
            where = f"{path.relative_to(root)}:{line}"
            if len(there) == 1 or there[1] not in RANK:
                yield f"{where}: import from the room that has it, not from the package ({name})"
            elif RANK[there[1]] > RANK[here[1]]:
                yield f"{where}: {here[1]} imports {there[1]}, which lies above it"


def variable_knows_no_primitive(root: Path) -> Iterator[str]:
    path = root / "hessopt" / "autodiff" / "variable.py"
    for line, name in imports(root, path, ast.parse(path.read_text(encoding="utf-8"))):
        if name.startswith("hessopt.") and not name.startswith("hessopt.autodiff."):
            yield f"hessopt/autodiff/variable.py:{line}: imports {name}"


def problems_need_numpy_alone(root: Path) -> Iterator[str]:
    for path, tree in parsed(root, "problems"):
        for line, name in imports(root, path, tree):
            if name.split(".")[0] not in PROBLEMS_MAY_IMPORT:
                yield f"{path.relative_to(root)}:{line}: imports {name}"


def extras_are_lazy(root: Path) -> Iterator[str]:
    for path, tree in parsed(root, "hessopt", "problems"):
        for line, name in imports(root, path, module_level(tree)):
            if name.split(".")[0] in EXTRAS:
                yield f"{path.relative_to(root)}:{line}: {name} is an extra; import it where used"


def files_are_short(root: Path) -> Iterator[str]:
    for package in ("hessopt", "problems"):
        for path in sources(root, package):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > LONGEST_FILE:
                yield f"{path.relative_to(root)}: {lines} lines; it holds two ideas"


def public_names_have_one_home(root: Path) -> Iterator[str]:
    """`hessopt/__init__.py` imports and lists; no other `__init__.py` offers names.

    A sub-package may import its own modules (a registry must), but what is public is said once.
    """
    for path, tree in parsed(root, "hessopt"):
        relative = path.relative_to(root)
        if relative == Path("hessopt/__init__.py"):
            yield from _only_imports_and_lists(relative, tree)
        elif path.name == "__init__.py":
            modules = {module.stem for module in path.parent.iterdir()}
            for node in tree.body:
                if isinstance(node, ast.Assign) and _assigned(node) == "__all__":
                    for name in sorted(set(ast.literal_eval(node.value)) - modules):
                        yield f"{relative}:{node.lineno}: {name} belongs in hessopt/__init__.py"


def _assigned(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def _with_lazy_imports(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements, those that are imported when first asked for too."""
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "_TYPE_CHECKING":
            yield from node.body
        elif ast.unparse(node) != "__getattr__, __dir__ = _attach(__name__)":
            yield node


def _only_imports_and_lists(path: Path, tree: ast.Module) -> Iterator[str]:
    listed: list[str] = []
    imported: set[str] = set()
    for node in _with_lazy_imports(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            imported |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign) and _assigned(node) == "__all__":
            listed = ast.literal_eval(node.value)
        elif _assigned(node) != "__version__" and not _is_docstring(node):
            yield f"{path}:{node.lineno}: more than imports, __all__ and __version__"
    for name in sorted(imported - set(listed)):
        if not name.startswith("_"):
            yield f"{path}: {name} is imported but not in __all__"
    for name in sorted({name for name in listed if listed.count(name) > 1}):
        yield f"{path}: {name} is in __all__ twice"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


RULES: tuple[Rule, ...] = (
    imports_point_down,
    variable_knows_no_primitive,
    problems_need_numpy_alone,
    extras_are_lazy,
    files_are_short,
    public_names_have_one_home,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    assert sources(REPOSITORY, "hessopt"), "the checker looks in the wrong place"
    assert list(rule(REPOSITORY)) == []


def test_every_public_name_is_there() -> None:
    import hessopt

    assert [name for name in hessopt.__all__ if not hasattr(hessopt, name)] == []


@pytest.mark.parametrize("heavy", ["matplotlib", "numba", "rich", "graphviz", "scipy.stats"])
def test_import_stays_light(heavy: str) -> None:
    program = f"import sys, hessopt; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# Each bad tree: the one file that is added to a good one, and what the rule must say about it.
BAD = [
    (
        imports_point_down,
        "hessopt/primitives/a.py",
        "import hessopt.optimize.minimize",
        "lies above",
    ),
    (imports_point_down, "hessopt/autodiff/a.py", "from ..primitives import b", "lies above"),
    (imports_point_down, "hessopt/transforms/a.py", "def f():\n    from .. import cli", "above"),
    (imports_point_down, "hessopt/optimize/methods/a.py", "from ...comparison import b", "above"),
    (imports_point_down, "hessopt/optimize/a.py", "from hessopt import grad", "not from the"),
    (imports_point_down, "hessopt/attic/a.py", "", "no layer is given for 'attic'"),
    (
        variable_knows_no_primitive,
        "hessopt/autodiff/variable.py",
        "from ..primitives import add",
        "imports hessopt.primitives.add",
    ),
    (problems_need_numpy_alone, "problems/a.py", "import scipy.special", "scipy.special"),
    (problems_need_numpy_alone, "problems/a.py", "def f():\n    import hessopt", "hessopt"),
    (extras_are_lazy, "hessopt/cli.py", "try:\n    import rich\nexcept ImportError: ...", "extra"),
    (extras_are_lazy, "hessopt/pictures/a.py", "from matplotlib import pyplot", "extra"),
    (files_are_short, "problems/a.py", "x = 1\n" * 401, "401 lines"),
    (
        public_names_have_one_home,
        "hessopt/optimize/__init__.py",
        "__all__ = ['c']",
        "c belongs in",
    ),
    (public_names_have_one_home, "hessopt/__init__.py", "from .cli import main", "not in __all__"),
    (public_names_have_one_home, "hessopt/__init__.py", "def f(): ...", "more than imports"),
    (public_names_have_one_home, "hessopt/__init__.py", "__all__ = ['a', 'a']", "twice"),
]

GOOD = {
    "hessopt/__init__.py": "'''Doc.'''\nfrom .cli import main\n__all__ = ['main']\n",
    "hessopt/cli.py": "from .optimize.methods import a\ndef main():\n    import rich\n",
    "hessopt/optimize/methods/a.py": "from ..b import c\nfrom ...autodiff import variable\n",
    "hessopt/autodiff/variable.py": "import numpy\nfrom .node import Node\n",
    "problems/a.py": "import math\nimport numpy as np\nfrom .b import c\nx = 1\n" + "y = 2\n" * 396,
}


def plant(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_tree_passes(rule: Rule, tmp_path: Path) -> None:
    assert list(rule(plant(tmp_path, GOOD))) == []


@pytest.mark.parametrize(("rule", "name", "text", "said"), BAD)
def test_a_bad_tree_fails(rule: Rule, name: str, text: str, said: str, tmp_path: Path) -> None:
    found = list(rule(plant(tmp_path, {**GOOD, name: text})))
    assert len(found) == 1
    assert said in found[0]
    assert name in found[0]
