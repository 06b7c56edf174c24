# ruff: noqa: E501 - a table: one case a line
"""Every kind of bad post, with the field and the rule that its refusal names."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import orjson

from services.referral.aggregate import aggregate
from tests.integration.process_kit import BATCH, STRUCTURED, event, request_example

CANARY = "canary7f3a"
CASE = str(uuid4())
RECEIVED = request_example(aggregate, "ReferralReceived")
ACCEPTED = request_example(aggregate, "ReferralAccepted")
BASE = event("ReferralReceived", RECEIVED, subject=CASE, teamid="team-north", id="bad-1")


class Bad(NamedTuple):
    """One bad post and what is answered."""

    name: str
    body: bytes
    status: int
    code: str
    rule: str
    field: str | None = None
    headers: dict[str, str] = STRUCTURED


def changed(**members: Any) -> bytes:
    """The good event with some members replaced; None takes one out."""
    return orjson.dumps({name: value for name, value in {**BASE, **members}.items() if value is not None})


def data(**members: Any) -> bytes:
    """The good event with some of its data replaced."""
    return changed(data={**RECEIVED, **members})


def nested(path: list[str | int], value: Any) -> bytes:
    """The good event with one place deep in its data replaced."""
    found: Any = copy.deepcopy(RECEIVED)
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed(data=found)


def raw(old: bytes, new: bytes) -> bytes:
    """The good event with some of its bytes replaced."""
    text = orjson.dumps(BASE)
    assert old in text
    return text.replace(old, new)


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


PRIORITY = b'"priority":"%s"' % RECEIVED["priority"].encode()
BINARY = {
    "content-type": "application/json",
    "ce-specversion": "1.0",
    "ce-id": "bad-2",
    "ce-source": "/n",
    "ce-type": "dyad.ReferralReceived.v1",
    "ce-teamid": "team-north",
}
MALFORMED = "malformed-json"
EVENT = "invalid-cloudevent"
DATA = "invalid-data"

MATRIX = [
    Bad("empty body", b"", 400, MALFORMED, "syntax"),
    Bad("cut off", orjson.dumps(BASE)[:-20], 400, MALFORMED, "syntax"),
    Bad("two texts", orjson.dumps(BASE) * 2, 400, MALFORMED, "syntax"),
    Bad("text", f'"{CANARY}"'.encode(), 422, EVENT, "must-be-an-object"),
    Bad("not utf-8", b'{"id":"\xff' + CANARY.encode() + b'"}', 400, MALFORMED, "utf-8"),
    Bad("utf-16", orjson.dumps(BASE).decode().encode("utf-16"), 400, MALFORMED, "utf-8"),
    Bad("byte order mark", b"\xef\xbb\xbf" + orjson.dumps(BASE), 400, MALFORMED, "syntax"),
    Bad("deep nesting", b"[" * 200_000, 400, MALFORMED, "nesting-too-deep"),
    Bad("closed deep nesting", raw(PRIORITY, b'"priority":' + b"[" * 500 + b"]" * 500), 400, MALFORMED, "nesting-too-deep"),
    Bad("huge number", raw(PRIORITY, b'"priority":1e400'), 400, MALFORMED, "number-out-of-range"),
    Bad("minus huge number", raw(PRIORITY, b'"priority":-1e400'), 400, MALFORMED, "number-out-of-range"),
    Bad("huge integer", raw(PRIORITY, b'"priority":' + b"9" * 5000), 400, MALFORMED, "number-out-of-range"),
    Bad("integer of 65 bits", raw(PRIORITY, b'"priority":18446744073709551616'), 400, MALFORMED, "number-out-of-range"),
    Bad("NaN", raw(PRIORITY, b'"priority":NaN'), 400, MALFORMED, "not-a-number"),
    Bad("Infinity", raw(PRIORITY, b'"priority":-Infinity'), 400, MALFORMED, "not-a-number"),
    Bad("NUL as an escape", raw(PRIORITY, b'"priority":"\\u0000"'), 400, MALFORMED, "nul"),
    Bad("NUL itself", raw(PRIORITY, b'"priority":"\x00"'), 400, MALFORMED, "syntax"),
    Bad("lone surrogate", raw(PRIORITY, b'"priority":"\\ud83d"'), 400, MALFORMED, "lone-surrogate"),
    Bad("lone surrogate in a name", raw(b'"priority"', b'"\\udc00"'), 400, MALFORMED, "lone-surrogate"),
    Bad("duplicate attribute", raw(b'"id":"bad-1"', b'"id":"bad-1","id":"bad-2"'), 400, MALFORMED, "duplicate-member"),
    Bad("duplicate in data", raw(PRIORITY, PRIORITY + b"," + PRIORITY), 400, MALFORMED, "duplicate-member"),
    Bad("huge body", b'{"id":"' + b"x" * 1_100_000 + b'"}', 413, "body-too-large", "body-too-large"),
    Bad("huge batch", b"[" + b" " * 9_000_000 + b"]", 413, "body-too-large", "body-too-large", None, BATCH),
    Bad("batch of too many", orjson.dumps([{}] * 1001), 422, "batch-too-large", "batch-too-large", None, BATCH),
    Bad("no batch", orjson.dumps(BASE), 422, EVENT, "batch-is-an-array", None, BATCH),
    Bad("no content type", orjson.dumps(BASE), 415, "unsupported-media-type", "unsupported-media-type", "/content-type", {}),
    Bad("xml", b"<a/>", 415, "unsupported-media-type", "unsupported-media-type", "/content-type", {"content-type": "text/xml"}),
    Bad(
        "another charset",
        orjson.dumps(BASE),
        415,
        "unsupported-media-type",
        "unsupported-media-type",
        "/content-type",
        {"content-type": "application/cloudevents+json; charset=latin-1"},
    ),
    Bad(
        "compressed",
        orjson.dumps(BASE),
        415,
        "unsupported-content-encoding",
        "unsupported-content-encoding",
        "/content-encoding",
        {**STRUCTURED, "content-encoding": "gzip"},
    ),
    Bad("no specversion", changed(specversion=None), 422, EVENT, "required", "/specversion"),
    Bad("no id", changed(id=None), 422, EVENT, "required", "/id"),
    Bad("no source", changed(source=None), 422, EVENT, "required", "/source"),
    Bad("no type", changed(type=None), 422, EVENT, "required", "/type"),
    Bad("empty id", changed(id=""), 422, EVENT, "not-empty", "/id"),
    Bad("number as id", changed(id=7), 422, EVENT, "attribute-type", "/id"),
    Bad("another specversion", changed(specversion="0.3"), 422, EVENT, "specversion-1.0", "/specversion"),
    Bad("spaces in source", changed(source=f"a {CANARY}"), 422, EVENT, "attribute-form", "/source"),
    Bad("long id", changed(id="x" * 129), 422, EVENT, "attribute-form", "/id"),
    Bad("control character in id", raw(b'"bad-1"', b'"bad\\u0007"'), 422, EVENT, "attribute-form", "/id"),
    Bad("upper-case attribute", changed(**{CANARY.upper(): "x"}), 422, EVENT, "attribute-name", None),
    Bad("object as extension", changed(**{CANARY: {"a": 1}}), 422, EVENT, "attribute-type", None),
    Bad("fraction as extension", changed(**{CANARY: 1.5}), 422, EVENT, "attribute-type", None),
    Bad("extension over 32 bits", changed(**{CANARY: 2**31}), 422, EVENT, "integer-32-bit", None),
    Bad("base64 data", changed(data_base64="aGk="), 422, EVENT, "json-data-only", "/data_base64"),
    Bad("other data content type", changed(datacontenttype="text/xml"), 422, EVENT, "json-data-only", "/datacontenttype"),
    Bad("server's attribute", changed(recordedat="2025-01-01T00:00:00Z"), 422, EVENT, "server-attribute", "/recordedat"),
    Bad("server's hash", changed(sealedhash="00"), 422, EVENT, "server-attribute", "/sealedhash"),
    Bad("time without zone", changed(time="2025-01-01T00:00:00"), 422, EVENT, "rfc-3339", "/time"),
    Bad("no time at all", changed(time="2025-13-01T00:00:00Z"), 422, EVENT, "rfc-3339", "/time"),
    Bad("time in the future", changed(time=f"{day(2)}T00:00:00Z"), 422, EVENT, "in-the-future", "/time"),
    Bad("subject that is no case id", changed(subject=CANARY), 422, EVENT, "uuid", "/subject"),
    Bad("subject in braces", changed(subject="{" + CASE + "}"), 422, EVENT, "uuid", "/subject"),
    Bad("no team", changed(teamid=None), 422, EVENT, "required", "/teamid"),
    Bad("team with a name in it", changed(teamid=f"Team {CANARY}"), 422, EVENT, "attribute-form", "/teamid"),
    Bad("actor with an address", changed(actor=f"{CANARY}@example.org"), 422, EVENT, "attribute-form", "/actor"),
    Bad("expected version below 0", changed(expectedversion=-1), 422, EVENT, "version-number", "/expectedversion"),
    Bad("expected version as a flag", changed(expectedversion=True), 422, EVENT, "version-number", "/expectedversion"),
    Bad("unknown type", changed(type=f"dyad.{CANARY}.v1"), 422, EVENT, "unknown-type", "/type"),
    Bad("type of somebody else", changed(type=CANARY), 422, EVENT, "unknown-type", "/type"),
    Bad("unknown version", changed(type="dyad.ReferralReceived.v99"), 422, EVENT, "unknown-version", "/type"),
    Bad("huge version", changed(type="dyad.ReferralReceived.v" + "9" * 50), 422, EVENT, "unknown-type", "/type"),
    Bad("type of another service", changed(type="dyad.Discharged.v1"), 422, EVENT, "type-not-owned-here", "/type"),
    Bad("no data", changed(data=None), 422, DATA, "object", ""),
    Bad("list as data", changed(data=[CANARY]), 422, DATA, "object", ""),
    Bad("text as data", changed(data=CANARY), 422, DATA, "object", ""),
    Bad("unknown member", data(**{CANARY: 1}), 422, DATA, "unknown-member", ""),
    Bad("computed member", data(referral_id=CASE), 422, DATA, "computed-member", "/referral_id"),
    Bad("unknown code", data(source=CANARY), 422, DATA, "enum", "/source"),
    Bad("number as code", data(priority=3), 422, DATA, "enum", "/priority"),
    Bad("flag as number", nested(["subjects", 0, "gestation_weeks_at_birth"], True), 422, DATA, "int-type", "/subjects/0/gestation_weeks_at_birth"),
    Bad("fraction as number", nested(["subjects", 0, "gestation_weeks_at_birth"], 39.5), 422, DATA, "int-type", "/subjects/0/gestation_weeks_at_birth"),
    Bad("number out of range", nested(["subjects", 0, "gestation_weeks_at_birth"], 4000), 422, DATA, "less-than-equal", "/subjects/0/gestation_weeks_at_birth"),
    Bad("text as flag", nested(["subjects", 0, "unborn"], "false"), 422, DATA, "bool-type", "/subjects/0/unborn"),
    Bad("no uuid", nested(["subjects", 0, "infant_id"], CANARY), 422, DATA, "uuid-parsing", "/subjects/0/infant_id"),
    Bad("unknown member below", nested(["subjects", 0, CANARY], 1), 422, DATA, "unknown-member", "/subjects/0"),
    Bad("number as date", data(received_on=1735689600), 422, DATA, "string-type", "/received_on"),
    Bad("instant as date", data(received_on="2025-03-03T00:00:00Z"), 422, DATA, "string-pattern-mismatch", "/received_on"),
    Bad("no such day", data(received_on="2025-02-30"), 422, DATA, "date-from-datetime-parsing", "/received_on"),
    Bad("no infants", data(subjects=[]), 422, DATA, "too-short", "/subjects"),
    Bad("too many infants", data(subjects=RECEIVED["subjects"] * 7), 422, DATA, "too-long", "/subjects"),
    Bad("null", data(subjects=None), 422, DATA, "tuple-type", "/subjects"),
    Bad("personal data", data(personal={"name": CANARY}), 422, DATA, "array", "/personal"),
    Bad("reference without value", data(case_reference={"system": "north"}), 422, DATA, "required", "/case_reference/value"),
    Bad("reference with a space", data(case_reference={"system": "north", "value": f"{CANARY} x"}), 422, DATA, "string-pattern-mismatch", "/case_reference/value"),
    Bad("reference that is a text", data(case_reference=CANARY), 422, DATA, "dataclass-type", "/case_reference"),
    Bad("received tomorrow", data(received_on=day(3), received_at=None), 409, "in-the-future", "in-the-future", "/received_on"),
    Bad("born after the referral", nested(["subjects", 0, "born_on"], "2025-03-20"), 409, "born-after-received", "born-after-received", "/subjects/0/born_on"),
    Bad("binary without id", orjson.dumps(RECEIVED), 422, EVENT, "required", "/id", {k: v for k, v in BINARY.items() if k != "ce-id"}),
    Bad("binary with bad bytes", orjson.dumps(RECEIVED), 422, EVENT, "percent-encoded-utf-8", None, {**BINARY, "ce-id": "%FF"}),
    Bad("binary with two content types", orjson.dumps(RECEIVED), 422, EVENT, "content-type-header-says-it", "/datacontenttype", {**BINARY, "ce-datacontenttype": "application/json"}),
    Bad("weak If-Match", orjson.dumps(BASE), 400, "bad-if-match", "bad-if-match", "/if-match", {**STRUCTURED, "if-match": 'W/"1"'}),
    Bad("If-Match with words", orjson.dumps(BASE), 400, "bad-if-match", "bad-if-match", "/if-match", {**STRUCTURED, "if-match": f'"{CANARY}"'}),
    Bad("If-Match on a batch", orjson.dumps([BASE]), 400, "bad-if-match", "bad-if-match", None, {**BATCH, "if-match": '"1"'}),
    Bad("no token", orjson.dumps(BASE), 400, "bad-wait-for", "bad-wait-for", "/wait_for", {**STRUCTURED, "wait-for": CANARY}),
]  # fmt: skip
