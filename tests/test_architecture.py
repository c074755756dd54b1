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


@pytest.fixture(scope="module", params=HELD, ids=name_of)
def source(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_a_file_holds_one_idea(source: Path) -> None:
    lines = len(source.read_text().splitlines())
    assert lines < LONGEST_FILE, f"{lines} lines: there are two ideas in it"


def test_a_function_holds_one_idea(source: Path) -> None:
    long = {
        node.name: length
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := body_lines(node)) >= LONGEST_FUNCTION
    }
    assert not long, f"too long: {long}"


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    end = node.end_lineno or node.lineno
    first = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return end - first[0].lineno + 1 if first else 0


def test_a_module_opens_with_a_sentence(source: Path) -> None:
    opening = ast.get_docstring(ast.parse(source.read_text()))
    assert opening, "no docstring"
    assert opening.splitlines()[0].rstrip().endswith((".", ":", "?")), opening.splitlines()[0]


def test_a_name_says_what_is_inside(source: Path) -> None:
    assert not FORBIDDEN_NAMES & {source.stem, *source.relative_to(ROOT).parts[:-1]}


def test_no_type_hides_behind_a_type_checking_import(source: Path) -> None:
    assert "TYPE_CHECKING" not in source.read_text(), "a type lives on the wrong floor"


def test_no_two_files_import_each_other() -> None:
    modules = {module_of(path): path for path in SOURCES}
    graph = {name: imports_of(path, set(modules)) - {name} for name, path in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def imports_of(path: Path, modules: set[str]) -> set[str]:
    """Modules of ours that this file imports, wherever in the file the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & modules
            found |= inner or {node.module}
    return found & modules
