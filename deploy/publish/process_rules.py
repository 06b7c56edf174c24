"""Where each process rule (P1 to P12) lives: what the code itself says of it in its docstrings, service by service."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"\bP([1-9]|1[0-2])\b")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Said(NamedTuple):
    """One sentence that names a process rule."""

    rule: int
    """1 for P1."""
    service: str
    where: str
    """Function or class whose docstring it is."""
    sentence: str


@cache
def process_rules(services: tuple[str, ...]) -> tuple[Said, ...]:
    """Every sentence of a docstring that names a process rule, by rule, service and place; no settings' tables."""
    found = {said for service in services for said in _of_service(service)}
    return tuple(sorted(found))


def _of_service(service: str) -> Iterator[Said]:
    for path in sorted((ROOT / "services" / service).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _of_docstring(service, node.name, ast.get_docstring(node) or "")


def _of_docstring(service: str, where: str, docstring: str) -> Iterator[Said]:
    for sentence in _SENTENCE.split(docstring.replace("\n", " ")):
        for number in _NAMED.findall(sentence):
            yield Said(int(number), service, where.lstrip("_"), " ".join(sentence.split()))
