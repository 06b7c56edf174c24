"""All that the code has to say for itself, for the tests that compare it with the domain's text."""

from collections.abc import Iterator
from enum import IntEnum, StrEnum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from shared.process.aggregate import Aggregate

ROOT = Path(__file__).parents[2]
DECIDING = ("referral", "assessment", "intervention")


def _modules(service: str, pattern: str) -> Iterator[ModuleType]:
    for path in sorted((ROOT / "services" / service).rglob(pattern)):
        yield import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def every_aggregate() -> list[Aggregate[Any, Any, Any, Any]]:
    """Of every service, each aggregate, found where it is written."""
    return [
        each
        for service in DECIDING
        for module in _modules(service, "aggregate.py")
        for each in vars(module).values()
        if isinstance(each, Aggregate)
    ]


def every_code() -> dict[str, set[str]]:
    """Every value of every code list of the deciding services, with the lists that hold it, e.g. `referral.Channel`."""
    found: dict[str, set[str]] = {}
    for service in DECIDING:
        for module in _modules(service, "*codes.py"):
            for each in vars(module).values():
                if (
                    isinstance(each, type)
                    and issubclass(each, StrEnum | IntEnum)
                    and each.__module__ == module.__name__
                ):
                    for value in each:
                        found.setdefault(str(value.value), set()).add(f"{service}.{each.__name__}")
    return found
