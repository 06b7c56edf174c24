"""From a request to the event it asks for, and what counts as asking the same again."""

from collections.abc import Collection
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar

E = TypeVar("E")


@cache
def members(cls: Any) -> frozenset[str]:
    """Names of the members of a value, command or event class."""
    return frozenset(member.name for member in fields(cls))


def event_of(cls: type[E], request: object, **computed: Any) -> E:
    """The event of a class, its members taken from the request by name, save those that are computed.

    The type checker cannot see into it: a test per service compares the members of each pair.
    """
    wanted: Any = cls
    asked: Any = type(request)
    taken = {name: getattr(request, name) for name in members(asked) & members(wanted) if name not in computed}
    return cls(**taken, **computed)


def as_said(said: E | None, wanted: E, computed: Collection[str]) -> E:
    """The wanted event with the members that the service computes taken from what was said before.

    A request asked again later asks for the same, though what is computed around it (a count, a rules version) may have
    moved on meanwhile: so `once(said, as_said(said, wanted, computed))` stays quiet.
    """
    if said is None or type(said) is not type(wanted):
        return wanted
    kept: dict[str, Any] = {name: getattr(said, name) for name in computed}
    return replace(wanted, **kept)  # type: ignore[type-var]
