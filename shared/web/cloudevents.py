"""CloudEvents 1.0 over HTTP, checked against the specification before anything else sees it.

Structured and batch mode come as parsed JSON, binary mode as `ce-` headers with percent-encoding (HTTP protocol binding
section 3.1.3). The `cloudevents` library is not used here: it invents a missing `id`, `specversion` or `time` and takes
NaN, duplicate members and object extensions.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.kernel.fields import CODE_FORM
from shared.process.answers import KEYED
from shared.web.problems import Problem

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BINARY = "application/json"

_NAME = re.compile(r"[a-z0-9]{1,20}")
_REQUIRED = ("specversion", "id", "source", "type")
_SERVERS = frozenset(
    {
        "streamversion",
        "recordedat",
        "sealedhash",
        "stream",
        "causationid",
        "rule",
        "externalsource",
        "externalid",
        "actorrole",
    }
)
"""Attributes that only this service writes."""
_ID = re.compile(r"[^\x00-\x20\x7f-\x9f\ud800-\udfff]{1,128}")
_URI = re.compile(r"[!#$%&'()*+,/:;=?@\[\]A-Za-z0-9._~-]{1,256}")
_TYPE = re.compile(r"[!-~]{1,128}")
TEAM_ID = re.compile(r"(?![0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)" + CODE_FORM)
"""A team's code: never a UUID, for on Kafka both are keys (`shared.bus.record`)."""
_ACTOR = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_JSON_TYPE = re.compile(r"application/json(\s*;\s*charset=\"?utf-8\"?)?", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_VERSION = re.compile(r"0|[1-9]\d{0,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent:
    """A checked event as it was posted."""

    attributes: dict[str, Any]
    """All that were given, extensions included."""
    data: dict[str, Any]
    source: str
    id: str
    type: str
    case_id: UUID | None
    time: datetime | None
    """UTC instant at which it happened, as the sender says."""
    team_id: str | None
    actor: str | None
    correlation_id: UUID | None
    expected_version: int | None


def bad_attribute(rule: str, name: str | None, detail: str = "") -> Problem:
    """422 about one attribute; a name that the specification or we do not define is not named."""
    return Problem(
        422,
        "invalid-cloudevent",
        detail or "not a CloudEvent 1.0 as this service takes it",
        field=None if name is None else f"/{name}",
        within="event",
        rule=rule,
    )


def structured(members: Any) -> CloudEvent:
    """One event in structured mode, from parsed JSON.

    Raises:
        Problem: 422 with attribute and rule.
    """
    if not isinstance(members, dict):
        raise bad_attribute("must-be-an-object", None)
    if "data_base64" in members:
        raise bad_attribute("json-data-only", "data_base64")
    attributes = {name: value for name, value in members.items() if name != "data" and value is not None}
    return _checked(attributes, members.get("data"))


def binary(headers: Iterable[tuple[bytes, bytes]], content_type: str, data: Any) -> CloudEvent:
    """One event in binary mode, from raw headers and the parsed body.

    Raises:
        Problem: 422 with attribute and rule.
    """
    attributes: dict[str, Any] = {}
    for raw_name, raw_value in headers:
        if not raw_name.lower().startswith(b"ce-"):
            continue
        name = raw_name[3:].decode("latin-1").lower()
        if name in attributes:
            raise bad_attribute("given-twice", None)
        attributes[name] = _percent_decoded(raw_value)
    if "datacontenttype" in attributes:
        raise bad_attribute("content-type-header-says-it", "datacontenttype")
    attributes["datacontenttype"] = content_type
    return _checked(attributes, data)


def _percent_decoded(raw: bytes) -> str:
    """A header value: percent-encoded UTF-8, quotes already removed by nobody, so they are part of it."""
    decoded = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), raw)
    try:
        return decoded.decode("utf-8")
    except UnicodeDecodeError:
        raise bad_attribute("percent-encoded-utf-8", None) from None


def _checked(attributes: dict[str, Any], data: Any) -> CloudEvent:
    for name in _REQUIRED:
        if name not in attributes:
            raise bad_attribute("required", name)
    for name, value in attributes.items():
        _check_attribute(name, value)
    if attributes["source"] == KEYED:
        raise bad_attribute("reserved-source", "source", "only this service uses this source")
    if attributes["specversion"] != "1.0":
        raise bad_attribute("specversion-1.0", "specversion")
    if not _JSON_TYPE.fullmatch(attributes.get("datacontenttype", "application/json")):
        raise bad_attribute("json-data-only", "datacontenttype")
    if not isinstance(data, dict):
        raise Problem(422, "invalid-data", "data must be a JSON object", field="", within="data", rule="object")
    return CloudEvent(
        attributes=attributes,
        data=data,
        source=_fitting(attributes, "source", _URI) or "",
        id=_fitting(attributes, "id", _ID) or "",
        type=_fitting(attributes, "type", _TYPE) or "",
        case_id=_uuid(attributes, "subject"),
        time=_time(attributes),
        team_id=_fitting(attributes, "teamid", TEAM_ID),
        actor=_fitting(attributes, "actor", _ACTOR),
        correlation_id=_uuid(attributes, "correlationid"),
        expected_version=_version(attributes),
    )


def _check_attribute(name: str, value: Any) -> None:
    if not _NAME.fullmatch(name):
        raise bad_attribute("attribute-name", None, "names are 1 to 20 lower-case letters and digits")
    if name in _SERVERS:
        raise bad_attribute("server-attribute", name, "only this service writes this attribute")
    if isinstance(value, str):
        if not value:
            raise bad_attribute("not-empty", name if name in _KNOWN else None)
    elif name in _TEXTS or not isinstance(value, bool | int):
        raise bad_attribute("attribute-type", name if name in _KNOWN else None)
    elif not -(2**31) <= value < 2**31:
        raise bad_attribute("integer-32-bit", name if name in _KNOWN else None)


_TEXTS = frozenset(
    {
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "datacontenttype",
        "dataschema",
        "teamid",
        "actor",
        "correlationid",
        "partitionkey",
    }
)
_KNOWN = _TEXTS | {"expectedversion"}


def _fitting(attributes: dict[str, Any], name: str, wanted: re.Pattern[str]) -> str | None:
    value: str | None = attributes.get(name)
    if value is not None and not wanted.fullmatch(value):
        raise bad_attribute("attribute-form", name)
    return value


def _uuid(attributes: dict[str, Any], name: str) -> UUID | None:
    text = attributes.get(name)
    if text is None:
        return None
    try:
        value = UUID(text)
    except ValueError:
        value = None
    if value is None or str(value) != text.lower():
        raise bad_attribute("uuid", name)
    return value


def _version(attributes: dict[str, Any]) -> int | None:
    given = attributes.get("expectedversion")
    if given is None:
        return None
    if isinstance(given, bool) or not _VERSION.fullmatch(str(given)):
        raise bad_attribute("version-number", "expectedversion")
    return int(given)


def _time(attributes: dict[str, Any]) -> datetime | None:
    text = attributes.get("time")
    if text is None:
        return None
    if not _TIME.fullmatch(text) or not text.isascii():
        raise bad_attribute("rfc-3339", "time")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_attribute("rfc-3339", "time") from None
