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
WHERE consumer = $1 AND store = 'intervention' AND NOT waiting AND type IN ({types})
  AND ($2::timestamptz IS NULL OR recorded_at <= $2) AND {streams}
"""
_OF_ONE = "stream = ANY ($3::text[])"
_OF_ALL = "(stream >= 'team-' AND stream < 'team.' OR stream >= 'work-' AND stream < 'work.')"


def standing(facts: Iterable[Fact]) -> dict[str, list[Recorded[object]]]:
    """By team, in order of the code: what stands of its streams, one after another, each in its own order."""
    found: dict[str, list[Recorded[object]]] = {}
    ordered = sorted(facts, key=lambda fact: (fact.team_id, fact.stream, fact.version))
    for (team, _), of_stream in groupby(ordered, key=lambda fact: (fact.team_id, fact.stream)):
        found.setdefault(team, []).extend(effective(list(of_stream)))
    return found


async def said(conn: Connection, scope: Scope, *names: str) -> dict[str, list[Recorded[object]]]:
    """Events of these names that stand, by team; only teams that said any.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question; t plays no part.
        names: of events of a team's own streams, e.g. `CapacityDeclared`; those that `inbox_team_words` holds are
            found without reading the rest of the streams.
    """
    said_as = [f"{name}{suffix}" for name in names for suffix in ("", "Corrected")]
    types = ", ".join(f"'{wire_type(name, 1)}'" for name in (*said_as, "EventVoided"))
    if scope.team is None:
        rows = await conn.fetch(_SAID.format(types=types, streams=_OF_ALL), CONSUMER, scope.known_at)
    else:
        streams = [f"{prefix}{scope.team}" for prefix in TEAM_STREAMS]
        rows = await conn.fetch(_SAID.format(types=types, streams=_OF_ONE), CONSUMER, scope.known_at, streams)
    return standing(decode(row["doc"].encode()) for row in rows)
