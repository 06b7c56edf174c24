"""A team's stream of work -> rows of `work_history`, inside the transaction that stores the events."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.reporting.decoding import Decoder
from services.reporting.fold import DEFINITION
from services.reporting.heard_team import WORK_STREAM
from services.reporting.keyed import Kept, Table, bring_up_to_date
from services.reporting.topics import Topics
from services.reporting.work import WORK, WorkRow
from shared.eventstore.store import Connection

STORE = "intervention"
"""Whose store holds the streams of teams."""
WORK_TABLE = Table("work_history", "team_id", "text", "activity_id", (DEFINITION,))

_FROM = """
SELECT version, leaf_hash, doc FROM inbox
WHERE consumer = $1 AND stream = $2 AND store = $3 AND version >= $4 AND NOT waiting ORDER BY version
"""
_STALE = "SELECT EXISTS (SELECT FROM work_history WHERE team_id = $1 AND definition <> $2)"


def no_work() -> Kept[WorkRow]:
    """A team's work before anything is known of it."""
    return Kept({STORE: Topics(WORK)})


@dataclass(slots=True)
class _Folded:
    """A team's work as it was folded last."""

    kept: Kept[WorkRow] = field(default_factory=no_work)
    version: int = 0
    """Of the last event, with its hash: what comes before an event of a stream never changes."""
    leaf_hash: bytes = b""


class TeamWork:
    """Folds the work of teams. A team's stream is long, so only what is new in it is read.

    Args:
        consumer: whose inbox.
        decoder: with the documents that the consumer has just checked.
    """

    def __init__(self, consumer: str, decoder: Decoder) -> None:
        self._consumer = consumer
        self._decoder = decoder
        self._folded: dict[str, _Folded] = {}
        self._current: set[str] = set()
        """Teams that were found to have no row of another definition."""

    async def apply(self, conn: Connection, teams: Iterable[str]) -> None:
        """Brings the rows of these teams up to date with the inbox; the row of each team's key is locked.

        Raises:
            UnknownEventType, ValueError, KeyError: a stored document cannot be decoded.
        """
        wanted: dict[str, Kept[WorkRow]] = {}
        stale = []
        for team_id in sorted(set(teams)):
            if await self._is_stale(conn, team_id):
                stale.append(team_id)
            wanted[team_id] = await self._heard(conn, team_id)
        await bring_up_to_date(conn, WORK_TABLE, wanted, stale)

    async def _is_stale(self, conn: Connection, team_id: str) -> bool:
        if team_id in self._current:
            return False
        if await conn.fetchval(_STALE, team_id, DEFINITION):
            return True  # and looked at again next time, for this transaction may be rolled back
        self._current.add(team_id)
        return False

    async def _heard(self, conn: Connection, team_id: str) -> Kept[WorkRow]:
        folded = self._folded.pop(team_id, None) or _Folded()
        stream = f"{WORK_STREAM}{team_id}"
        rows = await conn.fetch(_FROM, self._consumer, stream, STORE, folded.version)
        if folded.version and (not rows or tuple(rows[0][:2]) != (folded.version, folded.leaf_hash)):
            folded = _Folded()  # what is remembered was rolled back
            rows = await conn.fetch(_FROM, self._consumer, stream, STORE, 0)
        news = [row for row in rows if row["version"] > folded.version]
        folded.kept.add([self._decoder.fact(row["doc"].encode()) for row in news])
        if news:
            folded.version, folded.leaf_hash = news[-1]["version"], news[-1]["leaf_hash"]
        self._folded[team_id] = folded
        return folded.kept
