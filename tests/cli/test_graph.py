"""hessopt graph."""

import pytest


def test_the_text_goes_to_standard_output(hessopt):
    done = hessopt("graph", "matyas")
    assert done.code == 0
    assert done.out.startswith("digraph g {\n")
    assert done.out.endswith("}\n")
    assert '[label="f", color=orange' in done.out
    assert '[label="x", color=orange' in done.out


def test_verbose_tells_shapes(hessopt):
    assert '"x: (2,) float64"' in hessopt("graph", "matyas", "--verbose").out


@pytest.mark.parametrize(
    ("order", "shown", "hidden"),
    [(0, ["f"], ["g", "v", "Hv"]), (1, ["g"], ["v", "Hv"]), (2, ["Hv", "v"], [])],
)
def test_orders(hessopt, order, shown, hidden):
    text = hessopt("graph", "beale", "--order", order).out
    for name in shown:
        assert text.count(f'[label="{name}", color=orange') == 1
    for name in hidden:
        assert f'[label="{name}", color=orange' not in text


def test_each_order_has_a_larger_graph(hessopt):
    sizes = [hessopt("graph", "beale", "--order", order).out.count("->") for order in range(3)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("name", "magic"),
    [("g.png", b"\x89PNG"), ("g.SVG", b"<?xml"), ("g.pdf", b"%PDF"), ("g.dot", b"digraph g {")],
)
def test_files(hessopt, tmp_path, name, magic):
    done = hessopt("graph", "booth", "-o", tmp_path / name)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert (tmp_path / name).read_bytes().startswith(magic)


def test_the_file_of_text_holds_what_is_printed(hessopt, tmp_path):
    hessopt("graph", "booth", "-o", tmp_path / "g.gv")
    assert (tmp_path / "g.gv").read_text(encoding="utf-8") == hessopt("graph", "booth").out


def test_a_function_of_ones_own(hessopt, user_file):
    done = hessopt("graph", "mine.py:quartic", "--x0", "1,2", "--verbose")
    assert done.code == 0
    assert '"x: (2,) float64"' in done.out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("constant", "mine.py:constant must return one number that depends on x, but it returned"),
        ("vector", "mine.py:vector must return one number that depends on x"),
        ("boom", "RuntimeError: boom (mine.py, line 17)"),
    ],
)
def test_what_cannot_be_drawn(hessopt, user_file, name, said):
    done = hessopt("graph", f"mine.py:{name}", "--n", "2")
    assert done.code == 1
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_missing_folder(hessopt):
    done = hessopt("graph", "booth", "-o", "nowhere/g.png")
    assert done.code == 1
    assert done.err == "hessopt: No such file or directory: nowhere/g.png\n"


def test_without_dot(hessopt, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = hessopt("graph", "booth", "-o", tmp_path / "g.png")
    assert done.code == 1
    assert "apt-get install graphviz" in done.err
    assert done.err.count("\n") == 1
    assert hessopt("graph", "booth", "-o", tmp_path / "g.dot").code == 0


def test_large_graphs_fold(hessopt, tmp_path):
    (tmp_path / "loop.py").write_text(
        "def f(x):\n    y = x[0]\n    for _ in range(2000):\n        y = y * 1.001\n    return y\n",
        encoding="utf-8",
    )
    done = hessopt("graph", f"{tmp_path / 'loop.py'}:f", "--n", "1")
    assert '"Mul x 1999"' in done.out
