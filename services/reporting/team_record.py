"""What teams say of themselves beside their settings, as known at k: people, capacity, births, planned supervision."""

from collections.abc import Iterable
from itertools import groupby

from services.reporting.decoding import decode
from services.reporting.heard import Fact
from services.reporting.heard_team import TEAM_STREAMS
from services.reporting.metrics.scope import Scope
from services.reporting.projections import CONSUMER
from shared.eventstore.store import Connection
from shared.kernel.codec import wire_type
from shared.kernel.history import Recorded, effective

_SAID = """
SELECT doc FROM inbox
WHERE consumer = $1 AND store = 'intervention' AND NOT waiting AND type = ANY ($2::text[])
  AND stream >= 'team-' AND stream < 'team.' AND ($3::text IS NULL OR stream = $3)
  AND ($4::timestamptz IS NULL OR recorded_at <= $4)
"""


def standing(facts: Iterable[Fact]) -> dict[str, list[Recorded[object]]]:
    """By team, in order of the code: what stands of its stream, in the stream's order."""
    ordered = sorted(facts, key=lambda fact: (fact.team_id, fact.version))
    return {team: list(effective(list(own))) for team, own in groupby(ordered, key=lambda fact: fact.team_id)}


async def said(conn: Connection, scope: Scope, *names: str) -> dict[str, list[Recorded[object]]]:
    """Events of these names that stand, by team; only teams that said any.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question; t plays no part.
        names: of events of a team's own stream, e.g. `CapacityDeclared`.
    """
    types = [wire_type(f"{name}{suffix}", 1) for name in names for suffix in ("", "Corrected")]
    stream = None if scope.team is None else f"{TEAM_STREAMS[0]}{scope.team}"
    rows = await conn.fetch(_SAID, CONSUMER, [*types, wire_type("EventVoided", 1)], stream, scope.known_at)
    return standing(decode(row["doc"].encode()) for row in rows)
