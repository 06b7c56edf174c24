"""What a published schema may become: only what takes everything that it took."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.publish.compatible import takes_all

DAY = {"type": "string", "format": "date"}
TIER = {"type": "string", "enum": ["TARGETED", "SPECIALIST"], "title": "Tier"}
OLD: dict[str, Any] = {
    "type": "object",
    "properties": {"on": DAY, "tier": TIER, "who": {"type": "array", "items": DAY, "maxItems": 3}, "title": DAY},
    "required": ["on"],
    "additionalProperties": False,
}
TAKEN: dict[str, Any] = {"on": "2025-03-01", "tier": "TARGETED", "who": ["2025-03-01"], "title": "2025-03-01"}


def with_member(name: str, schema: Any, **members: Any) -> dict[str, Any]:
    return {**OLD, "properties": {**OLD["properties"], name: schema}, **members}


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        {**OLD, "description": "Said better."},
        with_member("note", DAY),
        with_member("tier", {**TIER, "enum": [*TIER["enum"], "CONSULT"]}),
        with_member("tier", {"type": "string", "pattern": "^[A-Z]+$"}),
        with_member("tier", {"anyOf": [TIER, {"type": "null"}]}),
        with_member("who", {"type": "array", "items": DAY, "maxItems": 6}),
        with_member("who", {"type": "array", "items": DAY}),
        {**OLD, "required": []},
    ],
)
def test_what_takes_as_much_or_more_is_let_through(new: dict[str, Any]) -> None:
    assert takes_all(new, OLD)
    assert Draft202012Validator(new).is_valid(TAKEN)


@pytest.mark.parametrize(
    ("new", "taken"),
    [
        ({**OLD, "properties": {"on": DAY}}, TAKEN),
        ({**OLD, "required": ["on", "tier"]}, {"on": "2025-03-01"}),
        (with_member("note", DAY, required=["on", "note"]), TAKEN),
        (with_member("title", {"type": "integer"}), TAKEN),
        (with_member("tier", {**TIER, "enum": ["SPECIALIST"]}), TAKEN),
        (with_member("tier", {"type": "string", "pattern": "^[a-z]+$"}), TAKEN),
        (with_member("who", {"type": "array", "items": DAY, "minItems": 2}), TAKEN),
        (with_member("who", {"type": "array", "items": {"type": "integer"}}), TAKEN),
        (with_member("who", {"type": "array", "items": DAY, "maxItems": 2}), {**TAKEN, "who": ["2025-03-01"] * 3}),
    ],
)
def test_what_would_refuse_something_that_was_taken_is_not(new: dict[str, Any], taken: dict[str, Any]) -> None:
    assert Draft202012Validator(OLD).is_valid(taken)
    assert not Draft202012Validator(new).is_valid(taken)
    assert not takes_all(new, OLD)


def test_names_that_a_pattern_lists_may_grow_and_not_shrink() -> None:
    def scores(words: str) -> dict[str, Any]:
        return {"type": "object", "patternProperties": {f"^({words})$": {"type": "number", "minimum": 0}}}

    assert takes_all(scores("warmth|invasion|risk"), scores("warmth|invasion"))
    assert not takes_all(scores("warmth"), scores("warmth|invasion"))
    assert not takes_all({"type": "object", "patternProperties": {}}, {**scores("warmth"), "title": "Scores"})
