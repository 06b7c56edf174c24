"""Whether a schema takes everything that an older one took: stored events stay readable, senders need not change."""

import re
from typing import Any

_WORDS = frozenset({"title", "description", "examples", "example", "default"})
_NOT_LOWER = ("maximum", "exclusiveMaximum", "maxItems", "maxLength", "maxProperties")
_NOT_HIGHER = ("minimum", "exclusiveMinimum", "minItems", "minLength", "minProperties")
_HANDLED = frozenset(
    {"anyOf", "enum", "const", "pattern", "properties", "patternProperties", "required", "items"}
    | {"additionalProperties", *_NOT_LOWER, *_NOT_HIGHER}
)
_CHOICE = re.compile(r"\^\((\w+(?:\|\w+)*)\)\$")
"""A pattern that is nothing but a list of words: `^(one|other)$`."""


def takes_all(new: Any, old: Any) -> bool:
    """True if whatever `old` takes is taken by `new`; some that are may be missed, none that are not is let through.

    May grow: optional members, values of a code list, bounds, alternatives. All else is another shape.

    Args:
        new: JSON Schema 2020-12 without references.
        old: the same, as published.
    """
    if not isinstance(old, dict) or not isinstance(new, dict):
        return bool(new == old)
    if "anyOf" in old or "anyOf" in new:
        alternatives = new.get("anyOf", [new])
        return all(any(takes_all(each, one) for each in alternatives) for one in old.get("anyOf", [old]))
    return (
        _same_otherwise(new, old)
        and _values(new, old)
        and _bounds(new, old)
        and _members(new, old)
        and takes_all(new.get("items"), old.get("items"))
    )


def _same_otherwise(new: dict[str, Any], old: dict[str, Any]) -> bool:
    names = (new.keys() | old.keys()) - _WORDS - _HANDLED
    return all(new.get(name) == old.get(name) for name in names)


def _values(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """A code list may grow, or give way to a pattern that all its values fit; a pattern of words may grow."""
    wanted, taken = _listed(old), _listed(new)
    if taken is not None:
        return wanted is not None and wanted <= taken
    if "pattern" not in new or new["pattern"] == old.get("pattern"):
        return True
    return wanted is not None and all(re.fullmatch(new["pattern"], str(value)) for value in wanted)


def _listed(schema: dict[str, Any]) -> set[Any] | None:
    """The values that a schema takes, if it lists them."""
    if "const" in schema:
        return {schema["const"]}
    if "enum" in schema:
        return set(schema["enum"])
    words = _CHOICE.fullmatch(schema.get("pattern", ""))
    return None if words is None else set(words.group(1).split("|"))


def _bounds(new: dict[str, Any], old: dict[str, Any]) -> bool:
    return all(name not in new or (name in old and new[name] >= old[name]) for name in _NOT_LOWER) and all(
        name not in new or (name in old and new[name] <= old[name]) for name in _NOT_HIGHER
    )


def _members(new: dict[str, Any], old: dict[str, Any]) -> bool:
    before, now = old.get("properties", {}), new.get("properties", {})
    return (
        all(name in now and takes_all(now[name], schema) for name, schema in before.items())
        and set(new.get("required", ())) <= set(old.get("required", ()))
        and takes_all(new.get("additionalProperties"), old.get("additionalProperties"))
        and _names(new.get("patternProperties", {}), old.get("patternProperties", {}))
    )


def _names(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Members whose names fit a pattern: each pattern is there, the same or grown, and what they hold may grow."""
    return set(new) == set(old) == set() or all(
        any(_values({"pattern": now}, {"pattern": before}) and takes_all(new[now], old[before]) for now in new)
        for before in old
    )
