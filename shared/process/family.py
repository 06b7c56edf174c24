"""Who belongs to a case now, without locking it: for what only reads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.bus.cases import heard_of
from shared.eventstore.envelope import recorded
from shared.eventstore.store import Connection
from shared.kernel.civil import Moment
from shared.kernel.codec import UnknownEventType
from shared.kernel.errors import Refusal
from shared.kernel.history import Recorded, effective
from shared.kernel.ids import utc_now
from shared.process.aggregate import Aggregate
from shared.vault.reading import Stream
from shared.vault.redaction import introduced


async def families(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], streams: Mapping[UUID, Stream]
) -> tuple[dict[UUID, frozenset[UUID]], dict[UUID, dict[UUID, str]]]:
    """The infants and caregivers of some cases, and everybody whom their documents ever named, as infant or caregiver.

    Args:
        conn: as `dyad_writer`.
        aggregate: the service.
        streams: its own stream of each case.
    """
    heard: dict[UUID, dict[str, list[Recorded[Any]]]] = {case_id: {} for case_id in streams}
    docs: dict[UUID, list[str]] = {case_id: list(stream.docs) for case_id, stream in streams.items()}
    for row in await heard_of(conn, aggregate.store, list(streams)):
        case_id = UUID(int=row.case_id.int)
        docs[case_id].append(row.doc)
        try:
            fact = None if aggregate.heard is None else recorded(aggregate.heard, row.store, row.stream, row.doc)
        except UnknownEventType:
            continue  # the consumer holds it and the watermark; it is folded after the upgrade
        if fact is not None:
            heard[case_id].setdefault(row.store, []).append(fact)
    people = {case_id: _people(aggregate, stream, heard[case_id]) for case_id, stream in streams.items()}
    named = {
        case_id: {person: str(kind) for person, kind in introduced(found).items()} for case_id, found in docs.items()
    }
    return people, named


def _people(
    aggregate: Aggregate[Any, Any, Any, Any], stream: Stream, heard: Mapping[str, list[Recorded[Any]]]
) -> frozenset[UUID]:
    try:
        standing: dict[str, tuple[Recorded[Any], ...]] = {store: effective(items) for store, items in heard.items()}
        known = aggregate.know({"team": (), **standing}, Moment(utc_now()))
    except Refusal:
        return frozenset()  # nobody is known here yet, so nothing about anybody is shown
    return aggregate.people(aggregate.decider.state_of(stream.history), known)
