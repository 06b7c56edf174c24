"""Every code list of a service with its values: what may stand in an event, a command or a configuration."""

import inspect
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]


def code_lists(store: str) -> Iterator[str]:
    """Rows of the table of one service, by name; a list of two modules stands there twice."""
    for each in sorted(_lists(store), key=lambda each: (each.__name__, each.__module__)):
        values = ", ".join(f"`{value.value}`" for value in each)
        yield f"| `{each.__name__}` | {(inspect.getdoc(each) or '').splitlines()[0]} | {values} |"


def _lists(store: str) -> Iterator[type[StrEnum | IntEnum]]:
    for path in sorted((ROOT / "services" / store).rglob("*codes.py")):
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, StrEnum | IntEnum) and each.__module__ == module.__name__:
                yield each
