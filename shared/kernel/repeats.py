"""What counts as saying the same thing again."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, TypeVar

E = TypeVar("E")


def as_said(said: E | None, wanted: E, computed: Collection[str]) -> E:
    """The wanted event with the members that the service computes taken from what was said before.

    A request asked again later asks for the same, though what is computed around it (a count, a rules version) may have
    moved on meanwhile: so `once(said, as_said(said, wanted, computed))` stays quiet.
    """
    if said is None or type(said) is not type(wanted):
        return wanted
    kept: dict[str, Any] = {name: getattr(said, name) for name in computed}
    return replace(wanted, **kept)  # type: ignore[type-var]
