"""The AsyncAPI 3 document of the Kafka side, from the same models as everything else: `docs/asyncapi.json`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.publish.schemas import documents
from services.reporting.alert_records import State
from services.reporting.targets import Target
from services.reporting.wait_alerts import Rule
from shared.bus.record import CONTENT_TYPE
from shared.kernel.codec import split_wire_type, wire_type
from shared.kernel.fields import CODE_FORM
from shared.process.aggregate import Aggregate

FILE = Path(__file__).parents[2] / "docs" / "asyncapi.json"
PARTITIONS = 6
_UUID = {"type": "string", "format": "uuid"}
_INSTANT = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"}
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_VERSION = {"type": "integer", "minimum": 1}

_ENVELOPE: dict[str, Any] = {
    "streamversion": {**_VERSION, "description": "Place in the stream, 1 and up without a gap"},
    "recordedat": {**_INSTANT, "description": "When the store recorded it"},
    "sealedhash": {**_HASH, "description": "Hash of the sealed part, where there is one"},
    "specversion": {"const": "1.0"},
    "id": {**_UUID, "description": "UUIDv7 of the event"},
    "time": {"type": "string", "format": "date-time", "description": "When it was true in the world"},
    "datacontenttype": {"const": "application/json"},
    "dataschema": {"type": "string", "format": "uri-reference"},
    "stream": {"type": "string", "pattern": "^[a-z]+-[a-z0-9-]{1,40}$"},
    "teamid": {"type": "string", "pattern": CODE_FORM},
    "actor": {"type": "string", "description": "Opaque id, never a name"},
    "actorrole": {"type": "string"},
    "correlationid": _UUID,
    "causationid": {**_UUID, "description": "The event that a process rule reacted to"},
    "rule": {"type": "string", "description": "The process rule that acted, e.g. P2"},
    "externalsource": {"type": "string", "description": "CloudEvents source of the post that this came from"},
    "externalid": {"type": "string", "description": "CloudEvents id of that post"},
}
_OPTIONAL = frozenset({"sealedhash", "causationid", "rule", "externalsource", "externalid"})
Aggregates = Sequence[Aggregate[Any, Any, Any, Any]]
_EXAMPLE_CASE = "01936d2e-4a00-7000-8000-0000000000c1"
_EXAMPLE_EVENT = "01936d2e-4a00-7000-8000-000000000001"


def asyncapi(services: Mapping[str, Aggregates], version: str) -> dict[str, Any]:
    """The document.

    Args:
        services: of each store all aggregates, that of its cases first.
        version: of the software.
    """
    published = documents(each for aggregates in services.values() for each in aggregates)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dyad: events on Kafka",
            "version": version,
            "description": "Every stored event as CloudEvents 1.0 JSON (structured mode), byte for byte as stored; key "
            "= case id (of a team's own events: team id), so a case is in order within a topic and in no order between "
            "topics. Topics are kept for ever.",
        },
        "defaultContentType": CONTENT_TYPE.decode(),
        "servers": {"local": {"host": "127.0.0.1:9092", "protocol": "kafka", "description": "`DYAD_KAFKA_BOOTSTRAP`"}},
        "channels": {store: _channel(store, aggregates) for store, aggregates in services.items()}
        | {"watermarks": _watermarks(), "alerts": _alerts()},
        "operations": _operations(services),
        "components": {
            "messages": {
                **{
                    _key(name): _message(document, name, services[name.partition("/")[0]])
                    for name, document in published.items()
                },
                "watermark": _watermark(),
                "alert": _alert(),
            }
        },
    }


def _key(file_name: str) -> str:
    """`referral/InfantBorn.v1.json` to `referral.InfantBorn.v1`."""
    return file_name.removesuffix(".json").replace("/", ".")


def _names(aggregates: Aggregates) -> list[str]:
    return sorted({full.removeprefix("dyad.") for each in aggregates for full in each.registry.wire_types})


def _channel(store: str, aggregates: Aggregates) -> dict[str, Any]:
    return {
        "address": f"dyad.{store}",
        "description": f"Every event of the {store} service's store",
        "messages": {name: {"$ref": f"#/components/messages/{store}.{name}"} for name in _names(aggregates)},
        "bindings": {
            "kafka": {
                "partitions": PARTITIONS,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _watermarks() -> dict[str, Any]:
    return {
        "address": "dyad.watermarks",
        "description": "Up to which instant, and to which offsets, each store is all on its topic",
        "messages": {"watermark": {"$ref": "#/components/messages/watermark"}},
        "bindings": {
            "kafka": {
                "partitions": 1,
                "topicConfiguration": {"cleanup.policy": ["compact"]},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _alerts() -> dict[str, Any]:
    return {
        **_watermarks(),
        "address": "dyad.alerts",
        "description": "The last word on each wait alert; one that was cleared a day ago is taken out. Disposable: "
        "made anew by the pathway watch, and no record",
        "messages": {"alert": {"$ref": "#/components/messages/alert"}},
    }


def _operations(services: Mapping[str, Aggregates]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for store, aggregates in services.items():
        found[f"{store}.says"] = _operation("send", store, _names(aggregates))
        for source in sorted({source for each in aggregates for source in each.hears}):
            heard = [name for name in _names(services[source]) if any(_hears(each, name) for each in aggregates)]
            found[f"{store}.hears.{source}"] = _operation("receive", source, heard)
        found[f"reporting.hears.{store}"] = _operation("receive", store, _names(aggregates))
    for name in services:
        found[f"{name}.announces"] = _operation("send", "watermarks", ["watermark"])
    found["reporting.hears.watermarks"] = _operation("receive", "watermarks", ["watermark"])
    found["reporting.alerts"] = _operation("send", "alerts", ["alert"])
    return found


def _hears(aggregate: Aggregate[Any, Any, Any, Any], name: str) -> bool:
    return aggregate.heard is not None and f"dyad.{name}" in aggregate.heard.wire_types


def _operation(action: str, channel: str, names: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names],
    }


def _message(document: dict[str, Any], file_name: str, aggregates: Aggregates) -> dict[str, Any]:
    store, full = file_name.partition("/")[0], document["type"]
    name, version = split_wire_type(full)
    saying = [each for each in aggregates if full in each.registry.wire_types]
    members = {
        **_ENVELOPE,
        **_about({each.of_team for each in saying}),
        "source": {"const": f"/dyad/{store}"},
        "type": {"const": full},
        "data": document["event"],
    }
    message: dict[str, Any] = {
        "name": full,
        "title": name,
        "summary": document["event"].get("description", f"A correction: an earlier {name.removesuffix('Corrected')}."),
        "contentType": CONTENT_TYPE.decode(),
        "headers": _headers(full),
        "payload": {
            "type": "object",
            "properties": members,
            "required": sorted(members.keys() - _OPTIONAL),
            "additionalProperties": False,
        },
        "bindings": {"kafka": {"key": members["partitionkey"], "bindingVersion": "0.5.0"}},
    }
    if document["event_example"] is not None:
        message["examples"] = [{"name": name, "payload": _example(saying[0], name, version, document["event_example"])}]
    return message


def _headers(full: str) -> dict[str, Any]:
    members = {
        "content-type": {"const": CONTENT_TYPE.decode()},
        "type": {"const": full},
        "stream": {"type": "string"},
        "version": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "recordedat": _INSTANT,
        "leafhash": {**_HASH, "description": "sha256(0x00 || value): the RFC 6962 leaf of the stored bytes"},
        "eventid": _UUID,
    }
    return {"type": "object", "properties": members, "required": sorted(members)}


def _about(of_team: set[bool]) -> dict[str, Any]:
    """Whom an event is about: a case, a team (True), or now the one and now the other."""
    ids = [{"type": "string", "pattern": CODE_FORM} if each else _UUID for each in sorted(of_team)]
    about = ids[0] if len(ids) == 1 else {"anyOf": ids}
    said = {False: "The case", True: "The team"}
    described = {**about, "description": " or ".join(said[each] for each in sorted(of_team)).capitalize()}
    return {"subject": described, "partitionkey": about}


def _example(aggregate: Aggregate[Any, Any, Any, Any], name: str, version: int, data: dict[str, Any]) -> dict[str, Any]:
    about = "team-north" if aggregate.of_team else _EXAMPLE_CASE
    return {
        "streamversion": 1,
        "recordedat": "2025-09-01T09:30:00.123456Z",
        "specversion": "1.0",
        "id": _EXAMPLE_EVENT,
        "source": f"/dyad/{aggregate.store}",
        "type": wire_type(name, version),
        "subject": about,
        "time": "2025-09-01T09:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": f"/schemas/{name}/{version}",
        "partitionkey": about,
        "stream": aggregate.stream(about),
        "teamid": "team-north",
        "actor": "local",
        "actorrole": "practitioner",
        "correlationid": _EXAMPLE_EVENT,
        "data": data,
    }


def _watermark() -> dict[str, Any]:
    members = {
        "store": {"type": "string"},
        "complete_to": _INSTANT,
        "topic_id": _UUID,
        "next_offsets": {"type": "array", "items": {"type": "integer", "minimum": 0}},
    }
    return {
        "name": "watermark",
        "title": "Watermark",
        "summary": "Whoever has applied the topic up to these offsets has seen all recorded up to this instant.",
        "contentType": "application/json",
        "payload": {"type": "object", "properties": members, "required": sorted(members)},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
    }


def _alert() -> dict[str, Any]:
    members = {
        "alert_id": _UUID,
        "case_id": _UUID,
        "team_id": {"type": "string"},
        "rule": {"enum": [rule.value for rule in Rule]},
        "target": {"enum": ["", *(target.value for target in Target)]},
        "due_on": {"type": "string", "format": "date"},
        "owner_role": {"type": "string"},
        "state": {"enum": [state.value for state in State]},
        "at": {"type": "string", "format": "date-time"},
    }
    return {
        "name": "alert",
        "title": "Wait alert",
        "summary": "Raised when a target will be missed or was; cleared when what was owed is done. Key: its id.",
        "contentType": "application/json",
        "payload": {"type": "object", "properties": members, "required": sorted(members)},
        "bindings": {"kafka": {"key": _UUID, "bindingVersion": "0.5.0"}},
    }


def text(document: dict[str, Any]) -> str:
    """The document as it is committed."""
    return json.dumps(document, indent=1, sort_keys=False) + "\n"
