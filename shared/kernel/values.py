"""How value objects, commands and events are declared: frozen, slotted, keyword-only dataclasses with strict fields.

The decorators only mark a plain dataclass. Parsing and JSON Schema are made from them at the edges
(`shared.kernel.codec`), so a pure module needs nothing but these.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True, "allow_inf_nan": False, "regex_engine": "rust-regex"}
_TOLERANT: dict[str, Any] = {"extra": "ignore", "strict": False, "allow_inf_nan": False}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(cls: type[T]) -> type[T]:
    """A value object or command: unknown members are refused when it is parsed."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = _STRICT  # type: ignore[attr-defined]
    return made


@dataclass_transform(frozen_default=True, kw_only_default=True)
def heard_value(cls: type[T]) -> type[T]:
    """The part of another service's value that this one uses: members it does not name are ignored."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = _TOLERANT  # type: ignore[attr-defined]
    return made


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(name: str, version: int = 1) -> Callable[[type[T]], type[T]]:
    """An event that this service says; `name` and `version` are its name on the wire for ever."""

    def mark(cls: type[T]) -> type[T]:
        made = value(cls)
        made.__event_name__ = name  # type: ignore[attr-defined]
        made.__event_version__ = version  # type: ignore[attr-defined]
        return made

    return mark


@dataclass_transform(frozen_default=True, kw_only_default=True)
def heard(name: str, version: int = 1) -> Callable[[type[T]], type[T]]:
    """An event of another service as this one hears it: only the fields used."""

    def mark(cls: type[T]) -> type[T]:
        made = heard_value(cls)
        made.__event_name__ = name  # type: ignore[attr-defined]
        made.__event_version__ = version  # type: ignore[attr-defined]
        return made

    return mark


def event_name(item: object) -> str:
    """The name on the wire of an event or event class, e.g. `ReferralAccepted`."""
    return str(getattr(item, "__event_name__"))  # noqa: B009 - set by the decorator, unknown to the type checker


def event_version(item: object) -> int:
    """The schema version on the wire of an event or event class."""
    return int(getattr(item, "__event_version__"))  # noqa: B009
