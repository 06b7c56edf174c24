"""What the vault holds of a case as it now stands: unsealed, the latest of each, voids and corrections applied."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.eventstore.envelope import recorded
from shared.eventstore.store import Connection
from shared.kernel.codec import Registry
from shared.kernel.history import Corrected, Recorded, in_force
from shared.vault.fields import FIELDS
from shared.vault.personal import PersonalEntry
from shared.vault.sealing import SealedEntry, opened, unseal
from shared.vault.vault import Vault

_STREAMS = """
SELECT case_id, stream, event_id, version, recorded_at, sealed, doc::text AS doc FROM events
WHERE stream = ANY ($1::text[]) ORDER BY stream, version
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One entry that counts now."""

    about: tuple[UUID, ...]
    field: str
    event_id: UUID
    """The event that it is sealed onto."""
    recorded_at: datetime
    """UTC instant."""
    content: PersonalEntry | None
    """None: a key that it needs was destroyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One stream with its sealed parts."""

    history: tuple[Recorded[Any], ...]
    docs: tuple[str, ...]
    """The stored documents, by version."""
    sealed: Mapping[UUID, bytes]
    """Sealed parts by event id."""


async def read_streams(
    conn: Connection, registry: Registry[Any], store: str, streams: Iterable[str]
) -> dict[str, Stream]:
    """Whole streams by name; one that has no events is left out.

    Args:
        conn: as `dyad_writer` or `dyad_reader`.
        registry: the events of the service.
        store: its name.
        streams: e.g. `referral-<case id>`.

    Raises:
        UnknownEventType: a newer version of this service has recorded something there.
    """
    rows: dict[str, list[Any]] = {}
    for row in await conn.fetch(_STREAMS, list(streams)):
        rows.setdefault(row["stream"], []).append(row)
    return {
        stream: Stream(
            history=tuple(fact for row in found if (fact := recorded(registry, store, stream, row["doc"])) is not None),
            docs=tuple(row["doc"] for row in found),
            sealed={UUID(int=row["event_id"].int): row["sealed"] for row in found if row["sealed"] is not None},
        )
        for stream, found in rows.items()
    }


async def held(
    conn: Connection, vault: Vault, streams: Sequence[Stream], *, superseded: bool = False
) -> list[list[Held]]:
    """For each stream, what it holds now, in the order in which it was recorded; one statement for all.

    A name or an address is the latest one about the same people; a note stands beside the others, unless the event that
    carries it corrects the event of an earlier one. What was sealed onto a voided event does not count.

    Args:
        conn: as `dyad_writer`.
        vault: of the service.
        streams: from `read_streams`.
        superseded: earlier values too.
    """
    current = [_current(stream, superseded=superseded) for stream in streams]
    subjects = {subject for entries in current for _, entry in entries for subject in entry.about}
    keys = await vault.keys(conn, subjects)
    return [
        [
            Held(
                about=entry.about,
                field=entry.field,
                event_id=fact.event_id,
                recorded_at=fact.recorded_at,
                content=unseal(fact.event_id, entry, keys),
            )
            for fact, entry in entries
        ]
        for entries in current
    ]


def _current(stream: Stream, *, superseded: bool) -> list[tuple[Recorded[Any], SealedEntry]]:
    by_id = {fact.event_id: fact for fact in stream.history}
    latest: dict[tuple[object, ...], tuple[Recorded[Any], SealedEntry]] = {}
    for fact in sorted(stream.history, key=lambda item: item.version):
        sealed = stream.sealed.get(fact.event_id)
        if sealed is None or not in_force(stream.history, fact.event_id):
            continue
        for entry in opened(sealed):
            key: tuple[object, ...] = (entry.about, entry.field)
            if superseded:
                key = (*key, fact.event_id)
            elif entry.field not in FIELDS or not FIELDS[entry.field].replaces:
                key = (*key, _root(fact, by_id))
            latest.pop(key, None)
            latest[key] = (fact, entry)
    return list(latest.values())


def _root(fact: Recorded[Any], by_id: Mapping[UUID, Recorded[Any]]) -> UUID:
    """The event that a correction, or a correction of a correction, is about."""
    while isinstance(fact.event, Corrected) and fact.event.corrects_event_id in by_id:
        earlier = by_id[fact.event.corrects_event_id]
        if earlier.version >= fact.version:
            break
        fact = earlier
    return fact.event_id
