"""Imports point one way, and the core asks nobody: no framework, no environment, no clock."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "estimator"
# From the core outwards: a module imports only from its own room and from those before it.
ROOMS = (
    ("", "__version__", "rules"),
    ("interview",),
    (
        "texts",
        "library",
        "municipalities",
        "municipal_files",
        "cases",
        "files",
        "sheets",
        "cost_prices",
        "exchange",
        "policies",
    ),
    ("pages",),
    ("ui", "web", "printing", "cli", "__main__"),
)
RANK = {name: rank for rank, names in enumerate(ROOMS) for name in names}
CORE = sorted([*(PACKAGE / "rules").rglob("*.py"), PACKAGE / "interview.py"])
NOT_IN_THE_CORE = {"nicegui", "fastapi", "starlette", "jinja2", "babel", "gettext", "os", "time", "random", "click"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_rooms_nearer_to_the_core(path: Path) -> None:
    assert room(path) in RANK, "a room that architecture.md doesn't know"
    own = [name.split(".")[1] for name in imported(path) if name.startswith("estimator.")]

    assert [name for name in own if RANK[name] > RANK[room(path)]] == []
    assert not [name for name in imported(path) if name.split(".")[0] == "main"]


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_the_core_imports_no_framework_and_asks_no_clock(path: Path) -> None:
    called = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    names = [func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in called]

    assert {name.split(".")[0] for name in imported(path)} & NOT_IN_THE_CORE == set()
    assert {"today", "now", "utcnow", "localtime"} & set(names) == set()


def test_the_walk_sees_imports_wherever_they_are(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("def late():\n    import babel.dates, os\n    from estimator import interview\n", "utf-8")

    assert list(imported(file)) == ["babel.dates", "os", "estimator.interview"]


@pytest.mark.parametrize("statement", ["from estimator.rules import estimate", "import estimator.interview"])
def test_the_core_is_used_without_what_is_built_on_it(statement: str) -> None:
    heavy = {"nicegui", "fastapi", "starlette", "babel", "polars", "jinja2", "click"}
    code = f"{statement}\nimport sys\nprint(sorted({heavy!r} & set(sys.modules)))"

    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert found.stdout == "[]\n"
