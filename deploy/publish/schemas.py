"""The published JSON Schemas: one file for each type and version, data only, in `shared/contracts`.

What was published stays readable and can still be sent: a type may grow (optional members, codes, bounds); one that
would take less gets a new version, and the old file stays.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from deploy.local.network.aggregates import every_aggregate
from deploy.publish.compatible import takes_all
from shared.kernel.codec import split_wire_type, to_json
from shared.process.aggregate import Aggregate
from shared.web.body import inline_schema
from shared.web.posted import PostedTypes

FOLDER = Path(__file__).parents[2] / "shared" / "contracts"


class ShapeChangedError(Exception):
    """A published type would no longer take all that it took: it needs a new version, and an upcaster from the old."""


def documents(chosen: Iterable[Aggregate[Any, Any, Any, Any]] | None = None) -> dict[str, dict[str, Any]]:
    """By file name: the schema of each recorded event and of the request for it (null: only the service says it)."""
    found: dict[str, dict[str, Any]] = {}
    everything = [each for group in every_aggregate().values() for each in group]
    # What both cases and teams say (a task) is posted about a case: those come last.
    for aggregate in sorted(everything if chosen is None else chosen, key=lambda each: each.of_team, reverse=True):
        types = PostedTypes(aggregate, b"")
        for full in aggregate.registry.wire_types:
            name, version = split_wire_type(full)
            posted, said = types.by_type.get(full), aggregate.examples.get(name)
            found[f"{aggregate.store}/{name}.v{version}.json"] = {
                "type": full,
                "version": version,
                "event": inline_schema(aggregate.registry.codec(full).schema()),
                "event_example": None if said is None else orjson.loads(to_json(said)),
                "request": None if posted is None else inline_schema(posted.schema),
                "request_example": None if posted is None else posted.example,
            }
    return found


def _grown(document: dict[str, Any], published: dict[str, Any]) -> bool:
    """Whether it takes every event and every request that the published one takes, or is the same but for its words."""
    return all(
        published[part] is None or (document[part] is not None and takes_all(document[part], published[part]))
        for part in ("event", "request")
    )


def publish(made: dict[str, dict[str, Any]], folder: Path = FOLDER) -> list[str]:
    """Writes what is new, and what changed in words or has grown.

    Returns:
        Names of the files written.

    Raises:
        ShapeChangedError: names the type; nothing is written.
    """
    for name, document in made.items():
        path = folder / name
        if path.exists() and not _grown(document, json.loads(path.read_text())):
            raise ShapeChangedError(f"{document['type']} is published; give its changed shape a new version")
    written = []
    for name, document in made.items():
        path = folder / name
        text = json.dumps(document, indent=2, sort_keys=True) + "\n"
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            written.append(name)
    return written
