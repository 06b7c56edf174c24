"""What the resource routes of the deciding services have in common: answers and bodies for OpenAPI, path types."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path

from shared.kernel.fields import CODE_FORM
from shared.web.app import WRITE_PROBLEMS
from shared.web.body import inline_schema, request_body
from shared.web.cloudevents import BATCH
from shared.web.desk import RECEIPT
from shared.web.posted import PostedType, PostedTypes

CaseId = Annotated[UUID, Path(description="The case.")]
TeamId = Annotated[str, Path(description="The team.", pattern=CODE_FORM)]

WRITE_ANSWERS: dict[int | str, dict[str, Any]] = {
    **WRITE_PROBLEMS,
    200: {
        "description": "Everything was on record already",
        "content": {"application/json": {"schema": RECEIPT}},
    },
    201: {"description": "Recorded", "content": {"application/json": {"schema": RECEIPT}}},
}
CASE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The case as this service's own events have it",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["case_id", "stream", "version", "team_id", "state"],
                    "properties": {
                        "case_id": {"type": "string", "format": "uuid"},
                        "stream": {"type": "string"},
                        "version": {"type": "integer"},
                        "team_id": {"type": "string"},
                        "state": {"type": "object"},
                    },
                }
            }
        },
    }
}
TEAM_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream of the team's own",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["stream", "version", "team_id", "state"],
                    "properties": {
                        "stream": {"type": "string"},
                        "version": {"type": "integer"},
                        "team_id": {"type": "string"},
                        "state": {"type": "object"},
                    },
                }
            }
        },
    }
}
EVENTS_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The stored CloudEvents, byte for byte, in order",
        "content": {BATCH: {"schema": {"type": "array", "items": {"type": "object"}}}},
    }
}


class Docs:
    """The request bodies of one service's routes.

    Args:
        types: what may be asked.
        of_team: the routes are about teams' own streams.
    """

    def __init__(self, types: PostedTypes, *, of_team: bool = False) -> None:
        self._types = types
        self._of_team = of_team

    def _find(self, name: str) -> PostedType:
        return self._types.named(name, of_team=self._of_team)

    def body(self, name: str) -> dict[str, Any]:
        """`openapi_extra` of a route that asks for an event of this name."""
        posted = self._find(name)
        return request_body(posted.schema, posted.example)

    def new_case(self, name: str) -> dict[str, Any]:
        """`openapi_extra` of the route with which a case begins: team and, if wanted, the sender's reference."""
        posted = self._find(name)
        schema = inline_schema(posted.schema)
        team = {"type": "string", "pattern": CODE_FORM}
        reference = inline_schema(self._types.reference_shape.schema)
        schema["properties"] = {**schema["properties"], "team_id": team, "case_reference": reference}
        schema["required"] = [*schema["required"], "team_id"]
        return request_body(schema, {**posted.example, "team_id": "team-north"})

    def correction(self) -> dict[str, Any]:
        """`openapi_extra` of the route for corrections of any type."""
        found: list[dict[str, Any]] = []
        example: Any = None
        for posted in (self._types.of_teams if self._of_team else self._types.by_type).values():
            name = posted.name.removesuffix("Corrected")
            if posted.of_team == self._of_team and posted.name not in {name, *posted.aggregate.commands}:
                schema = inline_schema(posted.schema)
                schema["properties"] = {**schema["properties"], "type": {"const": name}}
                schema["required"] = [*schema["required"], "type"]
                found.append(schema)
                example = example or {"type": name, **posted.example}
        return request_body({"oneOf": found}, example)
