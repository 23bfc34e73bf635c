"""Pictures drawn by Graphviz."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from hessopt import Variable
from hessopt.utils import get_dot_graph, plot_dot_graph


def goldstein_price(x: Any, y: Any) -> Any:
    return (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)) * (
        30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    )


@pytest.fixture
def output():
    x, y = Variable(np.array(1.0), "x"), Variable(np.array(1.0), "y")
    z = goldstein_price(x, y)
    z.name = "z"
    return z


@pytest.mark.parametrize(
    ("extension", "magic"), [("png", b"\x89PNG"), ("PNG", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_images(output, tmp_path, extension, magic):
    path = tmp_path / f"graph.{extension}"
    plot_dot_graph(output, to_file=path)
    assert path.read_bytes().startswith(magic)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_svg_holds_what_the_text_says(output, tmp_path):
    path = tmp_path / "graph.svg"
    picture = plot_dot_graph(output, verbose=False, to_file=str(path))
    assert picture.source.rstrip("\n") == get_dot_graph(output, verbose=False)
    drawn = path.read_text(encoding="utf-8")
    assert drawn.count("<ellipse") == picture.source.count("color=orange")
    assert drawn.count("<polygon") > picture.source.count("shape=box")  # arrow heads too


def test_png_is_the_default_file(output, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plot_dot_graph(output)
    assert (tmp_path / "graph.png").exists()


def test_a_notebook_shows_svg(output):
    bundle = plot_dot_graph(output, to_file=None)._repr_mimebundle_()
    assert bundle["image/svg+xml"].count("<ellipse") == get_dot_graph(output).count("orange")


def test_a_folded_graph_can_be_drawn(tmp_path):
    y = Variable(np.array(1.0))
    for _ in range(1000):
        y = np.sin(y) + 1.0
    plot_dot_graph(y, to_file=tmp_path / "graph.svg")
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert "Sin x 1000" in drawn
    assert "stroke-dasharray" in drawn


@pytest.mark.parametrize("name", ["graph", "graph.jpg", "graph.dot", ".png"])
def test_other_extensions_are_refused_before_any_work(name, tmp_path):
    with pytest.raises(ValueError, match=r"to_file must end in \.png, \.svg or \.pdf, got "):
        plot_dot_graph(None, to_file=tmp_path / name)  # pyright: ignore


def test_without_dot_the_error_says_how_to_get_it(output, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError) as caught:
        plot_dot_graph(output, to_file=tmp_path / "graph.png")
    for line in (
        "apt-get install graphviz",
        "conda install -c conda-forge graphviz",
        "brew install graphviz",
        "get_dot_graph(output) gives the text",
    ):
        assert line in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert get_dot_graph(output).startswith("digraph g {")


def test_a_missing_folder_is_named(output, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        plot_dot_graph(output, to_file=tmp_path / "nowhere" / "graph.png")


def test_the_text_does_not_import_graphviz():
    program = (
        "import sys, numpy as np\n"
        "from hessopt.autodiff.variable import Variable\n"
        "from hessopt.utils import get_dot_graph\n"
        "get_dot_graph(Variable(np.array(1.0)))\n"
        "sys.exit('graphviz' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
