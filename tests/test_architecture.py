"""What no linter holds: sizes, opening sentences, and circles down to the last file."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "camweave").rglob("*.py"))
HELD = sorted([*SOURCES, *(ROOT / "benchmarks").rglob("*.py")])
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """What stands in each file that is held to all of this."""
    return {name_of(path): path.read_text() for path in HELD}


@pytest.fixture(scope="module")
def trees(texts: dict[str, str]) -> dict[str, ast.Module]:
    """The same, parsed."""
    return {name: ast.parse(text) for name, text in texts.items()}


def test_a_file_holds_one_idea(texts: dict[str, str]) -> None:
    tests = {name_of(path): path.read_text() for path in (ROOT / "tests").rglob("*.py")}
    lines = {name: len(text.splitlines()) for name, text in (texts | tests).items()}
    long = {name: count for name, count in lines.items() if count >= LONGEST_FILE}
    assert not long, f"there are two ideas in it: {long}"


def test_a_function_holds_one_idea(trees: dict[str, ast.Module]) -> None:
    long = {
        f"{name}: {node.name}": length
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := body_lines(node)) >= LONGEST_FUNCTION
    }
    assert not long, f"too long: {long}"


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    end = node.end_lineno or node.lineno
    first = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return end - first[0].lineno + 1 if first else 0


def test_a_module_opens_with_a_sentence(trees: dict[str, ast.Module]) -> None:
    opening = {name: ast.get_docstring(tree) or "" for name, tree in trees.items()}
    wrong = [
        name
        for name, text in opening.items()
        if not text.partition("\n")[0].rstrip().endswith((".", ":", "?"))
    ]
    assert not wrong, f"no sentence: {wrong}"


def test_a_name_says_what_is_inside() -> None:
    assert not [path for path in HELD if FORBIDDEN_NAMES & words_of(path)]


def words_of(path: Path) -> set[str]:
    return {path.stem, *path.relative_to(ROOT).parts[:-1]}


def test_no_type_hides_behind_a_type_checking_import(texts: dict[str, str]) -> None:
    hidden = [name for name, text in texts.items() if "TYPE_CHECKING" in text]
    assert not hidden, f"a type lives on the wrong floor: {hidden}"


def test_no_two_files_import_each_other(trees: dict[str, ast.Module]) -> None:
    modules = {module_of(path): trees[name_of(path)] for path in SOURCES}
    graph = {name: imports_of(tree, set(modules)) - {name} for name, tree in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_what_a_folder_of_tests_shares_ends_with_its_last_test() -> None:
    sharing = [
        path.parent
        for path in (ROOT / "tests").rglob("conftest.py")
        if 'scope="package"' in path.read_text()
    ]
    assert sharing
    # Without it, pytest takes the folder for no package, and keeps such a fixture to its own end.
    assert [name_of(folder) for folder in sharing if not (folder / "__init__.py").exists()] == []


def imports_of(tree: ast.Module, modules: set[str]) -> set[str]:
    """Modules of ours that this file imports, wherever in the file the import stands."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & modules
            found |= inner or {node.module}
    return found & modules
