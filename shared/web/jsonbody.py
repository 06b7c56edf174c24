"""Strict JSON from raw bytes: what every route's body goes through before anything else looks at it."""

import json
import math
from typing import Any, NoReturn

import orjson

from shared.web.problems import Problem

_MAX_DIGITS = 19
"""Longest integer: 64 bits, what every reader of JSON holds exactly."""


def parse_json(body: bytes) -> Any:
    """The value of an RFC 8259 text, stricter than any library's default.

    Refused: other encodings than UTF-8, a byte order mark, duplicate members, `NaN` and `Infinity`, numbers outside a
    double or 64 bits, lone surrogates, NUL in a string, nesting deeper than the parser's limit.

    Raises:
        Problem: 400 `malformed-json`, with the rule that is broken.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except UnicodeDecodeError:
        raise _malformed("utf-8") from None
    except json.JSONDecodeError:
        raise _malformed("syntax") from None
    except RecursionError:
        raise _malformed("nesting-too-deep") from None
    if "\\u" in text:
        _check_escapes(text, value)
    return value


def dump_json(value: Any) -> bytes:
    """Parsed JSON as compact UTF-8, for a codec.

    Raises:
        Problem: 400 `malformed-json`, nesting too deep for a second parser.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        raise _malformed("nesting-too-deep") from None


def _malformed(rule: str) -> Problem:
    return Problem(400, "malformed-json", "the body is not one strict JSON text in UTF-8", rule=rule)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _malformed("duplicate-member")
    return members


def _refuse_constant(_text: str) -> NoReturn:
    raise _malformed("not-a-number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _malformed("number-out-of-range")
    return number


def _bounded(text: str) -> int:
    if len(text) > _MAX_DIGITS + text.startswith("-"):
        raise _malformed("number-out-of-range")
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise _malformed("number-out-of-range")
    return number


def _check_escapes(text: str, value: Any) -> None:
    """Only a text with escapes can hold a NUL or half a surrogate pair."""
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise _malformed("nesting-too-deep" if "ecursion" in str(error) else "lone-surrogate") from None
    if "\\u0000" in text and _holds_nul(value):
        raise _malformed("nul")


def _holds_nul(value: Any) -> bool:
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            if "\0" in item:
                return True
        elif isinstance(item, dict):
            todo.extend(item)
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
    return False
