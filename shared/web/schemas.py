"""`GET /schemas`: both shapes of every type, what may be posted and what is then recorded."""

from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from shared.kernel.codec import UnknownEventType, split_wire_type, to_json, wire_type
from shared.kernel.fields import CODE_FORM
from shared.process.aggregate import Aggregate
from shared.web.actor import MayReadSchemas
from shared.web.app import READ_PROBLEMS
from shared.web.body import inline_schema
from shared.web.cloudevents import BATCH, BINARY, STRUCTURED
from shared.web.etag import IF_MATCH_PATTERN
from shared.web.posted import PostedType, PostedTypes
from shared.web.problems import Problem
from shared.web.wait import WAIT_FOR_PATTERN

_UUID = {"type": "string", "format": "uuid"}
_ATTRIBUTES: dict[str, Any] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "pattern": "^[!-~]{1,128}$", "description": "With `source`: the identity of the post"},
    "source": {"type": "string", "pattern": "^[A-Za-z0-9/:._-]{1,256}$", "description": "URI of the sending system"},
    "subject": {**_UUID, "description": "The case; or `data.case_reference` instead"},
    "time": {"type": "string", "format": "date-time", "description": "When it happened"},
    "datacontenttype": {"const": "application/json"},
    "dataschema": {"type": "string", "pattern": "^[!-~]{1,256}$"},
    "teamid": {"type": "string", "pattern": CODE_FORM},
    "actor": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$", "description": "Opaque id, never a name"},
    "correlationid": _UUID,
    "expectedversion": {"type": "integer", "minimum": 0, "maximum": 999999999, "description": "As If-Match"},
}
_PARAMETERS = [
    {
        "name": "wait_for",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "pattern": WAIT_FOR_PATTERN},
        "description": "Token(s) of earlier writes, `store@stream:version`, comma-separated; also as header `Wait-For`",
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": IF_MATCH_PATTERN},
        "description": "The ETag of the case as it was read; a batch says `expectedversion` in each event instead",
    },
]
_EXAMPLE_CASE = "01936d2e-4a00-7000-8000-0000000000c1"


def event_schema(types: PostedTypes, posted: PostedType) -> dict[str, Any]:
    """The JSON Schema of one type as a structured CloudEvent."""
    full = wire_type(posted.name, posted.version)
    data = inline_schema(posted.schema)
    required = ["specversion", "id", "source", "type", "data"]
    attributes = {**_ATTRIBUTES, "type": {"const": full}, "data": data}
    if posted.of_team:
        del attributes["subject"]
        return {"title": full, "type": "object", "required": [*required, "teamid"], "properties": attributes}
    if posted.name != types.aggregate.link_name:
        reference = inline_schema(types.reference_shape.schema)
        data = {**data, "properties": {**data.get("properties", {}), "case_reference": reference}}
    if posted.name in types.aggregate.mints:
        required.append("teamid")
    return {
        "title": full,
        "type": "object",
        "required": required,
        "properties": {**_ATTRIBUTES, "type": {"const": full}, "data": data},
    }


def event_example(types: PostedTypes, posted: PostedType) -> dict[str, Any]:
    """A whole event of one type that the service takes."""
    by_team = posted.of_team or posted.name in types.aggregate.mints
    place = {"teamid": "team-north"} if by_team else {"subject": _EXAMPLE_CASE}
    return {
        "specversion": "1.0",
        "id": f"msg-{posted.name}-1",
        "source": "/north-records",
        "type": wire_type(posted.name, posted.version),
        **place,
        "data": posted.example,
    }


def events_body(types: PostedTypes) -> dict[str, Any]:
    """The `openapi_extra` of `POST /events`: every postable type with its schema and an example."""
    one = {"oneOf": [event_schema(types, posted) for posted in types.by_type.values()]}
    examples = {name: {"value": event_example(types, posted)} for name, posted in types.by_type.items()}
    first = next(iter(examples.values()))["value"]
    content = {
        STRUCTURED: {"schema": one, "examples": examples},
        BATCH: {"schema": {"type": "array", "maxItems": 1000, "items": {"type": "object"}}, "example": [first]},
        BINARY: {
            "schema": {"type": "object", "description": "The event's data; its attributes are `ce-` headers"},
            "example": first["data"],
        },
    }
    return {"requestBody": {"required": True, "content": content}, "parameters": _PARAMETERS}


def schema_routes(types: PostedTypes) -> APIRouter:
    """The two routes; the documents are made once."""
    documents = _documents(types)
    router = APIRouter(tags=["schemas"], responses=READ_PROBLEMS)

    @router.get("/schemas")
    async def list_schemas(_actor: MayReadSchemas) -> JSONResponse:
        """Every type that this service takes or says."""
        listed = [
            {
                "type": wire_type(name, version),
                "postable": document["request"] is not None,
                "href": f"/schemas/{name}/{version}",
            }
            for (name, version), document in documents.items()
        ]
        return JSONResponse({"schemas": listed})

    @router.get("/schemas/{name}/{version}")
    async def read_schema(name: str, version: str, _actor: MayReadSchemas) -> JSONResponse:
        """The shape in which a type is asked for (null: only the service says it), and that of the recorded event."""
        if name.startswith("dyad."):
            try:
                name = split_wire_type(name)[0]
            except UnknownEventType:
                name = ""
        number = int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0
        document = documents.get((name, number))
        if document is None:
            raise Problem(404, "no-such-schema", "GET /schemas lists them", field="/name", within="path")
        return JSONResponse(document)

    return router


def _said(types: PostedTypes) -> Iterator[tuple[Aggregate[Any, Any, Any, Any], str]]:
    """Every type with whoever says it; what both a case and a team say comes last for the case, whose words stand."""
    for aggregate in reversed(types.aggregates):
        for full in aggregate.registry.wire_types:
            yield aggregate, full


def _documents(types: PostedTypes) -> dict[tuple[str, int], dict[str, Any]]:
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for aggregate, full in _said(types):
        name, version = split_wire_type(full)
        posted = types.by_type.get(full)
        said = aggregate.examples.get(name)
        found[name, version] = {
            "type": full,
            "version": version,
            "request": None if posted is None else posted.schema,
            "request_example": None if posted is None else posted.example,
            "event": aggregate.registry.codec(full).schema(),
            "event_example": None if said is None else orjson.loads(to_json(said)),
        }
    return found
