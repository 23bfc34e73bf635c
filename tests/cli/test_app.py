"""Arguments, exit codes, errors in one sentence, and a light start."""

import subprocess
import sys

import pytest

import hessopt as package

SUBCOMMANDS = ("problems", "minimize", "compare", "graph", "profile")


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "hessopt", *arguments],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_version(hessopt):
    done = hessopt("--version")
    assert (done.code, done.out) == (0, f"hessopt {package.__version__}\n")


def test_as_a_module():
    done = run("minimize", "booth")
    assert done.returncode == 0
    assert "Solved by adaptive-newton" in done.stdout
    assert done.stderr == ""


def test_the_installed_command_is_the_same():
    from importlib.metadata import entry_points

    from hessopt.cli.app import main

    (command,) = entry_points(group="console_scripts", name="hessopt")
    assert command.load() is main


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_help(hessopt, command):
    done = hessopt(command, "--help")
    assert done.code == 0
    assert "--debug" in done.out
    assert command in hessopt("--help").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["optimise"], "invalid choice: 'optimise'"),
        (["minimize"], "PROBLEM|FILE.py:function"),
        (["minimize", "booth", "--x0", "1,b"], "'1,b' is not numbers like 1,2,3"),
        (["minimize", "booth", "--n", "0"], "'0' is not a whole number of at least 1"),
        (["minimize", "booth", "--n", "2.5"], "'2.5' is not a whole number"),
        (["minimize", "booth", "--maxiter", "-1"], "--maxiter"),
        (["minimize", "booth", "--gtol", "0"], "'0' is not a positive number"),
        (["minimize", "booth", "--gtol", "tiny"], "'tiny' is not a positive number"),
        (["minimize", "booth", "--max-time", "inf"], "'inf' is not a positive number"),
        (["graph", "booth", "--order", "3"], "--order"),
        (["minimize", "rosenbrok"], "no problem is called 'rosenbrok'; did you mean rosenbrock"),
        (["minimize", "zzzz"], "no problem is called 'zzzz' ('hessopt problems' lists them"),
        (["minimize", "booth", "--n", "3"], "problem 'booth' has no parameter 'n'"),
        (["minimize", "booth", "--x0", "1,2,3"], "--x0 has 3 numbers, but booth has 2 variables"),
        (["minimize", "extended-rosenbrock", "--n", "3"], "n must be a whole number, even"),
        (["minimize", "quadratic", "--param", "condition"], "is not of the form NAME=VALUE"),
        (["minimize", "quadratic", "--param", "colour=3"], "has no parameter 'colour'"),
        (["minimize", "quadratic", "--param", "condition=low"], "condition must be a finite"),
        (["minimize", "booth", "--method", "newtn"], "unknown method 'newtn'; did you mean"),
        (
            ["minimize", "booth", "--method", "powell", "--gtol", "1e-3"],
            "method 'powell' has no tolerance for gradients; leave --gtol out",
        ),
        (["compare", "booth", "--methods", "newton,newtn"], "unknown method 'newtn'"),
        (["compare", "booth", "--methods", "newton,Newton"], "lists a method twice"),
        (["compare", "booth", "--plot", "curves.txt"], "--plot 'curves.txt' has no extension"),
        (
            ["compare", "booth", "--plot", "no/c.png"],
            "--plot 'no/c.png' is in a folder that does not",
        ),
        (["minimize", "booth", "--x0", "1,nan"], "argument --x0: '1,nan' is not numbers like"),
        (["graph", "booth", "-o", "booth.gif"], "--output must end in one of .png, .svg, .pdf"),
        (["minimize", "nowhere.py:f", "--n", "2"], "there is no file 'nowhere.py'"),
        (["minimize", "mine.py:quartic"], "mine.py:quartic has no start of its own; give --x0"),
        (["minimize", "mine.py"], "name a function, mine.py:function; it defines"),
        (["minimize", "mine.py:cubic", "--n", "2"], "no function 'cubic'; it defines quartic,"),
        (["minimize", "mine.py:limit", "--n", "2"], "no function 'limit'"),
        (["minimize", "mine.py:quartic", "--n", "3", "--x0", "1,2"], "--x0 has 2 numbers"),
        (["minimize", "mine.py:quartic", "--n", "3", "--param", "a=1"], "--param is for problems"),
        (["minimize", "broken.py:f", "--n", "2"], "could not be loaded: ZeroDivisionError"),
        (["minimize", "leaving.py:f", "--n", "2"], "could not be loaded: SystemExit: 5"),
        (["minimize", "notes.txt:f", "--n", "2"], "'notes.txt' is not a Python file"),
    ],
)
def test_wrong_usage_is_two_and_a_sentence(hessopt, user_file, tmp_path, arguments, said):
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / "leaving.py").write_text("raise SystemExit(5)\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("\n", encoding="utf-8")
    done = hessopt(*arguments)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_abbreviations_are_not_guessed(hessopt):
    assert hessopt("minimize", "booth", "--max", "3").code == 2


def test_a_failing_function_is_one_sentence_with_its_line(hessopt, user_file):
    done = hessopt("minimize", "mine.py:boom", "--x0", "1")
    assert done.code == 1
    assert done.err == "hessopt: RuntimeError: boom (mine.py, line 17)\n"


def test_what_has_no_derivative_is_one_sentence_with_its_line(hessopt, user_file):
    done = hessopt("minimize", "mine.py:blind", "--x0", "1")
    assert done.code == 1
    assert done.err.startswith("hessopt: float() on a Variable")
    assert done.err.endswith("(mine.py, line 13)\n")
    assert done.err.count("\n") == 1


def test_debug_shows_the_traceback(hessopt, user_file):
    with pytest.raises(RuntimeError, match="boom"):
        hessopt("minimize", "mine.py:boom", "--x0", "1", "--debug")


def test_a_closed_pipe_is_quiet():
    program = (
        f"{sys.executable} -m hessopt problems 2>&1 >/dev/full | head -1; "
        f"{sys.executable} -m hessopt minimize rosenbrock --method gradient-descent | head -1"
    )
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=False)
    first, second = done.stdout.splitlines()
    assert "No space left on device" in first
    assert second == "rosenbrock, 2 variables, from (-1.2, 1)"
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [["--help"], ["minimize", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    program = (
        "import sys\n"
        "from hessopt.cli import main\n"
        "before = set(sys.modules)\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'scipy.optimize', 'matplotlib', 'rich', 'graphviz', 'problems'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
