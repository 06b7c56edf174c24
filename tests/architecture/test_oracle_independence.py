"""The second implementation of the metrics stands on nothing of the first, or their agreement would prove nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ORACLE = Path(__file__).parents[1] / "oracle"
MODULES = sorted(ORACLE.rglob("*.py"))
STANDARD = {
    "collections", "collections.abc", "dataclasses", "datetime", "decimal", "fractions", "itertools", "json",
    "statistics", "typing", "zoneinfo",
}  # fmt: skip


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
        elif isinstance(node, ast.Name) and node.id in {"__import__", "eval", "exec"}:
            yield node.id


def foreign(source: str) -> list[str]:
    return [
        name for name in imported(source)
        if name not in STANDARD | {"pytest", "tests.oracle"} and not name.startswith("tests.oracle.")
    ]  # fmt: skip


def test_there_is_an_oracle_to_look_at() -> None:
    assert len(MODULES) > 15


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_the_oracle_imports_only_itself_and_the_standard_library(path: Path) -> None:
    assert foreign(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "from services.reporting.fold import fold",
        "import shared.kernel.history",
        "from tests.unit.reporting.histories import History",
        "import importlib",
        "import numpy",
        "__import__('services')",
        "from ..unit import reporting",
    ],
)
def test_the_check_catches_what_it_forbids(source: str) -> None:
    assert foreign(source) != []
