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


def every_code_list() -> dict[str, set[str]]:
    """Every code list of the deciding services with its values, e.g. `referral.Channel`; two of one name together."""
    found: dict[str, set[str]] = {}
    for service in DECIDING:
        for module in _modules(service, "*codes.py"):
            own = (each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__)
            for each in own:
                if isinstance(each, type) and issubclass(each, StrEnum | IntEnum):
                    found.setdefault(f"{service}.{each.__name__}", set()).update(str(value.value) for value in each)
    return found
