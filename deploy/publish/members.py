"""The members of an event or of a part of one, as a reader of the catalogue sees them: name, form, bounds."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from annotated_types import Interval, Len

from shared.kernel.fields import Matching, Number

_FORMS: Mapping[Any, str] = {
    UUID: "id", date: "date", datetime: "instant", bool: "yes/no", int: "integer", str: "text", Decimal: "number",
}  # fmt: skip


def members(cls: type) -> Iterator[tuple[str, str]]:
    """Name and form of each member; a name that ends in `?` may be left out."""
    hints = get_type_hints(cls, include_extras=True)
    for each in fields(cls):
        form = shown(hints[each.name])
        yield (f"{each.name}?" if _optional(hints[each.name]) else each.name), form


def parts(cls: type) -> Iterator[type]:
    """The value objects that its members are made of, and those of theirs; each may come more than once."""
    for hint in get_type_hints(cls).values():
        for part in _classes(hint):
            if is_dataclass(part):
                yield part
                yield from parts(part)


def lists(cls: type) -> Iterator[type[Enum]]:
    """The code lists that its own members take their values from."""
    for hint in get_type_hints(cls).values():
        yield from (each for each in _classes(hint) if issubclass(each, Enum))


def _classes(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and get_origin(hint) is None:
        yield hint
    for inner in get_args(hint):
        yield from _classes(inner)


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def shown(hint: Any) -> str:
    """A type as a form: `date`, `Tier`, `integer 1..480`, `Component[1..10]`."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _bounded(inner[0], inner[1:])
    if origin in (Union, types.UnionType):
        return " or ".join(shown(each) for each in inner if each is not type(None))
    if origin is tuple:
        return f"{shown(inner[0])}[]"
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inner)
    if origin is not None and issubclass(origin, Mapping):
        return f"{shown(inner[0])} to {shown(inner[1])}"
    return _FORMS.get(hint, getattr(hint, "__name__", "value"))


def _bounded(hint: Any, bounds: tuple[Any, ...]) -> str:
    form = shown(hint)
    for bound in bounds:
        match bound:
            case Len(min_length=lowest, max_length=highest) if form.endswith("[]"):
                form = f"{form[:-2]}[{lowest}..{highest}]"
            case Interval(ge=lowest, le=highest):
                form = f"{form} {lowest}..{highest}"
            case Number(lowest=lowest, highest=highest):
                form = f"{form} {lowest}..{highest}"
            case Matching() if form == "text":
                form = "code"
            case _:
                pass
    return form
