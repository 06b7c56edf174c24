"""The stored form of an event: a CloudEvents 1.0 JSON document, its exact text kept for ever.

A service writes the document without the members that only the store knows; `append` puts those first and hashes the
final bytes. `complete` does the same in Python, for history that is restored with its own instants.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from shared.kernel.codec import Registry, split_wire_type, to_json
from shared.kernel.history import Recorded
from shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """One event that is ready for `append`."""

    event_id: UUID
    type: str
    """Wire type, e.g. `dyad.SessionHeld.v1`."""
    key: str
    """Kafka key: the case id, or the team id for what has no case."""
    case_id: UUID | None
    team_id: str
    doc: str
    """The document without the store's own members."""
    sealed: bytes | None = None
    """Encrypted personal data; its hash becomes a member, so that the leaf covers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One row of a store, exactly as it stands."""

    position: int
    """Place in the whole store; ascending, with holes."""
    stream: str
    version: int
    """1..n, dense within the stream."""
    event_id: UUID
    type: str
    key: str
    case_id: UUID | None
    team_id: str
    recorded_at: datetime
    """UTC instant, microseconds."""
    doc: str
    """The exact text; its UTF-8 bytes are what Kafka carries."""
    leaf_hash: bytes
    """sha256(0x00 || bytes of doc): an RFC 6962 leaf, 32 bytes."""
    sealed: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who or what caused an event."""

    actor: str
    actor_role: str
    correlation_id: UUID
    """The same for everything that follows from one request."""
    causation_id: UUID | None = None
    """Id of the event that a rule reacted to."""
    rule: str | None = None
    """Process rule that acted, e.g. `P2`."""
    external_source: str | None = None
    """CloudEvents `source` of the post that this came from."""
    external_id: str | None = None
    """CloudEvents `id` of that post."""


def envelope(
    event: object,
    *,
    registry: Registry[Any],
    store: str,
    stream: str,
    case_id: UUID | None,
    team_id: str,
    occurred_at: datetime,
    provenance: Provenance,
    event_id: UUID | None = None,
) -> NewEvent:
    """An event of a decider as it goes to `append`.

    Args:
        event: what the decider said: an event, `EventVoided` or `Corrected`.
        registry: the events of this service.
        store: short name of the service whose store it is, e.g. `referral`.
        stream: the stream that it will be appended to.
        case_id: the case it belongs to, also its key on Kafka; None for what belongs to a team and to no case.
        team_id: the team that carries the case; the key of what has no case.
        occurred_at: aware instant at which it was true in the world.
        provenance: who or what caused it.
        event_id: minted here (UUIDv7) when None.
    """
    event_id = event_id or new_id()
    wire_type = registry.type_of(event)
    name, version = split_wire_type(wire_type)
    key = team_id if case_id is None else str(case_id)
    members: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"/dyad/{store}",
        "type": wire_type,
        "subject": key,
        "time": occurred_at,
        "datacontenttype": "application/json",
        "dataschema": f"/schemas/{name}/{version}",
        "partitionkey": key,
        "stream": stream,
        "teamid": team_id,
        "actor": provenance.actor,
        "actorrole": provenance.actor_role,
        "correlationid": str(provenance.correlation_id),
    }
    members |= _where_known(provenance)
    members["data"] = event
    doc = to_json(members).decode()
    return NewEvent(event_id=event_id, type=wire_type, key=key, case_id=case_id, team_id=team_id, doc=doc)


def _where_known(provenance: Provenance) -> dict[str, str]:
    optional = {
        "causationid": None if provenance.causation_id is None else str(provenance.causation_id),
        "rule": provenance.rule,
        "externalsource": provenance.external_source,
        "externalid": provenance.external_id,
    }
    return {member: value for member, value in optional.items() if value is not None}


def recorded(registry: Registry[Any], store: str, stream: str, doc: str | bytes) -> Recorded[Any] | None:
    """A stored document as a fact that can be folded; None for a type that this registry ignores.

    Args:
        registry: the events that the reader knows.
        store: short name of the service whose store holds it.
        stream: the stream that it stands in.
        doc: the stored document.

    Raises:
        UnknownEventType: keep the document as it is and fold it after the upgrade.
        pydantic.ValidationError: the data does not fit its type.
    """
    members = orjson.loads(doc)
    event = registry.load(members["type"], members["data"])
    if event is None:
        return None
    return Recorded(
        event=event,
        event_id=UUID(members["id"]),
        store=store,
        stream=stream,
        version=members["streamversion"],
        recorded_at=datetime.fromisoformat(members["recordedat"]),
        occurred_at=datetime.fromisoformat(members["time"]),
    )


def complete(new: NewEvent, *, position: int, stream: str, version: int, recorded_at: datetime) -> StoredEvent:
    """The row that `append` would have written for an event at this place and instant: for restored history only."""
    at = recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    own = f'{{"streamversion":{version},"recordedat":"{at}",'
    if new.sealed is not None:
        own += f'"sealedhash":"{hashlib.sha256(new.sealed).hexdigest()}",'
    doc = own + new.doc[1:]
    return StoredEvent(
        position=position,
        stream=stream,
        version=version,
        event_id=new.event_id,
        type=new.type,
        key=new.key,
        case_id=new.case_id,
        team_id=new.team_id,
        recorded_at=recorded_at,
        doc=doc,
        leaf_hash=leaf_hash(doc.encode()),
        sealed=new.sealed,
    )


def leaf_hash(doc: bytes) -> bytes:
    """The RFC 6962 leaf of a stored document: sha256(0x00 || bytes), 32 bytes."""
    return hashlib.sha256(b"\x00" + doc).digest()
